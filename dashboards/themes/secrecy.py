"""How many totals are hidden and how many rows of sites are withheld, and why."""

from collections.abc import Sequence
from typing import Any

from dashboards import french
from dashboards.cells import DIFFUSIONS, Cell, DataTable, Head, Part, cell, published_table, sentence
from dashboards.data import Edition, Row
from dashboards.themes import NATURES, Nature, Page
from greencloud import tables

SECRECY = "secret_statistique"


def page(edition: Edition) -> Page:
    """The page `secret.html`."""
    return Page(
        "secret.html",
        "secret.html.j2",
        "Ce qui est masqué, et pourquoi",
        "methode.html",
        {"parts": [_part(edition, nature) for nature in NATURES]},
    )


def _part(edition: Edition, nature: Nature) -> dict[str, Any]:
    rows = edition.rows(SECRECY, synthetic=nature.synthetic)
    rows.sort(key=lambda row: (tables.PUBLISHED.index(row["nom_table"]), list(DIFFUSIONS).index(row["motif"])))
    return {
        "nature": nature,
        "table": _table(rows, nature) if rows else None,
        "summary": summary(edition, nature),
    }


def _table(rows: Sequence[Row], nature: Nature) -> DataTable:
    heads = (
        Head("Table", "nom_table", lambda name: french.typography(tables.table(name).title)),
        Head("Ce qu’il en est", "motif", lambda code: DIFFUSIONS.get(code, code)),
        Head("Lignes", "nb_lignes"),
    )
    caption = f"Lignes montrées, masquées ou retirées, par table et par motif, données {nature.adjective}"
    return published_table(f"table-secret-{nature.anchor}", caption, SECRECY, rows, heads)


def summary(edition: Edition, nature: Nature) -> list[tuple[Part, ...]]:
    """What was hidden of the yearly totals and withheld of the sites, in a sentence or two; none if nothing was."""
    rows = edition.rows(SECRECY, synthetic=nature.synthetic)
    totals = _counts(rows, "agregats_annuels")
    sites = _counts(rows, "indicateurs_annuels")
    said = []
    if "secret_primaire" in totals:
        said.append(_sentence(totals, _TOTALS))
    if {"site_agrege", "site_exempte"} & set(sites):
        said.append(_sentence(sites, _SITES))
    return said


_TOTALS = (
    ("diffuse", "Totaux annuels publiés : {n}"),
    ("secret_primaire", " ; masqués faute de sites, ou pour un site trop lourd : {n}"),
    ("secret_complementaire", " ; masqués pour qu’un autre ne se retrouve pas par soustraction : {n}"),
    ("aucune_donnee", " ; sans aucune donnée : {n}"),
)
_SITES = (
    ("site_agrege", "Lignes retirées (un site, une année) de sites qui ne comptent que dans les totaux : {n}"),
    ("site_exempte", " ; de sites exemptés de publication : {n}"),
)


def _counts(rows: Sequence[Row], table: str) -> dict[str, Cell]:
    return {row["motif"]: cell(row, SECRECY, "nb_lignes") for row in rows if row["nom_table"] == table}


def _sentence(counts: dict[str, Cell], models: Sequence[tuple[str, str]]) -> tuple[Part, ...]:
    parts: list[Part] = []
    for code, model in models:
        if code in counts:
            text = model if parts else model.lstrip(" ;").strip()
            parts += sentence(text[:1].upper() + text[1:] if not parts else text, n=counts[code])
    return (*parts, ".")
