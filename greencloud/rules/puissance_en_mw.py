"""A load factor 1,000 times too high: power in MW, or energies in Wh.

Basis: factor 1,000.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="puissance_en_mw",
    niveau="erreur",
    famille="facteur_charge",
    table="declarations",
    champ="puissance_it_installee_kw",
    condition="fc BETWEEN 50 AND 950",
    message=(
        "puissance_it_installee_kw ({puissance_it_installee_kw}) semble en MW, ou les énergies en "
        "Wh : le facteur de charge dépasse 1 d'un facteur 1 000."
    ),
    correction="Saisissez la puissance en kW et les énergies en kWh.",
    source="1 MW = 1 000 kW",
    passe={"puissance_it_installee_kw": 40},
    echoue={"puissance_it_installee_kw": 0.04},
)
