"""Reused heat without its temperature.

Basis: delegated regulation (EU) 2024/1364, annex II k.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="chaleur_sans_temperature",
    niveau="info",
    famille="chaleur",
    table="declarations",
    champ="temperature_chaleur_c",
    condition="chaleur_valorisee_kwh > 0 AND temperature_chaleur_c IS NULL",
    message=(
        "temperature_chaleur_c est vide alors que {chaleur_valorisee_kwh} kWh de chaleur sont "
        "valorisés : la température décide de son usage."
    ),
    correction="Indiquez la température moyenne de la chaleur livrée.",
    source="Règlement délégué (UE) 2024/1364, annexe II, k",
    passe={"chaleur_valorisee_kwh": 80000, "temperature_chaleur_c": 36},
    echoue={"chaleur_valorisee_kwh": 80000},
)
