"""Axes: from values to pixels, the ticks and their French labels, the grid."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboards import french
from dashboards.svg.elements import element, width

TICK_SIZE = 12.0
_GAP = 6.0  # px between the plot and its labels
_MOST = 6  # ticks, unless the axis says more


@dataclass(frozen=True)
class Axis:
    """One axis: `low` and `high` are drawn at the pixels `start` and `end`."""

    settings: Mapping[str, Any]
    low: float
    high: float
    start: float = 0.0
    end: float = 1.0

    def at(self, value: float) -> float:
        """The pixel of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def share(self, part: float) -> float:
        """The pixel of a share of the axis, from 0 at its start to 1 at its end (Plotly's « paper »)."""
        return self.start + part * (self.end - self.start)

    @property
    def labelled(self) -> bool:
        return self.settings.get("showticklabels") is not False

    @property
    def ticks(self) -> Sequence[float]:
        """The values that have a grid line and a label, inside the axis."""
        small, large = sorted((self.low, self.high))
        given = self.settings.get("tickvals")
        if given is not None:
            return [value for value in given if small <= value <= large]
        step = self.settings.get("dtick") or _step(large - small, self.settings.get("nticks") or _MOST)
        first = float(self.settings.get("tick0") or 0)
        numbers = range(math.ceil((small - first) / step - 1e-9), math.floor((large - first) / step + 1e-9) + 1)
        return [first + step * number for number in numbers]

    def label(self, value: float) -> str:
        """A tick as the French write it."""
        form, suffix = self.settings.get("tickformat", ""), self.settings.get("ticksuffix", "")
        value = round(value, 9) + 0.0  # no minus before a zero
        if form == "d":
            return f"{round(value)}{suffix}"
        if form.startswith(".") and form.endswith("f"):
            return f"{french.number(value, int(form[1:-1]))}{suffix}"
        return f"{french.plain(value)}{suffix}"

    @property
    def widest(self) -> float:
        """The width of the widest label, in pixels."""
        return max((width(self.label(value), TICK_SIZE) for value in self.ticks), default=0.0) if self.labelled else 0.0


def _step(span: float, most: int) -> float:
    """The smallest of 1, 2 or 5 times a power of ten that needs no more ticks than `most`."""
    power = 10.0 ** math.floor(math.log10(span / most))
    return next(step * power for step in (1, 2, 5, 10, 20) if span / (step * power) <= most)


def horizontal(x: Axis, y: Axis, colour: str) -> Iterator[str]:
    """The grid, the line and the labels of the axis that runs from left to right."""
    top = x.settings.get("side") == "top"
    edge = y.end if top else y.start
    for value in x.ticks:
        place = x.at(value)
        if x.settings.get("showgrid") is not False:
            yield element("line", x1=place, x2=place, y1=y.start, y2=y.end, stroke=x.settings.get("gridcolor"))
        if x.labelled:
            below = edge - _GAP if top else edge + _GAP + TICK_SIZE
            yield _text(x.label(value), place, below, "middle", colour)
    if x.settings.get("showline"):
        yield element("line", x1=x.start, x2=x.end, y1=edge, y2=edge, stroke=x.settings.get("linecolor"))
    if title := _title(x):
        yield _text(title, x.share(0.5), y.start + 2.6 * TICK_SIZE + _GAP, "middle", colour)


def vertical(x: Axis, y: Axis, colour: str) -> Iterator[str]:
    """The grid, the line and the labels of the axis that runs upwards."""
    for value in y.ticks:
        place = y.at(value)
        if y.settings.get("showgrid") is not False:
            zero = value == 0 and y.settings.get("zeroline")
            line = y.settings.get("zerolinecolor" if zero else "gridcolor")
            yield element("line", x1=x.start, x2=x.end, y1=place, y2=place, stroke=line)
        if y.labelled:
            yield _text(y.label(value), x.start - _GAP, place + TICK_SIZE / 3, "end", colour)
    if y.settings.get("showline"):
        yield element("line", x1=x.start, x2=x.start, y1=y.start, y2=y.end, stroke=y.settings.get("linecolor"))
    if title := _title(y):
        yield _text(title, x.start, y.end - _GAP, "start", colour)


def _title(axis: Axis) -> str:
    return str((axis.settings.get("title") or {}).get("text") or "")


def _text(text: str, x: float, y: float, anchor: str, colour: str) -> str:
    return element("text", text, x=x, y=y, text_anchor=anchor, font_size=TICK_SIZE, fill=colour)
