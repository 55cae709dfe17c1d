"""IT above total in a ratio that swapped columns explain (1/r between 1.03 and 4).

Basis: EU data centre database, DCOI.
"""

from greencloud.rules.rule import Rule
from greencloud.rules.wording import VIRGULE_RAPPORT

RULE = Rule(
    code="colonnes_inversees",
    niveau="erreur",
    famille="rapport",
    table="declarations",
    champ="energie_it_kwh",
    condition="r BETWEEN 0.25 AND 0.9709",
    valeurs={
        "pue_echange": "1 / r",
        "ou_mois": ("CASE WHEN r < 0.34 THEN ', à moins que le total ne soit celui d''un seul mois' ELSE '' END"),
        "virgule": VIRGULE_RAPPORT,
    },
    message=(
        "energie_it_kwh ({energie_it_kwh}) dépasse energie_totale_kwh ({energie_totale_kwh}). En "
        "les échangeant, le PUE serait de {pue_echange} : les deux colonnes sont sans doute "
        "permutées{ou_mois}{virgule}."
    ),
    correction=("Échangez les deux valeurs ; si le total est celui d'un seul mois, additionnez les douze factures."),
    source="Cas relevés dans la base européenne des centres de données et l'inventaire DCOI",
    passe={"energie_totale_kwh": 314870, "energie_it_kwh": 175120},
    echoue={"energie_totale_kwh": 175120, "energie_it_kwh": 314870},
)
