"""Months in a row: their axis, and what a month is worth. An incomplete one is drawn as such, never as a low value."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dashboards import figures, french
from dashboards.data import Row

MEASURES = "mesures_mensuelles"
DRAWN = 24
"""The last months that a chart shows: more would not be read on a phone."""

ITEMS: Mapping[str, str] = {
    "total": "Énergie totale",
    "it": "Énergie informatique",
    "refroidissement": "Refroidissement",
    "pertes_electriques": "Pertes électriques",
    "auxiliaires": "Auxiliaires",
    "groupes_secours": "Groupes de secours",
}
_INITIALS = "JFMAMJJASOND"
_NAMES = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
HATCH = "#b6c0c8"
INCOMPLETE = {"shape": "/", "size": 6, "bgcolor": "#ffffff", "fgcolor": HATCH}


def complete(row: Mapping[str, Any]) -> bool:
    """Whether no slot of the month is missing."""
    return bool(row["completude"] >= 1)


def number(month: str) -> int:
    """The place of a month `2025-03` in the row of all months."""
    year, _, rest = month.partition("-")
    return 12 * int(year) + int(rest) - 1


def name(month: str) -> str:
    """The month in words: `mars 2025`."""
    return name_of(number(month))


def name_of(place: int) -> str:
    """The month of that place, in words."""
    return f"{_NAMES[place % 12]} {place // 12}"


def month_of(place: int) -> str:
    """The month of that place, as published: `2025-03`."""
    return f"{place // 12}-{place % 12 + 1:02}"


def completeness(value: float) -> str:
    """A share as a percentage, with as many decimals as it takes for an incomplete one not to be written 100 %."""
    for decimals in range(1, 7):
        text = french.number(100 * value, decimals)
        if value >= 1 or not text.startswith("100"):
            break
    return f"{text}{french.SPACE}%"


def span(rows: Iterable[Row]) -> range:
    """The months that are drawn: from the first to the last of the rows, the last DRAWN of them."""
    return span_of([number(row["mois"]) for row in rows])


def span_of(places: Sequence[int]) -> range:
    """The same from the places of months."""
    return range(max(min(places), max(places) - DRAWN + 1), max(places) + 1)


def within(rows: Iterable[Row], shown: range) -> list[Row]:
    """The rows of the months that are drawn."""
    return [row for row in rows if number(row["mois"]) in shown]


def described(
    traces: Sequence[dict[str, Any]],
    shown: range,
    *,
    annotations: Sequence[dict[str, Any]] = (),
    shapes: Sequence[dict[str, Any]] = (),
    height: int = 230,
    **layout: Any,
) -> dict[str, Any]:
    """A figure over these months in the house style: their initials under the axis, then their years."""
    return figures.described(
        traces,
        height=height,
        annotations=[*_names(shown), *annotations],
        shapes=[*_ends_of_years(shown), *shapes],
        margin={"l": 8, "r": 8, "t": 14, "b": 40},
        xaxis=axis(shown),
        **layout,
    )


def axis(shown: range) -> dict[str, Any]:
    """The axis of these months, named by `_names`."""
    return figures.axis(range=[shown[0] - 0.6, shown[-1] + 0.6], showgrid=False, showticklabels=False, ticks="")


def bars(rows: Sequence[Row], shown: range, top: float, scale: float) -> list[dict[str, Any]]:
    """The energy of complete months, divided by `scale`; an incomplete one is a hatched column up to the top."""
    drawn = {number(row["mois"]): _drawn(row) for row in rows}
    heights = {number(row["mois"]): row["energie_kwh"] / scale for row in rows if _drawn(row)}
    plain = {"color": figures.BLUE}
    hatched = {"color": "#ffffff", "pattern": INCOMPLETE, "line": {"color": HATCH, "width": 1}}
    return [
        _bar(shown, [heights.get(place) for place in shown], plain, "mois complets"),
        _bar(shown, [top if drawn.get(place) is False else None for place in shown], hatched, "mois incomplets"),
    ]


def labels(rows: Sequence[Row], top: float) -> list[dict[str, Any]]:
    """The completeness of the months that are hatched, written upwards in their column; a dash without energy."""
    return [
        figures.note(
            french.ABSENT if complete(row) else f"{french.number(int(100 * row['completude']))}{french.SPACE}%",
            x=number(row["mois"]),
            y=top / 2,
            textangle=-90,
            font={"size": 11, "color": figures.INK},
        )
        for row in rows
        if not _drawn(row)
    ]


def kept(rows: Sequence[Row], scale: float) -> list[dict[str, Any]]:
    """A stroke across the column of an incomplete month, at the energy that was kept: it is no total."""
    look = {"type": "line", "line": {"color": figures.BLUE, "width": 2}}
    return [
        {"x0": place - 0.37, "x1": place + 0.37, "y0": height, "y1": height, **look}
        for row in rows
        if not complete(row) and row["energie_kwh"] is not None
        for place, height in [(number(row["mois"]), row["energie_kwh"] / scale)]
    ]


def gaps(rows: Sequence[Row], shown: range, top: float) -> list[dict[str, Any]]:
    """A dotted frame in place of each month without any reading."""
    present = {number(row["mois"]) for row in rows}
    edge = {"color": figures.FAINT, "width": 1, "dash": "dot"}
    return [
        {"type": "rect", "x0": place - 0.35, "x1": place + 0.35, "y0": 0, "y1": top, "line": edge, "layer": "below"}
        for place in shown
        if place not in present
    ]


def line(
    rows: Sequence[Row], shown: range, column: str, colour: str, *, scale: float = 1.0, symbols: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """A value month by month. An incomplete month has a hollow mark, off the line: what it lacks may bend its value."""
    known = {number(row["mois"]): row for row in rows if row[column] is not None}
    joined = {place for place, row in known.items() if complete(row)}
    values = [known[place][column] * scale if place in joined else None for place in shown]
    marks = [row for place, row in sorted(known.items()) if place in shown]
    shapes = list(symbols) or ["circle" if complete(row) else "circle-open" for row in marks]
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": list(shown),
            "y": values,
            "line": {"color": colour, "width": 2},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": [number(row["mois"]) for row in marks],
            "y": [row[column] * scale for row in marks],
            "marker": {"color": colour, "size": 8, "symbol": shapes, "line": {"color": colour, "width": 2}},
            "hoverinfo": "skip",
        },
    ]


def _drawn(row: Mapping[str, Any]) -> bool:
    """Whether the energy of a month may be drawn as its value."""
    return complete(row) and row["energie_kwh"] is not None


def _bar(shown: range, heights: Sequence[float | None], marker: dict[str, Any], said: str) -> dict[str, Any]:
    """Every month has its place, drawn or not: the nearest two places say how wide a bar is."""
    return {"type": "bar", "name": said, "x": list(shown), "y": list(heights), "marker": marker, "hoverinfo": "skip"}


def _names(shown: range) -> list[dict[str, Any]]:
    below = {"yref": "paper", "y": 0, "yanchor": "top"}
    small = {"size": 10, "color": figures.MUTED}
    years = sorted({place // 12 for place in shown})
    middles = {year: [place for place in shown if place // 12 == year] for year in years}
    return [
        *(figures.note(_INITIALS[place % 12], x=place, yshift=-3, font=small, **below) for place in shown),
        *(
            figures.note(str(year), x=(places[0] + places[-1]) / 2, yshift=-18, font={"size": 12}, **below)
            for year, places in middles.items()
            if len(places) > 1 or len(years) == 1
        ),
    ]


def _ends_of_years(shown: range) -> list[dict[str, Any]]:
    look = {"line": {"color": figures.FAINT, "width": 1}, "layer": "below"}
    return [
        {"type": "line", "x0": place - 0.5, "x1": place - 0.5, "yref": "paper", "y0": 0, "y1": 1, **look}
        for place in shown[1:]
        if place % 12 == 0
    ]
