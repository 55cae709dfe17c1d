"""How many sites a chart rests on, and what share of those expected they are, in the year that it names."""

from collections.abc import Sequence
from typing import Any

from dashboards import french
from dashboards.cells import Cell, Head, cell
from dashboards.data import Edition, Row

AGGREGATES = "agregats_annuels"
SITES = "indicateurs_annuels"
# The same words on every page: each number of sites says what it counts.
COMPARED = "comptés dans les sommes à leur nom et dont le PUE se compare"
SUMMED = Head("Comptés dans les sommes", "nb_sites_pue")


def basis(row: Row | None, count: str = "nb_sites_pue") -> dict[str, Any]:
    """The `count`, `coverage` and `year` of a chart, from the row of totals that it rests on; none without a row."""
    if row is None:
        return {}
    return {
        "count": cell(row, AGGREGATES, count),
        "coverage": cell(row, AGGREGATES, "couverture_sites"),
        "year": cell(row, AGGREGATES, "annee"),
    }


def declarants(total: Row) -> Cell:
    """How many sites declared."""
    return cell(total, AGGREGATES, "nb_sites_declarants", lambda sites: french.count(sites, "site"))


def declared(total: Row) -> str:
    """The verb of that number of sites."""
    return "ont déclaré" if total["nb_sites_declarants"] > 1 else "a déclaré"


def among(row: Row | None, count: str, source: str = AGGREGATES) -> dict[str, Any]:
    """The same for a value that only some sites give: their share of those expected, which is not the coverage."""
    if row is None:
        return {}
    return {
        "count": cell(row, source, count),
        "beside": share(row[count], row["nb_sites_attendus"]),
        "year": cell(row, source, "annee"),
    }


def share(sites: int | None, expected: int | None) -> tuple[str, ...]:
    """What share of the sites expected some are, in words; nothing when either is unknown."""
    return (f"soit {french.percent(sites / expected)} des sites attendus",) if sites and expected else ()


def whole(edition: Edition, synthetic: bool, year: Any) -> Row | None:
    """The total of all the sites of a year, None when it has no row."""
    return next(iter(edition.groups("ensemble", synthetic=synthetic, year=year)), None)


def latest(rows: Sequence[Row], column: str = "pue") -> Row | None:
    """The last year of the rows that has a value, None when none has."""
    return max((row for row in rows if row[column] is not None), key=lambda row: int(row["annee"]), default=None)
