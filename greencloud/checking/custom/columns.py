"""The checks that compare the columns of one row, as SQL over the typed rows."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from greencloud.checking.custom.rows import Found, select
from greencloud.checking.sql import literal
from greencloud.schema_lint import vocabulary
from greencloud.tables import CustomCheck, Table, quote

if TYPE_CHECKING:
    import duckdb

OPERATORS = vocabulary.OPERATORS
ORDERED = frozenset({"number", "string", "boolean", "date", "datetime", "time", "yearmonth"})
"""The families of types whose values have an order that their text or their DuckDB type keeps."""

# A sum in decimals is exact: 0.3 is 0.1 + 0.2, which binary fractions deny. Beyond their reach a small error is left.
_DECIMAL = "TRY_CAST({} AS DECIMAL(38, 9))"
_RELATIVE_ERROR = 1e-9


def family(kind: str) -> str:
    """The types whose values compare with one another have one family."""
    return "number" if kind in ("number", "integer", "year") else kind


def compare(
    connection: "duckdb.DuckDBPyConnection", relation: str, check: CustomCheck, table: Table
) -> Iterator[Found]:
    """Two texts compare as numbers when both are, else letter by letter; a text that is no number with a number: no."""
    names = check.params["column"], check.params["column2"]
    (left, right), operator = (quote(name) for name in names), check.params["op"]
    families = [family(table.field(name).type) for name in names]
    if "string" not in families:
        return select(connection, relation, left, f"NOT ({left} {operator} {right})")
    numbers = [f"TRY_CAST({column} AS DOUBLE)" for column in (left, right)]
    numeric = " AND ".join(f"{number} IS NOT NULL" for number in numbers)
    textual = f"{left} {operator} {right}" if families == ["string", "string"] else "FALSE"
    holds = f"CASE WHEN {numeric} THEN {numbers[0]} {operator} {numbers[1]} ELSE {textual} END"
    detail = "''" if families == ["string", "string"] else f"CASE WHEN {numeric} THEN '' ELSE 'incomparables' END"
    filled = f"{left} IS NOT NULL AND {right} IS NOT NULL"
    return select(connection, relation, left, f"{filled} AND NOT ({holds})", detail)


def one_of(connection: "duckdb.DuckDBPyConnection", relation: str, check: CustomCheck, table: Table) -> Iterator[Found]:
    """At least one of two cells is filled."""
    left, right = quote(check.params["column1"]), quote(check.params["column2"])
    return select(connection, relation, left, f"{left} IS NULL AND {right} IS NULL")


def cohesive(
    connection: "duckdb.DuckDBPyConnection", relation: str, check: CustomCheck, table: Table
) -> Iterator[Found]:
    """The cells of a group are all filled or all empty; the detail names the empty ones."""
    names = [check.params["column"], *check.params["othercolumns"]]
    columns = [quote(name) for name in names]
    filled = " + ".join(f"({column} IS NOT NULL)::INTEGER" for column in columns)
    empty = ", ".join(
        f"CASE WHEN {column} IS NULL THEN {literal(name)} END" for name, column in zip(names, columns, strict=True)
    )
    condition = f"{filled} NOT IN (0, {len(columns)})"
    return select(connection, relation, columns[0], condition, f"concat_ws(chr(1), {empty})")


def total(connection: "duckdb.DuckDBPyConnection", relation: str, check: CustomCheck, table: Table) -> Iterator[Found]:
    """A cell is the sum of others, when all are filled; the detail is the sum."""
    column, *parts = (quote(name) for name in [check.params["column"], *check.params["columns"]])
    exact = [_DECIMAL.format(part) for part in parts]
    rounded = " + ".join(f"{part}::DOUBLE" for part in parts)
    reachable = " AND ".join(f"{number} IS NOT NULL" for number in [_DECIMAL.format(column), *exact])
    far = f"abs({column}::DOUBLE - ({rounded})) > {_RELATIVE_ERROR} * abs({column}::DOUBLE)"
    unequal = f"CASE WHEN {reachable} THEN {_DECIMAL.format(column)} <> {' + '.join(exact)} ELSE {far} END"
    filled = " AND ".join(f"{name} IS NOT NULL" for name in [column, *parts])
    shown = f"CASE WHEN {reachable} THEN ({' + '.join(exact)})::VARCHAR ELSE ({rounded})::VARCHAR END"
    return select(connection, relation, column, f"{filled} AND ({unequal})", shown)
