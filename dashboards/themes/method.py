"""How the figures are made, what may be compared, where the reference marks come from, and accessibility."""

import re
from typing import Any

from dashboards import french
from dashboards.cells import Column, DataTable
from dashboards.data import Edition, Row
from dashboards.themes import Page
from dashboards.themes.basis import AGGREGATES, SITES
from dashboards.themes.references import references
from dashboards.themes.sites import LEVELS
from greencloud import tables

# The columns whose definition the page gives, in the words of their schema.
DEFINED = (
    *((SITES, name) for name in ("pue_calcule", "inclus_dans_agregats", "categorie_mesure_it", "classe_taille")),
    *((AGGREGATES, name) for name in ("pue", "pue_mediane", "couverture_sites", "couverture_puissance")),
    *((SITES, name) for name in ("groupe_pairs", "groupe_quartiles", "facteur_charge")),
    *((SITES, name) for name in ("wue_l_par_kwh", "erf", "ref", "emissions_tco2e", "cue_kgco2e_par_kwh")),
)
_LETTER = re.compile(r"([A-E]) = (.+?)(?= ; [A-E] = |\. Vide)")
_LEVEL = re.compile(r" \((?:niveau )?« (\w+) »\)")


def page(edition: Edition) -> Page:
    """The page `methode.html`."""
    return Page("methode.html", "methode.html.j2", "Méthode", "methode.html", _context(edition))


def _context(edition: Edition) -> dict[str, Any]:
    preview = tables.table(SITES).field("apercu_classe_ue").description
    return {
        "references": _references(edition),
        "letters": _letters(),
        "definitions": _definitions(),
        "preview": french.typography(preview),
    }


def _definitions() -> list[tuple[str, str, str]]:
    """Title, name and definition of each column."""
    fields = [tables.table(name).field(column) for name, column in DEFINED]
    return [(french.typography(field.title), field.name, french.typography(field.description)) for field in fields]


def _letters() -> DataTable:
    """The letters of `lettre_comparabilite` and what each means, read in its schema."""
    found = _LETTER.findall(tables.table(SITES).field("lettre_comparabilite").description)
    return DataTable(
        "table-lettres",
        "La lettre de comparabilité : elle dit si un PUE se compare, pas s’il est bon",
        (Column("Lettre"), Column("Comparabilité", shape="court"), Column("Ce qui est connu")),
        tuple((letter, _level(text), french.typography(_LEVEL.sub("", text))) for letter, text in found),
    )


def _level(text: str) -> str:
    """The level that a letter stands for; those that name none do not compare."""
    named = _LEVEL.search(text)
    return LEVELS[named.group(1) if named else "non_comparable"]


def _references(edition: Edition) -> DataTable:
    """The reference marks drawn on the charts, with their source."""
    return DataTable(
        "table-references",
        "Repères cités dans les graphiques",
        (Column("Repère"), Column("PUE", True), Column("Périmètre"), Column("Année", True), Column("Source")),
        tuple(_reference(row) for row in references(edition)),
        linked=True,
    )


def _reference(row: Row) -> tuple[str, ...]:
    year = french.ABSENT if row["annee"] is None else str(int(row["annee"]))
    return row["reference"], french.ratio(row["pue"]), french.typography(row["perimetre"]), year, row["url_source"]
