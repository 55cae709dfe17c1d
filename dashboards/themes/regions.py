"""A tile map of the regions: one square of the same size each, its weighted PUE written in it."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from dashboards import figures, french
from dashboards.cells import Chart, DataTable, Head, cell, published_table
from dashboards.data import Edition, Row
from dashboards.themes import COVERED, NATURES, Nature, Page

AGGREGATES = "agregats_annuels"

# Short names after ISO 3166-2:FR (Corse apart), where the full one does not fit in a tile.
SHORT: Mapping[str, str] = {
    "84": "ARA",
    "27": "BFC",
    "53": "BRE",
    "24": "CVL",
    "94": "COR",
    "44": "GES",
    "32": "HDF",
    "11": "IDF",
    "28": "NOR",
    "75": "NAQ",
    "76": "OCC",
    "52": "PDL",
    "93": "PAC",
    "01": "GUA",
    "02": "MTQ",
    "03": "GUY",
    "04": "REU",
    "06": "MAY",
}
# Upper bounds (excluded), fill and text of the classes: one hue, from light to dark, text at 4.5:1 or more.
CLASSES: tuple[tuple[float, str, str, str], ...] = (
    (1.3, "moins de 1,30", "#deebf7", figures.INK),
    (1.4, "de 1,30 à 1,39", "#b3d1ea", figures.INK),
    (1.6, "de 1,40 à 1,59", "#7fb2da", figures.INK),
    (2.0, "de 1,60 à 1,99", "#2b74b3", "#ffffff"),
    (float("inf"), "2,00 et plus", "#0b3c6b", "#ffffff"),
)


def page(edition: Edition) -> Page:
    """The page `carte.html`."""
    return Page(
        "carte.html",
        "carte.html.j2",
        "Carte des régions",
        "carte.html",
        {"parts": [_part(edition, nature) for nature in NATURES], "classes": CLASSES},
    )


def _part(edition: Edition, nature: Nature) -> dict[str, Any]:
    rows = edition.groups("region", synthetic=nature.synthetic)
    year = max((row["annee"] for row in rows if row["pue"] is not None), default=None)
    shown = [row for row in rows if row["annee"] == year]
    return {
        "nature": nature,
        "year": year,
        "chart": None if year is None else _chart(edition.tiles, shown, year, nature),
        "table": None if year is None else _table(shown, year, nature),
    }


def _chart(tiles: Sequence[Row], rows: Sequence[Row], year: int, nature: Nature) -> Chart:
    by_code = {row["modalite"]: row for row in rows}
    known = sum(row["pue"] is not None for row in rows)
    return Chart(
        id=f"carte-{nature.anchor}",
        title=f"PUE pondéré par région en {year}",
        alternative=(
            f"Carte en tuiles de {len(tiles)} régions, année {year} : {known} ont un PUE pondéré publié. "
            f"Données {nature.adjective}. Les valeurs sont dans le tableau qui suit."
        ),
        figure=_figure(tiles, by_code, nature.synthetic),
    )


def _figure(tiles: Sequence[Row], by_code: Mapping[str, Row], synthetic: bool) -> go.Figure:
    columns = [int(tile["colonne_tuile"]) for tile in tiles]
    lines = [int(tile["ligne_tuile"]) for tile in tiles]
    shapes = [_square(tile, by_code.get(tile["code_region"])) for tile in tiles]
    notes = [note for tile in tiles for note in _texts(tile, by_code.get(tile["code_region"]))]
    return figures.figure(
        [_hovers(tiles, by_code)],
        height=80 * (max(lines) - min(lines) + 1),
        synthetic=synthetic,
        annotations=notes,
        shapes=shapes,
        opaque=True,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        xaxis=figures.bare_axis(range=[min(columns) - 0.55, max(columns) + 0.55], constrain="domain"),
        yaxis=figures.bare_axis(range=[max(lines) + 0.55, min(lines) - 0.55], scaleanchor="x", constrain="domain"),
    )


def tile_colours(row: Row | None) -> tuple[str, str]:
    """Fill and text colour of a tile; white when there is nothing to show."""
    if row is None or row["pue"] is None:
        return "#ffffff", figures.MUTED
    # Rounded as it is written, so that a tile never seems to be in the wrong class.
    return next((fill, text) for bound, _, fill, text in CLASSES if round(row["pue"], 2) < bound)


def _square(tile: Row, row: Row | None) -> dict[str, Any]:
    known = row is not None and row["pue"] is not None
    x, y = int(tile["colonne_tuile"]), int(tile["ligne_tuile"])
    return {
        "type": "rect",
        "x0": x - 0.47,
        "x1": x + 0.47,
        "y0": y - 0.47,
        "y1": y + 0.47,
        "fillcolor": tile_colours(row)[0],
        "line": {
            "color": figures.MUTED if known else figures.FAINT,
            "width": 1,
            "dash": "solid" if known else "dot",
        },
        "layer": "below",
    }


def _texts(tile: Row, row: Row | None) -> list[dict[str, Any]]:
    fill, colour = tile_colours(row)
    x, y = int(tile["colonne_tuile"]), int(tile["ligne_tuile"])
    name = SHORT.get(tile["code_region"], tile["code_region"])
    known = row is not None and row["pue"] is not None
    value = f"<b>{_written(row)}</b>" if known else _written(row)
    return [
        # On a ground of their own, so that the watermark passes behind them.
        figures.note(figures.plain_text(name), x=x, y=y - 0.2, font={"size": 11, "color": colour}, bgcolor=fill),
        figures.note(value, x=x, y=y + 0.14, font={"size": 15 if known else 10, "color": colour}, bgcolor=fill),
    ]


def _written(row: Row | None) -> str:
    return french.ABSENT if row is None else cell(row, AGGREGATES, "pue").text


def _hovers(tiles: Sequence[Row], by_code: Mapping[str, Row]) -> go.Scatter:
    return go.Scatter(
        x=[int(tile["colonne_tuile"]) for tile in tiles],
        y=[int(tile["ligne_tuile"]) for tile in tiles],
        mode="markers",
        marker={"size": 40, "symbol": "square", "opacity": 0},
        hovertext=[_hover(tile, by_code.get(tile["code_region"])) for tile in tiles],
        hoverinfo="text",
    )


def _hover(tile: Row, row: Row | None) -> str:
    name = f"<b>{figures.plain_text(tile['nom_region'])}</b>"
    if row is None or row["pue"] is None:
        return f"{name}<br>{_written(row)}"
    return f"{name}<br>PUE pondéré {_written(row)}<br>{french.count(row['nb_sites_pue'], 'site')}"


def _table(rows: Sequence[Row], year: int, nature: Nature) -> DataTable:
    caption = french.typography(f"PUE pondéré par région en {year}, données {nature.adjective}. {COVERED}")
    heads = (
        Head("Région", "libelle"),
        Head("Sigle", "modalite", lambda code: SHORT.get(code, french.ABSENT)),
        Head("Sites déclarants", "nb_sites_declarants"),
        Head("Sites inclus", "nb_sites_pue"),
        Head("Couverture", "couverture_sites"),
        Head("Énergie totale (GWh)", "energie_totale_kwh", french.gigawatt_hours),
        Head("PUE pondéré", "pue"),
        Head("Sites comparables", "nb_sites_distribution"),
        Head("PUE médian", "pue_mediane"),
    )
    ordered = sorted(rows, key=lambda row: (row["libelle"], row["modalite"]))
    return published_table(f"table-carte-{nature.anchor}", caption, AGGREGATES, ordered, heads)
