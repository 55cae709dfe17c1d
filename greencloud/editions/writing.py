"""The tables of an edition as CSV and Parquet files, in the types of their schemas."""

from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from greencloud.editions.errors import EditionError, listed
from greencloud.tables import Field, Table, quote

# Integers of any width fit, or stop the cast with an error; HUGEINT is what sums of integers give.
_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"})
_ALIKE = {"BIGINT": _INTEGERS, "INTEGER": _INTEGERS}


def write_tables(con: duckdb.DuckDBPyConnection, folder: Path, published: Sequence[Table]) -> None:
    for table in published:
        con.sql(select(table, typed)).write_parquet(str(folder / f"{table.name}.parquet"), compression="zstd")
        con.sql(select(table, _printed)).write_csv(str(folder / f"{table.name}.csv"), sep=",", na_rep="", header=True)


def select(table: Table, column: Callable[[Field], str]) -> str:
    columns = ", ".join(f"{column(field)} AS {quote(field.name)}" for field in table.fields)
    key = ", ".join(f"{quote(table.name)}.{quote(name)}" for name in table.primary_key)
    return f"SELECT {columns} FROM {quote(table.name)} ORDER BY {key}"


def typed(field: Field) -> str:
    return f"CAST({quote(field.name)} AS {field.duckdb_type})"


def _printed(field: Field) -> str:
    """Numbers in the shortest form that reads back as the same number: `438000`, not `438000.0`."""
    return rf"regexp_replace(CAST({typed(field)} AS VARCHAR), '\.0$', '')" if field.type == "number" else typed(field)


def refuse_other_columns(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """A type that only a loss could turn into the schema's type is refused: casting would round in silence."""
    found = dict(
        con.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = ?", [table.name]
        ).fetchall()
    )
    wrong = [
        f"{name} ({found.get(name, 'absente')} au lieu de {expected})"
        for name, expected in table.duckdb_columns().items()
        if found.get(name) != expected and found.get(name) not in _ALIKE.get(expected, ())
    ]
    wrong += [f"{name} (inconnue du schéma)" for name in found if name not in table.column_names]
    if wrong:
        raise EditionError(f"La table {table.name} n'a pas les colonnes de son schéma : {listed(wrong)}.")


def refuse_infinite(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    numbers = [field.name for field in table.fields if field.type == "number"]
    wrong = [name for name in numbers if count(con, f"{quote(table.name)} WHERE NOT isfinite({quote(name)})", [])]
    if wrong:
        raise EditionError(
            f"La table {table.name} contient des nombres infinis ou indéfinis : {listed(wrong)}. "
            "Corrigez le calcul : une valeur qui manque reste vide."
        )


def count(con: duckdb.DuckDBPyConnection, source: str, values: Sequence[object] = ()) -> int:
    """The number of rows of an SQL source."""
    return int(con.execute(f"SELECT count(*) FROM {source}", list(values)).fetchall()[0][0])
