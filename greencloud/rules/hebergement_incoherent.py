"""The hosted sites declare more IT energy than their host.

Basis: host and hosted both declare. The hosted row is refused, for it is the one that says where it is hosted: no one
can have another's declaration refused.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="hebergement_incoherent",
    niveau="erreur",
    famille="voisinage",
    table="declarations",
    champ="energie_it_kwh",
    voit=("registre", "voisins"),
    condition="energie_it_heberges_kwh > energie_it_hote_kwh",
    valeurs={"somme": "energie_it_heberges_kwh"},
    message=(
        "Avec energie_it_kwh ({energie_it_kwh} kWh), les hébergés de {heberge_chez} déclarent {somme} kWh d'IT, plus "
        "que leur hôte ({energie_it_hote_kwh} kWh)."
    ),
    correction="Rapprochez les compteurs avec l'hébergeur, ou corrigez heberge_chez dans la table centres.",
    source="Définition : l'IT d'un hébergé est une partie de celui de l'hôte",
    passe={"heberge_chez": "99988877900017-02", "energie_it_hote_kwh": 200000, "energie_it_heberges_kwh": 175120},
    echoue={"heberge_chez": "99988877900017-02", "energie_it_hote_kwh": 160000, "energie_it_heberges_kwh": 175120},
)
