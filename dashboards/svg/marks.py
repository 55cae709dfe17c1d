"""The marks of the data: points, lines, filled outlines, bars."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from dashboards.svg.axes import Axis
from dashboards.svg.elements import Unknown, dashes, element, number

_DIAMOND = 1.3  # half diagonal of a diamond, in half sizes, as Plotly draws it
_TICK = 1.4
_DEFAULT_SIZE = 6.0
_STROKES: Mapping[str, str] = {"/": "M0,{s}L{s},0", "\\": "M0,0L{s},{s}", "x": "M0,0L{s},{s}M0,{s}L{s},0"}


def scatter(trace: Mapping[str, Any], x: Axis, y: Axis) -> Iterator[str]:
    """The line of a trace, then its points, then their texts."""
    modes = set(str(trace.get("mode", "lines+markers")).split("+"))
    if modes - {"lines", "markers", "text"}:
        raise Unknown(f"mode {trace.get('mode')}")
    points = [(_pixel(x, one), _pixel(y, other)) for one, other in zip(trace["x"], trace["y"], strict=True)]
    if trace.get("fill") or "lines" in modes:
        yield from _lines(trace, points)
    for place, (left, top) in enumerate(points):
        if left is None or top is None:
            continue
        if "markers" in modes:
            yield symbol(_at(trace.get("marker") or {}, place), left, top)
        if "text" in modes:
            yield _text(trace, place, left, top)


def _pixel(axis: Axis, value: float | None) -> float | None:
    return None if value is None else axis.at(value)


def _lines(trace: Mapping[str, Any], points: Sequence[tuple[float | None, float | None]]) -> Iterator[str]:
    if trace.get("fill") not in (None, "none", "toself"):
        raise Unknown(f"fill {trace['fill']}")
    filled, line, path, pen = trace.get("fill") == "toself", trace.get("line") or {}, "", "M"
    for left, top in points:
        if left is None or top is None:
            path, pen = path + ("Z" if filled and pen == "L" else ""), "M"
            continue
        path, pen = f"{path}{pen}{number(left)},{number(top)}", "L"
    if path:
        drawn = filled and not trace.get("line")
        yield element(
            "path",
            d=path + ("Z" if filled else ""),
            fill=trace.get("fillcolor") if filled else "none",
            stroke=None if drawn else line.get("color"),
            stroke_width=None if drawn else line.get("width", 2),
            stroke_dasharray=dashes(line),
        )


def _at(settings: Mapping[str, Any], place: int) -> dict[str, Any]:
    """The settings of one mark: a list gives one each."""
    return {
        key: _at(value, place)
        if isinstance(value, Mapping)
        else (value[place] if isinstance(value, list | tuple) else value)
        for key, value in settings.items()
    }


def symbol(marker: Mapping[str, Any], left: float, top: float) -> str:
    """One point, in the shape, size (px across), colours and opacity of a Plotly marker."""
    shape, _, hollow = str(marker.get("symbol") or "circle").partition("-open")
    half, line = float(marker.get("size", _DEFAULT_SIZE)) / 2, marker.get("line") or {}
    is_open = str(marker.get("symbol", "")).endswith("-open") or shape == "line-ns"
    colour = marker.get("color")
    look = {
        "fill": "none" if is_open else colour,
        "stroke": line.get("color", colour) if not is_open or shape == "line-ns" else colour,
        "stroke_width": float(line.get("width", 1 if is_open else 0)) or None,
        "opacity": marker.get("opacity"),
    }
    if hollow or shape not in ("circle", "square", "diamond", "line-ns"):
        raise Unknown(f"symbol {marker.get('symbol')}")
    if shape == "circle":
        return element("circle", cx=left, cy=top, r=half, **look)
    if shape == "square":
        return element("rect", x=left - half, y=top - half, width=2 * half, height=2 * half, **look)
    if shape == "line-ns":
        return element("line", x1=left, x2=left, y1=top - half * _TICK, y2=top + half * _TICK, **look)
    reach = half * _DIAMOND
    corners = ((left, top - reach), (left + reach, top), (left, top + reach), (left - reach, top))
    return element("polygon", points=" ".join(f"{number(one)},{number(other)}" for one, other in corners), **look)


def _text(trace: Mapping[str, Any], place: int, left: float, top: float) -> str:
    font, side = trace.get("textfont") or {}, str(trace.get("textposition", "middle center"))
    size = float(font.get("size", 12))
    if side not in ("middle center", "middle right"):
        raise Unknown(f"textposition {side}")
    right = side.endswith("right")
    return element(
        "text",
        str(trace["text"][place]),
        x=left + (size / 2 if right else 0.0),
        y=top + size / 3,
        text_anchor="start" if right else "middle",
        font_size=size,
        fill=font.get("color"),
    )


def bars(traces: Sequence[Mapping[str, Any]], layout: Mapping[str, Any], x: Axis, y: Axis, name: str) -> Iterator[str]:
    """Upright bars, piled up when the layout says so; hatches are named after `name`, unique on a page."""
    if layout.get("barmode", "group") not in ("stack", "relative") and len(traces) > 1:
        raise Unknown(f"barmode {layout.get('barmode')}")
    thick = _spacing(traces) * (1 - float(layout.get("bargap", 0.2)))
    for order, place, at, foot, head in piles(traces):
        marker = _at(traces[order].get("marker") or {}, place)
        hatch, fill = _fill(marker, f"{name}-hachure-{order}-{place}")
        ends = sorted((y.at(foot), y.at(head)))
        line = marker.get("line") or {}
        yield hatch + element(
            "rect",
            x=x.at(at - thick / 2),
            y=ends[0],
            width=x.at(at + thick / 2) - x.at(at - thick / 2),
            height=ends[1] - ends[0],
            fill=fill,
            stroke=line.get("color"),
            stroke_width=line.get("width"),
        )


def piles(traces: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, int, float, float, float]]:
    """The bars piled up, those below zero downwards: trace, place in it, x, foot and head."""
    heads: dict[tuple[float, bool], float] = defaultdict(float)
    for order, trace in enumerate(traces):
        for place, (at, height) in enumerate(zip(trace["x"], trace["y"], strict=True)):
            if height is not None:
                foot = heads[at, height < 0]
                heads[at, height < 0] = foot + height
                yield order, place, at, foot, foot + height


def _spacing(traces: Sequence[Mapping[str, Any]]) -> float:
    places = sorted({at for trace in traces for at in trace["x"]})
    return min((after - before for before, after in pairwise(places)), default=1.0)


def _fill(marker: Mapping[str, Any], name: str) -> tuple[str, str]:
    """The definition of a hatch, if there is one, and the paint of a bar."""
    pattern, colour = marker.get("pattern") or {}, str(marker.get("color"))
    if not pattern.get("shape"):
        return "", colour
    if pattern["shape"] not in _STROKES:
        raise Unknown(f"pattern {pattern['shape']}")
    size = float(pattern.get("size", 8))
    ground = element("rect", width=size, height=size, fill=pattern.get("bgcolor", colour))
    strokes = element(
        "path", d=_STROKES[pattern["shape"]].format(s=number(size)), stroke=pattern.get("fgcolor", "#fff")
    )
    drawn = ground + strokes
    hatch = element("pattern", drawn, id=name, width=size, height=size, patternUnits="userSpaceOnUse")
    return element("defs", hatch), f"url(#{name})"
