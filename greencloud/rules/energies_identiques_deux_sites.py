"""Two sites with the same two energies in one year.

Basis: double counting.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="energies_identiques_deux_sites",
    niveau="avertissement",
    famille="voisinage",
    table="declarations",
    champ="energie_totale_kwh",
    voit=("voisins",),
    condition="jumeau IS NOT NULL AND qualite_mesure IS DISTINCT FROM 'estime'",
    message=(
        "energie_totale_kwh ({energie_totale_kwh}) et energie_it_kwh ({energie_it_kwh}) sont celles du centre {jumeau} "
        "la même année : ligne recopiée, ou compteur commun ?"
    ),
    correction=(
        "Saisissez les relevés de ce centre ; si le compteur est commun, déclarez un seul centre ou la clé de "
        "répartition, avec qualite_mesure = estime."
    ),
    source="Double compte ; une répartition estimée se dit qualite_mesure = estime",
    passe={"jumeau": None},
    echoue={"jumeau": "99988877900017-02"},
)
