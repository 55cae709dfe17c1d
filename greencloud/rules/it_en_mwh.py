"""The IT energy in MWh, the total in kWh.

Basis: factor 1,000 (PUE between 1.03 and 4 once converted).
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="it_en_mwh",
    niveau="erreur",
    famille="rapport",
    table="declarations",
    champ="energie_it_kwh",
    condition="r BETWEEN 1030 AND 4000",
    valeurs={
        "pue": "r / 1000",
        "energie": "round(1000 * it)",
    },
    message=(
        "energie_it_kwh ({energie_it_kwh}) semble en MWh alors que energie_totale_kwh "
        "({energie_totale_kwh}) est en kWh : avec l'IT × 1 000, le PUE serait de {pue}."
    ),
    correction="Multipliez energie_it_kwh par 1 000, soit {energie} kWh.",
    source="1 MWh = 1 000 kWh",
    passe={"energie_it_kwh": 175120},
    echoue={"energie_it_kwh": 175.12},
)
