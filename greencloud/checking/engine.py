"""The checking engine: one Table Schema compiled to DuckDB SQL, run over a table of text in one pass.

The text is loaded as it is into DuckDB, typed there once, and every test of every cell is evaluated in a single scan.
A row with an error is rejected alone; the others are accepted.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from greencloud import rules as plausibility
from greencloud.checking import cells, custom, header, loading, messages
from greencloud.checking.cells import ROW, ROW_NAME
from greencloud.checking.report import FileCard, Finding, Note, Report
from greencloud.reading import TextTable, Unreadable, read_table
from greencloud.tables import SchemaError, Table, quote

_NUMBERS, _NUMBER, _FIRST = (quote(f"{cells.OURS}{name}") for name in ("tests", "test", "premiere"))


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
            columns = ", ".join(f"{cells.printing(field)} AS {cells.typed(field)}" for field in self.table.fields)
            options = "FORMAT csv, HEADER, DELIMITER ','"
        query = f"COPY (SELECT {columns} FROM acceptees ORDER BY {ROW}) TO {cells.literal(path)} ({options})"
        self.connection.execute(query)


def check_file(
    path: Path, table: Table, *, name: str | None = None, rules: Sequence[plausibility.Rule] = ()
) -> Checked:
    """Check a file against a Table Schema and plausibility rules; every error is found, none stops the others.

    `name` is the file's name as its sender knows it. Raises SchemaError when the schema cannot be applied whole;
    a file that cannot be read as a table gives a report that says so (`readable` False), not an exception. Raises
    OSError when the file cannot be opened: no fingerprint is invented for bytes that were not seen.
    """
    custom.refuse_unknown_checks(table)
    connection = duckdb.connect()
    _refuse_foreign_patterns(connection, table)
    card = _card(path, name or path.name)
    try:
        text = read_table(path, expected=table.column_names)
    except Unreadable as refusal:
        loading.create_empty(connection, table)
        _accept(connection, table, [])
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
    shape = loading.load(connection, text, table, labels)
    errors = labels.errors + shape.errors + _cell_errors(connection, table, labels) + _key_errors(connection, table)
    errors += _foreign_key_errors(connection, table) + custom.check(connection, table, errors)
    _accept(connection, table, errors)
    hits = plausibility.evaluate(connection, "acceptees", ROW_NAME, rules)
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
        warnings=_in_order(labels.warnings + [_finding(hit) for hit in hits if hit.niveau == "avertissement"], table),
    )


def _card(path: Path, name: str) -> FileCard:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return FileCard(name, digest, path.stat().st_size)


def _refuse_foreign_patterns(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """DuckDB's regular expressions know no look-around: a pattern it cannot run is refused before any cell is read."""
    for field in table.fields:
        try:
            if field.pattern is not None:
                connection.execute(f"SELECT regexp_full_match('', {cells.literal(field.pattern)})")
        except duckdb.Error as error:
            sentence = "a un motif (pattern) que le contrôle ne sait pas appliquer. Écrivez-le plus simplement."
            raise SchemaError(f"Le champ « {field.name} » {sentence}") from error


def _cell_errors(connection: duckdb.DuckDBPyConnection, table: Table, labels: header.Header) -> list[Finding]:
    """Every failed test of every cell: all tests in one scan, then the received texts of the cells that failed."""
    tests = [test for field in table.fields if field.name in labels.positions for test in cells.tests(field, table)]
    fired = ", ".join(f"CASE WHEN {test.sql} THEN {place} END" for place, test in enumerate(tests))
    numbers = f"list_filter([{fired}], lambda test: test IS NOT NULL)"
    connection.execute(
        f"CREATE TABLE echecs AS SELECT {ROW}, unnest({_NUMBERS}) AS {_NUMBER} FROM "
        f"(SELECT {ROW}, {numbers} AS {_NUMBERS} FROM typees) WHERE len({_NUMBERS}) > 0"
    )
    failed = connection.execute(f"SELECT DISTINCT {_NUMBER} FROM echecs ORDER BY ALL").fetchall()
    return [finding for (number,) in failed for finding in _failures(connection, tests[number], number)]


def _failures(connection: duckdb.DuckDBPyConnection, test: cells.Test, number: int) -> Iterator[Finding]:
    query = (
        f"SELECT {ROW}, {cells.raw(test.field)} FROM typees SEMI JOIN "
        f"(FROM echecs WHERE {_NUMBER} = {number}) USING ({ROW}) ORDER BY {ROW}"
    )
    for row, value in connection.execute(query).fetchall():
        message, fix = messages.cell(test, row, value)
        yield Finding(test.code, row, test.field.name, value, message, fix)


def _key_errors(connection: duckdb.DuckDBPyConnection, table: Table) -> list[Finding]:
    """Later rows that repeat the primary key or a unique value of an earlier one."""
    findings = list(_repeated(connection, table.primary_key, "primary-key")) if table.primary_key else []
    for field in table.fields:
        if field.constraints.get("unique"):
            findings += _repeated(connection, (field.name,), "unique-error")
    return findings


def _repeated(connection: duckdb.DuckDBPyConnection, columns: Sequence[str], code: str) -> Iterator[Finding]:
    keys = ", ".join(quote(name) for name in columns)
    shown = ", ".join(cells.raw_name(name) for name in columns)
    filled = " AND ".join(f"{quote(name)} IS NOT NULL" for name in columns)
    query = (
        f"SELECT {ROW}, {_FIRST}, {shown} FROM (SELECT *, min({ROW}) OVER (PARTITION BY {keys}) AS {_FIRST} "
        f"FROM typees WHERE {filled}) WHERE {ROW} > {_FIRST} ORDER BY {ROW}"
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


def _accept(connection: duckdb.DuckDBPyConnection, table: Table, errors: Sequence[Finding]) -> None:
    """`acceptees`: the typed rows without an error; none when the header itself is wrong."""
    columns = ", ".join(cells.typed(field) for field in table.fields)
    whole_file = any(error.row is None for error in errors)
    condition = "FALSE" if whole_file else "TRUE"
    connection.execute(f"CREATE TABLE acceptees AS SELECT {columns}, {ROW} FROM typees WHERE {condition}")
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
