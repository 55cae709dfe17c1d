"""The IT is a mean power in kW (the UPS display), the total an energy in kWh.

Basis: hours of the year.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="it_en_kw",
    niveau="erreur",
    famille="rapport",
    table="declarations",
    champ="energie_it_kwh",
    condition="r BETWEEN 1.03 * 8760 AND 4 * 8784",
    valeurs={
        "heures": "coalesce(heures, heures_annee)",
        "energie": "round(it * coalesce(heures, heures_annee))",
    },
    message=(
        "energie_it_kwh ({energie_it_kwh}) ressemble à une puissance moyenne en kW (la valeur "
        "affichée par l'onduleur), alors que energie_totale_kwh ({energie_totale_kwh}) est une "
        "énergie."
    ),
    correction=(
        "Saisissez le compteur d'énergie de l'onduleur en kWh ; à défaut, multipliez par {heures} "
        "h, soit environ {energie} kWh, et mettez qualite_mesure = estime."
    ),
    source="Énergie = puissance × heures",
    passe={"energie_it_kwh": 175120},
    echoue={"energie_it_kwh": 20},
)
