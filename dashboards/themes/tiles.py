"""The tiles of the maps: classes of PUE, their colours, and the square of a place."""

from typing import Any

from dashboards import figures

# Upper bounds (excluded), fill and text of the classes: one hue, from light to dark, text at 4.5:1 or more.
CLASSES: tuple[tuple[float, str, str, str], ...] = (
    (1.3, "moins de 1,30", "#deebf7", figures.INK),
    (1.4, "de 1,30 à 1,39", "#b3d1ea", figures.INK),
    (1.6, "de 1,40 à 1,59", "#7fb2da", figures.INK),
    (2.0, "de 1,60 à 1,99", "#2b74b3", "#ffffff"),
    (float("inf"), "2,00 et plus", "#0b3c6b", "#ffffff"),
)


def colours(pue: float | None) -> tuple[str, str]:
    """Fill and text colour of a tile; white when there is nothing to show."""
    if pue is None:
        return "#ffffff", figures.MUTED
    # Rounded as it is written, so that a tile never seems to be in the wrong class.
    return next((fill, text) for bound, _, fill, text in CLASSES if round(pue, 2) < bound)


def square(x: int, y: int, pue: float | None) -> dict[str, Any]:
    """The tile at a column and a line."""
    known = pue is not None
    return {
        "type": "rect",
        "x0": x - 0.47,
        "x1": x + 0.47,
        "y0": y - 0.47,
        "y1": y + 0.47,
        "fillcolor": colours(pue)[0],
        "line": {
            "color": figures.MUTED if known else figures.FAINT,
            "width": 1,
            "dash": "solid" if known else "dot",
        },
        "layer": "below",
    }
