"""One resource judged: its table by the strict mode, then what is asked of it beyond its schema."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from frictionless import Checklist, Detector, Resource, errors

from greencloud import tables
from greencloud.checking import strict
from greencloud.checking.engine import card_of, check_table, unreadable
from greencloud.checking.messages import listed, plural
from greencloud.checking.report import FileCard, Finding, Findings, Note, Report
from greencloud.checking.resource import checks, files
from greencloud.checking.resource.metadata import Descriptor, Folder
from greencloud.checking.resource.refused import Refused
from greencloud.checking.verdicts import Cell
from greencloud.reading import TextTable, Unreadable
from greencloud.table_schema.conformity import unreadable_bounds
from greencloud.tables import ForeignKey, Table

_FIX = "Corrigez le schéma."
_SAMPLE = 100
_HASHES = ("md5", "sha256")
_DATA_CODES = frozenset(
    item.type for item in vars(errors).values() if isinstance(item, type) and issubclass(item, errors.DataError)
)
"""What may be picked or skipped: the errors of data, not those of the descriptor."""
_LAST = 1 << 14
"""The place of a finding of this module among those of its row, before those of its keys."""


@dataclass(frozen=True)
class Described:
    """A resource as Frictionless understands it, and the descriptor it comes from."""

    resource: Resource
    descriptor: Descriptor


@dataclass(frozen=True)
class _Opened:
    """The table of a resource, read, with the schema it is to follow."""

    text: TextTable
    table: Table
    header: strict.Header

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """The number and the cells of each row."""
        reader = strict.RowReader(self.table, self.header.columns)
        for record in self.text.records():
            yield record.number, reader.read(record)[0]


def judge(described: Described, folder: Folder, checklist: Checklist, others: Mapping[str, Described]) -> Report:
    """The report on a resource; `others` are all the resources of its package, by name."""
    resource = described.resource
    inline = resource.data is not None
    card = FileCard(str(resource.name), hashlib.sha256(b"").hexdigest(), 0)
    try:
        path = None if inline else files.located(resource, folder)
        card = card if path is None else card_of(path, path.name)
        if not resource.tabular:
            return _picked(_counted(Report(card), resource, path, None), checklist)
        opened = _opened(described, path)
        targets = {
            key: _targets(others[key.resource], folder, key.targets)
            for key in opened.table.foreign_keys
            if key.resource in others and key.resource != resource.name
        }
    except Unreadable as refusal:
        empty = tables.from_descriptor({"fields": [{"name": "a"}]})
        return _picked(unreadable(card, empty, refusal, True).report, checklist)
    except Refused as refusal:
        return Report(card, errors=Findings(refusal.findings), readable=False)
    except tables.SchemaError as error:
        return Report(card, errors=Findings([Finding(error.code, None, None, None, str(error), _FIX)]), readable=False)
    kept = tuple(key for key in opened.table.foreign_keys if key not in targets)
    report = check_table(opened.text, replace(opened.table, foreign_keys=kept), card, strict=True).report
    if strict.match(opened.text.header, replace(opened.table, foreign_keys=kept)).fatal:
        return _picked(report, checklist)
    for finding in _beyond(opened, targets, checklist, report.rows):
        report.errors.tell(finding, _LAST)
    return _picked(_counted(report, resource, path, len(opened.table.fields)), checklist)


def _opened(described: Described, path: Path | None) -> _Opened:
    resource = described.resource
    schema: Any = described.descriptor.get("schema") or {}
    names = [str(item.get("name")) for item in schema.get("fields", []) if isinstance(item, Mapping)]
    text = files.read(resource, path, names)
    if not resource.dialect.header_case:
        text = replace(text, header=_in_case_of(names, text.header))
    if not schema.get("fields"):
        schema = {**schema, **_detected(text)}
    table = replace(tables.from_descriptor(schema, str(resource.name)), custom_checks=())
    if (unreadable := unreadable_bounds(table.fields)) is not None:
        raise unreadable
    return _Opened(text, table, strict.match(text.header, replace(table, foreign_keys=())))


def _in_case_of(names: Sequence[str], labels: Sequence[str]) -> tuple[str, ...]:
    """The labels, as the names are spelt which they equal in capitals or not."""
    known = {name.lower(): name for name in names}
    return tuple(known.get(label.lower(), label) for label in labels)


def _detected(text: TextTable) -> dict[str, Any]:
    """The schema that Frictionless sees in the first rows of a table that has none."""
    fragment = [list(record.cells) for record, _ in zip(text.records(), range(_SAMPLE), strict=False)]
    return dict(Detector().detect_schema(fragment, labels=list(text.header)).to_descriptor())


def _targets(other: Described, folder: Folder, names: Sequence[str]) -> set[strict.Key]:
    """The values of columns of another resource, which a foreign key may take."""
    resource = other.resource
    opened = _opened(other, None if resource.data is not None else files.located(resource, folder))
    keys = (strict.target(cells, opened.header.columns, names) for _, cells in opened.rows())
    return {key for key in keys if key is not None}


def _beyond(
    opened: _Opened, targets: Mapping[ForeignKey, set[strict.Key]], checklist: Checklist, rows: int
) -> Iterator[Finding]:
    """The keys onto other resources, and the checks of Frictionless."""
    columns = opened.header.columns
    names = [column.name for column in columns]
    at_work = []
    for check in checklist.checks:
        started, found = checks.start(check, opened.table.fields, names)
        at_work.append(started)
        yield from found
    links = {key: known for key, known in targets.items() if set(key.columns) <= set(names)}
    if not (at_work or links):
        return
    for number, cells in opened.rows():
        values = {column.name: cell.value for column, cell in zip(columns, cells, strict=True)}
        for key, known in links.items():
            found_key = strict.target(cells, columns, key.columns)
            if found_key is not None and found_key not in known:
                yield _orphan(number, key, [values[name] for name in key.columns])
        for working in at_work:
            yield from working.row(number, values)
    for working in at_work:
        yield from working.end(rows)


def _orphan(row: int, key: ForeignKey, values: Sequence[Any]) -> Finding:
    shown = ", ".join("" if value is None else str(value) for value in values)
    message = (
        f"Ligne {row} : {listed([shown])} ({listed(list(key.columns))}) ne se trouve pas dans la ressource "
        f"{listed([key.resource])} ({listed(list(key.targets))})."
    )
    return Finding("foreign-key", row, None, shown, message, "Corrigez la valeur, ou complétez l'autre ressource.")


def _counted(report: Report, resource: Resource, path: Path | None, fields: int | None) -> Report:
    """The report, with what the descriptor says of the size of the file and the file does not hold to."""
    told = [_count(code, word, said, actual) for code, word, said, actual in _counts(report, resource, fields)]
    algorithm, expected = _hash(resource.hash)
    if algorithm not in _HASHES:
        report.notes.append(Note("empreinte", f"L'empreinte {algorithm} du descripteur n'est pas vérifiée."))
    elif expected and path is not None and expected != _digest(path, algorithm):
        told.append(
            Finding(
                *("hash-count", None, None, None),
                "Le fichier n'a pas l'empreinte que donne le descripteur : ce n'est pas le même fichier.",
                "Redemandez le fichier, ou corrigez l'empreinte du descripteur.",
            )
        )
    for finding in filter(None, told):
        report.errors.tell(finding, _LAST)
    return report


def _counts(report: Report, resource: Resource, fields: int | None) -> list[tuple[str, str, int | None, int]]:
    counts = [("byte-count", "octet", resource.bytes, report.file.bytes)]
    if fields is not None:
        counts += [
            ("field-count", "colonne", resource.fields, fields),
            ("row-count", "ligne", resource.rows, report.rows),
        ]
    return counts


def _count(code: str, word: str, said: int | None, actual: int) -> Finding | None:
    if not said or said == actual:
        return None
    message = f"Le descripteur annonce {plural(said, word)}, le fichier en a {actual}."
    return Finding(code, None, None, None, message, "Vérifiez que le fichier est entier, et le bon.")


def _hash(text: str | None) -> tuple[str, str]:
    """The algorithm and the digits of a fingerprint, which is MD5 unless it says otherwise."""
    algorithm, mark, digits = (text or "").rpartition(":")
    return algorithm if mark else "md5", digits


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, algorithm).hexdigest()


def _picked(report: Report, checklist: Checklist) -> Report:
    """The report, with the errors that the checklist picks and without those it skips, in order and counted anew."""
    findings = report.errors
    if checklist.pick_errors or checklist.skip_errors:
        scope = set(checklist.scope)
        findings = Findings()
        for finding in report.errors:
            if finding.code in scope or finding.code not in _DATA_CODES:
                findings.tell(finding, 0)
    findings.sort()
    refused = report.rows if findings.of_file else len(findings.rows())
    return replace(report, errors=findings, accepted=report.rows - refused)
