"""What Frictionless 5.21 refuses in a schema although it could be applied: metadata of the wrong kind, features of the
second version of the standard in a schema of the first, an example that its own field cannot read.

The strict mode gives Frictionless's verdict, so it refuses such a schema too; the default mode applies it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlparse

from greencloud.descriptors import SchemaError
from greencloud.table_schema.bounds import in_own_notation
from greencloud.table_schema.fields import Field
from greencloud.table_schema.parsers import parser
from greencloud.table_schema.unfit import Unfit

_SLUG = re.compile(r"[-a-z0-9._/]+")
_TYPE = re.compile(r"[-a-z/]+")
_STANDARD = re.compile(r"/profiles/(\d+)\.\d+/")
_TEXTS = ("title", "description")
_OF_VERSION_2 = ("exclusiveMinimum", "exclusiveMaximum")


def refusal(descriptor: Mapping[str, Any], fields: tuple[Field, ...]) -> SchemaError | None:
    """The first reason for which Frictionless would refuse a schema that was read; None when it takes it."""
    for sentence in _root(descriptor):
        return SchemaError(sentence)
    for field in fields:
        for sentence in _field(field, _first_version(descriptor)):
            return SchemaError(f"Le champ « {field.name} » : {sentence}", "field-error")
    return None


def unreadable_bounds(fields: tuple[Field, ...]) -> SchemaError | None:
    """The first field of which Frictionless cannot read a bound: it takes the schema, then stops with a traceback."""
    for field in fields:
        for sentence in _bounds(field):
            return SchemaError(f"Le champ « {field.name} » : {sentence}", "field-error")
    return None


def _first_version(descriptor: Mapping[str, Any]) -> bool:
    """Whether a schema is of the first version of the standard: it names no profile, or one of that version."""
    profile = descriptor.get("$schema")
    if not profile:
        return True
    address = urlparse(str(profile))
    version = _STANDARD.search(address.path) if address.netloc == "datapackage.org" else None
    return version is not None and version[1] == "1"


def _root(descriptor: Mapping[str, Any]) -> Iterator[str]:
    name, kind = descriptor.get("name", "a"), descriptor.get("type", "a")
    if not isinstance(name, str) or not _SLUG.fullmatch(name):
        yield (
            "Le nom du schéma (« name ») ne peut contenir que des minuscules sans accent, des chiffres et les signes "
            "- . _ /."
        )
    if not isinstance(kind, str) or not _TYPE.fullmatch(kind):
        yield "Le schéma a un « type » qui n'est pas un mot en minuscules."
    for key in _TEXTS:
        if not isinstance(descriptor.get(key, ""), str):
            yield f"Le schéma : « {key} » doit être un texte."
    if not isinstance(descriptor.get("$schema", ""), str):
        yield "Le schéma : « $schema » doit être une adresse."
    yield from _missing_values(descriptor, _first_version(descriptor))
    for key in descriptor.get("foreignKeys", []):
        if not isinstance(key.get("reference", {}).get("resource", ""), str):
            yield "Une clé étrangère du schéma : « resource » doit être un texte."


def _missing_values(holder: Mapping[str, Any], first_version: bool) -> Iterator[str]:
    entries = [entry for entry in holder.get("missingValues", []) if isinstance(entry, dict)]
    if entries and first_version:
        yield "des valeurs manquantes décrites par des objets demandent la version 2 du standard (« $schema »)."
    for key in ("value", "label"):
        given = [entry[key] for entry in entries if entry.get(key) is not None]
        if not all(isinstance(text, str) for text in given) or len(set(given)) < len(given):
            yield f"chaque valeur manquante doit avoir sa propre « {key} »."


def _field(field: Field, first_version: bool) -> Iterator[str]:
    descriptor = field.descriptor
    for key in (*_TEXTS, "rdfType"):
        if not isinstance(descriptor.get(key, ""), str):
            yield f"« {key} » doit être un texte."
    yield from _missing_values(descriptor, first_version)
    for key in _OF_VERSION_2:
        if first_version and key in field.constraints:
            yield f"la contrainte {key} demande la version 2 du standard (« $schema »)."
    if not _example_fits(field):
        yield f"son exemple ({descriptor['example']}) n'est pas une valeur de son type."
    if "required" in descriptor:
        yield "« required » doit être sous « constraints »."
    yield from _bounds(field)


def _bounds(field: Field) -> Iterator[str]:
    if not in_own_notation(field):
        yield "ses bornes (minimum, maximum) ne sont pas écrites comme ses valeurs."


def _example_fits(field: Field) -> bool:
    """Whether the example can be read by type and format alone: Frictionless forgets the rest of the notation."""
    example = field.example
    if not example or "type" not in field.descriptor:
        return True
    kept = {key: field.descriptor[key] for key in ("trueValues", "falseValues") if key in field.descriptor}
    bare = Field(field.name, field.type, field.format, {}, kept if field.type == "boolean" else {})
    try:
        parser(bare)(example)
    except Unfit:
        return False
    return True
