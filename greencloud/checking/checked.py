"""A checked file: its report, and its accepted rows on demand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from greencloud.checking.header import Header
from greencloud.checking.report import Report
from greencloud.checking.sql import ROW, literal
from greencloud.checking.verdicts import CellReader
from greencloud.reading import TextTable
from greencloud.tables import Field, Table, quote

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Checked:
    """A checked file. `text`, `labels` and `readers` serve a second look at its cells; `text` is None when unreadable.

    `accept` makes the relation `acceptees` of the connection: the accepted rows, typed, with their record number.
    """

    report: Report
    table: Table
    connect: Callable[[], "duckdb.DuckDBPyConnection"]
    text: TextTable | None
    labels: Header
    readers: Mapping[str, CellReader]
    strict: bool
    accept: Callable[[], None]

    @property
    def connection(self) -> "duckdb.DuckDBPyConnection":
        """The database of the check, which a small file begins only now."""
        return self.connect()

    def write_accepted(self, path: Path) -> None:
        """Write the accepted rows: Parquet (typed, plus `depot_ligne`) or normalised CSV, by the path's suffix.

        CSV is UTF-8, comma, LF, ISO dates, decimal point, the schema's columns in the schema's order.
        """
        self.accept()
        if path.suffix == ".parquet":
            columns = ", ".join([*(quote(name) for name in self.table.column_names), f"{ROW} AS depot_ligne"])
            options = "FORMAT parquet, COMPRESSION zstd"
        else:
            columns = ", ".join(f"{_printed(field)} AS {quote(field.name)}" for field in self.table.fields)
            options = "FORMAT csv, HEADER, DELIMITER ','"
        self.connection.execute(f"COPY (SELECT {columns} FROM acceptees ORDER BY {ROW}) TO {literal(path)} ({options})")


def _printed(field: Field) -> str:
    """SQL: typed value -> canonical text: decimal point, no needless decimals, ISO dates, true and false."""
    text = f"CAST({quote(field.name)} AS VARCHAR)"
    if field.type != "number":
        return text
    return f"CASE WHEN contains({text}, 'e') THEN {_unfolded(text)} ELSE regexp_replace({text}, '\\.0$', '') END"


def _unfolded(text: str) -> str:
    """SQL: a number that DuckDB writes with an exponent -> the same digits, without it."""
    sign = f"CASE WHEN left({text}, 1) = '-' THEN '-' ELSE '' END"
    whole = f"regexp_extract({text}, '^-?([0-9]+)', 1)"
    decimals = f"regexp_extract({text}, '\\.([0-9]+)e', 1)"
    shift = f"CAST(regexp_extract({text}, 'e(.+)$', 1) AS INTEGER)"
    small = f"'0.' || repeat('0', -{shift} - 1) || {whole} || {decimals}"
    large = f"{whole} || rpad({decimals}, {shift}, '0')"
    return f"{sign} || CASE WHEN {shift} < 0 THEN {small} ELSE {large} END"
