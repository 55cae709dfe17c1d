"""The whole drawing: margins, then what lies below the data, the data, what lies above it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import Any

from dashboards.svg import axes, elements, known, marks
from dashboards.svg.axes import Axis
from dashboards.svg.elements import LINE, Unknown, dashes, element, lines_of, spans

__all__ = ["WIDTH", "Unknown", "render"]

WIDTH = 760.0
"""Usual width of a drawing (px); it is stretched to its place."""
_LABEL_ROOM = 10.0
_TOP_LABELS = 24.0


def render(described: Mapping[str, Any], name: str, alternative: str, width: float = WIDTH) -> str:
    """A figure as one SVG element, `width` px wide; `name` is unique on the page, `alternative` says what it shows.

    `described`: its `data` and `layout`, as Plotly describes them. Raises Unknown for more than these pages draw.
    """
    known.check(described)
    layout: Mapping[str, Any] = described["layout"]
    height, font = float(layout["height"]), layout["font"]
    x, y = _placed(described["data"], layout, width, height)
    return element(
        "svg",
        "".join([element("title", escape(alternative)), *_content(described["data"], layout, x, y, name)]),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        font_family=font["family"],
        font_size=float(font["size"]),
    )


def _content(
    traces: Sequence[Mapping[str, Any]], layout: Mapping[str, Any], x: Axis, y: Axis, name: str
) -> Iterator[str]:
    """All that is drawn, from the bottom up."""
    below, above = _shapes(layout, x, y)
    yield from axes.horizontal(x, y, _tick_colour(x, layout["font"]))
    yield from axes.vertical(x, y, _tick_colour(y, layout["font"]))
    yield from below
    yield from _data(traces, layout, x, y, name)
    yield from above
    yield from _legend(traces, layout, x, y)
    for note in layout.get("annotations") or ():
        yield _annotation(note, layout, x, y)


def _placed(
    traces: Sequence[Mapping[str, Any]], layout: Mapping[str, Any], wide: float, height: float
) -> tuple[Axis, Axis]:
    """The two axes in their place: the margins give way to labels that need more."""
    x, y = (_axis(layout, name, traces) for name in ("xaxis", "yaxis"))
    margin = layout["margin"]
    top_labels = x.labelled and x.settings.get("side") == "top"
    left = max(float(margin["l"]), y.widest + _LABEL_ROOM if y.labelled else 0.0)
    top = max(float(margin["t"]), _TOP_LABELS if top_labels else 0.0)
    bottom = max(float(margin["b"]), _TOP_LABELS if x.labelled and not top_labels else 0.0)
    x = replace(x, start=left, end=wide - float(margin["r"]))
    y = replace(y, start=height - bottom, end=top)
    return _same_scale(x, y) if y.settings.get("scaleanchor") == "x" else (x, y)


def _axis(layout: Mapping[str, Any], name: str, traces: Sequence[Mapping[str, Any]]) -> Axis:
    settings = layout.get(name) or {}
    low, high = settings["range"] if "range" in settings else _reach(traces, name)
    return Axis(settings, float(low), float(high if high != low else low + 1))


def _reach(traces: Sequence[Mapping[str, Any]], name: str) -> tuple[float, float]:
    """The heights of bars, zero included, and a little room. Only bars may leave it to us."""
    if name != "yaxis" or any(trace["type"] != "bar" for trace in traces):
        raise Unknown(f"{name} without a range")
    ends = [0.0, *(end for _, _, _, foot, head in marks.piles(traces) for end in (foot, head))]
    room = (max(ends) - min(ends) or 1.0) / 20
    return min(ends) - (room if min(ends) < 0 else 0), max(ends) + room


def _same_scale(x: Axis, y: Axis) -> tuple[Axis, Axis]:
    """Both axes with as many pixels a unit, in the middle of their place."""
    scale = min((x.end - x.start) / abs(x.high - x.low), (y.start - y.end) / abs(y.high - y.low))
    across, up = scale * abs(x.high - x.low) / 2, scale * abs(y.high - y.low) / 2
    middle, centre = (x.start + x.end) / 2, (y.start + y.end) / 2
    return replace(x, start=middle - across, end=middle + across), replace(y, start=centre + up, end=centre - up)


def _tick_colour(axis: Axis, font: Mapping[str, Any]) -> str:
    return str((axis.settings.get("tickfont") or {}).get("color", font["color"]))


def _data(traces: Sequence[Mapping[str, Any]], layout: Mapping[str, Any], x: Axis, y: Axis, name: str) -> Iterator[str]:
    upright = [trace for trace in traces if trace["type"] == "bar"]
    if upright:
        yield from marks.bars(upright, layout, x, y, name)
    for trace in traces:
        if trace["type"] == "scatter":
            yield from marks.scatter(trace, x, y)


# ---- what is laid over or under the data ----


def _place(axis: Axis, value: float, reference: str | None) -> float:
    return axis.share(value) if reference == "paper" else axis.at(value)


def _shapes(layout: Mapping[str, Any], x: Axis, y: Axis) -> tuple[list[str], list[str]]:
    """The shapes below the data, and those above."""
    layers: dict[bool, list[str]] = {True: [], False: []}
    for shape in layout.get("shapes") or ():
        layers[shape.get("layer") == "below"].append(_shape(shape, x, y))
    return layers[True], layers[False]


def _shape(shape: Mapping[str, Any], x: Axis, y: Axis) -> str:
    lefts = [_place(x, shape[end], shape.get("xref")) for end in ("x0", "x1")]
    tops = [_place(y, shape[end], shape.get("yref")) for end in ("y0", "y1")]
    line = shape.get("line") or {}
    pen = {
        "stroke": line.get("color") if line.get("width") != 0 else None,
        "stroke_width": line.get("width") or None,
        "stroke_dasharray": dashes(line),
    }
    if shape["type"] == "line":
        return element("line", x1=lefts[0], x2=lefts[1], y1=tops[0], y2=tops[1], **pen)
    if shape["type"] != "rect":
        raise Unknown(f"shape {shape['type']}")
    box = element(
        "rect",
        x=min(lefts),
        y=min(tops),
        width=max(lefts) - min(lefts),
        height=max(tops) - min(tops),
        fill=shape.get("fillcolor", "none"),
        **pen,
    )
    label = shape.get("label")
    if not label:
        return box
    return box + _text(label["text"], sum(lefts) / 2, sum(tops) / 2, label["font"], "middle", label.get("textangle", 0))


def _annotation(note: Mapping[str, Any], layout: Mapping[str, Any], x: Axis, y: Axis) -> str:
    font = {**layout["font"], **(note.get("font") or {})}
    left = _place(x, note["x"], note.get("xref"))
    top = _place(y, note["y"], note.get("yref")) - float(note.get("yshift", 0))
    across = note.get("xanchor") or _auto(note["x"], note.get("xref"), ("left", "center", "right"))
    upright = note.get("yanchor") or _auto(note["y"], note.get("yref"), ("bottom", "middle", "top"))
    lines = lines_of(note["text"])
    tall = len(lines) * LINE * font["size"]
    middle = top + {"bottom": -tall / 2, "middle": 0.0, "top": tall / 2}[upright]
    anchor = {"left": "start", "center": "middle", "right": "end"}[across]
    text = _text(note["text"], left, middle, font, anchor, note.get("textangle", 0))
    if not note.get("bgcolor"):
        return text
    wide = max(elements.width(line, font["size"]) for line in lines)
    start = left - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
    return element("rect", x=start, y=middle - tall / 2, width=wide, height=tall, fill=note["bgcolor"]) + text


def _auto(value: float, reference: str | None, sides: tuple[str, str, str]) -> str:
    """Where Plotly anchors a text that says nothing: inwards on paper, centred on a value."""
    if reference != "paper":
        return sides[1]
    return sides[0] if value < 1 / 3 else sides[2] if value > 2 / 3 else sides[1]


def _text(text: str, left: float, middle: float, font: Mapping[str, Any], anchor: str, angle: float = 0) -> str:
    """Lines of text whose middle is at a height; turned clockwise by `angle` degrees around that place."""
    size, lines = float(font["size"]), lines_of(text)
    first = middle - (len(lines) - 1) * LINE * size / 2 + size * 0.35
    content = "".join(
        element("tspan", spans(line) or "\u200b", x=left, y=first + place * LINE * size)
        for place, line in enumerate(lines)
    )
    turned = f"rotate({angle:g} {left:.2f} {middle:.2f})" if angle else None
    return element("text", content, text_anchor=anchor, font_size=size, fill=font.get("color"), transform=turned)


def _legend(traces: Sequence[Mapping[str, Any]], layout: Mapping[str, Any], x: Axis, y: Axis) -> Iterator[str]:
    """The names of the traces in a row above the data, where the layout wants them."""
    if not layout.get("showlegend"):
        return
    left, size = x.start, float(layout["font"]["size"])
    top = y.end - size
    for trace in traces:
        if not trace.get("name"):
            continue
        colour = (trace.get("marker") or {}).get("color") or (trace.get("line") or {}).get("color")
        yield element("rect", x=left, y=top - size * 0.7, width=size, height=size * 0.7, fill=str(colour))
        yield _text(str(trace["name"]), left + size * 1.4, top - size * 0.35, layout["font"], "start")
        left += size * 3 + elements.width(str(trace["name"]), size)
