"""The labels of a file matched with the fields of a schema, before any cell is looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from greencloud.checking import messages
from greencloud.checking.report import Finding, Note
from greencloud.reading.labels import label_key
from greencloud.tables import Table

_RESEMBLANCE = 0.8


@dataclass(frozen=True)
class Header:
    """Where each field stands in the records, and what is to be said of the labels."""

    positions: Mapping[str, int]
    errors: list[Finding]
    warnings: list[Finding]
    notes: list[Note]


def match(labels: Sequence[str], table: Table) -> Header:
    """Match exact labels first, then labels equal but for case, accents and spaces (said in a note).

    A required column that is missing, two labels for one field, or not one label of the schema: an error. A label
    that resembles a field of which there is no column is a warning, for that column is not read.
    """
    positions = {name: labels.index(name) for name in table.column_names if name in labels}
    notes = _match_loosely(labels, table, positions)
    missing = [name for name in table.column_names if name not in positions]
    required = [name for name in missing if table.field(name).required or name in table.primary_key]
    unread = [label for place, label in enumerate(labels) if place not in positions.values()]
    doubles = _doubles(labels, table)
    if not positions and not required and not doubles:
        required = list(table.column_names[:1])
    errors = [_missing(name, labels) for name in required] + doubles
    near = {label: name for label in unread if (name := _resembled(label, missing))}
    warnings = [_misspelt(label, name) for label, name in near.items()]
    unknown = [label for label in unread if label not in near and label not in positions]
    notes += messages.header_notes(unknown, [name for name in missing if name not in required])
    return Header(positions, errors, warnings, notes)


def _match_loosely(labels: Sequence[str], table: Table, positions: dict[str, int]) -> list[Note]:
    notes = []
    keys = [label_key(label) for label in labels]
    fields = [label_key(name) for name in table.column_names]
    for name, wanted in zip(table.column_names, fields, strict=True):
        places = [place for place, key in enumerate(keys) if key == wanted and place not in positions.values()]
        if wanted and fields.count(wanted) == 1 and name not in positions and len(places) == 1:
            positions[name] = places[0]
            notes.append(Note("intitule-tolere", messages.tolerated_label(labels[places[0]], name)))
    return notes


def _doubles(labels: Sequence[str], table: Table) -> list[Finding]:
    """The fields that several labels may stand for: which of them is meant cannot be known."""
    fields = [label_key(name) for name in table.column_names]
    findings = []
    for name, wanted in zip(table.column_names, fields, strict=True):
        alike = [label for label in labels if label == name or (label_key(label) == wanted != "")]
        if len(alike) > 1 and fields.count(wanted) == 1:
            message, fix = messages.duplicate_label(name, alike)
            findings.append(Finding("duplicate-label", None, name, ", ".join(alike), message, fix))
    return findings


def _missing(name: str, labels: Sequence[str]) -> Finding:
    message, fix = messages.missing_label(name, labels)
    return Finding("missing-label", None, name, None, message, fix)


def _misspelt(label: str, name: str) -> Finding:
    message, fix = messages.misspelt_label(label, name)
    return Finding("extra-label", None, name, label, message, fix)


def _resembled(label: str, missing: Sequence[str]) -> str | None:
    """The field without a column that an unknown label most resembles, if any does."""
    keys = {label_key(name): name for name in missing}
    close = get_close_matches(label_key(label), list(keys), n=1, cutoff=_RESEMBLANCE) if label else []
    return keys[close[0]] if close else None
