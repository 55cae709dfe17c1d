"""Plausible rows, the few cells that a test changes in them, and what the rules say of them."""

from collections.abc import Iterable, Mapping, Sequence

import duckdb

from greencloud import rules, tables
from greencloud.rules.context import COLUMNS

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


CONTEXTS: Mapping[str, Cells] = {
    "centres": {"commune_connue": True},
    "declarations": {
        "depot_recu_le": "2026-11-22",
        "usage_principal": "bureautique",
        "nom_site": "Salle A",
        "siret": "99988877900017",
        "puissance_au_registre": True,
        "energie_totale_kwh_prec": 322400,
        "energie_it_kwh_prec": 176300,
        "annee_complete_prec": True,
        "energie_totale_kwh_repere": 322400,
        "energie_it_kwh_repere": 176300,
        "puissance_du_siret_kw": 40,
    },
}
"""What the base rows see beyond themselves: last year they had a PUE of 1.829."""


def load(
    rows: Iterable[Cells],
    *,
    table: str = "declarations",
    relation: str = "lignes",
    row_column: str = "ligne",
    context: bool = False,
) -> duckdb.DuckDBPyConnection:
    """A typed relation of base rows with these cells changed, numbered from 0 in `row_column`.

    `context`: with the columns that the rules of the warehouse see.
    """
    con = duckdb.connect()
    seen = {name: kind for columns in COLUMNS.get(table, {}).values() for name, kind in columns.items()}
    columns = {**tables.table(table).duckdb_columns(), **(seen if context else {}), row_column: "BIGINT"}
    definition = ", ".join(f"{tables.quote(name)} {kind}" for name, kind in columns.items())
    con.execute(f"CREATE TABLE {tables.quote(relation)} ({definition})")
    base = {**BASES[table], **(CONTEXTS.get(table, {}) if context else {})}
    cells = [{**base, **row, row_column: number} for number, row in enumerate(rows)]
    lists = ", ".join(f"unnest(?::{kind}[])" for kind in columns.values())
    con.execute(
        f"INSERT INTO {tables.quote(relation)} SELECT {lists}",
        [[row.get(name) for row in cells] for name in columns],
    )
    return con


def judge(rows: Sequence[Cells], table: str = "declarations", *, across: bool = False) -> list[list[rules.Hit]]:
    """The hits of every rule of the check, or of the warehouse (`across`), row by row."""
    found: list[list[rules.Hit]] = [[] for _ in rows]
    tried = rules.across(table) if across else rules.for_table(table)
    for hit in rules.evaluate(load(rows, table=table, context=across), "lignes", "ligne", tried):
        found[hit.row].append(hit)
    return found


def all_codes(rows: Sequence[Cells], table: str = "declarations", *, infos: bool = False) -> list[list[str]]:
    """The codes that each changed row raises, infos only when asked for."""
    return [[hit.code for hit in hits if infos or hit.niveau != "info"] for hits in judge(rows, table)]
