"""Both energies in MWh: the load factor is plausible once multiplied by 1,000.

Basis: factor 1,000.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="energies_en_mwh",
    niveau="erreur",
    puissance_du_registre=True,
    famille="facteur_charge",
    table="declarations",
    champ="energie_it_kwh",
    condition="it_par_kw > 0.95 AND fc <= 0.00095",
    valeurs={
        "charge": "round(100000 * fc, 1)",
        "total_kwh": "round(1000 * total)",
        "it_kwh": "round(1000 * it)",
    },
    message=(
        "energie_totale_kwh ({energie_totale_kwh}) et energie_it_kwh ({energie_it_kwh}) semblent en "
        "MWh : × 1 000, la charge serait de {charge} % des {puissance_it_installee_kw} kW "
        "installés."
    ),
    correction="Convertissez les deux énergies en kWh (× 1 000), soit {total_kwh} et {it_kwh} kWh.",
    source="1 MWh = 1 000 kWh",
    passe={"energie_totale_kwh": 314870, "energie_it_kwh": 175120},
    echoue={"energie_totale_kwh": 314.87, "energie_it_kwh": 175.12},
)
