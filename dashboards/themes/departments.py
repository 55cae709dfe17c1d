"""A tile map of the départements: one small square each, the PUE of its sites that are published in their name.

The published totals stop at the region. What is drawn here is summed from the rows of `indicateurs_annuels`, thus from
published values only; the sites that count only in totals are not in it, and there is no coverage by département.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import plotly.graph_objects as go

from dashboards import figures, french
from dashboards.cells import Chart, Column, DataTable
from dashboards.data import Edition, Row
from dashboards.themes import Nature, tiles
from dashboards.themes.basis import basis, whole
from dashboards.themes.hosting import counted
from greencloud import tables

_ROWS = (
    "  .   .   .   .  76  80  62  59  02   .   .",
    "  .   .  50  14  27  95  93  60  08  55  57",
    "  .  22  35  61  78  92  75  77  51  54  67",
    " 29  56  53  72  28  91  94  10  52  88  68",
    "  .  44  49  37  41  45  18  89  21  70  90",
    "  .   .  85  79  86  36  03  58  71  39  25",
    "  .   .  17  16  87  23  63  42  69  01  74",
    "  .   .   .  33  24  19  15  43  07  38  73",
    "  .   .  40  47  82  46  12  48  26  04  05",
    "  .   .  64  32  31  81  34  30  84  83  06",
    "  .   .   .  65  09  11  66   .  13   .   .",
    "  .   .   .   .   .   .   .   .   .   .  2B",
    "971 972 973 974 976   .   .   .   .   .  2A",
)
"""Where each code stands: about as on a map, those overseas in the last row."""
_HEIGHT = 40  # px of one tile


@dataclass(frozen=True)
class Place:
    """A département: its code, its name, its sites of the year, and the PUE of their sums, None without a site."""

    code: str
    name: str
    sites: int
    total: float
    pue: float | None


def positions() -> dict[str, tuple[int, int]]:
    """Column and row of each code, from 1."""
    return {
        code: (column, line)
        for line, row in enumerate(_ROWS, start=1)
        for column, code in enumerate(row.split(), start=1)
        if code != "."
    }


def part(edition: Edition, nature: Nature, year: int) -> dict[str, Any] | None:
    """The map of a year and its table, None when no site of it is published in its name."""
    rows = [row for row in edition.sites if row["synthetique"] is nature.synthetic and row["annee"] == year]
    rows = [row for row in rows if counted(row) and row["code_departement"] is not None]
    if not rows:
        return None
    found = places(rows)
    table = _table(found, year, nature)
    return {"chart": _chart(edition, found, year, nature, table), "filled": sum(place.sites > 0 for place in found)}


def places(rows: Sequence[Row]) -> list[Place]:
    """Every département, by code, with the sums of its rows."""
    by_code: dict[str, list[Row]] = {code: [] for code in names()}
    for row in rows:
        by_code.setdefault(row["code_departement"], []).append(row)
    return [_place(code, members) for code, members in sorted(by_code.items())]


def _place(code: str, rows: Sequence[Row]) -> Place:
    total, it = (sum(row[name] for row in rows) for name in ("energie_totale_kwh", "energie_it_kwh"))
    return Place(code, names().get(code, code), len(rows), total, total / it if it else None)


@cache
def names() -> Mapping[str, str]:
    """The name of each département, by code, from the reference table."""
    with (tables.reference_dir() / "departements.csv").open(encoding="utf-8", newline="") as file:
        return {row["code_departement"]: row["nom_departement"] for row in csv.DictReader(file)}


def _chart(edition: Edition, found: Sequence[Place], year: int, nature: Nature, table: DataTable) -> Chart:
    known = sorted((place for place in found if place.pue is not None), key=lambda place: (place.pue, place.code))
    said = f"de {french.ratio(known[0].pue or 0)} ({known[0].name}) à {french.ratio(known[-1].pue or 0)}"
    return Chart(
        id=f"carte-departements-{nature.anchor}",
        title=f"Par département en {year}, sites publiés à leur nom",
        alternative=(
            f"Carte en tuiles de {len(found)} départements, année {year} : {len(known)} ont au moins un site publié à "
            f"son nom, avec un PUE {said} ({known[-1].name}). Données {nature.adjective}. "
            "Les valeurs sont dans le tableau qui suit."
        ),
        figure=_figure(found, nature.synthetic),
        table=table,
        csv="indicateurs_annuels.csv",
        count=french.integer(sum(place.sites for place in found)),
        year=basis(whole(edition, nature.synthetic, year)).get("year"),
        width=420,
    )


def _figure(found: Sequence[Place], synthetic: bool) -> go.Figure:
    where = positions()
    drawn = [(place, *where[place.code]) for place in found if place.code in where]
    return figures.figure(
        [_hovers(drawn)],
        height=_HEIGHT * len(_ROWS),
        synthetic=synthetic,
        annotations=[note for place, x, y in drawn for note in _texts(place, x, y)],
        shapes=[tiles.square(x, y, place.pue) for place, x, y in drawn],
        opaque=True,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        xaxis=figures.bare_axis(range=[0.45, 11.55], constrain="domain"),
        yaxis=figures.bare_axis(range=[len(_ROWS) + 0.55, 0.45], scaleanchor="x", constrain="domain"),
    )


def _texts(place: Place, x: int, y: int) -> list[dict[str, Any]]:
    fill, colour = tiles.colours(place.pue)
    value = french.ABSENT if place.pue is None else french.ratio(place.pue)
    return [
        figures.note(figures.plain_text(place.code), x=x, y=y - 0.2, font={"size": 9, "color": colour}, bgcolor=fill),
        figures.note(value, x=x, y=y + 0.18, font={"size": 11, "color": colour}, bgcolor=fill),
    ]


def _hovers(drawn: Sequence[tuple[Place, int, int]]) -> go.Scatter:
    return go.Scatter(
        x=[x for _, x, _ in drawn],
        y=[y for _, _, y in drawn],
        mode="markers",
        marker={"size": 24, "symbol": "square", "opacity": 0},
        hovertext=[_hover(place) for place, _, _ in drawn],
        hoverinfo="text",
    )


def _hover(place: Place) -> str:
    name = f"<b>{figures.plain_text(place.name)}</b> ({place.code})"
    if place.pue is None:
        return f"{name}<br>aucun site publié à son nom dans les sommes"
    return f"{name}<br>PUE {french.ratio(place.pue)}<br>{french.count(place.sites, 'site')}"


def _table(found: Sequence[Place], year: int, nature: Nature) -> DataTable:
    return DataTable(
        f"table-departements-{nature.anchor}",
        french.typography(
            f"PUE pondéré des sites publiés à leur nom, par département, en {year}, données {nature.adjective}. "
            "Calculé sur cette page à partir de la table par site"
        ),
        (
            *(Column("Département"), Column("Code"), Column("Sites", True)),
            *(Column("Énergie totale (GWh)", True), Column("PUE pondéré", True)),
        ),
        tuple(
            (
                place.name,
                place.code,
                french.integer(place.sites),
                french.ABSENT if place.pue is None else french.gigawatt_hours(place.total),
                french.ABSENT if place.pue is None else french.ratio(place.pue),
            )
            for place in found
        ),
    )
