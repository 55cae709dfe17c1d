"""The total of one month against a year of IT (12 r between 1.03 and 3).

Basis: twelve bills a year.
"""

from greencloud.rules.rule import Rule
from greencloud.rules.wording import VIRGULE_RAPPORT

RULE = Rule(
    code="total_mensuel",
    niveau="erreur",
    famille="rapport",
    table="declarations",
    champ="energie_totale_kwh",
    condition="r >= 0.0858 AND r < 0.25",
    valeurs={
        "energie": "round(12 * total)",
        "pue": "12 * r",
        "virgule": VIRGULE_RAPPORT,
    },
    message=(
        "energie_totale_kwh ({energie_totale_kwh}) semble être le total d'un seul mois, pour un IT "
        "annuel de {energie_it_kwh} kWh : sur douze mois, le PUE serait de {pue}{virgule}."
    ),
    correction="Additionnez les douze factures de l'année, environ {energie} kWh en tout.",
    source="Facteur 12 entre un mois et une année",
    passe={"energie_totale_kwh": 314870},
    echoue={"energie_totale_kwh": 26239},
)
