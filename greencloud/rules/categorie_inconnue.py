"""Where IT energy is metered is not said.

Basis: RGESN 8.3; EN 50600-4-2 (three measurement categories).
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="categorie_inconnue",
    niveau="info",
    famille="contexte",
    table="declarations",
    champ="categorie_mesure_it",
    condition="categorie_mesure_it IS NULL OR categorie_mesure_it = 'X'",
    message=("categorie_mesure_it n'est pas renseignée ou vaut X : sans elle, le site n'est pas classé."),
    correction=("Indiquez où l'IT est compté : 1 sortie onduleur, 2 sortie PDU, 3 entrée des équipements."),
    source="RGESN 8.3 ; EN 50600-4-2",
    passe={"categorie_mesure_it": "1"},
    echoue={"categorie_mesure_it": None},
)
