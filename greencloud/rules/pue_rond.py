"""A ratio of exactly 1.5, 2, 2.5 or 3.

Basis: totals computed back from an assumed PUE.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="pue_rond",
    niveau="avertissement",
    famille="pue",
    table="declarations",
    champ="energie_totale_kwh",
    condition=(
        "abs(2 * r - round(2 * r)) < 0.001 AND r BETWEEN 1.4 AND 3.1 "
        "AND qualite_mesure IS DISTINCT FROM 'estime' AND sans_commentaire"
    ),
    valeurs={
        "rond": "round(2 * r) / 2",
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
