"""What is said of descriptors and by the checks of Frictionless: small ones, really judged, with the verdict."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from greencloud.checking.messages.examples import Example
from greencloud.checking.resource import check_descriptor

_TABLE = "site,annee,energie\nS1,2023,12\nS2,2025,13\nÉ3,2026,12\nS2,2025,13\n"
_FAR = "site,annee,energie\n" + "".join(f"S{row},{2000 + row},{9_000 if row == 12 else row}\n" for row in range(1, 13))
_LONG = "site,annee,energie\n" + "".join(f"{'S' * (6_000 if row == 40 else 1)},,\n" for row in range(1, 41))
_CUT = f"site,annee,energie\n{'S' * 255},,\n"
_FIELDS = [
    {"name": "site", "type": "string"},
    {"name": "annee", "type": "integer"},
    {"name": "energie", "type": "number"},
]
_RESOURCE: Mapping[str, Any] = {"name": "releves", "path": "table.csv", "schema": {"fields": _FIELDS}}
_KEY = {"fields": ["site"], "reference": {"resource": "sites", "fields": ["site"]}}
_LINKED = {**_RESOURCE, "schema": {"fields": _FIELDS, "foreignKeys": [_KEY]}}
_SITES = {"name": "sites", "data": [["site"], ["S1"], ["S2"]], "schema": {"fields": [{"name": "site"}]}}

# (cause, descriptor): one for each thing that is wrong with a descriptor, or with a file that does not hold to it.
_DESCRIPTORS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("descripteur inconnu", {"titre": "Relevés"}),
    ("adresse", {**_RESOURCE, "path": "https://exemple.fr/table.csv"}),
    ("chemin", {**_RESOURCE, "path": "../table.csv"}),
    ("fichier absent", {**_RESOURCE, "path": "absente.csv"}),
    ("profil", {**_RESOURCE, "profile": "https://exemple.fr/profil.json"}),
    ("schéma absent", {**_RESOURCE, "schema": "schema.json"}),
    ("nom absent", {"path": "table.csv", "schema": {"fields": _FIELDS}}),
    ("nature d'une clé", {**_RESOURCE, "title": 12}),
    ("type inconnu", {"fields": [{"name": "site", "type": "texte"}]}),
    ("contrainte impossible", {"fields": [{"name": "site", "type": "boolean", "constraints": {"minimum": 1}}]}),
    ("clé primaire", {"fields": _FIELDS, "primaryKey": ["numero"]}),
    ("noms répétés", {"fields": [_FIELDS[0], _FIELDS[0]]}),
    ("octets", {**_RESOURCE, "bytes": 12}),
    ("lignes", {**_RESOURCE, "rows": 12}),
    ("colonnes", {**_RESOURCE, "fields": 12}),
    ("empreinte", {**_RESOURCE, "hash": "sha256:" + "0" * 64}),
    ("autre ressource", {"resources": [_LINKED, _SITES]}),
)
# (table, check): one for each check of Frictionless, and for each way in which one cannot be made.
_CHECKS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    (_TABLE, {"type": "forbidden-value", "fieldName": "numero", "values": [1]}),
    (_TABLE, {"type": "deviated-value", "fieldName": "site"}),
    (_TABLE, {"type": "deviated-value", "fieldName": "annee", "average": "max"}),
    (_TABLE, {"type": "forbidden-value", "fieldName": "annee", "values": [2025]}),
    (_TABLE, {"type": "required-value", "fieldName": "annee", "values": [2024]}),
    (_TABLE, {"type": "sequential-value", "fieldName": "annee"}),
    (_TABLE, {"type": "ascii-value"}),
    (_TABLE, {"type": "duplicate-row"}),
    (_TABLE, {"type": "row-constraint", "formula": "energie > 12"}),
    (_TABLE, {"type": "table-dimensions", "numRows": 12}),
    (_TABLE, {"type": "table-dimensions", "minRows": 12}),
    (_TABLE, {"type": "table-dimensions", "maxRows": 2}),
    (_FAR, {"type": "deviated-value", "fieldName": "energie"}),
    (_LONG, {"type": "deviated-cell"}),
    (_CUT, {"type": "truncated-value"}),
    (_TABLE, {"type": "controle-inconnu"}),
)


def descriptor_examples() -> Iterator[Example]:
    """What is wrong with each descriptor, and what each check finds first."""
    yield from _judged()


@cache
def _judged() -> tuple[Example, ...]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        found = [_first(place, cause, _TABLE, descriptor) for cause, descriptor in _DESCRIPTORS]
        found += [_first(place, str(check["type"]), table, _RESOURCE, [check]) for table, check in _CHECKS]
    return tuple(dict.fromkeys(found))


def _first(
    folder: Path, cause: str, table: str, descriptor: Mapping[str, Any], checks: Sequence[Mapping[str, Any]] = ()
) -> Example:
    """The first thing that is said of a descriptor and its data."""
    (folder / "table.csv").write_text(table, encoding="utf-8", newline="")
    verdict = check_descriptor(descriptor, folder, checks)
    told = [*verdict.errors, *(finding for judged in verdict.resources for finding in judged.report.errors)]
    first = told[0]
    return Example(first.code, "" if cause == first.code else cause, first.message, first.fix)
