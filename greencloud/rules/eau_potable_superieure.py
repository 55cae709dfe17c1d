"""More drinking water than water.

Basis: delegated regulation (EU) 2024/1364, annex II h and i.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="eau_potable_superieure",
    niveau="erreur",
    famille="eau",
    table="declarations",
    champ="eau_potable_m3",
    condition="eau_potable_m3 > eau_totale_m3",
    message=(
        "eau_potable_m3 ({eau_potable_m3} m³) dépasse eau_totale_m3 ({eau_totale_m3} m³), dont elle est une partie."
    ),
    correction="Corrigez l'un des deux volumes, ou échangez-les.",
    source="Règlement délégué (UE) 2024/1364, annexe II, h et i",
    passe={"eau_totale_m3": 140, "eau_potable_m3": 120, "type_refroidissement": "adiabatique"},
    echoue={"eau_totale_m3": 120, "eau_potable_m3": 140, "type_refroidissement": "adiabatique"},
)
