"""The files of the edition: the list of downloads, the dictionary, and a page for each published table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboards import french
from dashboards.cells import Cell, Column, DataTable, Part, cell, secret
from dashboards.data import Edition, records
from dashboards.themes import NATURES, Nature, Page
from greencloud import tables

PREVIEW = 20  # rows shown of each table
_LONG = 45  # characters from which a text wraps

_TYPES = {
    "string": "texte",
    "number": "nombre",
    "integer": "nombre entier",
    "boolean": "vrai ou faux",
    "date": "date",
    "datetime": "date et heure",
    "time": "heure",
    "year": "année",
}
# Some are written after the pages: they are linked to, not read.
_COMPANIONS = (
    ("LISEZMOI.md", "Présentation de l’édition"),
    ("dictionnaire.md", "Dictionnaire des données"),
    ("regles.md", "Règles de contrôle et sens de chaque code"),
    ("datapackage.json", "Description de l’édition pour les logiciels (Data Package)"),
    ("edition.json", "De quoi l’édition est faite : dépôts, schémas, programmes"),
    ("SHA256SUMS", "Empreintes SHA-256 de tous les fichiers"),
)


@dataclass(frozen=True)
class Download:
    """A file one can download: its name in the edition folder, what it is, its size."""

    name: str
    title: str
    size: str


def page(edition: Edition) -> Page:
    """The page `donnees.html`."""
    return Page(
        "donnees.html",
        "donnees.html.j2",
        "Données et dictionnaire",
        "donnees.html",
        {"listed": [_listed(edition, name) for name in tables.PUBLISHED], "companions": _COMPANIONS},
    )


def table_pages(edition: Edition) -> list[Page]:
    """The pages `tables/<nom>.html`, one per published table."""
    return [_table_page(edition, tables.table(name)) for name in tables.PUBLISHED]


def _listed(edition: Edition, name: str) -> dict[str, Any]:
    table = tables.table(name)
    return {
        "table": table,
        "rows": french.count(len(edition.frames[name]), "ligne"),
        "downloads": _downloads(edition, name),
        "dictionary": dictionary(table),
    }


def _downloads(edition: Edition, name: str) -> list[Download]:
    paths = [(edition.folder / f"{name}.{suffix}", title) for suffix, title in (("csv", "CSV"), ("parquet", "Parquet"))]
    return [Download(path.name, title, french.octets(path.stat().st_size)) for path, title in paths if path.is_file()]


def _table_page(edition: Edition, table: tables.Table) -> Page:
    return Page(
        f"tables/{table.name}.html",
        "table.html.j2",
        table.title,
        "donnees.html",
        {
            "table": table,
            "rows": french.count(len(edition.frames[table.name]), "ligne"),
            "files": _downloads(edition, table.name),
            "dictionary": dictionary(table),
            "previews": [(nature, preview(edition, table, nature)) for nature in NATURES],
        },
    )


def dictionary(table: tables.Table) -> DataTable:
    """The columns of a table: name, title, type, what it means."""
    return DataTable(
        f"dictionnaire-{table.name}",
        f"Colonnes de la table {table.name}",
        (Column("Colonne"), Column("Intitulé"), Column("Type"), Column("Description")),
        tuple(
            (field.name, french.typography(field.title), _TYPES[field.type], french.typography(field.description))
            for field in table.fields
        ),
    )


def preview(edition: Edition, table: tables.Table, nature: Nature) -> DataTable:
    """The first rows of one nature, all columns, a missing value as a dash and a masked one saying so.

    Real and synthetic rows are one file: shown apart, no real one stands under the words that a fabricated one needs.
    """
    frame = edition.frames[table.name]
    rows = [
        tuple(_shown(row, table, field) for field in table.fields)
        for row in records(frame[frame["synthetique"] == nature.synthetic].head(PREVIEW))
    ]
    return DataTable(
        f"apercu-{table.name}-{nature.anchor}",
        f"Premières lignes de la table {table.name}, données {nature.adjective}",
        tuple(_column(field, [_text(row[place]) for row in rows]) for place, field in enumerate(table.fields)),
        tuple(rows),
    )


def _column(field: tables.Field, texts: Sequence[str]) -> Column:
    if field.name.endswith("sha256"):
        return Column(field.name, shape="empreinte")
    longest = max(map(len, texts), default=0)
    return Column(field.name, field.type in ("number", "integer", "year"), "long" if longest > _LONG else "court")


def _text(part: Part) -> str:
    return part.text if isinstance(part, Cell) else part


def _shown(row: dict[str, Any], table: tables.Table, field: tables.Field) -> Part:
    value = row[field.name]
    if value is None:
        return french.SECRET if secret(row, table.name, field.name) else french.ABSENT
    if field.name == "commentaire":
        return cell(row, table.name, field.name)
    if field.type == "boolean":
        return "oui" if value else "non"
    counted = field.type in ("number", "integer") and not field.name.startswith("annee")
    return french.plain(value) if counted else str(value)
