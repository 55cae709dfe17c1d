"""What each refusal of the platform means, in French: what was asked, why it was refused, what to do."""

from collections.abc import Mapping
from typing import Any

_DETAIL_MAX = 500  # characters of the platform's own words that a message repeats

_FIXES: Mapping[int, str] = {
    400: "Corrigez ces valeurs : la plateforme ne les accepte pas.",
    401: "Le jeton est absent, faux, révoqué ou expiré. Créez-en un sur la plateforme (Mon compte, clés d'API).",
    403: "Ce compte n'en a pas le droit. Employez le jeton d'un éditeur ou d'un administrateur de l'organisation.",
    404: "Il n'est pas, ou plus, sur cette plateforme. Vérifiez son identifiant, ou retirez-le du fichier d'état.",
    405: "L'adresse n'est pas celle d'une plateforme udata. Vérifiez l'option --url.",
    409: "L'objet est verrouillé, par un DOI par exemple. Demandez à l'équipe de la plateforme.",
    410: "L'objet a été supprimé. Restaurez-le sur la plateforme, ou retirez-le du fichier d'état.",
    413: "Le fichier est trop gros pour la plateforme. Réduisez-le, ou publiez-le en plusieurs fichiers.",
    415: "Le contenu envoyé n'est pas accepté (du HTML, par exemple). Retirez ce contenu.",
    423: "La plateforme est en lecture seule pour ce compte ou pour tous. Réessayez plus tard ou écrivez à son équipe.",
    429: "Trop de demandes en peu de temps. Réessayez plus tard.",
}
_SELF_EVIDENT = frozenset({401, 404, 405, 410})  # the platform's own words, in English, add nothing
_OTHER_CLIENT_FIX = "La plateforme n'accepte pas cette demande. Signalez-le à son équipe."
_SERVER_FIX = "C'est une panne de la plateforme, pas de votre édition. Réessayez plus tard : rien ne sera doublé."
_FILE_TYPE = "This file type is not allowed"  # udata, core/storages/api.py


def refusal(what: str, status: int, detail: str) -> str:
    """One French sentence or two for a refused request; `what` says what was asked, as `Créer le jeu de données`."""
    if status == 400 and _FILE_TYPE in detail:
        return (
            f"{what} : la plateforme n'accepte pas ce type de fichier. Publiez-le sous une extension qu'elle accepte "
            "(liste : /api/1/datasets/extensions/)."
        )
    fix = _FIXES.get(status, _SERVER_FIX if status >= 500 else _OTHER_CLIENT_FIX)
    said = f", « {detail} »" if detail and status not in _SELF_EVIDENT else ""
    return f"{what} : refusé par la plateforme ({status}{said}). {fix}"


def missing_file(what: str, status: int) -> str:
    """A French sentence for a file that its address does not give."""
    return f"{what} : le fichier n'est pas là (réponse {status}). Vérifiez son adresse auprès de son producteur."


def plain(text: str) -> str:
    """A text of the platform's as a terminal may show it: nothing in it that commands the terminal."""
    return "".join(character if character.isprintable() else " " for character in text)


def detail(answer: Any) -> str:
    """The platform's own words, whichever of its four shapes they come in; empty when there are none."""
    if not isinstance(answer, Mapping):
        return ""
    errors = answer.get("errors")
    if isinstance(errors, Mapping) and errors:
        words = " ; ".join(f"{field} : {_flat(found)}" for field, found in errors.items())
    else:
        words = str(answer.get("message") or answer.get("error") or "")
    words = " ".join(plain(words).split())
    return words if len(words) <= _DETAIL_MAX else words[: _DETAIL_MAX - 1] + "…"


def _flat(found: Any) -> str:
    """Errors of a field: a text, a list of texts, or fields within the field."""
    if isinstance(found, Mapping):
        return ", ".join(f"{name} ({_flat(inner)})" for name, inner in found.items())
    if isinstance(found, list):
        return ", ".join(_flat(item) for item in found)
    return str(found)
