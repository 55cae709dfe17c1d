"""The IT energy of one month against a year of total (r / 12 between 1.03 and 4).

Basis: twelve readings a year.
"""

from greencloud.rules.rule import Rule
from greencloud.rules.wording import VIRGULE_RAPPORT

RULE = Rule(
    code="it_mensuel",
    niveau="erreur",
    famille="rapport",
    table="declarations",
    champ="energie_it_kwh",
    condition="r BETWEEN 12.36 AND 48",
    valeurs={
        "energie": "round(12 * it)",
        "pue": "r / 12",
        "virgule": VIRGULE_RAPPORT,
    },
    message=(
        "energie_it_kwh ({energie_it_kwh}) semble être l'énergie IT d'un seul mois, pour un total "
        "annuel de {energie_totale_kwh} kWh : sur douze mois, le PUE serait de {pue}{virgule}."
    ),
    correction="Additionnez les douze relevés d'onduleur de l'année, environ {energie} kWh en tout.",
    source="Facteur 12 entre un mois et une année",
    passe={"energie_it_kwh": 175120},
    echoue={"energie_it_kwh": 14593},
)
