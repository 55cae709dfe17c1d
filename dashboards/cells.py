"""What a page shows: a value with the published cell it comes from, a table, a sentence, a chart."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import Any, NamedTuple

import plotly.graph_objects as go

from dashboards import french
from dashboards.svg import WIDTH, render
from greencloud import tables
from greencloud.disclosure import HIDDEN_COLUMNS, SHOWN, THRESHOLD

NUMERIC = ("number", "integer", "year")


class Cell(NamedTuple):  # made by the hundred thousand: a frozen dataclass takes twice the time
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
    name: str = ""  # the published column that it shows


@dataclass(frozen=True)
class DataTable:
    """A displayed table; the first cell of each row is its heading."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Part, ...], ...]
    linked: bool = False  # whether the web addresses in its texts are made links: only texts of our own tables
    source: str = ""  # the published table that all its cells come from, one row each
    anchor: str = ""  # its rows are named after it and after their heading: `origine-2025`
    leads: str = ""  # the anchor of the table that the headings of its rows lead to


@dataclass(frozen=True)
class Chart:
    """A figure, what it says in words, its values as a table and as a published file, and how many sites it rests on.

    `beside` says how these sites stand among the others where the coverage would not; `values` is the table of the page
    that holds its values, when it has none of its own. `width` (px) is that of its still drawing: about that of its
    place, for its texts to be read there.
    """

    id: str
    title: str
    alternative: str
    figure: go.Figure
    table: DataTable | None = None
    csv: str | None = None
    count: Part | None = None
    coverage: Part | None = None
    beside: tuple[Part, ...] = ()
    year: Part | None = None  # of that number of sites and that coverage
    values: str = ""
    width: float = WIDTH

    @property
    def still(self) -> str:
        """The figure as SVG. Raises svg.Unknown when it holds more than these pages draw."""
        return render(self.figure.to_plotly_json(), self.id, self.alternative, self.width)

    @property
    def height(self) -> int:
        return int(self.figure.layout.height)


def cell(
    row: Mapping[str, Any], source: str, column: str, form: Callable[[Any], str] | None = None, key: str = ""
) -> Cell:
    """The cell of a published row: missing is a dash, masked says so, and neither is ever a zero.

    `key` is that of the row, for whoever has already written it.
    """
    value, key = row[column], key or key_of(row, source)
    if value is None:
        text, state = (french.SECRET, "secret") if secret(row, source, column) else (french.ABSENT, "absent")
        return Cell(text, "", source, key, column, state)
    shape = form or (str if isinstance(value, str) else _form(column))
    return Cell(shape(value), _raw(value), source, key, column, "valeur")


def computed(value: float, form: Callable[[float], str], how: str) -> Cell:
    """A number that a page works out from published rows, and `how`: it has no published cell of its own."""
    return Cell(form(value), str(value), "", how, "", "valeur")


def masked(row: Mapping[str, Any]) -> bool:
    """Whether a published row is hidden by the statistical secret."""
    return str(row.get("diffusion")).startswith("secret_")


def secret(row: Mapping[str, Any], source: str, column: str) -> bool:
    """Whether an empty value of a published row is hidden by the statistical secret, not merely unknown."""
    if masked(row):
        return column in HIDDEN_COLUMNS.get(source, ())
    known = _HIDDEN_ALONE.get((source, column))
    return row.get("diffusion") == SHOWN and known is not None and known(row)


def _carbon_known(row: Mapping[str, Any]) -> bool:
    return int(row["nb_sites_carbone"] or 0) >= THRESHOLD


def _saving_in_carbon_known(row: Mapping[str, Any]) -> bool:
    return row["economie_centrale_kwh"] is not None and row["motif_absence_tco2e"] is None


# Columns that secrecy may empty alone in a shown row, and when such an empty value was known: see each schema.
_HIDDEN_ALONE: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], bool]] = {
    ("agregats_annuels", "part_it_mesuree"): lambda row: int(row["nb_sites_pue"] or 0) > 0,
    ("agregats_annuels", "emissions_tco2e"): _carbon_known,
    ("agregats_annuels", "cue_kgco2e_par_kwh"): _carbon_known,
    ("economies", "economie_basse_tco2e"): _saving_in_carbon_known,
    ("economies", "economie_centrale_tco2e"): _saving_in_carbon_known,
    ("economies", "economie_haute_tco2e"): _saving_in_carbon_known,
    ("observatoire_cloud", "part"): lambda row: (
        row["indicateur"] != "machines_virtuelles_par_serveur" and (row["valeur"] or 0) > 0
    ),
}

# Why a row of totals is shown or not, and why a row of a site is withheld, as a reader is told.
DIFFUSIONS: Mapping[str, str] = {
    "diffuse": "publié",
    "aucune_donnee": "aucune donnée",
    "secret_primaire": "secret primaire",
    "secret_complementaire": "secret complémentaire",
    "secret_partiel": "publié, une partie masquée",
    "site_agrege": "site qui ne compte que dans les totaux",
    "site_exempte": "site exempté de publication",
}


@dataclass(frozen=True)
class Head:
    """A column of a table of published rows: title, column shown (or another when it is empty), form, CSS shape."""

    label: str
    column: str
    form: Callable[[Any], str] | None = None
    otherwise: str = ""
    shape: str = ""

    def cell(self, row: Mapping[str, Any], source: str, key: str = "") -> Cell:
        """The cell of a row under this head."""
        other = self.otherwise and row[self.column] is None
        return cell(row, source, self.otherwise if other else self.column, self.form, key)


SITE = Head("Site", "nom_site", otherwise="id_centre")
BODY = Head("Organisme", "organisme")
ENERGIES = (
    Head("Énergie totale (GWh)", "energie_totale_kwh", french.gigawatt_hours),
    Head("Énergie informatique (GWh)", "energie_it_kwh", french.gigawatt_hours),
)
DIFFUSION = Head("Diffusion", "diffusion", lambda code: DIFFUSIONS.get(code, code))


def published_table(
    identifier: str, caption: str, source: str, rows: Sequence[Mapping[str, Any]], heads: Sequence[Head]
) -> DataTable:
    """Published rows as a table, every cell of it with its place in the published file."""
    fields = [tables.table(source).field(head.column) for head in heads]
    return DataTable(
        identifier,
        caption,
        tuple(
            Column(head.label, field.type in NUMERIC, head.shape, head.column)
            for head, field in zip(heads, fields, strict=True)
        ),
        tuple(_cells(row, source, heads) for row in rows),
        source=source,
    )


def _cells(row: Mapping[str, Any], source: str, heads: Sequence[Head]) -> tuple[Cell, ...]:
    key = key_of(row, source)
    return tuple(head.cell(row, source, key) for head in heads)


def sentence(model: str, **cells: Cell) -> tuple[Part, ...]:
    """A French sentence whose `{names}` are replaced by cells."""
    parts: list[Part] = []
    for text, name, _, _ in Formatter().parse(french.typography(model)):
        parts.append(text)
        if name is not None:
            parts.append(cells[name])
    return tuple(parts)


def key_of(row: Mapping[str, Any], source: str) -> str:
    """The primary key of a published row: `annee=2025;synthetique=false`."""
    return ";".join(f"{name}={_raw(row[name])}" for name in tables.table(source).primary_key)


def _raw(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@cache
def _form(column: str) -> Callable[[Any], str]:
    if column.startswith("annee"):
        return str
    by_start: tuple[tuple[str, Callable[[Any], str]], ...] = (
        ("couverture_", french.percent),
        ("part", french.percent),
        ("facteur_charge", french.percent),
        ("pue", french.ratio),
        ("nb_", french.integer),
    )
    by_end: tuple[tuple[str, Callable[[Any], str]], ...] = (
        ("_pct", french.change),
        ("_eur", french.euros),
        ("_tco2e", french.tonnes),
    )
    if column.endswith("_kwh") and "_par_" not in column:
        return french.energy
    ends = [form for end, form in by_end if column.endswith(end)]
    return next(iter([*ends, *(form for start, form in by_start if column.startswith(start))]), _text)


def _text(value: Any) -> str:
    return french.plain(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
