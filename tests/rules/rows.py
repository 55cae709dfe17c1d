"""Plausible rows, the few cells that a test changes in them, and what the rules say of them."""

from collections.abc import Iterable, Mapping, Sequence

import duckdb

from greencloud import rules, tables

Cells = Mapping[str, object]

BASES: Mapping[str, Cells] = {
    "centres": {"id_centre": "99988877900017-01", "nom_site": "Salle A", "code_insee": "35238"},
    "declarations": {
        "id_centre": "99988877900017-01",
        "annee": 2025,
        "date_debut": "2025-01-01",
        "date_fin": "2025-12-31",
        "energie_totale_kwh": 314870,
        "energie_it_kwh": 175120,
        "puissance_it_installee_kw": 40,
        "categorie_mesure_it": "1",
        "type_refroidissement": "detente_directe",
        "eau_totale_m3": 0,
        "surface_salle_it_m2": 60,
        "surface_totale_m2": 80,
    },
}
"""One fictitious row a table that raises nothing: PUE 1.798, load factor 50 %."""


def load(
    rows: Iterable[Cells], *, table: str = "declarations", relation: str = "lignes", row_column: str = "ligne"
) -> duckdb.DuckDBPyConnection:
    """A typed relation of base rows with these cells changed, numbered from 0 in `row_column`."""
    con = duckdb.connect()
    columns = {**tables.table(table).duckdb_columns(), row_column: "BIGINT"}
    definition = ", ".join(f"{tables.quote(name)} {kind}" for name, kind in columns.items())
    con.execute(f"CREATE TABLE {tables.quote(relation)} ({definition})")
    cells = [{**BASES[table], **row, row_column: number} for number, row in enumerate(rows)]
    lists = ", ".join(f"unnest(?::{kind}[])" for kind in columns.values())
    con.execute(
        f"INSERT INTO {tables.quote(relation)} SELECT {lists}",
        [[row.get(name) for row in cells] for name in columns],
    )
    return con


def judge(rows: Sequence[Cells], table: str = "declarations") -> list[list[rules.Hit]]:
    """The hits of every rule of the table, row by row."""
    found: list[list[rules.Hit]] = [[] for _ in rows]
    for hit in rules.evaluate(load(rows, table=table), "lignes", "ligne", rules.for_table(table)):
        found[hit.row].append(hit)
    return found


def all_codes(rows: Sequence[Cells], table: str = "declarations", *, infos: bool = False) -> list[list[str]]:
    """The codes that each changed row raises, infos only when asked for."""
    return [[hit.code for hit in hits if infos or hit.niveau != "info"] for hits in judge(rows, table)]
