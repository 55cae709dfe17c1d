"""Whether a descriptor is valid, which the frictionless library says, and the descriptors it refers to by path."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from frictionless import Catalog, Checklist, Dialect, Inquiry, Package, Pipeline, Report, Resource, Schema, system
from frictionless.exception import FrictionlessException
from frictionless.metadata.metadata import Metadata

from greencloud.checking.report import Finding
from greencloud.checking.resource.refused import CORRECT, Refused, refused
from greencloud.checking.resource.words import told
from greencloud.descriptors import SchemaError, read_json

Descriptor = Mapping[str, Any]

CLASSES: Mapping[str, type[Metadata]] = {
    "package": Package,
    "resource": Resource,
    "inquiry": Inquiry,
    "schema": Schema,
    "dialect": Dialect,
    "checklist": Checklist,
    "pipeline": Pipeline,
    "report": Report,
    "catalog": Catalog,
}
_CSV = ("delimiter", "lineTerminator", "quoteChar", "doubleQuote", "escapeChar", "nullSequence", "skipInitialSpace")
# The keys that tell a kind of descriptor from the others, the surest first.
_TRAITS: tuple[tuple[str, frozenset[str]], ...] = (
    ("package", frozenset({"resources"})),
    ("catalog", frozenset({"datasets"})),
    ("pipeline", frozenset({"steps"})),
    ("checklist", frozenset({"checks", "pickErrors", "skipErrors"})),
    ("report", frozenset({"errors", "valid", "stats", "warnings"})),
    ("inquiry", frozenset({"tasks"})),
    ("resource", frozenset({"path", "data", "schema", "dialect", "extrapaths", "scheme", "hash"})),
    ("schema", frozenset({"fields", "primaryKey", "foreignKeys", "missingValues", "fieldsMatch"})),
    (
        "dialect",
        frozenset({"header", "headerRows", "headerJoin", "headerCase", "commentChar", "commentRows", "skipBlankRows"})
        | frozenset({"controls", "csv", "json", "excel", "ods", "inline", "sql", *_CSV}),
    ),
)
_BY_PATH = ("schema", "dialect", "checklist", "resource", "package")
_LISTS = ("checks", "steps", "tasks", "datasets", "resources", "fields")
_NOT_FOLLOWED = ("foreignKeys", "data")
"""Keys under which the same names mean something else."""
_OF_RESOURCES = ("schema-error", "dialect-error")
"""What a resource names by a path, and so what it is refused for."""
_PROFILES = ("data-package", "tabular-data-package", "data-resource", "tabular-data-resource")
_CRASHES = (TypeError, AttributeError, LookupError, ValueError, AssertionError)
"""What Frictionless raises for a descriptor whose parts are of the wrong kind."""


@dataclass(frozen=True)
class Folder:
    """Where the paths of a descriptor start; they leave it only when it is `trusted`."""

    path: Path
    trusted: bool = False

    def place(self, path: str, code: str) -> Path:
        """The file that a path names. Raises Refused for an address, and for a path that leaves the folder."""
        if is_remote(path):
            raise refused(
                "scheme-error" if code == "resource-error" else code,
                f"« {path} » est une adresse : rien n'est lu sur le réseau.",
                "Téléchargez le fichier à côté du descripteur, et donnez son chemin.",
            )
        place = (self.path / path).resolve()
        if not self.trusted and (Path(path).is_absolute() or not place.is_relative_to(self.path.resolve())):
            unsafe = "resource-error" if code in _OF_RESOURCES else code
            raise refused(unsafe, told(unsafe, f'path "{path}" is not safe'))
        return place

    def descriptor(self, path: str, code: str) -> tuple[Descriptor, "Folder"]:
        """The descriptor that a path names, and the folder of its own paths."""
        place = self.place(path, code)
        try:
            found = read_json(place)
        except SchemaError as error:
            raise refused(code, f"Le descripteur « {path} » est introuvable, ou n'est pas un JSON en UTF-8.") from error
        if not isinstance(found, dict):
            raise refused(code, f"Le descripteur « {path} » doit être un objet JSON.")
        return found, Folder(place.parent, self.trusted)


def is_remote(path: str) -> bool:
    """Whether a path is an address, or names a scheme; a letter and a colon are a disk of Windows."""
    return len(urlparse(path).scheme) > 1


def kind_of(descriptor: Descriptor, name: str = "") -> str | None:
    """What a descriptor describes, by the end of its file's name or by its keys; None when nothing tells."""
    for kind in CLASSES:
        if name.endswith((f"{kind}.json", f"data{kind}.json")):
            return kind
    found = (kind for kind, traits in _TRAITS if traits & set(descriptor))
    return next(found, None)


def load(kind: str, descriptor: Descriptor, folder: Folder) -> Metadata:
    """The object that Frictionless makes of a descriptor. Raises Refused with what it finds wrong."""
    whole = inlined(descriptor, folder)
    code = f"{kind}-error"
    try:
        with _quiet(), system.use_context(trusted=folder.trusted):
            return CLASSES[kind].from_descriptor(whole, **_options(kind, folder))
    except FrictionlessException as exception:
        raise Refused(_findings(kind, whole, exception, folder)) from exception
    except _CRASHES as error:
        raise refused(code, told(code, "")) from error


def _options(kind: str, folder: Folder) -> dict[str, Any]:
    return {"basepath": str(folder.path)} if kind in ("package", "resource", "catalog") else {}


def validate(kind: str, descriptor: Descriptor, folder: Folder) -> None:
    """Raise Refused when Frictionless finds a descriptor wrong, which describes no data."""
    if kind != "report":
        load(kind, descriptor, folder)
        return
    with _quiet():
        errors = list(Report.metadata_validate(deepcopy(dict(descriptor))))
    if errors:
        raise Refused([_finding(error.type, error.note) for error in errors])


def checklist_of(checks: Sequence[Descriptor] | Descriptor, folder: Folder) -> Checklist:
    """The checks of a list, or of a whole Checklist. Raises Refused when they are not valid."""
    descriptor = checks if isinstance(checks, Mapping) else {"checks": list(checks)}
    try:
        with _quiet(), system.use_context(trusted=False):
            return Checklist.from_descriptor(inlined(descriptor, folder))
    except FrictionlessException as exception:
        raise Refused([_one(exception)]) from exception
    except _CRASHES as error:
        raise refused("checklist-error", told("checklist-error", "")) from error


def inlined(descriptor: Descriptor, folder: Folder, *, root: bool = True) -> dict[str, Any]:
    """A descriptor with those that it names by path put in their places: Frictionless opens no file for it."""
    whole: dict[str, Any] = {}
    for key, value in descriptor.items():
        code = f"{key.rstrip('s')}-error" if key in (*_BY_PATH, *_LISTS) else "resource-error"
        if key == "profile" and isinstance(value, str) and value not in _PROFILES:
            raise refused("resource-error", f"Le profil « {value} » n'est pas connu : rien n'est lu sur le réseau.")
        if key in _NOT_FOLLOWED:
            whole[key] = deepcopy(value)
        elif key in _BY_PATH and isinstance(value, str):
            found, place = folder.descriptor(value, code)
            whole[key] = inlined(found, place, root=False)
        elif isinstance(value, Mapping):
            whole[key] = inlined(value, folder, root=False)
        elif isinstance(value, list) and key in _LISTS:
            whole[key] = [_item(item, folder, code) for item in value]
        else:
            whole[key] = deepcopy(value)
    return whole


def _item(item: Any, folder: Folder, code: str) -> Any:
    if isinstance(item, str):
        found, place = folder.descriptor(item, code)
        return inlined(found, place, root=False)
    return inlined(item, folder, root=False) if isinstance(item, Mapping) else deepcopy(item)


def _findings(kind: str, whole: Descriptor, exception: FrictionlessException, folder: Folder) -> list[Finding]:
    """What was found wrong. Where there are data, they are refused as a whole, and the first reason is told."""
    resources = whole.get("resources") if kind == "package" else [whole] if kind == "resource" else []
    described = [item for item in resources if isinstance(item, Mapping)] if isinstance(resources, list) else []
    if exception.error.type != f"{kind}-error" or any(_has_data(item.get("path"), folder) for item in described):
        return [_one(exception)]
    return [_finding(error.type, error.note) for error in exception.to_errors()]


def _has_data(path: Any, folder: Folder) -> bool:
    return isinstance(path, str) and not is_remote(path) and (folder.path / path).is_file()


def _one(exception: FrictionlessException) -> Finding:
    reason = exception.to_errors()[0]
    return Finding(exception.error.type, None, None, None, told(reason.type, reason.note), CORRECT)


def _finding(code: str, note: str) -> Finding:
    return Finding(code, None, None, None, told(code, note), CORRECT)


@contextmanager
def _quiet() -> Iterator[None]:
    """Frictionless warns in English of old spellings, which it understands."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
