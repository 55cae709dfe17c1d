"""The total is a mean power in kW, the IT an energy in kWh.

Basis: hours of the year (DCOI took kW x 730 a month).
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="total_en_kw",
    niveau="erreur",
    famille="rapport",
    table="declarations",
    champ="energie_totale_kwh",
    condition="r BETWEEN 1.03 / 8784 AND 4.0 / 8760",
    valeurs={
        "heures": "coalesce(heures, heures_annee)",
        "energie": "round(total * coalesce(heures, heures_annee))",
    },
    message=(
        "energie_totale_kwh ({energie_totale_kwh}) ressemble à une puissance moyenne en kW, alors "
        "que energie_it_kwh ({energie_it_kwh}) est une énergie."
    ),
    correction=("Saisissez le relevé du compteur en kWh ; l'énergie vaut kW × {heures} h, soit environ {energie} kWh."),
    source="Énergie = puissance × heures ; DCOI multipliait les kW par 730 h par mois",
    passe={"energie_totale_kwh": 314870},
    echoue={"energie_totale_kwh": 35.94},
)
