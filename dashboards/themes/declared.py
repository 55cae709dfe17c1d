"""What a declarant says of a figure: whether it is a measured annual value, where it comes from, its status."""

from collections.abc import Mapping

from dashboards.cells import Head

_NATURES: Mapping[str, str] = {
    "annuelle": "valeur annuelle",
    "intermediaire": "mesurée sur une autre durée qu’une année",
    "partielle": "année incomplète",
    "conception": "valeur visée, non mesurée",
    "puissance_instantanee": "puissance relevée à un instant, non une année",
    "puissance_crete": "rapport de puissances maximales, non une année",
}

ORIGIN = (
    Head("Nature de la valeur", "nature_valeur", lambda nature: _NATURES.get(nature, nature)),
    Head("Source et statut", "commentaire", shape="propos"),
)
