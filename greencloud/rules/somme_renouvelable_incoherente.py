"""The parts of renewable energy do not make its total.

Basis: regulation (EU) 2024/1364, annex II, o = p + q + r.
"""

from greencloud.rules.rule import Rule

SOMME = "(energie_renouvelable_go_kwh + energie_renouvelable_ppa_kwh + energie_renouvelable_site_kwh)"
TOLERANCE = "greatest(1, 0.005 * energie_renouvelable_kwh)"
# An empty part is unknown, not zero: the sum of the known parts can only prove that the total is too small.
SOMME_CONNUE = """(coalesce(energie_renouvelable_go_kwh, 0)
    + coalesce(energie_renouvelable_ppa_kwh, 0)
    + coalesce(energie_renouvelable_site_kwh, 0))"""

RULE = Rule(
    code="somme_renouvelable_incoherente",
    niveau="erreur",
    famille="renouvelable",
    table="declarations",
    champ="energie_renouvelable_kwh",
    condition=(
        "coalesce(energie_renouvelable_kwh <= total, true) AND "
        f"(abs({SOMME} - energie_renouvelable_kwh) > {TOLERANCE}"
        f" OR {SOMME_CONNUE} - energie_renouvelable_kwh > {TOLERANCE})"
    ),
    valeurs={
        "somme": SOMME_CONNUE,
    },
    message=(
        "Les parts (garanties d'origine, PPA, site) font {somme} kWh, alors que "
        "energie_renouvelable_kwh vaut {energie_renouvelable_kwh} kWh."
    ),
    correction="Complétez la part manquante ou corrigez energie_renouvelable_kwh.",
    source="Règlement délégué (UE) 2024/1364, annexe II : o = p + q + r",
    passe={
        "energie_renouvelable_kwh": 90000,
        "energie_renouvelable_go_kwh": 60000,
        "energie_renouvelable_ppa_kwh": 20000,
        "energie_renouvelable_site_kwh": 10000,
    },
    echoue={
        "energie_renouvelable_kwh": 100000,
        "energie_renouvelable_go_kwh": 60000,
        "energie_renouvelable_ppa_kwh": 20000,
        "energie_renouvelable_site_kwh": 10000,
    },
)
