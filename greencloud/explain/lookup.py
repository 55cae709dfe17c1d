"""The published row that is to be explained, or a sentence that says what exists instead."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from greencloud import tables
from greencloud.differences import Snapshot
from greencloud.explain.model import ExplainError
from greencloud.tables import quote

_NEAR = 3
Row = Mapping[str, Any]


@cache
def database() -> duckdb.DuckDBPyConnection:
    """One empty database for every question: opening it costs more than most of them."""
    return duckdb.connect()


def rows(
    edition: Snapshot, table: str, condition: str = "true", values: Sequence[Any] = (), columns: Iterable[str] = ()
) -> list[Row]:
    """Rows of a published table, in the order of its key, whole or in some columns.

    Raises ExplainError for a file that cannot be read.
    """
    order = ", ".join(quote(name) for name in tables.table(table).primary_key)
    try:
        found = database().execute(
            f"SELECT {', '.join(map(quote, columns)) or '*'} FROM read_parquet(?) WHERE {condition} ORDER BY {order}",
            [str(edition.parquet(table)), *values],
        )
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    except duckdb.Error as error:
        raise ExplainError(
            f"Le fichier {table}.parquet de l'édition {edition.identifier} est absent ou illisible. "
            "Restaurez-le, ou donnez une autre édition."
        ) from error


def site_year(edition: Snapshot, id_centre: str, year: int) -> Row | None:
    """The row of a site and a year in `indicateurs_annuels`, None when the edition has none."""
    found = rows(edition, "indicateurs_annuels", "id_centre = ? AND annee = ?", [id_centre, year])
    return found[0] if found else None


def refuse_absent(edition: Snapshot, id_centre: str, year: int) -> ExplainError:
    """Why there is no row: the site, or the year, is not published. A protected site is told like an unknown one."""
    published = rows(edition, "indicateurs_annuels", columns=("id_centre", "annee"))
    years = [row["annee"] for row in published if row["id_centre"] == id_centre]
    if years:
        return ExplainError(
            f"L'édition {edition.identifier} n'a pas de ligne pour {id_centre} en {year}. "
            f"Années publiées : {', '.join(map(str, years))}."
        )
    known = sorted({row["id_centre"] for row in published})
    return ExplainError(
        f"L'édition {edition.identifier} ne publie aucune ligne au nom du centre « {id_centre} ». Vérifiez "
        f"l'identifiant dans indicateurs_annuels.csv.{near(id_centre, known)}"
    )


def refuse_unknown_columns(table: str, columns: Sequence[str]) -> None:
    """Raise ExplainError for a column that the table does not have, with those it resembles."""
    known = tables.table(table).column_names
    for column in columns:
        if column not in known:
            raise ExplainError(
                f"La table {table} n'a pas de colonne « {column} ». Le dictionnaire de l'édition (dictionnaire.md) les "
                f"donne toutes.{near(column, known)}"
            )


def total(edition: Snapshot, table: str, key: Row) -> Row:
    """A row of totals by its whole key. Raises ExplainError with the values that exist for the first wrong part."""
    condition = " AND ".join(f"{quote(name)} = ?" for name in key)
    if found := rows(edition, table, condition, [*key.values()]):
        return found[0]
    raise _refuse_total(edition, rows(edition, table), key)


def _refuse_total(edition: Snapshot, found: Sequence[Row], key: Row) -> ExplainError:
    kept = found
    for name, value in key.items():
        found, kept = kept, [row for row in kept if row[name] == value]
        if not kept:
            break
    if name == "synthetique" and found:
        wanted, fix = ("synthétiques", "Retirez") if value else ("réelles", "Ajoutez")
        return ExplainError(
            f"L'édition {edition.identifier} n'a pas de données {wanted} pour {key['annee']}. {fix} --synthetiques."
        )
    known = sorted({str(row[name]) for row in found})
    return ExplainError(
        f"L'édition {edition.identifier} n'a pas de ligne où {name} est « {value} ». "
        f"Valeurs possibles ici : {', '.join(known) or 'aucune'}."
    )


def near(given: str, known: Sequence[str]) -> str:
    """The known names that resemble what was given, as the end of a message."""
    close = difflib.get_close_matches(given, list(known), _NEAR, 0.5)
    return f" Les plus proches : {', '.join(close)}." if close else ""


def reference(name: str) -> Path:
    """A reference table of this program."""
    return tables.reference_dir() / f"{name}.csv"
