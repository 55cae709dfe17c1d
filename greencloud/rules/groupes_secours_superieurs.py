"""More energy from the backup generators than in total.

Basis: E_DC-BG is a part of E_DC (regulation (EU) 2024/1364).
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="groupes_secours_superieurs",
    niveau="erreur",
    famille="secours",
    table="declarations",
    champ="energie_groupes_secours_kwh",
    condition="energie_groupes_secours_kwh > total",
    valeurs={"total_kwh": "1000 * total"},
    message=(
        "energie_groupes_secours_kwh ({energie_groupes_secours_kwh} kWh) dépasse energie_totale_kwh "
        "({energie_totale_kwh} kWh), dont elle est une partie : litres de fioul au lieu de kWh, ou "
        "total en MWh (× 1 000 : {total_kwh} kWh) ou en kW ?"
    ),
    correction="Saisissez l'énergie électrique produite par les groupes, en kWh.",
    source="Règlement délégué (UE) 2024/1364 : l'énergie des groupes est une partie du total",
    passe={"energie_groupes_secours_kwh": 1200},
    echoue={"energie_groupes_secours_kwh": 400000},
)
