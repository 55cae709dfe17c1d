"""Total and IT energy are the same.

Basis: EN 50600-4-2 (PUE always above 1).
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="pue_egal_a_un",
    niveau="erreur",
    famille="rapport",
    table="declarations",
    champ="energie_it_kwh",
    condition="r BETWEEN 0.9995 AND 1.0005",
    message=(
        "energie_totale_kwh ({energie_totale_kwh}) et energie_it_kwh ({energie_it_kwh}) sont égales "
        "(PUE = 1,000) : le même compteur a été recopié dans les deux colonnes, ou le "
        "refroidissement est oublié."
    ),
    correction="Relevez l'entrée générale pour le total et la sortie onduleur pour l'IT.",
    source="EN 50600-4-2 : le PUE est toujours supérieur à 1",
    passe={"energie_totale_kwh": 314870, "energie_it_kwh": 175120},
    echoue={"energie_totale_kwh": 175120},
)
