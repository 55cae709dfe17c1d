"""An energy that is a whole power times the hours of the year.

Basis: arithmetic (chance hit: 1 in 8,760).
"""

from greencloud.rules.grandeurs import multiple
from greencloud.rules.rule import Rule

RULE = Rule(
    code="energie_multiple_des_heures",
    niveau="avertissement",
    famille="periode",
    table="declarations",
    champ=("energie_totale_kwh", "energie_it_kwh"),
    condition=f"{multiple('heures_annee')} AND annee_complete AND qualite_mesure IS DISTINCT FROM 'estime'",
    valeurs={
        "puissance": "{colonne} / heures_annee",
        "heures": "heures_annee",
    },
    message=("{colonne} vaut exactement {puissance} kW × {heures} h : la valeur semble calculée et non relevée."),
    correction=("Si aucun compteur n'existe, mettez qualite_mesure = estime ; sinon, saisissez le relevé du compteur."),
    source="Arithmétique : une chance sur 8 760 qu'un relevé tombe sur un multiple",
    passe={"energie_it_kwh": 175120},
    echoue={"energie_it_kwh": 175200},
)
