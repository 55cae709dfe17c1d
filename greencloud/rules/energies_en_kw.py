"""Both energies are powers in kW.

Basis: hours of the year; the press printed « 2 000 kWh » for about 2,000 kW (secondary).
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="energies_en_kw",
    niveau="erreur",
    puissance_du_registre=True,
    famille="facteur_charge",
    table="declarations",
    champ="energie_it_kwh",
    condition="fc < 0.001 AND it_par_kw BETWEEN 0.05 AND 0.95",
    valeurs={
        "total_kwh": "round(total * heures)",
        "it_kwh": "round(it * heures)",
        "ou_mwh": "CASE WHEN it_par_kw > 0.44 THEN ' ou à des énergies en MWh' ELSE '' END",
    },
    message=(
        "energie_totale_kwh ({energie_totale_kwh}) et energie_it_kwh ({energie_it_kwh}) ressemblent "
        "à des puissances en kW{ou_mwh}, pour {puissance_it_installee_kw} kW installés."
    ),
    correction=(
        "Saisissez les relevés des compteurs en kWh : une énergie vaut kW × {heures} h, soit environ {total_kwh} et "
        "{it_kwh} kWh."
    ),
    source="Énergie = puissance × heures ; confusion vue dans la presse (source secondaire)",
    passe={"energie_totale_kwh": 314870, "energie_it_kwh": 175120},
    echoue={"energie_totale_kwh": 35.94, "energie_it_kwh": 19.99},
)
