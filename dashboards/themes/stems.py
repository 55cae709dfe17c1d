"""A chart of one value by row: its words over a line that runs from zero to a diamond."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboards import figures

_ROW_HEIGHT, _HIGH_ROW_HEIGHT = 46, 64  # px, with words of one line and of two
_LINE = 38  # characters that stand beside one another on a phone


@dataclass(frozen=True)
class Stem:
    """A row: what is written over it (our own words, or `plain_text`) and its value, None when it has none to show."""

    said: str
    value: float | None


def chart(stems: Sequence[Stem], *, synthetic: bool) -> go.Figure:
    """The figure, as tall as its rows, from zero to the greatest value."""
    said = [_wrapped(stem.said) for stem in stems]
    tall = _HIGH_ROW_HEIGHT if any("<br>" in words for words in said) else _ROW_HEIGHT
    rows = [(stem, -float(place)) for place, stem in enumerate(stems)]
    known = [(stem.value, place) for stem, place in rows if stem.value is not None]
    top = max((value for value, _ in known), default=0.0) or 1.0
    return figures.figure(
        [_lines(known), _ends(known)],
        height=tall * len(stems) + 24,
        synthetic=synthetic,
        annotations=[_heading(words, place) for words, (_, place) in zip(said, rows, strict=True)],
        margin={"l": 12, "r": 12, "t": 8, "b": 8},
        xaxis=figures.bare_axis(range=[-0.02 * top, 1.08 * top]),
        yaxis=figures.bare_axis(range=[0.5 - len(stems), 0.8]),
    )


def _heading(words: str, place: float) -> dict[str, Any]:
    where = {"xref": "paper", "x": 0, "xanchor": "left", "y": place + 0.42, "yanchor": "middle", "align": "left"}
    return figures.note(words, bgcolor=figures.PAPER, **where)


def _wrapped(said: str) -> str:
    """The words on as many lines as a phone needs, bold ones bold on each; a no-break space holds."""
    lines: list[str] = []
    bold = False
    for line in textwrap.TextWrapper(_LINE, break_long_words=False, break_on_hyphens=False).wrap(said):
        whole = f"<b>{line}" if bold else line
        bold = whole.count("<b>") > whole.count("</b>")
        lines.append(f"{whole}</b>" if bold else whole)
    return "<br>".join(lines)


def _lines(known: Sequence[tuple[float, float]]) -> go.Scatter:
    return go.Scatter(
        x=[x for value, _ in known for x in (0, value, None)],
        y=[y for _, place in known for y in (place, place, None)],
        mode="lines",
        line={"color": figures.FAINT, "width": 3},
        hoverinfo="skip",
    )


def _ends(known: Sequence[tuple[float, float]]) -> go.Scatter:
    return go.Scatter(
        x=[value for value, _ in known],
        y=[place for _, place in known],
        mode="markers",
        marker={"size": 12, "symbol": "diamond", "color": figures.VERMILLION},
        cliponaxis=False,
        hoverinfo="skip",
    )
