"""A chart of several values by row: a heading, a line between the ends, and a mark by value."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboards import figures

_ROW_HEIGHT = 66  # px


@dataclass(frozen=True)
class Mark:
    """How one value of each row is drawn. Shapes differ, so that colours need not be told apart."""

    symbol: str
    colour: str
    size: int = 12


@dataclass(frozen=True)
class Line:
    """A row: its two lines of heading (our own words or `plain_text`) and its values, one by mark, None if hidden."""

    title: str
    said: str
    values: tuple[float | None, ...]


def chart(
    lines: Sequence[Line],
    marks: Sequence[Mark],
    *,
    synthetic: bool,
    limits: tuple[float, float],
    shapes: Sequence[dict[str, Any]] = (),
    **xaxis: Any,
) -> go.Figure:
    """The figure: `limits` are the ends of the horizontal axis, `shapes` what is drawn behind the rows."""
    places = [-float(place) for place in range(len(lines))]
    return figures.figure(
        [_stems(lines, places), *(_points(lines, places, number, mark) for number, mark in enumerate(marks))],
        height=_ROW_HEIGHT * len(lines) + 52,
        synthetic=synthetic,
        annotations=[_heading(line, place) for line, place in zip(lines, places, strict=True)],
        shapes=shapes,
        margin={"l": 12, "r": 12, "t": 8, "b": 36},
        xaxis=figures.axis(range=list(limits), nticks=5, **xaxis),
        yaxis=figures.bare_axis(range=[0.55 - len(lines), 0.75]),
    )


def _stems(lines: Sequence[Line], places: Sequence[float]) -> go.Scatter:
    x: list[float | None] = []
    y: list[float | None] = []
    for line, place in zip(lines, places, strict=True):
        known = [value for value in line.values if value is not None]
        if known:
            x += [min(known), max(known), None]
            y += [place, place, None]
    return go.Scatter(x=x, y=y, mode="lines", line={"color": figures.FAINT, "width": 3}, hoverinfo="skip")


def _points(lines: Sequence[Line], places: Sequence[float], number: int, mark: Mark) -> go.Scatter:
    known = [(line.values[number], place) for line, place in zip(lines, places, strict=True)]
    shown = [(value, place) for value, place in known if value is not None]
    return go.Scatter(
        x=[value for value, _ in shown],
        y=[place for _, place in shown],
        mode="markers",
        marker={"size": mark.size, "symbol": mark.symbol, "color": mark.colour, "line": {"width": 2}},
        cliponaxis=False,
        hoverinfo="skip",
    )


def _heading(line: Line, place: float) -> dict[str, Any]:
    text = f"<b>{line.title}</b><br>{line.said}"
    where = {"xref": "paper", "x": 0, "xanchor": "left", "y": place + 0.5, "yanchor": "middle", "align": "left"}
    return figures.note(text, bgcolor=figures.PAPER, **where)
