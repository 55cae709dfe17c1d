"""A load factor of 95 to 100 % all year.

Basis: national load factors of 21 to 68 % (on total energy).
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="facteur_charge_eleve",
    niveau="avertissement",
    famille="facteur_charge",
    table="declarations",
    champ="puissance_it_installee_kw",
    condition="fc > 0.95 AND fc <= 1",
    valeurs={
        "charge": "round(100 * fc, 2)",
    },
    message=(
        "La charge serait de {charge} % de puissance_it_installee_kw ({puissance_it_installee_kw} "
        "kW) toute l'année : est-ce la puissance consommée et non la puissance installée ?"
    ),
    correction=("Saisissez dans puissance_it_installee_kw la somme des puissances nominales des équipements IT."),
    source="Facteurs de charge nationaux connus : 21 à 68 % (sur l'énergie totale)",
    passe={"puissance_it_installee_kw": 40},
    echoue={"energie_totale_kwh": 612500, "energie_it_kwh": 340000, "commentaire": "extension"},
)
