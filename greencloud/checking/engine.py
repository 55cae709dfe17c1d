"""The checking engine: one Table Schema compiled to DuckDB SQL, run over a table of text in one pass.

The text is loaded as it is into DuckDB, typed there once, and every test of every cell is evaluated in a single scan.
A row with an error is rejected alone; the others are accepted.
"""

import csv
import hashlib
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path

import duckdb

from greencloud import rules as plausibility
from greencloud.checking import cells, custom, header, messages
from greencloud.checking.report import FileCard, Finding, Note, Report
from greencloud.reading import TextTable, Unreadable, read_table
from greencloud.tables import Field, SchemaError, Table, quote

ROW = "_ligne_"


@dataclass(frozen=True)
class Checked:
    """A checked file: its report, and its accepted rows (typed, with their record number) in DuckDB."""

    report: Report
    table: Table
    connection: duckdb.DuckDBPyConnection

    def write_accepted(self, path: Path) -> None:
        """Write the accepted rows: Parquet (typed, plus `depot_ligne`) or normalised CSV, by the path's suffix.

        CSV is UTF-8, comma, LF, ISO dates, decimal point, the schema's columns in the schema's order.
        """
        if path.suffix == ".parquet":
            columns = ", ".join([*(quote(name) for name in self.table.column_names), f"{ROW} AS depot_ligne"])
            options = "FORMAT parquet, COMPRESSION zstd"
        else:
            columns = ", ".join(_as_text(field) for field in self.table.fields)
            options = "FORMAT csv, HEADER, DELIMITER ','"
        query = f"COPY (SELECT {columns} FROM acceptees ORDER BY {ROW}) TO {cells.literal(path)} ({options})"
        self.connection.execute(query)


def check_file(
    path: Path, table: Table, *, name: str | None = None, rules: Sequence[plausibility.Rule] = ()
) -> Checked:
    """Check a file against a Table Schema and plausibility rules; every error is found, none stops the others.

    `name` is the file's name as its sender knows it. Raises SchemaError when the schema cannot be applied whole;
    a file that cannot be read gives a report that says so (`readable` False), not an exception.
    """
    custom.refuse_unknown_checks(table)
    connection = duckdb.connect()
    card = _card(path, name or path.name)
    try:
        text = read_table(path, expected=table.column_names)
    except Unreadable as refusal:
        _create_empty(connection, table)
        finding = Finding(refusal.code, None, None, None, refusal.message, refusal.fix)
        return Checked(Report(card, errors=[finding], readable=False), table, connection)
    card = replace(
        card,
        container=text.container,
        encoding=text.encoding,
        delimiter=text.delimiter,
        header_row=text.header_row,
    )
    return Checked(_check(connection, text, table, card, rules), table, connection)


def _check(
    connection: duckdb.DuckDBPyConnection,
    text: TextTable,
    table: Table,
    card: FileCard,
    rules: Sequence[plausibility.Rule],
) -> Report:
    labels = header.match(text.header, table)
    shape = _load(connection, text, table, labels)
    _type(connection, table, labels.positions.keys())
    errors = labels.errors + shape.errors + _cell_errors(connection, table, labels) + _key_errors(connection, table)
    errors += _foreign_key_errors(connection, table) + custom.check(connection, table, errors)
    _accept(connection, table, errors, shape, everything_refused=bool(labels.errors))
    hits = plausibility.evaluate(connection, "acceptees", ROW, rules)
    refused = [hit for hit in hits if hit.niveau == "erreur"]
    _withdraw(connection, [hit.row for hit in refused])
    notes = labels.notes + shape.notes + messages.reading_notes(card)
    notes += _tolerances(connection, table) + messages.foreign_key_notes(table) + messages.information_notes(hits)
    return Report(
        card,
        rows=shape.rows,
        accepted=_count(connection, "acceptees"),
        notes=notes,
        errors=_in_order(errors + [_finding(hit) for hit in refused], table),
        warnings=_in_order([_finding(hit) for hit in hits if hit.niveau == "avertissement"], table),
    )


@dataclass(frozen=True)
class _Shape:
    """What the records' shapes told: number of rows, errors, rows that cannot be aligned with the header, notes."""

    rows: int
    errors: list[Finding]
    notes: list[Note]


def _card(path: Path, name: str) -> FileCard:
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return FileCard(name, digest, path.stat().st_size)
    except OSError:
        return FileCard(name, hashlib.sha256().hexdigest(), 0)


def _create_empty(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    columns = "".join(f"{quote(name)} {kind}, " for name, kind in table.duckdb_columns().items())
    texts = "".join(f"{cells.normal(field)} VARCHAR, " for field in table.fields)
    connection.execute(f"CREATE TABLE acceptees ({columns}{texts}{ROW} BIGINT)")


def _load(connection: duckdb.DuckDBPyConnection, text: TextTable, table: Table, labels: header.Header) -> _Shape:
    """Load the text of every alignable record into the table `texte`, the columns of the schema only."""
    present = [field for field in table.fields if field.name in labels.positions]
    places = [labels.positions[field.name] for field in present]
    width = len(text.header)
    rows, blanks, errors, trailing = 0, 0, [], 0
    with tempfile.TemporaryDirectory() as folder:
        spool = Path(folder, "texte.csv")
        with spool.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
            for record in text.records():
                if not any(cell.strip() for cell in record.cells):
                    blanks += 1
                    continue
                rows += 1
                trailing += len(record.cells) > width
                finding = _shape_error(record.number, record.cells, text.header, record.unclosed)
                if finding is not None:
                    errors.append(finding)
                else:
                    writer.writerow([record.number, *(record.cells[place] for place in places)])
        _read_spool(connection, spool, table, [field.name for field in present])
    trailing -= sum(error.code == "extra-cell" for error in errors)
    return _Shape(rows, errors, messages.shape_notes(blanks, trailing))


def _shape_error(number: int, record: Sequence[str], labels: Sequence[str], unclosed: bool) -> Finding | None:
    """The error of a record that cannot be aligned with the header, None when it can."""
    if unclosed:
        return Finding("source-error", number, None, None, *messages.unclosed_quote(number))
    extra = [cell for cell in record[len(labels) :] if cell.strip()]
    if extra:
        return Finding("extra-cell", number, None, extra[0], *messages.extra_cells(number, len(record), len(labels)))
    if len(record) < len(labels):
        missing = labels[len(record)]
        return Finding("missing-cell", number, missing, None, *messages.missing_cells(number, len(record), labels))
    return None


def _read_spool(connection: duckdb.DuckDBPyConnection, spool: Path, table: Table, present: Sequence[str]) -> None:
    """`texte`: our own well-formed spool read back; an empty cell stays an empty text, an absent column is NULL."""
    kinds = ", ".join([f"'{ROW}': 'BIGINT'", *(f"'c{place}': 'VARCHAR'" for place in range(len(present)))])
    columns = ", ".join(
        f"{f'c{present.index(field.name)}' if field.name in present else 'NULL::VARCHAR'} AS {cells.raw(field)}"
        for field in table.fields
    )
    connection.execute(
        f"CREATE TABLE texte AS SELECT {ROW}, {columns} FROM read_csv({cells.literal(spool)}, columns={{{kinds}}}, "
        "header=false, auto_detect=false, delim=',', quote='\"', escape='\"', new_line='\\n', "
        "allow_quoted_nulls=false, max_line_size=16000000, parallel=false)"
    )


def _type(connection: duckdb.DuckDBPyConnection, table: Table, present: Collection[str]) -> None:
    """`typees`: for each field its received text, its normalised text and its typed value (NULL when absent)."""
    read = [field for field in table.fields if field.name in present]
    absent = [field for field in table.fields if field.name not in present]
    numeric = [field for field in read if field.type in cells.NUMERIC]
    steps = [
        _added(f"{cells.trimming(field, table)} AS {cells.normal(field)}" for field in read),
        _replaced(f"{cells.ungrouping(field)} AS {cells.normal(field)}" for field in numeric),
        _replaced(f"{cells.pointing(field)} AS {cells.normal(field)}" for field in numeric),
        _added(f"{cells.typing(field)} AS {cells.typed(field)}" for field in read),
        _added(f"NULL::VARCHAR AS {cells.normal(field)}" for field in absent),
        _added(f"NULL::{field.duckdb_type} AS {cells.typed(field)}" for field in absent),
    ]
    query = reduce(lambda inner, step: f"SELECT {step} FROM ({inner})", steps, "FROM texte")
    connection.execute(f"CREATE TABLE typees AS {query} ORDER BY {ROW}")


def _added(columns: Iterable[str]) -> str:
    return ", ".join(["*", *columns])


def _replaced(columns: Iterable[str]) -> str:
    listed = ", ".join(columns)
    return f"* REPLACE ({listed})" if listed else "*"


def _cell_errors(connection: duckdb.DuckDBPyConnection, table: Table, labels: header.Header) -> list[Finding]:
    """Every failed test of every cell, all tests evaluated in one scan."""
    tests = [test for field in table.fields if field.name in labels.positions for test in cells.tests(field, table)]
    fired = ", ".join(f"CASE WHEN {test.sql} THEN {place} END" for place, test in enumerate(tests))
    raws = ", ".join(cells.raw(field) for field in table.fields)
    order = {field.name: place for place, field in enumerate(table.fields, start=1)}
    fields = ", ".join(str(order[test.field.name]) for test in tests)
    query = (
        f"SELECT {ROW}, place, list_extract([{raws}], list_extract([{fields}], place + 1)) FROM ("
        f"SELECT *, unnest(echecs) AS place FROM (SELECT *, list_filter([{fired}], lambda e: e IS NOT NULL) AS echecs "
        f"FROM typees) WHERE len(echecs) > 0) ORDER BY {ROW}, place"
    )
    try:
        found = connection.execute(query).fetchall()
    except duckdb.Error as error:
        raise SchemaError(f"Une contrainte du schéma ne peut pas être appliquée : {error}.") from error
    return [_cell_finding(tests[place], row, value) for row, place, value in found]


def _cell_finding(test: cells.Test, row: int, value: str | None) -> Finding:
    message, fix = messages.cell(test, row, value)
    return Finding(test.code, row, test.field.name, value, message, fix)


def _key_errors(connection: duckdb.DuckDBPyConnection, table: Table) -> list[Finding]:
    """Later rows that repeat the primary key or a unique value of an earlier one."""
    findings = list(_repeated(connection, table.primary_key, "primary-key")) if table.primary_key else []
    for field in table.fields:
        if field.constraints.get("unique"):
            findings += _repeated(connection, (field.name,), "unique-error")
    return findings


def _repeated(connection: duckdb.DuckDBPyConnection, columns: Sequence[str], code: str) -> Iterator[Finding]:
    keys = ", ".join(quote(name) for name in columns)
    filled = " AND ".join(f"{quote(name)} IS NOT NULL" for name in columns)
    query = (
        f"SELECT {ROW}, premiere, {keys} FROM (SELECT {ROW}, {keys}, min({ROW}) OVER (PARTITION BY {keys}) AS premiere "
        f"FROM typees WHERE {filled}) WHERE {ROW} > premiere ORDER BY {ROW}"
    )
    for row, first, *values in connection.execute(query).fetchall():
        value = ", ".join(str(item) for item in values)
        field = columns[0] if code == "unique-error" else None
        yield Finding(code, row, field, value, *messages.repeated(row, first, columns, value))


def _foreign_key_errors(connection: duckdb.DuckDBPyConnection, table: Table) -> list[Finding]:
    """Values of a key onto this same table that no row holds; keys onto other tables need those tables."""
    findings = []
    for key in table.foreign_keys:
        if key.resource not in ("", table.name):
            continue
        columns, targets = (", ".join(quote(name) for name in names) for names in (key.columns, key.targets))
        filled = " AND ".join(f"{quote(name)} IS NOT NULL" for name in key.columns)
        query = (
            f"SELECT {ROW}, {columns} FROM typees WHERE {filled} "
            f"AND ({columns}) NOT IN (SELECT ({targets}) FROM typees WHERE ({targets}) IS NOT NULL) ORDER BY {ROW}"
        )
        for row, *values in connection.execute(query).fetchall():
            value = ", ".join(str(item) for item in values)
            message, fix = messages.foreign_key(row, key.columns, value)
            findings.append(Finding("foreign-key", row, key.columns[0], value, message, fix))
    return findings


def _accept(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    errors: Sequence[Finding],
    shape: _Shape,
    everything_refused: bool,
) -> None:
    """`acceptees`: the typed rows without an error; none when the header itself is wrong."""
    columns = ", ".join(
        [*(cells.typed(field) for field in table.fields), *(cells.normal(field) for field in table.fields)]
    )
    connection.execute(f"CREATE TABLE acceptees AS SELECT {columns}, {ROW} FROM typees")
    if everything_refused:
        connection.execute("DELETE FROM acceptees")
    _withdraw(connection, [error.row for error in errors if error.row is not None])


def _withdraw(connection: duckdb.DuckDBPyConnection, rows: Sequence[int]) -> None:
    if rows:
        # A list bound as a parameter would make DuckDB import pandas: 0.7 s for nothing.
        numbers = ", ".join(str(row) for row in sorted(set(rows)))
        connection.execute(f"DELETE FROM acceptees WHERE {ROW} IN (SELECT unnest([{numbers}]))")


def _tolerances(connection: duckdb.DuckDBPyConnection, table: Table) -> list[Note]:
    """One note for each column whose cells were accepted in another spelling than the standard's."""
    counts = ", ".join(f"count(*) FILTER ({cells.tolerances(field)})" for field in table.fields)
    found = connection.execute(f"SELECT {counts} FROM typees").fetchone() or ()
    return [messages.tolerated_cells(field, count) for field, count in zip(table.fields, found, strict=True) if count]


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {relation}").fetchone()
    return int(row[0]) if row else 0


def _finding(hit: plausibility.Hit) -> Finding:
    return Finding(hit.code, hit.row, hit.champ, hit.valeur, messages.rule(hit), hit.correction)


def _in_order(findings: Sequence[Finding], table: Table) -> list[Finding]:
    place = {name: order for order, name in enumerate(table.column_names)}
    return sorted(findings, key=lambda finding: (finding.row or 0, place.get(finding.field or "", len(place))))


def _as_text(field: Field) -> str:
    text = cells.typed(field) if field.type == "boolean" else cells.normal(field)
    return f"{text} AS {quote(field.name)}"
