"""A tile map of the regions: one square of the same size each, its weighted PUE written in it."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from dashboards import figures, french
from dashboards.cells import Chart, DataTable, Head, Part, cell, published_table, sentence
from dashboards.data import Edition, Row
from dashboards.regions import SHORT
from dashboards.themes import COVERED, NATURES, Nature, Page, alternatives, departments, tiles
from dashboards.themes.basis import AGGREGATES, SUMMED, basis, whole


def page(edition: Edition) -> Page:
    """The page `carte.html`."""
    return Page(
        "carte.html",
        "carte.html.j2",
        "Carte des régions et des départements",
        "carte.html",
        {"parts": [_part(edition, nature) for nature in NATURES], "classes": tiles.CLASSES},
    )


def _part(edition: Edition, nature: Nature) -> dict[str, Any]:
    rows = edition.groups("region", synthetic=nature.synthetic)
    year = max((row["annee"] for row in rows if row["pue"] is not None), default=None)
    shown = [row for row in rows if row["annee"] == year]
    return {
        "nature": nature,
        "year": year,
        "answer": _answer(shown),
        "chart": None if year is None else _chart(edition, shown, year, nature),
        "departments": None if year is None else departments.part(edition, nature, year),
    }


def _answer(rows: Sequence[Row]) -> tuple[Part, ...]:
    """The regions where the PUE is lowest and highest, and how many tell theirs; nothing for fewer than two."""
    known = sorted((row for row in rows if row["pue"] is not None), key=lambda row: (row["pue"], row["modalite"]))
    if len(known) < 2:
        return ()
    best, worst = known[0], known[-1]
    return sentence(
        "En {annee}, le PUE pondéré va de {bas} en région {sobre} ({sites_bas} sites) à {haut} en région {gourmand} "
        f"({{sites_haut}} sites) ; {len(known)} régions sur {len(rows)} ont un chiffre publié.",
        annee=cell(best, AGGREGATES, "annee"),
        bas=cell(best, AGGREGATES, "pue"),
        sobre=cell(best, AGGREGATES, "libelle"),
        sites_bas=cell(best, AGGREGATES, "nb_sites_pue"),
        haut=cell(worst, AGGREGATES, "pue"),
        gourmand=cell(worst, AGGREGATES, "libelle"),
        sites_haut=cell(worst, AGGREGATES, "nb_sites_pue"),
    )


def _chart(edition: Edition, rows: Sequence[Row], year: int, nature: Nature) -> Chart:
    by_code = {row["modalite"]: row for row in rows}
    told = [(row["libelle"], row["pue"], cell(row, AGGREGATES, "pue").text) for row in rows]
    return Chart(
        id=f"carte-{nature.anchor}",
        title=f"Par région en {year}, tous les sites comptés dans les sommes",
        alternative=(
            f"Carte en tuiles de {len(edition.tiles)} régions, année {year}, PUE pondéré "
            f"{alternatives.between(told)}. {alternatives.end(nature)}"
        ),
        figure=_figure(edition.tiles, by_code, nature.synthetic),
        table=_table(rows, year, nature),
        csv=f"{AGGREGATES}.csv",
        **basis(whole(edition, nature.synthetic, year)),
        width=420,
    )


def _figure(regions: Sequence[Row], by_code: Mapping[str, Row], synthetic: bool) -> go.Figure:
    columns = [int(tile["colonne_tuile"]) for tile in regions]
    lines = [int(tile["ligne_tuile"]) for tile in regions]
    shapes = [
        tiles.square(x, y, _pue(by_code.get(tile["code_region"])))
        for x, y, tile in zip(columns, lines, regions, strict=True)
    ]
    notes = [note for tile in regions for note in _texts(tile, by_code.get(tile["code_region"]))]
    return figures.figure(
        [_hovers(regions, by_code)],
        height=80 * (max(lines) - min(lines) + 1),
        synthetic=synthetic,
        annotations=notes,
        shapes=shapes,
        opaque=True,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        xaxis=figures.bare_axis(range=[min(columns) - 0.55, max(columns) + 0.55], constrain="domain"),
        yaxis=figures.bare_axis(range=[max(lines) + 0.55, min(lines) - 0.55], scaleanchor="x", constrain="domain"),
    )


def _texts(tile: Row, row: Row | None) -> list[dict[str, Any]]:
    fill, colour = tiles.colours(_pue(row))
    x, y = int(tile["colonne_tuile"]), int(tile["ligne_tuile"])
    name = SHORT.get(tile["code_region"], tile["code_region"])
    known = row is not None and row["pue"] is not None
    value = f"<b>{_written(row)}</b>" if known else _written(row)
    sites = "" if row is None or not known else _sites(row)
    return [
        # On a ground of their own, so that the watermark passes behind them.
        figures.note(figures.plain_text(name), x=x, y=y - 0.27, font={"size": 11, "color": colour}, bgcolor=fill),
        figures.note(value, x=x, y=y + 0.02, font={"size": 15 if known else 10, "color": colour}, bgcolor=fill),
        *([figures.note(sites, x=x, y=y + 0.31, font={"size": 9, "color": colour}, bgcolor=fill)] if sites else []),
    ]


def _pue(row: Row | None) -> float | None:
    return None if row is None else row["pue"]


def _sites(row: Row) -> str:
    """How many sites a tile rests on, and which share of those expected they are."""
    covered = row["couverture_sites"]
    share = "" if covered is None else f" · {french.number(100 * covered)}\u00a0%"
    return f"n\u00a0{french.integer(row['nb_sites_pue'])}{share}"


def _written(row: Row | None) -> str:
    return french.ABSENT if row is None else cell(row, AGGREGATES, "pue").text


def _hovers(regions: Sequence[Row], by_code: Mapping[str, Row]) -> go.Scatter:
    return go.Scatter(
        x=[int(tile["colonne_tuile"]) for tile in regions],
        y=[int(tile["ligne_tuile"]) for tile in regions],
        mode="markers",
        marker={"size": 40, "symbol": "square", "opacity": 0},
        hovertext=[_hover(tile, by_code.get(tile["code_region"])) for tile in regions],
        hoverinfo="text",
    )


def _hover(tile: Row, row: Row | None) -> str:
    name = f"<b>{figures.plain_text(tile['nom_region'])}</b>"
    if row is None or row["pue"] is None:
        return f"{name}<br>{_written(row)}"
    covered = "" if row["couverture_sites"] is None else " de couverture"
    return f"{name}<br>PUE pondéré {_written(row)}<br>{_sites(row)}{covered}"


def _table(rows: Sequence[Row], year: int, nature: Nature) -> DataTable:
    caption = f"PUE pondéré par région en {year}, données {nature.adjective}. {COVERED}"
    heads = (
        Head("Région", "libelle"),
        Head("Sigle", "modalite", lambda code: SHORT.get(code, french.ABSENT)),
        Head("Sites déclarants", "nb_sites_declarants"),
        SUMMED,
        Head("Couverture", "couverture_sites"),
        Head("Énergie totale (GWh)", "energie_totale_kwh", french.gigawatt_hours),
        Head("PUE pondéré", "pue"),
        Head("Sites comparables", "nb_sites_distribution"),
        Head("PUE médian", "pue_mediane"),
    )
    ordered = sorted(rows, key=lambda row: (french.alphabetical(row["libelle"]), row["modalite"]))
    return published_table(f"table-carte-{nature.anchor}", caption, AGGREGATES, ordered, heads)
