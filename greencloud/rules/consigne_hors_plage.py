"""A set point outside 10 to 40 °C.

Basis: choice of the project; ASHRAE recommends 18 to 27 °C (to confirm).
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="consigne_hors_plage",
    niveau="avertissement",
    famille="temperature",
    table="declarations",
    champ="temperature_consigne_c",
    condition="temperature_consigne_c NOT BETWEEN 10 AND 40",
    message=(
        "temperature_consigne_c vaut {temperature_consigne_c} °C : est-ce bien la température de "
        "l'air à l'entrée des serveurs ?"
    ),
    correction=("Saisissez la consigne d'air en entrée des serveurs, en degrés Celsius (pas celle de l'eau glacée)."),
    source="Choix du projet ; l'ASHRAE recommande 18 à 27 °C (à confirmer)",
    passe={"temperature_consigne_c": 24},
    echoue={"temperature_consigne_c": 75},
)
