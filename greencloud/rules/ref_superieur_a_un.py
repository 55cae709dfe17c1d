"""More renewable energy than energy.

Basis: REF capped at 1 (EN 50600-4-3, ISO/IEC 30134-3).
"""

from greencloud.rules.rule import Rule
from greencloud.rules.wording import text, whole

RULE = Rule(
    code="ref_superieur_a_un",
    niveau="erreur",
    famille="renouvelable",
    table="declarations",
    champ="energie_renouvelable_kwh",
    condition="energie_renouvelable_kwh > total",
    valeurs={
        "ou_unite": (
            f"CASE WHEN energie_renouvelable_kwh > 10 * total THEN {text(' ; ou le total est en MWh (× 1 000 : ')} || "
            f"{whole('1000 * total')} || {text(' kWh) ou en kW')} ELSE '' END"
        ),
    },
    message=(
        "energie_renouvelable_kwh ({energie_renouvelable_kwh} kWh) dépasse energie_totale_kwh "
        "({energie_totale_kwh} kWh) : la production exportée et les garanties achetées en trop ne "
        "comptent pas{ou_unite}."
    ),
    correction="Limitez energie_renouvelable_kwh à l'énergie consommée.",
    source="EN 50600-4-3 : le REF est plafonné à 1",
    passe={
        "energie_renouvelable_kwh": 90000,
        "energie_renouvelable_go_kwh": 60000,
        "energie_renouvelable_ppa_kwh": 20000,
        "energie_renouvelable_site_kwh": 10000,
    },
    echoue={"energie_renouvelable_kwh": 400000, "energie_renouvelable_go_kwh": 400000},
)
