"""The common style of the charts: colours that everyone tells apart, the synthetic watermark, stable JSON."""

import json
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

FONT = '"Segoe UI", system-ui, -apple-system, "Helvetica Neue", Arial, sans-serif'
INK, MUTED, FAINT, GRID = "#17212b", "#4f5d6b", "#8794a0", "#e3e8eb"
# The first four of Okabe and Ito: 3:1 on white, and apart under the three colour deficiencies.
BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"

PAPER = "rgba(255,255,255,0.9)"  # behind a text that a watermark or a line may cross

WATERMARK = "DONNÉES SYNTHÉTIQUES"
_YEARS_NAMED = 5
_COUNTS = 5  # ticks of an axis of counts
_WATERMARK_STEP = 320  # px of height for one watermark, so that no part of a tall chart can be cut out without it


def figure(traces: Sequence[Any], **described_as: Any) -> go.Figure:
    """A figure in the house style, from the traces and what `described` takes."""
    layout = described((), **described_as)["layout"]
    return go.Figure(data=list(traces), layout={"template": go.layout.Template(), **layout})


def described(
    traces: Sequence[dict[str, Any]],
    *,
    height: int,
    synthetic: bool,
    annotations: Sequence[dict[str, Any]] = (),
    shapes: Sequence[dict[str, Any]] = (),
    opaque: bool = False,
    **layout: Any,
) -> dict[str, Any]:
    """A figure in the house style as plain values, `height` px tall, watermarked when its data is synthetic.

    `opaque` marks (bars, tiles) would hide a watermark drawn under them: it is then drawn over them. For the pages
    that are many and only show still drawings: a Plotly object costs fifty times more.
    """
    return {
        "data": list(traces),
        "layout": {
            "height": height,
            "separators": ",\u202f",
            "font": {"family": FONT, "size": 13, "color": INK},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "showlegend": False,
            "dragmode": False,
            "hovermode": "closest",
            "hoverlabel": {
                "bgcolor": "#ffffff",
                "bordercolor": MUTED,
                "font": {"color": INK},
                "align": "left",
            },
            "margin": {"l": 8, "r": 8, "t": 8, "b": 40},
            "annotations": list(annotations),
            # After the other shapes, so that they do not cover it; under the texts, which stay readable.
            "shapes": [*shapes, *(_watermarks(height, "above" if opaque else "below") if synthetic else [])],
            **layout,
        },
    }


def axis(**overrides: Any) -> dict[str, Any]:
    """An axis that can be read and not moved: light grid, no zero line, title near the ticks."""
    return {
        "fixedrange": True,
        "gridcolor": GRID,
        "zeroline": False,
        "linecolor": FAINT,
        "tickfont": {"color": MUTED},
        "automargin": True,
        **overrides,
    }


def years_axis(years: Sequence[int], **overrides: Any) -> dict[str, Any]:
    """The axis of these years, in order; of many, every other one is named, the last among them: a phone is narrow."""
    named = list(years) if len(years) <= _YEARS_NAMED else list(years[::-1][::2][::-1])
    limits = [years[0] - 0.6, years[-1] + 0.6]
    return axis(range=limits, tickvals=named, tickformat="d", tickangle=0, showgrid=False, **overrides)


def counts_axis(most: int) -> dict[str, Any]:
    """An axis of counts from zero. Of a few, each has its tick: halves would bear the number beside them, rounded."""
    by_one = {"dtick": 1} if most <= _COUNTS else {}
    return axis(range=[0, 1.1 * most], nticks=_COUNTS, tickformat="d", **by_one)


def bare_axis(**overrides: Any) -> dict[str, Any]:
    """An axis that only places things: nothing of it is drawn."""
    return axis(showgrid=False, showticklabels=False, showline=False, ticks="", **overrides)


def note(text: str, **overrides: Any) -> dict[str, Any]:
    """An annotation without arrow. `text` must be written by us or come from `plain_text`."""
    return {"text": text, "showarrow": False, "font": {"color": INK, "size": 13}, **overrides}


def plain_text(text: str) -> str:
    """A text from the data, safe where Plotly would read tags and entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def to_json(chart: go.Figure) -> str:
    """The figure as JSON that can stand inside a script element: stable bytes, no tag, no NaN."""
    return in_script(chart.to_plotly_json())


def in_script(value: Any) -> str:
    """Plain values as JSON that can stand inside a script element: stable bytes, no tag, no NaN."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("'", "\\u0027")


def _watermarks(height: int, layer: str) -> list[dict[str, Any]]:
    count = max(1, round(height / _WATERMARK_STEP))
    return [
        {
            "type": "rect",
            "xref": "paper",
            "yref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": place / count,
            "y1": (place + 1) / count,
            "line": {"width": 0},
            "layer": layer,
            "label": {
                "text": WATERMARK,
                "textposition": "middle center",
                "textangle": -12 if height >= 240 else 0,
                "font": {"size": 22 if height >= 240 else 14, "color": "rgba(79,93,107,0.30)"},
            },
        }
        for place in range(count)
    ]
