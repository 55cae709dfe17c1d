"""What a figure may say: the keys that are drawn, and those that a still drawing has no use for."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from dashboards.svg.elements import Unknown

Known: TypeAlias = "Mapping[str, Known | None]"
"""The keys of some settings; None for a key that needs no look inside."""


def _keys(names: str, **deeper: Known) -> Known:
    return {**dict.fromkeys(names.split()), **deeper}


_FONT = _keys("color size family")
_LINE = _keys("color width dash")
_MARKER = _keys("color size symbol opacity", line=_LINE, pattern=_keys("shape size bgcolor fgcolor"))
_HOVER = "hoverinfo hovertext hovertemplate customdata"
_AXIS = _keys(
    "range tickvals dtick tick0 nticks tickformat ticksuffix separatethousands showticklabels showgrid gridcolor"
    " showline linecolor zeroline zerolinecolor scaleanchor side automargin constrain fixedrange tickangle ticks",
    tickfont=_FONT,
    title=_keys("text"),
)
_TRACES: Mapping[str, Known] = {
    "bar": _keys(f"type name x y {_HOVER}", marker=_MARKER),
    "scatter": _keys(
        f"type name x y mode text textposition fill fillcolor cliponaxis {_HOVER}",
        marker=_MARKER,
        line=_LINE,
        textfont=_FONT,
    ),
}
_LAYOUT = _keys(
    "height separators paper_bgcolor plot_bgcolor dragmode hovermode hoverlabel template showlegend legend barmode"
    " bargap",
    font=_FONT,
    margin=_keys("l r t b"),
    xaxis=_AXIS,
    yaxis=_AXIS,
    annotations=_keys(
        "text x y xref yref xanchor yanchor yshift textangle align bgcolor showarrow",
        font=_FONT,
    ),
    shapes=_keys(
        "type x0 x1 y0 y1 xref yref layer fillcolor",
        line=_LINE,
        label=_keys("text textangle textposition", font=_FONT),
    ),
)


def check(described: Mapping[str, Any]) -> None:
    """Raise Unknown for the first key that the drawing would leave out in silence."""
    for trace in described["data"]:
        if trace["type"] not in _TRACES:
            raise Unknown(f"traces {trace['type']}")
        _check(trace, _TRACES[trace["type"]], trace["type"])
    _check(described["layout"], _LAYOUT, "layout")


def _check(settings: Any, known: Known, place: str) -> None:
    for key, value in settings.items():
        if key not in known or (key == "showarrow" and value):
            raise Unknown(f"{place}.{key}")
        deeper = known[key]
        if deeper is not None:
            for item in value if isinstance(value, list | tuple) else [value or {}]:
                _check(item, deeper, f"{place}.{key}")
