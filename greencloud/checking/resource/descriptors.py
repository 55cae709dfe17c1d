"""A descriptor and everything it describes, judged: the way in of this package."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from frictionless import Checklist, Package, Resource

from greencloud.checking.report import Finding, Report
from greencloud.checking.resource import metadata
from greencloud.checking.resource.judging import Described, judge
from greencloud.checking.resource.metadata import Descriptor, Folder
from greencloud.checking.resource.refused import Refused, refused

_LONGEST = 10 << 20
"""A longer JSON is no descriptor: its bytes are not even read."""
_TASK = ("name", "path", "scheme", "format", "encoding", "compression", "extrapaths", "innerpath", "dialect", "schema")
_ABSENT = "Le descripteur n'est pas reconnu : ses clés ne sont celles d'aucun descripteur de Frictionless."


@dataclass(frozen=True)
class Judged:
    """A resource, by its name, and the report on its data."""

    name: str
    report: Report


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a descriptor itself, and the reports on the data it describes, if it describes any."""

    kind: str
    errors: tuple[Finding, ...] = ()
    resources: tuple[Judged, ...] = ()

    @property
    def valid(self) -> bool:
        return not self.errors and all(judged.report.valid for judged in self.resources)


def is_descriptor(path: Path) -> bool:
    """Whether a file is a JSON object that describes something, by its name and its keys."""
    if path.suffix.lower() != ".json" or path.stat().st_size > _LONGEST:
        return False
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and metadata.kind_of(found, path.name) is not None


def check_descriptor(
    descriptor: Descriptor,
    basepath: Path,
    checks: Sequence[Descriptor] | Descriptor = (),
    *,
    kind: str | None = None,
    name: str = "",
    trusted: bool = False,
) -> Verdict:
    """Judge a descriptor, and the data of its resources by the strict mode.

    `basepath` is the folder where its paths start; they leave it only when they are `trusted`. `checks` are those of
    Frictionless to add, as a list or as a Checklist. `kind` says what it describes; else its file's `name` or its keys
    tell.
    """
    kind = kind or metadata.kind_of(descriptor, name)
    if kind is None:
        return Verdict("", refused("metadata-error", _ABSENT).findings)
    folder = Folder(basepath, trusted)
    try:
        own = metadata.checklist_of(checks, folder)
        return Verdict(kind, resources=tuple(_JUDGES.get(kind, _metadata)(kind, descriptor, folder, own)))
    except Refused as refusal:
        return Verdict(kind, refusal.findings)


def _metadata(kind: str, descriptor: Descriptor, folder: Folder, _checks: Checklist) -> list[Judged]:
    metadata.validate(kind, descriptor, folder)
    return []


def _resource(kind: str, descriptor: Descriptor, folder: Folder, checks: Checklist) -> list[Judged]:
    whole = metadata.inlined(descriptor, folder)
    resource = cast(Resource, metadata.load(kind, whole, folder))
    added = _with_its_own(whole, folder, checks)
    return [Judged(str(resource.name), judge(Described(resource, whole), folder, added, {}))]


def _package(kind: str, descriptor: Descriptor, folder: Folder, checks: Checklist) -> list[Judged]:
    whole = metadata.inlined(descriptor, folder)
    package = cast(Package, metadata.load(kind, whole, folder))
    described = {
        str(resource.name): Described(resource, own)
        for resource, own in zip(package.resources, whole["resources"], strict=True)
    }
    return [
        Judged(name, judge(resource, folder, _with_its_own(resource.descriptor, folder, checks), described))
        for name, resource in described.items()
    ]


def _inquiry(kind: str, descriptor: Descriptor, folder: Folder, checks: Checklist) -> list[Judged]:
    """Each task in its turn: a resource, a package, or a file with what is needed to read it."""
    metadata.validate(kind, descriptor, folder)
    judged = []
    for number, task in enumerate(descriptor["tasks"], 1):
        whole = metadata.inlined(task, folder)
        added = _with_its_own(whole, folder, checks)
        if "package" in whole:
            judged += _package("package", whole["package"], folder, added)
        else:
            given = {key: whole[key] for key in _TASK if key in whole}
            resource = whole.get("resource") or {"name": f"tache-{number}", **given}
            judged += _resource("resource", resource, folder, added)
    return judged


def _with_its_own(descriptor: Descriptor, folder: Folder, checks: Checklist) -> Checklist:
    """The checks of a descriptor, when it has some, and those asked for beside it."""
    given: Any = descriptor.get("checklist")
    if not isinstance(given, Mapping):
        return checks
    own = metadata.checklist_of(given, folder)
    return Checklist(
        checks=[*own.checks, *checks.checks],
        pick_errors=[*own.pick_errors, *checks.pick_errors],
        skip_errors=[*own.skip_errors, *checks.skip_errors],
    )


_JUDGES: Mapping[str, Callable[[str, Descriptor, Folder, Checklist], list[Judged]]] = {
    "resource": _resource,
    "package": _package,
    "inquiry": _inquiry,
}
