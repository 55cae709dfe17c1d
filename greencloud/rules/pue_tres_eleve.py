"""A PUE between 4 and 10.

Basis: EuroCloud France 2017 (traditional rooms at 2.5 to 3.5); G4IT calls 2.5 bad.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="pue_tres_eleve",
    niveau="avertissement",
    famille="rapport",
    table="declarations",
    champ="energie_totale_kwh",
    condition="r > 4 AND r <= 10",
    message=(
        "energie_totale_kwh / energie_it_kwh donne un PUE de {r} : le total inclut-il des bureaux "
        "ou un bâtiment entier ?"
    ),
    correction=(
        "Déclarez la seule part de la salle (perimetre = mixte_compte ou mixte_reparti), ou "
        "vérifiez que tous les onduleurs sont comptés dans l'IT."
    ),
    source="EuroCloud France 2017 : 2,5 à 3,5 dans les salles traditionnelles",
    passe={"energie_it_kwh": 175120},
    echoue={"energie_it_kwh": 70000},
)
