"""How the figures are made, what may be compared, where the reference marks come from, and accessibility."""

from typing import Any

from dashboards import french
from dashboards.cells import Column, DataTable
from dashboards.data import Edition, Row
from dashboards.themes import Page
from greencloud import tables

_QUOTED = "EuroCloud France"


def page(edition: Edition) -> Page:
    """The page `methode.html`."""
    return Page("methode.html", "methode.html.j2", "Méthode", "methode.html", _context(edition))


_LETTERS = (
    ("A", "pleine", "Deux énergies mesurées, année entière, catégorie de mesure donnée, périmètre entier"),
    (
        "B",
        "réservée",
        "Année entière, une seule réserve : catégorie ou périmètre inconnus, part répartie, énergie estimée",
    ),
    (
        "C",
        "non comparable",
        "Deux énergies d’une année entière, mais plusieurs réserves, ou une qualité inconnue",
    ),
    ("D", "non comparable", "Deux énergies, mais pas d’une année entière : autre durée, étude, relevé de puissances"),
    ("E", "non comparable", "Un PUE déclaré sans ses énergies, qu’on ne peut pas recalculer"),
)
"""The letters of `lettre_comparabilite`, in the words of its schema."""


def _context(edition: Edition) -> dict[str, Any]:
    preview = tables.table("indicateurs_annuels").field("apercu_classe_ue").description
    return {"references": _references(edition), "letters": _letters(), "preview": french.typography(preview)}


def _letters() -> DataTable:
    return DataTable(
        "table-lettres",
        "La lettre de comparabilité : elle dit si un PUE se compare, pas s’il est bon",
        (Column("Lettre"), Column("Niveau", shape="court"), Column("Ce qui est connu")),
        tuple((letter, level, french.typography(text)) for letter, level, text in _LETTERS),
    )


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
