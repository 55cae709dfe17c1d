"""The shape of what the platform answers, looked at where it comes in: what follows meets no surprise."""

import re
from collections.abc import Mapping
from typing import Any

from greencloud.datagouv.errors import BadAnswer

Json = dict[str, Any]

_IDENTIFIER = re.compile(r"[0-9A-Za-z_-]+")
_RESOURCE: Mapping[str, type] = {"title": str, "extras": dict, "checksum": dict, "schema": dict, "filesize": int}
_DATASET: Mapping[str, type] = {
    "extras": dict,
    "resources": list,
    "tags": list,
    "temporal_coverage": dict,
    "spatial": dict,
    "organization": dict,
    "owner": dict,
    "quality": dict,
}


def identified(answer: Json, what: str) -> Json:
    """An object that bears an identifier, which is one part of an address. Raises BadAnswer."""
    if not isinstance(answer.get("id"), str) or not _IDENTIFIER.fullmatch(answer["id"]):
        raise _bad(what, "id")
    return answer


def dataset(answer: Json, what: str) -> Json:
    """A dataset whose keys, where they are there, hold what udata puts there. Raises BadAnswer."""
    _check(identified(answer, what), _DATASET, what)
    if not all(isinstance(tag, str) for tag in answer.get("tags") or ()):
        raise _bad(what, "tags")
    for item in answer.get("resources") or ():
        if not isinstance(item, dict):
            raise _bad(what, "resources")
        resource(item, what)
    return answer


def resource(answer: Json, what: str) -> Json:
    """A resource with its stable address, alike. Raises BadAnswer."""
    _check(identified(answer, what), _RESOURCE, what)
    if not isinstance(answer.get("latest"), str):
        raise _bad(what, "latest")
    return answer


def page(answer: Json, what: str) -> Json:
    """One page of a list. Raises BadAnswer for one that holds none: it would pass for the end of the list."""
    data = answer.get("data")
    if not isinstance(data, list) or (answer.get("next_page") and not data):
        raise _bad(what, "data")
    for item in data:
        if not isinstance(item, dict):
            raise _bad(what, "data")
        identified(item, what)
    return answer


def _check(answer: Json, kinds: Mapping[str, type], what: str) -> None:
    for key, kind in kinds.items():
        if not isinstance(answer.get(key), kind | None):
            raise _bad(what, key)


def _bad(what: str, key: str) -> BadAnswer:
    return BadAnswer(
        f"{what} : la réponse n'a pas la forme attendue (« {key} »). Vérifiez que l'adresse est celle d'une plateforme "
        "udata, ou prévenez son équipe."
    )
