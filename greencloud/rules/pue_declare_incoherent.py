"""The declared PUE differs from total / IT by more than 0.02.

Basis: recomputation; 0.02 is a choice of the project.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="pue_declare_incoherent",
    niveau="avertissement",
    famille="pue",
    table="declarations",
    champ="pue_declare",
    condition="abs(pue_declare - r) > 0.02",
    message=(
        "pue_declare vaut {pue_declare} alors que energie_totale_kwh / energie_it_kwh donne {r} : "
        "la valeur publiée est la valeur recalculée."
    ),
    correction="Corrigez pue_declare ou l'une des deux énergies.",
    source="Recalcul à partir des énergies",
    passe={"pue_declare": 1.8},
    echoue={"pue_declare": 1.5},
)
