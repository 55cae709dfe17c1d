"""A load factor under 0.1 % that neither kW nor MWh explains: what the two causes below leave."""

from greencloud.rules.energies_en_kw import RULE as ENERGIES_EN_KW
from greencloud.rules.energies_en_mwh import RULE as ENERGIES_EN_MWH
from greencloud.rules.rule import Rule

RULE = Rule(
    code="facteur_charge_impossible",
    niveau="erreur",
    puissance_du_registre=True,
    famille="facteur_charge",
    table="declarations",
    champ="energie_it_kwh",
    condition=f"fc < 0.001 AND NOT ({ENERGIES_EN_KW.condition}) AND NOT ({ENERGIES_EN_MWH.condition})",
    valeurs={
        "charge": "100 * fc",
    },
    message=(
        "energie_it_kwh ({energie_it_kwh} kWh) pour {puissance_it_installee_kw} kW installés "
        "représente une charge d'environ {charge} %, ce qui est impossible."
    ),
    correction="Vérifiez l'unité des énergies (kWh) et de puissance_it_installee_kw (kW).",
    source="Choix du projet : reste de la partition du facteur de charge",
    passe={"energie_totale_kwh": 314870, "energie_it_kwh": 175120},
    echoue={"energie_totale_kwh": 0.9, "energie_it_kwh": 0.5},
)
