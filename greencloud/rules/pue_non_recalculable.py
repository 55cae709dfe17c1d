"""A PUE without the two energies: comparability method R.

Basis: rule of the project, kWh first.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="pue_non_recalculable",
    niveau="info",
    famille="pue",
    table="declarations",
    champ="pue_declare",
    condition="energie_manquante AND pue_declare > 1.0005 AND pue_declare <= 10",
    message=(
        "Sans les deux énergies, le PUE {pue_declare} (pue_declare) est publié « déclaré, non "
        "recalculable » et n'entre dans aucun classement."
    ),
    correction="Ajoutez energie_totale_kwh et energie_it_kwh.",
    source="Règle du projet : les kWh d'abord, le rapport ensuite",
    passe={"pue_declare": 1.8},
    echoue={"energie_totale_kwh": None, "pue_declare": 1.8},
)
