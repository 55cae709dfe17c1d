"""One site of the register under two identifiers, declared twice for a year.

Basis: GSA user research. The key (id_centre, annee) already forbids the same identifier twice; the same SIRET, name and
commune under two numbers remains. The first identifier keeps its row.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="doublon_site",
    niveau="erreur",
    famille="identite",
    table="declarations",
    champ="id_centre",
    voit=("registre", "voisins"),
    condition="homonyme IS NOT NULL",
    message=(
        "id_centre ({id_centre}) et {homonyme} sont le même site « {nom_site} » du SIRET {siret}, déclaré deux fois "
        "pour la même année."
    ),
    correction="Gardez une seule déclaration, ou distinguez les salles par leur nom dans la table centres.",
    source="GSA, étude d'usage ; même SIRET, même nom et même commune : choix du projet",
    passe={"nom_site": "Salle B"},
    echoue={"id_centre": "99988877900017-02", "homonyme": "99988877900017-01"},
)
