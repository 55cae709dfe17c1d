"""The drawing of the PUE by hosting kind: a row a kind, its sites, its quartiles, its weighted PUE, and the marks."""

from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from dashboards import figures, french
from dashboards.cells import cell
from dashboards.data import Edition, Row
from dashboards.themes import references
from dashboards.themes.basis import AGGREGATES
from dashboards.themes.sites import LEVELS

ROW_HEIGHT = 112  # px of one hosting kind
_DOT = 0.012  # width of a dot, as a share of the axis
_LANE = 0.085  # height of a lane of dots, as a share of a row
_REACH = 0.27  # farthest lane, as a share of a row
_LETTER = 0.14  # width of a lettered mark at most, on the narrowest screen

# How a dot of each level of comparability is drawn. Those of the first are always there, a reader adds the others.
_SHAPES: Mapping[str, Mapping[str, Any]] = {
    "pleine": {"symbol": "circle", "line": {"width": 0.5, "color": figures.BLUE}},
    "reservee": {"symbol": "circle-open", "line": {"width": 1.5, "color": figures.BLUE}},
    "non_comparable": {"symbol": "x-thin", "line": {"width": 1.5, "color": figures.BLUE}},
}


def figure(
    groups: Sequence[Row], by_kind: Mapping[str, Sequence[Row]], edition: Edition, synthetic: bool
) -> tuple[go.Figure, list[go.Scatter]]:
    """The figure with the dots that compare without reserve, and the dots that a reader may add."""
    marks, others = references.reference_marks(edition), references.market(edition)
    values = [
        row["pue_calcule"] for rows in by_kind.values() for row in rows if row["niveau_comparabilite"] == "pleine"
    ]
    values += [group["pue"] for group in groups if group["pue"] is not None]
    low, high = 1.0, max([marks["high"], *values]) + 0.1
    traces, more = [*_market_marks(others)], []
    annotations = [*_reference_notes(marks), *_market_heading(others)]
    for place, group in enumerate(groups):
        center, rows = -float(place), by_kind[group["modalite"]]
        dots = _dots(rows, center, high - low)
        more += [trace for trace in dots if trace.name != "pleine"]
        first = [trace for trace in dots if trace.name == "pleine"]
        traces += [*_quartiles(group, center), *first, *_weighted(group, center)]
        annotations += _heading(group, center, len(rows))
    drawn = figures.figure(
        traces,
        height=ROW_HEIGHT * (len(groups) + bool(others)) + 110,
        synthetic=synthetic,
        annotations=annotations,
        shapes=_reference_shapes(marks),
        margin={"l": 12, "r": 12, "t": 58, "b": 48},
        xaxis=figures.axis(range=[low, high], dtick=0.5, tickformat=".1f", title={"text": "PUE"}),
        yaxis=figures.bare_axis(range=[-len(groups) + 0.55, 0.75 + bool(others)]),
    )
    return drawn, more


def _reference_shapes(marks: Mapping[str, float]) -> list[dict[str, Any]]:
    line = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    return [
        {
            **line,
            "x0": marks["modern"],
            "x1": marks["modern"],
            "line": {"color": figures.MUTED, "width": 1.5, "dash": "dash"},
        },
        {
            "type": "rect",
            "yref": "paper",
            "y0": 0,
            "y1": 1,
            "layer": "below",
            "x0": marks["low"],
            "x1": marks["high"],
            "fillcolor": "#eef1f3",
            "line": {"width": 0},
        },
    ]


def _reference_notes(marks: Mapping[str, float]) -> list[dict[str, Any]]:
    style = {"yref": "paper", "y": 1, "yanchor": "bottom", "font": {"size": 12, "color": figures.MUTED}}
    modern = f"centres modernes<br>moins de {french.plain(marks['modern'])}"
    rooms = f"salles traditionnelles<br>{french.plain(marks['low'])} à {french.plain(marks['high'])}"
    middle = (marks["low"] + marks["high"]) / 2
    return [
        figures.note(modern, x=marks["modern"], xanchor="center", **style),
        figures.note(rooms, x=middle, xanchor="center", **style),
    ]


def _market_marks(rows: Sequence[Row]) -> list[go.Scatter]:
    """A lettered mark by market reference, on a row of their own above the hosting kinds."""
    values = [float(row["pue"]) for row in rows]
    places = [1.1 - 0.2 * lane for lane in swarm(values, _LETTER)]
    marker = {"size": 17, "symbol": "square", "color": "#ffffff", "line": {"width": 1.5, "color": figures.INK}}
    trace = go.Scatter(
        x=values,
        y=places,
        mode="markers+text",
        text=[references.letter(place) for place in range(len(rows))],
        textposition="middle center",
        textfont={"size": 12, "color": figures.INK},
        marker=marker,
        hovertext=[
            figures.plain_text(f"{references.described(row)} : {references.written(row)} ({references.named(row)[1]})")
            for row in rows
        ],
        hoverinfo="text",
    )
    return [trace] if rows else []


def _market_hover(row: Row) -> str:
    told = f"{references.described(row)} : {references.written(row)} ({references.named(row)[1]})"
    return figures.plain_text(told)


def _market_heading(rows: Sequence[Row]) -> list[dict[str, Any]]:
    text = "<b>Références du marché</b><br>publiées ailleurs, hors de ces données"
    return [_row_note(text, 1.0)] if rows else []


def _heading(group: Row, center: float, published: int) -> list[dict[str, Any]]:
    """The name of a group, its ratio and its size; when its size is hidden, how many of its sites are published."""
    weighted, inside = cell(group, AGGREGATES, "pue").text, group["nb_sites_pue"]
    sites = french.count(published if inside is None else inside, "site")
    if inside is None:
        sites += " publié" if published < 2 else " publiés"
    elif not published:
        sites += ", aucun publié"
    return [_row_note(f"<b>{figures.plain_text(group['libelle'])}</b><br>PUE pondéré {weighted}, {sites}", center)]


def _row_note(text: str, center: float) -> dict[str, Any]:
    where = {"xref": "paper", "x": 0, "xanchor": "left", "y": center + 0.52, "yanchor": "middle", "align": "left"}
    return figures.note(text, bgcolor=figures.PAPER, **where)


def _quartiles(group: Row, center: float) -> list[Any]:
    low, middle, high = (group[name] for name in ("pue_quartile_1", "pue_mediane", "pue_quartile_3"))
    if low is None or high is None:
        return []
    box = go.Scatter(
        x=[low, high, high, low, low],
        y=[center - 0.3, center - 0.3, center + 0.3, center + 0.3, center - 0.3],
        mode="lines",
        fill="toself",
        fillcolor="rgba(0,114,178,0.10)",
        line={"color": "rgba(0,114,178,0.45)", "width": 1},
        hoverinfo="skip",
    )
    median = go.Scatter(
        x=[middle, middle],
        y=[center - 0.3, center + 0.3],
        mode="lines",
        line={"color": figures.INK, "width": 2},
        hoverinfo="skip",
    )
    return [box, median]


def _dots(rows: Sequence[Row], center: float, span: float) -> list[go.Scatter]:
    """A trace by level of comparability, named after it: those that compare best are nearest to the middle."""
    levels = list(_SHAPES)
    ordered = sorted(
        rows, key=lambda row: (levels.index(row["niveau_comparabilite"]), row["pue_calcule"], row["id_centre"])
    )
    lanes = swarm([row["pue_calcule"] for row in ordered], _DOT * span)
    step = min(_LANE, _REACH / max([1, *(abs(lane) for lane in lanes)]))
    placed = [(row, center + lane * step) for row, lane in zip(ordered, lanes, strict=True)]
    by_level = {level: [dot for dot in placed if dot[0]["niveau_comparabilite"] == level] for level in levels}
    return [_dots_of(level, dots) for level, dots in by_level.items() if dots]


def _dots_of(level: str, dots: Sequence[tuple[Row, float]]) -> go.Scatter:
    return go.Scatter(
        name=level,
        x=[row["pue_calcule"] for row, _ in dots],
        y=[height for _, height in dots],
        mode="markers",
        marker={"size": 8, "color": figures.BLUE, "opacity": 0.8, **_SHAPES[level]},
        hovertext=[_hover(row) for row, _ in dots],
        hoverinfo="text",
    )


def swarm(values: Sequence[float], width: float) -> list[int]:
    """The lane (0, 1, -1, 2, ...) of each dot, first come first placed, so that no two dots of a lane touch."""
    taken: dict[int, list[float]] = {}
    lanes = []
    for value in values:
        lane, step = 0, 0
        while _touches(taken.setdefault(lane, []), value, width):
            step += 1
            lane = (step + 1) // 2 * (1 if step % 2 else -1)
        insort(taken[lane], value)
        lanes.append(lane)
    return lanes


def _touches(lane: Sequence[float], value: float, width: float) -> bool:
    place = bisect_left(lane, value)
    return any(abs(other - value) < width for other in lane[max(place - 1, 0) : place + 1])


def _weighted(group: Row, center: float) -> list[Any]:
    if group["pue"] is None:
        return []
    return [
        go.Scatter(
            x=[group["pue"]],
            y=[center],
            mode="markers",
            marker={
                "size": 15,
                "symbol": "diamond",
                "color": figures.VERMILLION,
                "line": {"width": 2, "color": "white"},
            },
            hovertext=[f"{figures.plain_text(group['libelle'])}<br>PUE pondéré : {french.ratio(group['pue'])}"],
            hoverinfo="text",
        )
    ]


def _hover(row: Row) -> str:
    lines = [f"<b>{figures.plain_text(row['nom_site'] or row['id_centre'])}</b>"]
    if row["organisme"]:
        lines.append(figures.plain_text(row["organisme"]))
    lines.append(
        f"PUE {french.ratio(row['pue_calcule'])}, {french.energy(row['energie_totale_kwh'])} en {row['annee']}"
    )
    lines.append({**LEVELS, "non_comparable": "ne se compare pas"}[row["niveau_comparabilite"]])
    return "<br>".join(lines)
