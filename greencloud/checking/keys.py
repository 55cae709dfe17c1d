"""Keys: the rows that repeat a primary key or a unique value, and those that refer to no row of their own table.

DuckDB keeps a number for each key, the same for equal values. Only rows whose number comes twice are looked at again,
by value and in their order: two values may by chance share a number, so that no finding rests on it.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from greencloud.checking.layout import Column, Layout
from greencloud.checking.sql import ROW, ours

if TYPE_CHECKING:
    import duckdb

Kind = Literal["unique-error", "primary-key", "foreign-key", "target"]
_NUMERIC = ("number", "integer", "year")
_TEXTUAL = ("string", "date", "time", "boolean", "yearmonth", "any")


@dataclass(frozen=True)
class Key:
    """Columns that together make a key. A `target` is what the foreign key before it refers to.

    `whole`: it counts only when all its columns are filled; else when one of them is.
    """

    number: int
    kind: Kind
    columns: tuple[Column, ...]
    whole: bool

    @property
    def relation(self) -> str:
        """The table of its numbers."""
        return ours(f"cles {self.number}")

    @property
    def column(self) -> str:
        """The column of its number, among those of a row."""
        return ours(f"cle {self.number}")

    @property
    def names(self) -> list[str]:
        return [column.field.name for column in self.columns]

    @property
    def hashed(self) -> str:
        """SQL: its number for a row of texts, NULL when the key does not count."""
        if not self.columns:
            return "NULL::UBIGINT"
        unfilled = (" OR " if self.whole else " AND ").join(f"{column.canonical} IS NULL" for column in self.columns)
        return f"CASE WHEN NOT ({unfilled}) THEN hash({', '.join(_comparable(column) for column in self.columns)}) END"


def of(layout: Layout) -> tuple[Key, ...]:
    """The keys that the table asks for and whose columns the file has."""
    table, whole = layout.table, not layout.strict
    keys: list[Key] = []

    def add(kind: Kind, names: Sequence[str]) -> bool:
        columns = layout.chosen(names)
        if there := len(columns) == len(names):
            keys.append(Key(len(keys), kind, columns, whole))
        return there

    for field in table.fields:
        if field.unique:
            add("unique-error", (field.name,))
    if table.primary_key:
        add("primary-key", table.primary_key)
    for key in table.foreign_keys:
        own = key.resource in ("", table.name)
        if own and add("foreign-key", key.columns) and not add("target", key.targets):
            keys.append(Key(len(keys), "target", (), whole))
    return tuple(keys)


def create(connection: "duckdb.DuckDBPyConnection", keys: Sequence[Key]) -> None:
    """The tables of the numbers of the keys, without a row."""
    for key in keys:
        connection.execute(f"CREATE TABLE {key.relation} ({ROW} BIGINT, numero UBIGINT)")


def suspects(connection: "duckdb.DuckDBPyConnection", keys: Sequence[Key]) -> dict[int, set[int]]:
    """For each key, by its number, the rows that have to be looked at again."""
    found = {}
    for place, key in enumerate(keys):
        if key.kind != "target":
            query = _orphans(key, keys[place + 1]) if key.kind == "foreign-key" else _doubles(key)
            found[key.number] = {row for (row,) in connection.execute(query).fetchall()}
    return found


def _doubles(key: Key) -> str:
    """Rows whose key comes twice; and those without a primary key, if that is not told of their cells."""
    twice = f"numero IN (SELECT numero FROM {key.relation} GROUP BY numero HAVING count(*) > 1)"
    lacking = " OR numero IS NULL" if key.kind == "primary-key" and not key.whole else ""
    return f"SELECT {ROW} FROM {key.relation} WHERE {twice}{lacking}"


def _orphans(key: Key, target: Key) -> str:
    held = f"SELECT numero FROM {target.relation} WHERE numero IS NOT NULL"
    return f"SELECT {ROW} FROM {key.relation} WHERE numero IS NOT NULL AND numero NOT IN ({held})"


def _comparable(column: Column) -> str:
    """SQL: what is the same for equal values of a column."""
    if column.field.type in _NUMERIC:
        return f"coalesce(hash(TRY_CAST({column.canonical} AS DOUBLE)), hash({column.canonical}))"
    return column.canonical if column.field.type in _TEXTUAL else "0"


Value = tuple[Hashable | None, ...]


def suspected(keys: Sequence[Key], rows: Mapping[int, Sequence[tuple[int, Value]]]) -> dict[int, set[int]]:
    """The same as `suspects`, for rows that are all at hand: under the number of each key, rows and their values."""
    found = {}
    for place, key in enumerate(keys):
        counted = [(row, value) for row, value in rows[key.number] if _counts(key, value)]
        if key.kind == "foreign-key":
            target = keys[place + 1]
            held = {value for _, value in rows[target.number] if _counts(target, value)}
            found[key.number] = {row for row, value in counted if value not in held}
        elif key.kind != "target":
            times = Counter(value for _, value in counted)
            found[key.number] = {row for row, value in counted if times[value] > 1}
            if key.kind == "primary-key" and not key.whole:
                found[key.number] |= {row for row, value in rows[key.number] if not _counts(key, value)}
    return found


def _counts(key: Key, value: Value) -> bool:
    filled = [part is not None for part in value]
    return (all(filled) if key.whole else any(filled)) and bool(filled)


class Repeats:
    """Finds, among rows given in their order, those whose key an earlier one had."""

    def __init__(self) -> None:
        self._first: dict[Hashable, int] = {}

    def earlier(self, row: int, key: Hashable) -> int | None:
        """The first row of that key when it is not this one."""
        first = self._first.setdefault(key, row)
        return None if first == row else first
