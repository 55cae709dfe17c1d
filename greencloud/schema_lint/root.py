"""The root of a descriptor: unknown and missing keys, identity, dates, versions, lists."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from greencloud.schema_lint.findings import LintFinding, finding, is_list_of_objects, objects, unknown_keys
from greencloud.schema_lint.vocabulary import LISTED_KEYS, REQUIRED_ROOT_KEYS, ROOT_KEYS, SCHEMA_ADDRESSES

_VERSION = re.compile(r"v?(\d+\.\d+\.\d+)")
_VERSION_IN_ADDRESS = re.compile(r"(?<=/)v?(\d+\.\d+\.\d+)(?=/|$)")


def findings(descriptor: Mapping[str, Any]) -> Iterator[LintFinding]:
    """The defects of the root, fields and keys apart."""
    yield from unknown_keys(descriptor, ROOT_KEYS, None, "à la racine du schéma")
    for key in REQUIRED_ROOT_KEYS:
        if not descriptor.get(key):
            yield finding("cle_absente", f"la clé « {key} » est absente ou vide à la racine. Ajoutez-la.", None, key)
    yield from _identity(descriptor)
    yield from _dates(descriptor)
    yield from _versions(descriptor)
    yield from _lists(descriptor)


def _identity(descriptor: Mapping[str, Any]) -> Iterator[LintFinding]:
    address, name = descriptor.get("$schema"), descriptor.get("name")
    if address and address not in SCHEMA_ADDRESSES:
        message = f"« $schema » vaut « {address} » : les outils nationaux n'acceptent que « {SCHEMA_ADDRESSES[0]} »."
        yield finding("adresse_de_schema", message, None, "$schema")
    if name and not re.fullmatch(r"[a-z0-9_-]+", str(name)):
        message = f"« name » vaut « {name} » : n'employez que des minuscules sans accent, des chiffres, - et _."
        yield finding("nom_de_schema", message, None, "name")


def _dates(descriptor: Mapping[str, Any]) -> Iterator[LintFinding]:
    dates = {key: str(descriptor[key]) for key in ("created", "lastModified") if key in descriptor}
    unreadable = {key: value for key, value in dates.items() if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)}
    for key, value in unreadable.items():
        yield finding("date_illisible", f"« {key} » vaut « {value} » : écrivez AAAA-MM-JJ.", None, key)
    if len(dates) == 2 and not unreadable and dates["lastModified"] < dates["created"]:
        message = "« lastModified » précède « created ». Corrigez l'une des deux dates."
        yield finding("dates_inversees", message, None, "lastModified")


def _versions(descriptor: Mapping[str, Any]) -> Iterator[LintFinding]:
    written = descriptor.get("version")
    version = _VERSION.fullmatch(str(written))
    if written and not version:
        message = f"« version » vaut « {written} » : écrivez trois nombres, par exemple 0.1.0."
        yield finding("version_illisible", message, None, "version")
    addresses = {"path": descriptor.get("path")}
    for place, resource in enumerate(objects(descriptor.get("resources"))):
        addresses[f"resources[{place}].path"] = resource.get("path")
    for key, address in addresses.items():
        for other in _VERSION_IN_ADDRESS.findall(str(address)):
            if version and other != version[1]:
                message = f"« {key} » mène à la version {other} alors que « version » vaut {version[1]}. Alignez-les."
                yield finding("versions_divergentes", message, None, key)


def _lists(descriptor: Mapping[str, Any]) -> Iterator[LintFinding]:
    for key, known in LISTED_KEYS.items():
        if key in descriptor and not is_list_of_objects(descriptor[key]):
            yield finding("liste_attendue", f"« {key} » doit être une liste d'objets.", None, key)
        for item in objects(descriptor.get(key)):
            yield from unknown_keys(item, known, None, f"dans « {key} »")
    missing = descriptor.get("missingValues", [])
    if not isinstance(missing, list) or not all(isinstance(value, str) for value in missing):
        yield finding("liste_attendue", "« missingValues » doit être une liste de textes.", None, "missingValues")
