"""How the figures are made, what may be compared, where the reference marks come from, and accessibility."""

from dashboards import french
from dashboards.cells import Column, DataTable
from dashboards.data import Edition, Row
from dashboards.themes import Page

_QUOTED = "EuroCloud France"


def page(edition: Edition) -> Page:
    """The page `methode.html`."""
    return Page("methode.html", "methode.html.j2", "Méthode", "methode.html", {"references": _references(edition)})


def _references(edition: Edition) -> DataTable:
    """The reference marks drawn on the charts, with their source."""
    shown = [row for row in edition.references if row["reference"].startswith(_QUOTED)]
    return DataTable(
        "table-references",
        "Repères cités dans les graphiques",
        (Column("Repère"), Column("PUE", True), Column("Périmètre"), Column("Année", True), Column("Source")),
        tuple(_reference(row) for row in shown),
    )


def _reference(row: Row) -> tuple[str, ...]:
    year = french.ABSENT if row["annee"] is None else str(int(row["annee"]))
    return row["reference"], french.ratio(row["pue"]), row["perimetre"], year, row["url_source"]
