"""The total in MWh, the IT energy in kWh.

Basis: factor 1,000 (PUE between 1.03 and 4 once converted).
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="total_en_mwh",
    niveau="erreur",
    famille="rapport",
    table="declarations",
    champ="energie_totale_kwh",
    condition="r BETWEEN 0.00103 AND 0.004",
    valeurs={
        "pue": "1000 * r",
        "energie": "round(1000 * total)",
    },
    message=(
        "energie_totale_kwh ({energie_totale_kwh}) semble en MWh alors que energie_it_kwh "
        "({energie_it_kwh}) est en kWh : avec le total × 1 000, le PUE serait de {pue}."
    ),
    correction="Multipliez energie_totale_kwh par 1 000, soit {energie} kWh.",
    source="1 MWh = 1 000 kWh",
    passe={"energie_totale_kwh": 314870},
    echoue={"energie_totale_kwh": 314.87},
)
