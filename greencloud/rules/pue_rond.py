"""A ratio of exactly 1.5, 2, 2.5 or 3.

Basis: totals computed back from an assumed PUE.
"""

from greencloud.rules.grandeurs import R
from greencloud.rules.rule import Rule

RULE = Rule(
    code="pue_rond",
    niveau="avertissement",
    famille="pue",
    table="declarations",
    champ="energie_totale_kwh",
    condition=(
        f"abs(2 * {R} - round(2 * {R})) < 0.001 AND {R} BETWEEN 1.4 AND 3.1 "
        "AND qualite_mesure IS DISTINCT FROM 'estime' AND commentaire IS NULL"
    ),
    valeurs={
        "rond": f"round(2 * {R}) / 2",
    },
    message=(
        "energie_totale_kwh vaut exactement {rond} fois energie_it_kwh : le total a-t-il été "
        "calculé à partir d'un PUE supposé ?"
    ),
    correction=("Si oui, mettez qualite_mesure = estime ; sinon, confirmez-le dans la colonne commentaire."),
    source="Totaux déduits d'un PUE supposé",
    passe={"energie_totale_kwh": 314870},
    echoue={"energie_totale_kwh": 350240},
)
