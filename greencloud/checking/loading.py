"""The records of a file loaded into DuckDB: `texte` holds them as received, `typees` adds their typed values."""

import csv
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path

import duckdb

from greencloud.checking import cells, messages
from greencloud.checking.cells import ROW, ROW_NAME
from greencloud.checking.header import Header
from greencloud.checking.report import Finding, Note
from greencloud.reading import Record, TextTable
from greencloud.tables import Table


@dataclass
class Shape:
    """What the shapes of the records told: how many rows, and what is wrong or odd with their cells as a whole."""

    rows: int = 0
    blanks: int = 0
    trailing: int = 0
    errors: list[Finding] = field(default_factory=list)

    @property
    def notes(self) -> list[Note]:
        return messages.shape_notes(self.blanks, self.trailing)


def load(connection: duckdb.DuckDBPyConnection, text: TextTable, table: Table, labels: Header) -> Shape:
    """Make `texte` and `typees` from the records that can be aligned with the header; the others are errors."""
    shape = Shape()
    present = [name for name in table.column_names if name in labels.positions]
    places = [labels.positions[name] for name in present]
    with tempfile.TemporaryDirectory() as folder:
        spool = Path(folder, "texte.csv")
        with spool.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
            for record in _aligned(text, shape):
                writer.writerow([record.number, *(record.cells[place] for place in places)])
        _read_spool(connection, spool, table, present)
    _type(connection, table, present)
    return shape


def create_empty(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """`typees` without a row, for a file that could not be read."""
    columns = [f"NULL::BIGINT AS {ROW}"]
    for column in table.fields:
        columns += [f"NULL::VARCHAR AS {cells.raw(column)}", f"NULL::VARCHAR AS {cells.normal(column)}"]
        columns.append(f"NULL::{column.duckdb_type} AS {cells.typed(column)}")
    connection.execute(f"CREATE TABLE typees AS SELECT {', '.join(columns)} WHERE FALSE")


def _aligned(text: TextTable, shape: Shape) -> Iterator[Record]:
    for record in text.records():
        if record.blank:
            shape.blanks += 1
            continue
        shape.rows += 1
        finding = _shape_error(record, text.header)
        if finding is None:
            shape.trailing += len(record.cells) > len(text.header)
            yield record
        else:
            shape.errors.append(finding)


def _shape_error(record: Record, labels: Sequence[str]) -> Finding | None:
    """The error of a record that cannot be aligned with the header, None when it can."""
    row, width, length = record.number, len(labels), len(record.cells)
    if record.broken:
        return Finding("source-error", row, None, None, *messages.broken_quotes(record))
    extra = [cell for cell in record.cells[width:] if cell.strip()]
    if extra:
        return Finding("extra-cell", row, None, extra[0], *messages.extra_cells(row, length, width))
    if length < width:
        return Finding("missing-cell", row, labels[length], None, *messages.missing_cells(row, length, labels))
    return None


def _read_spool(connection: duckdb.DuckDBPyConnection, spool: Path, table: Table, present: Sequence[str]) -> None:
    """`texte`: our own well-formed spool read back; an empty cell stays an empty text, an absent column is NULL."""
    listed = [f"{cells.literal(ROW_NAME)}: 'BIGINT'", *(f"'c{place}': 'VARCHAR'" for place in range(len(present)))]
    places = {name: f"c{place}" for place, name in enumerate(present)}
    columns = ", ".join(f"{places.get(item.name, 'NULL::VARCHAR')} AS {cells.raw(item)}" for item in table.fields)
    kinds = ", ".join(listed)
    connection.execute(
        f"CREATE TABLE texte AS SELECT {ROW}, {columns} FROM read_csv({cells.literal(spool)}, columns={{{kinds}}}, "
        "header=false, auto_detect=false, delim=',', quote='\"', escape='\"', new_line='\\n', "
        "allow_quoted_nulls=false, max_line_size=64000000, parallel=false)"
    )


def _type(connection: duckdb.DuckDBPyConnection, table: Table, present: Collection[str]) -> None:
    """`typees`: for each field its received text, its normalised text and its typed value (NULL when absent)."""
    read = [item for item in table.fields if item.name in present]
    absent = [item for item in table.fields if item.name not in present]
    numeric = [item for item in read if item.type in cells.NUMERIC]
    steps = [
        _added(f"{cells.trimming(item, table)} AS {cells.normal(item)}" for item in read),
        _replaced(f"{cells.ungrouping(item)} AS {cells.normal(item)}" for item in numeric),
        _replaced(f"{cells.pointing(item)} AS {cells.normal(item)}" for item in numeric),
        _added(f"{cells.typing(item)} AS {cells.typed(item)}" for item in read),
        _added(f"NULL::VARCHAR AS {cells.normal(item)}" for item in absent),
        _added(f"NULL::{item.duckdb_type} AS {cells.typed(item)}" for item in absent),
    ]
    query = reduce(lambda inner, step: f"SELECT {step} FROM ({inner})", steps, "FROM texte")
    connection.execute(f"CREATE TABLE typees AS {query} ORDER BY {ROW}")


def _added(columns: Iterable[str]) -> str:
    return ", ".join(["*", *columns])


def _replaced(columns: Iterable[str]) -> str:
    listed = ", ".join(columns)
    return f"* REPLACE ({listed})" if listed else "*"
