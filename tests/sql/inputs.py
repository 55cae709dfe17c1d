"""A warehouse with the few input rows of a test, and the rows of the tables made of them."""

import datetime as dt
import itertools
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from greencloud import tables, warehouse

Row = Mapping[str, Any]

SITE_A, SITE_B, SITE_C = (f"1300252650001{digit}-01" for digit in "345")
SHA = "a" * 64
RECEIVED = dt.date(2026, 5, 14)
_PROVENANCE: Row = {
    "depot_sha256": SHA,
    "depot_recu_le": RECEIVED,
    "emetteur": "130025265",
    "synthetique": False,
}
_CENTRE: Row = {"id_centre": SITE_A, "nom_site": "Salle Nord", "code_insee": "01053"}
_DECLARATION: Row = {
    "id_centre": SITE_A,
    "annee": 2023,
    "nature_valeur": "annuelle",
    "perimetre": "dedie",
    "categorie_mesure_it": "1",
    "qualite_mesure": "mesure",
}
_READING: Row = {"id_centre": SITE_A, "poste": "total", "qualite_mesure": "mesure"}
_BASES = {"centres": _CENTRE, "declarations": _DECLARATION, "consommations": _READING}


def build(
    *,
    centres: Sequence[Row] = ({},),
    declarations: Sequence[Row] = (),
    consommations: Sequence[Row] = (),
) -> duckdb.DuckDBPyConnection:
    """An empty loaded warehouse with these current rows, each completing a plain row; the lines are numbered from 2."""
    con = warehouse.load([])
    given = {"centres": centres, "declarations": declarations, "consommations": consommations}
    for name, rows in given.items():
        for line, row in enumerate(rows, start=2):
            insert(con, name, {**_BASES[name], **_PROVENANCE, "depot_ligne": line, **row})
    return con


def insert(con: duckdb.DuckDBPyConnection, name: str, row: Row) -> None:
    """Add one row to a table; the columns it does not name are missing."""
    columns = ", ".join(tables.quote(column) for column in row)
    marks = ", ".join("?" for _ in row)
    con.execute(f"INSERT INTO {tables.quote(name)} ({columns}) VALUES ({marks})", list(row.values()))


def made(con: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, Any]]:
    """The rows of the table that the SQL file `name` makes, with those it needs made before it."""
    for step in needed(name):
        warehouse.run_step(con, step)
    found = con.table(name)
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


@cache
def needed(name: str) -> tuple[str, ...]:
    """The steps whose tables the SQL file `name` reads, directly or through others, in the order in which they run."""
    query = (Path(warehouse.__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    before = warehouse.STEPS[: warehouse.STEPS.index(name)]
    read = [step for step in before if re.search(rf"\b{step}\b", query)]
    wanted = {name, *(step for other in read for step in needed(other))}
    return tuple(step for step in warehouse.STEPS if step in wanted)


def one(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, Any]:
    """The only row of that table."""
    (row,) = made(con, name)
    return row


def months(year: int, kwh: float, **row: Any) -> list[Row]:
    """Twelve monthly readings of the same energy."""
    starts = [dt.date(year, month, 1) for month in range(1, 13)] + [dt.date(year + 1, 1, 1)]
    return [
        {"date_debut": start, "date_fin": following - dt.timedelta(days=1), "energie_kwh": kwh, **row}
        for start, following in itertools.pairwise(starts)
    ]
