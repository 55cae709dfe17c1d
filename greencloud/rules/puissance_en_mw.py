"""A load factor 1,000 times too high: power in MW, or energies in Wh.

Basis: factor 1,000.
"""

from greencloud.rules.rule import Rule
from greencloud.rules.wording import VIRGULE_CHARGE

RULE = Rule(
    code="puissance_en_mw",
    niveau="erreur",
    famille="facteur_charge",
    table="declarations",
    champ="puissance_it_installee_kw",
    condition="fc BETWEEN 50 AND 950",
    valeurs={
        "kw": "1000 * puissance_it_installee_kw",
        "charge": "round(fc / 10, 2)",
        "virgule": VIRGULE_CHARGE,
    },
    message=(
        "puissance_it_installee_kw ({puissance_it_installee_kw}) semble en MW, ou les énergies en "
        "Wh : mille fois moindre, la charge serait de {charge} %{virgule}."
    ),
    correction="Saisissez la puissance en kW, soit {kw} kW, et les énergies en kWh.",
    source="1 MW = 1 000 kW",
    passe={"puissance_it_installee_kw": 40},
    echoue={"puissance_it_installee_kw": 0.04},
)
