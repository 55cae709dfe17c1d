"""A commune code that no commune can bear.

Basis: INSEE, code officiel géographique, of which `data/reference/communes.csv` (2026) holds a part: a commune that the
part lacks is not said unknown. The whole of the latest code is known to the check `code-commune-insee` of the schema.
"""

from greencloud.rules.rule import Rule

RULE = Rule(
    code="commune_inconnue",
    niveau="erreur",
    famille="identite",
    table="centres",
    champ="code_insee",
    voit=("references",),
    condition="NOT commune_connue",
    message=(
        "code_insee ({code_insee}) n'est pas un code de commune de l'INSEE : son département n'existe pas, ou il finit "
        "comme un code postal."
    ),
    correction=(
        "Cherchez le code de la commune dans le code officiel géographique de l'INSEE : un code postal a-t-il été "
        "saisi, la commune a-t-elle fusionné ?"
    ),
    source=(
        "INSEE, code officiel géographique 2026 (départements complets, communes en partie) ; le code entier de la "
        "dernière année est vérifié par le contrôle code-commune-insee"
    ),
    passe={"code_insee": "35238"},
    echoue={"code_insee": "35000", "commune_connue": False},
)
