"""More IT energy than the installed power can draw.

Basis: a sum of nameplates cannot be exceeded.
"""

from greencloud.rules.puissance_en_mw import RULE as PUISSANCE_EN_MW
from greencloud.rules.rule import Rule
from greencloud.rules.wording import VIRGULE_CHARGE

RULE = Rule(
    code="facteur_charge_superieur_a_un",
    niveau="erreur",
    famille="facteur_charge",
    table="declarations",
    champ="puissance_it_installee_kw",
    condition=f"fc > 1 AND NOT ({PUISSANCE_EN_MW.condition})",
    valeurs={
        "kw_moyen": "round(it / heures, 2)",
        "virgule": VIRGULE_CHARGE,
    },
    message=(
        "energie_it_kwh ({energie_it_kwh} kWh) sur {heures} h représente {kw_moyen} kW en moyenne, "
        "plus que puissance_it_installee_kw ({puissance_it_installee_kw} kW){virgule} : est-ce la puissance d'un "
        "seul onduleur ?"
    ),
    correction=("Additionnez les puissances nominales de tous les équipements, ou corrigez energie_it_kwh."),
    source="Une somme de puissances nominales ne peut être dépassée",
    passe={"puissance_it_installee_kw": 40},
    echoue={"puissance_it_installee_kw": 15},
)
