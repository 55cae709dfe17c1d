"""A tile map of the départements: one small square each, the PUE of its sites that are published in their name.

The published totals stop at the region. What is drawn here is summed from the rows of `indicateurs_annuels`, thus from
published values only; the sites that count only in totals are not in it, and there is no coverage by département: the
chart says what share of the sites expected in the country it shows.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import plotly.graph_objects as go

from dashboards import figures, french
from dashboards.cells import SITE, Chart, Column, DataTable, Head, Part, computed, published_table
from dashboards.data import Edition, Row
from dashboards.themes import Nature, alternatives, tiles
from dashboards.themes.basis import SITES, basis, share, whole
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
_HEIGHT = 42  # px of one tile: taller than wide on a phone, for its three texts
LISTED = 250  # sites listed under the map; beyond, the ranking lists them


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
    listed = _sites_table(rows, year, nature) if len(rows) <= LISTED else None
    return {"chart": _chart(edition, found, year, nature, table), "sites": listed, **_thin(found)}


def _sites_table(rows: Sequence[Row], year: int, nature: Nature) -> DataTable:
    """The sites that the map adds up, by département, each leading to its page."""
    ordered = sorted(rows, key=lambda row: (row["code_departement"], row["id_centre"]))
    heads = (SITE, Head("Département", "code_departement"), Head("PUE calculé", "pue_calcule"))
    caption = f"Les sites de la carte des départements en {year}, données {nature.adjective}"
    return published_table(f"table-carte-sites-{nature.anchor}", caption, SITES, ordered, heads)


def _thin(found: Sequence[Place]) -> dict[str, int]:
    """How many départements have a site, and how many of them a single one: the PUE written is then that site's."""
    return {"filled": sum(place.sites > 0 for place in found), "single": sum(place.sites == 1 for place in found)}


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
    known = [(place.name, place.pue, french.ratio(place.pue)) for place in found if place.pue is not None]
    sites = sum(place.sites for place in found)
    total = whole(edition, nature.synthetic, year)
    return Chart(
        id=f"carte-departements-{nature.anchor}",
        title=f"Par département en {year}, sites publiés à leur nom",
        alternative=(
            f"Carte en tuiles de {len(found)} départements, année {year} : {len(known)} ont au moins un site publié à "
            f"son nom, dont {_thin(found)['single']} un seul ; PUE {alternatives.between(known)}. "
            f"{alternatives.end(nature)}"
        ),
        figure=_figure(found, nature.synthetic),
        table=table,
        csv=f"{SITES}.csv",
        count=french.integer(sites),
        beside=() if total is None else share(sites, total["nb_sites_attendus"]),
        year=basis(total).get("year"),
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
        xaxis=figures.bare_axis(range=[0.45, 11.55]),
        yaxis=figures.bare_axis(range=[len(_ROWS) + 0.55, 0.45]),
    )


def _texts(place: Place, x: int, y: int) -> list[dict[str, Any]]:
    fill, colour = tiles.colours(place.pue)
    code = figures.plain_text(place.code)
    if place.pue is None:
        lines = [(code, -0.2, 9), (french.ABSENT, 0.18, 11)]
    else:
        sites = f"n\u00a0{french.integer(place.sites)}"
        lines = [(code, -0.3, 9), (french.ratio(place.pue), 0.01, 11), (sites, 0.32, 9)]
    return [
        figures.note(text, x=x, y=y + shift, font={"size": size, "color": colour}, bgcolor=fill)
        for text, shift, size in lines
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
    name = f"<b>{figures.plain_text(place.name)}</b> ({figures.plain_text(place.code)})"
    if place.pue is None:
        return f"{name}<br>aucun site publié à son nom dans les sommes"
    return f"{name}<br>PUE {french.ratio(place.pue)}<br>{french.count(place.sites, 'site')}"


def _table(found: Sequence[Place], year: int, nature: Nature) -> DataTable:
    return DataTable(
        f"table-departements-{nature.anchor}",
        f"PUE pondéré des sites publiés à leur nom, par département, en {year}, données {nature.adjective}. "
        "Calculé sur cette page à partir de la table par site.",
        (
            *(Column("Département"), Column("Code"), Column("Sites", True)),
            *(Column("Énergie totale (GWh)", True), Column("PUE pondéré", True)),
        ),
        tuple(_line(place) for place in found),
    )


def _line(place: Place) -> tuple[Part, ...]:
    """A row of the table: its numbers are sums of published rows, and say of which columns."""
    sites = computed(place.sites, french.integer, "lignes")
    if place.pue is None:
        return place.name, place.code, sites, french.ABSENT, french.ABSENT
    total = computed(place.total, french.gigawatt_hours, "energie_totale_kwh")
    return (
        place.name,
        place.code,
        sites,
        total,
        computed(place.pue, french.ratio, "energie_totale_kwh / energie_it_kwh"),
    )
