"""The rows in which a check found something."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from greencloud.checking.sql import ROW
from greencloud.tables import quote

if TYPE_CHECKING:
    import duckdb

_BATCH = 10_000


class Found(NamedTuple):
    """One failed check: the row, the value of its first column as text, and the cause when the check tells several."""

    row: int
    value: str | None
    detail: str = ""


def select(
    connection: "duckdb.DuckDBPyConnection", relation: str, shown: str, condition: str, detail: str = "''"
) -> Iterator[Found]:
    """The rows of the relation where an SQL condition holds, in order."""
    query = f"SELECT {ROW}, {shown}, {detail} FROM {quote(relation)} WHERE {condition} ORDER BY {ROW}"
    result = connection.execute(query)
    while batch := result.fetchmany(_BATCH):
        yield from (Found(row, text(value), cause or "") for row, value, cause in batch)


def text(value: Any) -> str | None:
    """A typed value as its file would write it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return None if value is None else str(value)
