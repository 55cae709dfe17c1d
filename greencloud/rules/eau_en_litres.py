"""A WUE of 50 to 3,000 L/kWh: water in litres.

Basis: factor 1,000.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="eau_en_litres",
    niveau="erreur",
    famille="eau",
    table="declarations",
    champ="eau_totale_m3",
    condition="wue > 50 AND wue <= 3000",
    valeurs={
        "wue": "round(wue, 2)",
        "m3": "eau_totale_m3 / 1000",
        "juste": "wue / 1000",
    },
    message=(
        "eau_totale_m3 ({eau_totale_m3}) semble en litres, à moins que energie_it_kwh ({energie_it_kwh}) ne soit en "
        "MWh ou en kW : le WUE serait de {wue} L/kWh."
    ),
    correction="Divisez eau_totale_m3 par 1 000, soit {m3} m³ et un WUE de {juste} L/kWh.",
    source="1 m³ = 1 000 L",
    passe={"eau_totale_m3": 140, "type_refroidissement": "adiabatique"},
    echoue={"eau_totale_m3": 140000, "type_refroidissement": "adiabatique"},
)
