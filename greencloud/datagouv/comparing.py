"""What differs between an object of the platform and what is wanted of it, and how that is said in French."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from greencloud.datagouv.messages import plain

_LABELS: Mapping[str, str] = {
    "title": "titre",
    "description": "description",
    "license": "licence",
    "frequency": "fréquence",
    "temporal_coverage": "couverture temporelle",
    "spatial": "couverture spatiale",
    "tags": "mots-clés",
    "private": "visibilité",
    "type": "type",
    "schema": "schéma",
}
_PARTS: Mapping[str, str] = {
    "start": "du",
    "end": "au",
    "name": "nom",
    "url": "adresse",
    "geom": "contour",
    "granularity": "maille",
}
MARKS = "marques"
"""The label of a change to the extras of ours."""
_SHOWN = 80  # characters of a value that a message shows
_BEFORE = 40  # of them, those before the first that differs


@dataclass(frozen=True)
class Change:
    """A key of the metadata, in French, what is there and what is wanted."""

    label: str
    found: Any
    wanted: Any

    def __str__(self) -> str:
        found, wanted = _told(self.found), _told(self.wanted)
        same = takewhile(lambda pair: pair[0] == pair[1], zip(found, wanted, strict=False))
        start = max(len(list(same)) - _BEFORE, 0)
        return f"{self.label} : {_short(found, start)} au lieu de {_short(wanted, start)}"


def changed(remote: Mapping[str, Any], wanted: Mapping[str, Any]) -> tuple[Change, ...]:
    """The keys of `wanted` whose value is another on the platform."""
    pairs = ((key, _comparable(key, remote.get(key)), _comparable(key, value)) for key, value in wanted.items())
    return tuple(Change(_LABELS.get(key, key), found, value) for key, found, value in pairs if found != value)


def missing_marks(resource: Mapping[str, Any], marks: Mapping[str, str]) -> tuple[Change, ...]:
    """The extras of ours that a resource has lost, as one change."""
    extras = resource.get("extras") or {}
    found = {key: extras.get(key) for key in marks}
    return () if found == marks else (Change(MARKS, found, dict(marks)),)


def names(changes: Sequence[Change]) -> str:
    """The labels of changes, for a line of the plan."""
    return ", ".join(change.label for change in changes)


def size(octets: int) -> str:
    """A number of bytes as it is read in French."""
    for unit, factor in (("Go", 1e9), ("Mo", 1e6), ("ko", 1e3)):
        if octets >= factor:
            return f"{octets / factor:.1f} {unit}".replace(".", ",")
    return f"{octets} octets"


def _comparable(key: str, value: Any) -> Any:
    """A value in the one form that the platform's and ours share."""
    if key == "tags":
        return sorted(value or ())
    if key == "private":
        return bool(value)
    if key == "temporal_coverage" and value:
        return {end: str(value[end])[:10] for end in ("start", "end") if value.get(end)}
    if key == "spatial" and value:
        return {name: value.get(name) or None for name in ("geom", "zones", "granularity")}
    if key == "schema" and value:
        return {name: item for name, item in value.items() if item is not None}
    if key == "description" and value:
        return str(value).strip()
    return value or None


def _told(value: Any) -> str:
    return "" if value is None or value in ("", [], {}) else " ".join(plain(_read(value)).split())


def _short(text: str, start: int) -> str:
    """The text from `start` on, cut where it is long."""
    shown = text[start : start + _SHOWN]
    return f"« {'…' if start else ''}{shown}{'…' if start + _SHOWN < len(text) else ''} »" if text else "rien"


def _read(value: Any) -> str:
    """A value as a person reads it."""
    if isinstance(value, Mapping):
        return ", ".join(f"{_PARTS.get(key, key)} {_read(item)}" for key, item in value.items() if item is not None)
    if isinstance(value, list):
        return ", ".join(map(_read, value))
    if isinstance(value, bool):
        return "oui" if value else "non"
    return str(value)
