"""The labels of a file matched with the fields of a schema, before any cell is looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from greencloud.checking import messages
from greencloud.checking.report import Finding, Note
from greencloud.reading.labels import label_key
from greencloud.tables import Table


@dataclass(frozen=True)
class Header:
    """Where each field stands in the records, and what is to be said of the labels."""

    positions: Mapping[str, int]
    missing: tuple[str, ...]
    errors: list[Finding]
    notes: list[Note]


def match(labels: Sequence[str], table: Table) -> Header:
    """Match exact labels first, then labels equal but for case, accents and spaces (said in a note)."""
    positions = {name: labels.index(name) for name in table.column_names if name in labels}
    errors = [_duplicate(name, labels) for name in positions if labels.count(name) > 1]
    notes = _match_loosely(labels, table, positions)
    missing = tuple(name for name in table.column_names if name not in positions)
    errors += [_missing(name, labels) for name in missing if table.field(name).required or name in table.primary_key]
    unknown = [
        label for place, label in enumerate(labels) if place not in positions.values() and label not in positions
    ]
    notes += messages.header_notes(unknown, [name for name in missing if not table.field(name).required])
    return Header(positions, missing, errors, notes)


def _match_loosely(labels: Sequence[str], table: Table, positions: dict[str, int]) -> list[Note]:
    notes = []
    keys = [label_key(label) for label in labels]
    for name in table.column_names:
        places = [place for place, key in enumerate(keys) if key == label_key(name) and place not in positions.values()]
        if name not in positions and len(places) == 1:
            positions[name] = places[0]
            notes.append(Note("intitule-tolere", messages.tolerated_label(labels[places[0]], name)))
    return notes


def _missing(name: str, labels: Sequence[str]) -> Finding:
    message, fix = messages.missing_label(name, labels)
    return Finding("missing-label", None, name, None, message, fix)


def _duplicate(name: str, labels: Sequence[str]) -> Finding:
    message, fix = messages.duplicate_label(name, labels.count(name))
    return Finding("duplicate-label", None, name, name, message, fix)
