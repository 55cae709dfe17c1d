"""A WUE above 3,000 L/kWh.

Basis: beyond any unit mistake; often the meter index itself.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="wue_impossible",
    niveau="erreur",
    famille="eau",
    table="declarations",
    champ="eau_totale_m3",
    condition="wue > 3000",
    message=(
        "eau_totale_m3 ({eau_totale_m3} m³) pour {energie_it_kwh} kWh d'IT, peut-être en MWh ou en kW : un "
        "tel volume est impossible."
    ),
    correction=("Vérifiez l'unité (m³) et saisissez la différence entre deux relevés du compteur, pas son index."),
    source="Choix du projet : au-delà de toute confusion d'unité",
    passe={"eau_totale_m3": 140, "type_refroidissement": "adiabatique"},
    echoue={"eau_totale_m3": 700000, "type_refroidissement": "adiabatique"},
)
