"""Small bars, one a year: a year that secrecy hides, or that nobody tells, says so in place of its bar."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboards import figures


@dataclass(frozen=True)
class Bar:
    """A year, its value, None when it has none to show, and what is written over it."""

    year: int
    value: float | None
    said: str


def chart(bars: Sequence[Bar], *, synthetic: bool, top: float | None = None) -> go.Figure:
    """The figure; `top` is the highest value of the charts that share its scale."""
    known = [(bar.year, bar.value) for bar in bars if bar.value is not None]
    highest = top or max((value for _, value in known), default=0.0) or 1.0
    return figures.figure(
        [go.Bar(x=[x for x, _ in known], y=[y for _, y in known], marker={"color": figures.BLUE}, hoverinfo="skip")],
        height=210,
        synthetic=synthetic,
        annotations=[_said(bar) for bar in bars],
        bargap=0.3,
        margin={"l": 8, "r": 8, "t": 8, "b": 28},
        opaque=True,
        xaxis=figures.years_axis([bar.year for bar in bars]),
        yaxis=figures.bare_axis(range=[0, 1.25 * highest]),
    )


def _said(bar: Bar) -> dict[str, Any]:
    return figures.note(
        bar.said,
        x=bar.year,
        y=bar.value or 0,
        yanchor="bottom",
        yshift=2,
        bgcolor=figures.PAPER,
        font={"size": 11, "color": figures.MUTED if bar.value is None else figures.INK},
    )
