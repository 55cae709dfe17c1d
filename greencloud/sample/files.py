"""Rows -> the files of a deposit: cells in a flavour, mistakes put in, the errors to expect noted down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from greencloud import tables
from greencloud.sample.flavours import Flavour
from greencloud.sample.mistakes import Mistake


@dataclass(frozen=True)
class Sheet:
    """One file to write: its rows, and the mistake of each row (by its place) that is spoilt."""

    name: str
    table: str
    received: str
    flavour: Flavour
    rows: Sequence[Mapping[str, object]]
    mistakes: Mapping[int, Mistake] = field(default_factory=dict)


@dataclass(frozen=True)
class Expected:
    """An error that the check must find: line 1 is the header, no column when it concerns a whole row."""

    fichier: str
    ligne: int
    champ: str
    code: str


def encode(sheet: Sheet) -> tuple[bytes, list[Expected]]:
    """The bytes of the file, and its errors in the order of the lines."""
    columns = _columns(sheet)
    lines: list[list[str]] = []
    expected = []
    for place, row in enumerate(sheet.rows):
        mistake = sheet.mistakes.get(place)
        lines += (
            [_cells(sheet.flavour, columns, row)] if mistake is None else _spoilt(sheet.flavour, columns, row, mistake)
        )
        if mistake is not None:
            expected.append(Expected(sheet.name, len(lines) + 1, _champ(mistake, columns), mistake.code))
    return sheet.flavour.encode(columns, lines), expected


def _columns(sheet: Sheet) -> list[str]:
    """The required columns and those that any row fills, in the order of the schema."""
    return [
        column.name
        for column in tables.table(sheet.table).fields
        if column.required or any(row.get(column.name, "") != "" for row in sheet.rows)
    ]


def _cells(flavour: Flavour, columns: Sequence[str], row: Mapping[str, object]) -> list[str]:
    return [flavour.text(column, row.get(column, "")) for column in columns]


def _spoilt(flavour: Flavour, columns: Sequence[str], row: Mapping[str, object], mistake: Mistake) -> list[list[str]]:
    """The line or the two lines that the mistake makes of a row; the wrong one comes last."""
    wrong = _cells(flavour, columns, {**row, **mistake.change(row)})
    if mistake.shape == "twice":
        return [_cells(flavour, columns, row), wrong]
    if mistake.shape == "longer":
        return [[*wrong, "kWh"]]
    return [wrong[:-2]] if mistake.shape == "shorter" else [wrong]


def _champ(mistake: Mistake, columns: Sequence[str]) -> str:
    return columns[-2] if mistake.shape == "shorter" else mistake.champ
