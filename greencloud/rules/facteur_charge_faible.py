"""A load factor under 5 %.

Basis: national load factors of 21 to 68 %; one month typed for a year gives 0.4 to 8 %.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="facteur_charge_faible",
    niveau="avertissement",
    famille="facteur_charge",
    table="declarations",
    champ="energie_it_kwh",
    condition="fc >= 0.001 AND fc < 0.05",
    valeurs={
        "charge": "round(100 * fc, 2)",
    },
    message=(
        "La charge n'est que de {charge} % de puissance_it_installee_kw "
        "({puissance_it_installee_kw} kW) : énergies d'un seul mois, site ouvert une partie de "
        "l'année, ou puissance souscrite au lieu de la puissance IT ?"
    ),
    correction="Corrigez les énergies ou la puissance, ou précisez date_debut et date_fin.",
    source=("Facteurs de charge nationaux connus : 21 à 68 % ; un mois saisi pour une année : 0,4 à 8 %"),
    passe={"puissance_it_installee_kw": 40},
    echoue={"energie_totale_kwh": 22000, "energie_it_kwh": 12000, "commentaire": "vidage"},
)
