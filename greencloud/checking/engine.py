"""The checking engine: SQL proves, Python explains.

DuckDB reads the file block by block and proves what it can of each row; the rows it cannot prove are read by Python,
cell by cell, with what all of them together tell of their columns. Keys, custom checks and plausibility rules follow.
A row with an error is rejected alone; the others are accepted.
"""

import hashlib
import shutil
import tempfile
import weakref
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from greencloud import rules as plausibility
from greencloud.checking import custom
from greencloud.checking.checked import Checked
from greencloud.checking.header import Header
from greencloud.checking.report import FileCard, Finding, Findings, Report
from greencloud.checking.run import Run
from greencloud.checking.sql import ROW
from greencloud.checking.strict import refuse_schema
from greencloud.reading import Unreadable, read_table
from greencloud.tables import Table, quote

Progress = Callable[[int], None]
SMALL = 1 << 17
"""Below this size a text is read by Python whole: DuckDB would take longer to begin."""


def check_file(
    path: Path,
    table: Table,
    *,
    name: str | None = None,
    rules: Sequence[plausibility.Rule] = (),
    strict: bool = False,
    delimiter: str | None = None,
    encoding: str | None = None,
    progress: Progress | None = None,
    small: int = SMALL,
) -> Checked:
    """Check a file against a Table Schema and plausibility rules; every error is found, none stops the others.

    `name` is the file's name as its sender knows it. `strict` reads labels, cells and keys as Frictionless does,
    without tolerance. `delimiter` and `encoding` are imposed when given. `progress` is called now and then with the
    number of bytes read so far. Stretches of text shorter than `small` bytes are left to Python.

    Raises SchemaError when the schema cannot be applied whole; a file that cannot be read as a table gives a report
    that says so (`readable` False), not an exception. Raises OSError when the file cannot be opened: no fingerprint is
    invented for bytes that were not seen.
    """
    custom.refuse_unknown_checks(table)
    if strict:
        refuse_schema(table)
    card = _card(path, name or path.name)
    try:
        text = read_table(path, expected=table.column_names, delimiter=delimiter, encoding=encoding, strict=strict)
    except Unreadable as refusal:
        return _unreadable(card, table, refusal, strict)
    card = replace(
        card,
        container=text.container,
        encoding=text.encoding,
        delimiter=text.delimiter,
        header_row=text.header_row,
        sheet=text.sheet,
        member=text.member,
    )
    folder = Path(tempfile.mkdtemp(prefix="greencloud-"))
    try:
        run = Run(text, table, card, rules, strict, folder, small, progress or _silent)
        report = run.report()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    checked = Checked(report, table, run.connection, text, run.labels, run.readers, strict, run.accept)
    weakref.finalize(checked, shutil.rmtree, folder, ignore_errors=True)
    return checked


def _unreadable(card: FileCard, table: Table, refusal: Unreadable, strict: bool) -> Checked:
    connection = duckdb.connect()
    finding = Finding(refusal.code, None, None, None, refusal.message, refusal.fix)
    report = Report(card, errors=Findings([finding]), readable=False)

    def accept() -> None:
        columns = ", ".join(f"NULL::{field.duckdb_type} AS {quote(field.name)}" for field in table.fields)
        connection.execute(f"CREATE OR REPLACE VIEW acceptees AS SELECT {columns}, NULL::BIGINT AS {ROW} WHERE FALSE")

    return Checked(report, table, connection, None, Header({}, [], [], []), {}, strict, accept)


def _card(path: Path, name: str) -> FileCard:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return FileCard(name, digest, path.stat().st_size)


def _silent(_count: int) -> None:
    return None
