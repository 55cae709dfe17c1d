"""A PUE better than any public annual value.

Basis: best known 1.036 (NREL); 1.03 is a choice of the project.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="pue_tres_bas",
    niveau="avertissement",
    famille="rapport",
    table="declarations",
    champ="energie_totale_kwh",
    condition="r > 1.0005 AND r < 1.03 AND sans_commentaire",
    message=(
        "energie_totale_kwh / energie_it_kwh donne un PUE de {r}, meilleur que tout site public "
        "connu : le refroidissement, l'éclairage et les pertes sont-ils dans le total ?"
    ),
    correction=("Ajoutez au total ce qui y manque ; si tout y est, expliquez-le dans la colonne commentaire."),
    source="Meilleure valeur annuelle publique : 1,036 (NREL)",
    passe={"energie_totale_kwh": 182100},
    echoue={"energie_totale_kwh": 177000},
)
