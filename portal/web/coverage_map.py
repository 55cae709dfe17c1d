"""The map of a campaign: one tile a region, the darker the more of its sites have declared. Drawn as plain SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards import french
from dashboards.regions import SHORT
from portal.coverage import Region

SIDE = 100
_INK, _PAPER = "#17212b", "#ffffff"
# Upper bounds (included), words, fill, text: one hue from light to dark, text at 4.5:1 or more.
CLASSES: tuple[tuple[float, str, str, str], ...] = (
    (0.0, "aucun site", "#ffffff", _INK),
    (0.5, "la moitié des sites au plus", "#deebf7", _INK),
    (0.8, "plus de la moitié", "#7fb2da", _INK),
    (0.999999, "plus de 80 %", "#2b74b3", _PAPER),
    (1.0, "tous les sites attendus", "#0b3c6b", _PAPER),
)


@dataclass(frozen=True)
class Square:
    """A tile: its place, its name, what is written in it, its colours; `dashed` when no site is expected there."""

    x: int
    y: int
    name: str
    value: str
    fill: str
    ink: str
    dashed: bool


@dataclass(frozen=True)
class Drawing:
    """The tiles, the size of the drawing, what it says to who does not see it, and its key."""

    squares: tuple[Square, ...]
    width: int
    height: int
    alternative: str
    key: tuple[tuple[str, str], ...]


def drawing(regions: Sequence[Region]) -> Drawing:
    """The map of the regions that have a place on it."""
    placed = [(region, region.tile) for region in regions if region.tile is not None]
    squares = tuple(_square(region, SHORT.get(tile.code, tile.code), tile.column, tile.line) for region, tile in placed)
    expected = [region for region, _ in placed if region.expected]
    whole = sum(1 for region in expected if region.declared == region.expected)
    return Drawing(
        squares=squares,
        width=SIDE * max(tile.column for _, tile in placed),
        height=SIDE * max(tile.line for _, tile in placed),
        alternative=(
            f"Carte en tuiles des {len(placed)} régions. Sites attendus dans {len(expected)} d’entre elles, "
            f"tous déclarés dans {whole}. Les nombres sont dans le tableau qui suit."
        ),
        key=tuple((words, fill) for _, words, fill, _ in CLASSES),
    )


def _square(region: Region, name: str, column: int, line: int) -> Square:
    share = region.share
    fill, ink = next((fill, ink) for bound, _, fill, ink in CLASSES if (share or 0.0) <= bound)
    value = french.ABSENT if share is None else f"{region.declared}/{region.expected}"
    return Square(SIDE * (column - 1), SIDE * (line - 1), name, value, fill, ink, share is None)
