"""Rows of two editions joined on their primary keys, in DuckDB: `ecarts_<table>` holds those that differ.

Its columns: the key, `sens` (nouvelle, retiree, modifiee), `colonnes` (those that changed), `arrondi` (they changed by
less than a rounding of floating-point numbers would).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from greencloud import tables
from greencloud.checking.sql import literal
from greencloud.differences.model import CHANGED, NEW, REMOVED
from greencloud.differences.snapshots import DifferenceError, Snapshot
from greencloud.tables import quote

SIDES = ("avant", "apres")
_ROUNDING = 1e-9  # relative; sums of the same numbers in another order differ by some 1e-16 a term


@dataclass(frozen=True)
class Joined:
    """A table that both editions have, joined; `columns`: those compared."""

    name: str
    key: Sequence[str]
    columns: Sequence[str]
    added: tuple[str, ...]
    removed: tuple[str, ...]


def load(con: duckdb.DuckDBPyConnection, before: Snapshot, after: Snapshot) -> dict[str, tuple[bool, bool]]:
    """Load the published tables of both editions as `avant.<table>` and `apres.<table>`; says which has which.

    A table that only one edition has stands empty, with the same columns, on the other side. Raises DifferenceError
    for a file that cannot be read.
    """
    found = {}
    for side in SIDES:
        con.execute(f"CREATE SCHEMA {side}")
    for name in tables.PUBLISHED:
        paths = [edition.parquet(name) for edition in (before, after)]
        there = [path.is_file() for path in paths]
        for path in paths:
            _refuse_lost(path)
        if not any(there):
            continue
        found[name] = (there[0], there[1])
        for side, path, known in zip(SIDES, paths, there, strict=True):
            source = path if known else next(path for path, known in zip(paths, there, strict=True) if known)
            try:
                con.execute(
                    f"CREATE TABLE {side}.{quote(name)} AS FROM read_parquet(?){'' if known else ' LIMIT 0'}",
                    [str(source)],
                )
            except duckdb.Error as error:
                raise DifferenceError(
                    f"Le fichier {source.parent.name}/{source.name} est illisible. Restaurez-le depuis une copie."
                ) from error
    return found


def _refuse_lost(path: Path) -> None:
    """An older edition may lack a table, but not one of its own `SHA256SUMS`; one in the making has no such list."""
    sums = path.parent / "SHA256SUMS"
    if sums.is_file() and not path.is_file() and f"  {path.name}\n" in sums.read_text("utf-8", errors="replace"):
        raise DifferenceError(f"Le fichier {path.parent.name}/{path.name} manque. Restaurez-le depuis une copie.")


def join(con: duckdb.DuckDBPyConnection, name: str) -> Joined | None:
    """Make `ecarts_<name>`; None when the primary key of today is not in both editions, so that no row has a pair."""
    old, new = (_columns(con, side, name) for side in SIDES)
    key = tables.table(name).primary_key
    if not set(key) <= old.keys() & new.keys():
        return None
    common = [column for column in new if column in old and column not in key]
    con.execute(_query(name, key, common, {column: old[column] == new[column] for column in common}))
    added = tuple(column for column in new if column not in old)
    removed = tuple(column for column in old if column not in new)
    return Joined(name, key, common, added, removed)


def complete(con: duckdb.DuckDBPyConnection, names: Iterable[str]) -> None:
    """Give each table the columns that only the other edition has, without a value, so that causes may ask for them."""
    for name in names:
        columns = [_columns(con, side, name) for side in SIDES]
        for side, own, others in zip(SIDES, columns, reversed(columns), strict=True):
            for column in others.keys() - own.keys():
                con.execute(f"ALTER TABLE {side}.{quote(name)} ADD COLUMN {quote(column)} {others[column]}")


def _columns(con: duckdb.DuckDBPyConnection, side: str, name: str) -> dict[str, str]:
    found = con.table(f"{side}.{name}")
    return {column: str(kind) for column, kind in zip(found.columns, found.types, strict=True)}


def _query(name: str, key: Sequence[str], columns: Sequence[str], alike: dict[str, bool]) -> str:
    keys = ", ".join(f"coalesce(b.{quote(column)}, a.{quote(column)}) AS {quote(column)}" for column in key)
    same = " AND ".join(f"a.{quote(column)} = b.{quote(column)}" for column in key)
    changed = ", ".join(f"CASE WHEN {_differ(column, alike[column])} THEN {literal(column)} END" for column in columns)
    numbers = {field.name for field in tables.table(name).fields if field.type == "number"}
    close = " AND ".join(_close(column, column in numbers, alike[column]) for column in columns) or "true"
    return f"""
        CREATE TABLE {quote(f"ecarts_{name}")} AS
        SELECT {keys},
            CASE WHEN a.present IS NULL THEN '{NEW}' WHEN b.present IS NULL THEN '{REMOVED}' ELSE '{CHANGED}' END
                AS sens,
            list_filter(CAST([{changed}] AS VARCHAR[]), lambda one: one IS NOT NULL) AS colonnes,
            coalesce(a.present AND b.present AND ({close}), false) AS arrondi
        FROM (SELECT *, true AS present FROM avant.{quote(name)}) AS a
        FULL JOIN (SELECT *, true AS present FROM apres.{quote(name)}) AS b ON {same}
        WHERE a.present IS NULL OR b.present IS NULL OR len(colonnes) > 0
    """


def _differ(column: str, alike: bool) -> str:
    """SQL: whether a cell changed; a column whose type changed is compared as it is printed."""
    one, other = (f"{side}.{quote(column)}" if alike else f"CAST({side}.{quote(column)} AS VARCHAR)" for side in "ab")
    return f"{one} IS DISTINCT FROM {other}"


def _close(column: str, number: bool, alike: bool) -> str:
    if not (number and alike):
        return f"NOT ({_differ(column, alike)})"
    one, other = (f"{side}.{quote(column)}" for side in "ab")
    near = f"abs({one} - {other}) <= {_ROUNDING} * greatest(abs({one}), abs({other}))"
    return f"(coalesce({near}, false) OR NOT ({_differ(column, alike)}))"
