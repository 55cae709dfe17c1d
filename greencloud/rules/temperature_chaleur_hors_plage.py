"""Reused heat below 15 or above 90 °C.

Basis: 36 °C at Jean Zay, 46 °C at Météo-France.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="temperature_chaleur_hors_plage",
    niveau="avertissement",
    famille="chaleur",
    table="declarations",
    champ="temperature_chaleur_c",
    condition="temperature_chaleur_c NOT BETWEEN 15 AND 90",
    message=(
        "temperature_chaleur_c vaut {temperature_chaleur_c} °C, ce qui est inhabituel à la sortie "
        "d'un centre de données : est-ce la sortie de la pompe à chaleur ?"
    ),
    correction="Saisissez la température de la chaleur à la sortie du centre, en degrés Celsius.",
    source="36 °C à Jean Zay, 46 °C à Météo-France",
    passe={"chaleur_valorisee_kwh": 80000, "temperature_chaleur_c": 46},
    echoue={"chaleur_valorisee_kwh": 80000, "temperature_chaleur_c": 120},
)
