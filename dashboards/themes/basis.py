"""How many sites a chart rests on, and what share of those expected they are, in the year that it names."""

from collections.abc import Sequence
from typing import Any

from dashboards.cells import cell
from dashboards.data import Edition, Row

AGGREGATES = "agregats_annuels"


def basis(row: Row | None, count: str = "nb_sites_pue") -> dict[str, Any]:
    """The `count`, `coverage` and `year` of a chart, from the row of totals that it rests on; none without a row."""
    if row is None:
        return {}
    return {
        "count": cell(row, AGGREGATES, count),
        "coverage": cell(row, AGGREGATES, "couverture_sites"),
        "year": cell(row, AGGREGATES, "annee"),
    }


def whole(edition: Edition, synthetic: bool, year: Any) -> Row | None:
    """The total of all the sites of a year, None when it has no row."""
    return next(iter(edition.groups("ensemble", synthetic=synthetic, year=year)), None)


def latest(rows: Sequence[Row], column: str = "pue") -> Row | None:
    """The last year of the rows that has a value, None when none has."""
    return max((row for row in rows if row[column] is not None), key=lambda row: int(row["annee"]), default=None)
