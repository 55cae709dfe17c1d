"""What a page shows: a value with the published cell it comes from, a table, a sentence, a chart."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

import plotly.graph_objects as go

from dashboards import french
from greencloud import tables

NUMERIC = ("number", "integer", "year")


@dataclass(frozen=True)
class Cell:
    """A published value as text, with its raw value and its place: table, key of the row, column."""

    text: str
    raw: str
    source: str
    key: str
    column: str
    state: str

    @property
    def known(self) -> bool:
        return self.state == "valeur"


Part = str | Cell


@dataclass(frozen=True)
class Column:
    """A column of a displayed table."""

    label: str
    numeric: bool = False
    shape: str = ""  # CSS class of its cells: `court` stays on one line, `long` gets room to wrap


@dataclass(frozen=True)
class DataTable:
    """A displayed table; the first cell of each row is its heading. `marks` are the data- attributes of each row."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Part, ...], ...]
    marks: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class Chart:
    """A figure, what it says in words, and its values as a table and as a published file."""

    id: str
    title: str
    alternative: str
    figure: go.Figure
    table: DataTable | None = None
    csv: str | None = None

    @property
    def height(self) -> int:
        return int(self.figure.layout.height)


def cell(row: Mapping[str, Any], source: str, column: str, form: Callable[[Any], str] | None = None) -> Cell:
    """The cell of a published row: missing is a dash, masked says so, and neither is ever a zero."""
    value, key = row[column], _key(row, source)
    if value is None:
        text, state = (french.SECRET, "secret") if masked(row) else (french.ABSENT, "absent")
        return Cell(text, "", source, key, column, state)
    return Cell((form or _form(column))(value), _raw(value), source, key, column, "valeur")


def masked(row: Mapping[str, Any]) -> bool:
    """Whether the empty values of a published row are hidden by the statistical secret, not merely unknown."""
    return str(row.get("diffusion")).startswith("secret_")


@dataclass(frozen=True)
class Head:
    """A column of a table of published rows: title, column shown (or another when it is empty), form, CSS shape."""

    label: str
    column: str
    form: Callable[[Any], str] | None = None
    otherwise: str = ""
    shape: str = ""

    def cell(self, row: Mapping[str, Any], source: str) -> Cell:
        """The cell of a row under this head."""
        other = self.otherwise and row[self.column] is None
        return cell(row, source, self.otherwise if other else self.column, self.form)


SITE = Head("Site", "nom_site", otherwise="id_centre")
BODY = Head("Organisme", "organisme")
ENERGIES = (
    Head("Énergie totale (GWh)", "energie_totale_kwh", french.gigawatt_hours),
    Head("Énergie informatique (GWh)", "energie_it_kwh", french.gigawatt_hours),
)


def published_table(
    identifier: str, caption: str, source: str, rows: Sequence[Mapping[str, Any]], heads: Sequence[Head]
) -> DataTable:
    """Published rows as a table, every cell of it with its place in the published file."""
    fields = [tables.table(source).field(head.column) for head in heads]
    return DataTable(
        identifier,
        caption,
        tuple(Column(head.label, field.type in NUMERIC, head.shape) for head, field in zip(heads, fields, strict=True)),
        tuple(tuple(head.cell(row, source) for head in heads) for row in rows),
    )


def sentence(model: str, **cells: Cell) -> tuple[Part, ...]:
    """A French sentence whose `{names}` are replaced by cells."""
    parts: list[Part] = []
    for text, name, _, _ in Formatter().parse(french.typography(model)):
        parts.append(text)
        if name is not None:
            parts.append(cells[name])
    return tuple(parts)


def _key(row: Mapping[str, Any], source: str) -> str:
    return ";".join(f"{name}={_raw(row[name])}" for name in tables.table(source).primary_key)


def _raw(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _form(column: str) -> Callable[[Any], str]:
    if column == "annee":
        return str
    if column.endswith("_kwh") and "_par_" not in column:
        return french.energy
    if column.startswith("couverture_"):
        return french.percent
    if column.startswith("pue"):
        return french.ratio
    return french.integer if column.startswith("nb_") else _text


def _text(value: Any) -> str:
    return french.plain(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
