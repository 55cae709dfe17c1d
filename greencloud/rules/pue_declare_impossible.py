"""A declared PUE of 1 or less, or above 10, without energies.

Basis: EN 50600-4-2; NumEcoEval requires > 1.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="pue_declare_impossible",
    niveau="erreur",
    famille="pue",
    table="declarations",
    champ="pue_declare",
    condition="energie_manquante AND (pue_declare <= 1.0005 OR pue_declare > 10)",
    message=(
        "Un PUE de {pue_declare} (pue_declare) est impossible : il vaut toujours plus de 1, et ni "
        "une chaleur cédée ni une production solaire ne s'en déduisent."
    ),
    correction=("Donnez les deux énergies, energie_totale_kwh et energie_it_kwh, ou corrigez pue_declare."),
    source="EN 50600-4-2 ; NumEcoEval : PUE supérieur à 1",
    passe={"pue_declare": 1.8},
    echoue={"energie_totale_kwh": None, "pue_declare": 0.95},
)
