"""The IT room is larger than the centre.

Basis: definition of the two areas.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="surface_it_superieure",
    niveau="erreur",
    famille="surface",
    table="declarations",
    champ="surface_salle_it_m2",
    condition="surface_salle_it_m2 > surface_totale_m2",
    message=(
        "surface_salle_it_m2 ({surface_salle_it_m2} m²) dépasse surface_totale_m2 "
        "({surface_totale_m2} m²) : colonnes permutées ?"
    ),
    correction="Échangez les deux surfaces, ou corrigez celle qui est fausse.",
    source="Définition : la salle est une partie du centre",
    passe={"surface_salle_it_m2": 60, "surface_totale_m2": 80},
    echoue={"surface_salle_it_m2": 80, "surface_totale_m2": 60},
)
