"""The checking engine: SQL proves, Python explains.

DuckDB reads the file block by block and proves what it can of each row; the rows it cannot prove are read by Python,
cell by cell, with what all of them together tell of their columns. Keys, custom checks and plausibility rules follow.
A row with an error is rejected alone; the others are accepted.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, partial
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING

from greencloud import rules as plausibility
from greencloud.checking import custom
from greencloud.checking.checked import Checked
from greencloud.checking.header import Header
from greencloud.checking.report import FileCard, Finding, Findings, Report
from greencloud.checking.run import Contradicted, Run
from greencloud.checking.several import Several
from greencloud.checking.sql import ROW
from greencloud.checking.strict import refuse_schema
from greencloud.reading import TextTable, Unreadable, read_table
from greencloud.tables import Table, quote

if TYPE_CHECKING:
    import duckdb

Progress = Callable[[int], None]
SMALL = 1 << 17
"""Below this size a text is read by Python whole: DuckDB would take longer to begin."""
_LONG = 1 << 22


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
    if strict:
        refuse_schema(table)
        table = replace(table, custom_checks=())  # Frictionless knows nothing of them
    else:
        custom.refuse_unknown_checks(table)
    with _fingerprint(path) as digest:
        card = FileCard(name or path.name, "", path.stat().st_size)
        try:
            text = read_table(path, expected=_labels(table), delimiter=delimiter, encoding=encoding, strict=strict)
            return _checked(text, table, card, digest, rules, strict, progress, small)
        except Unreadable as refusal:  # a file may also prove hopeless while its records are read
            return unreadable(replace(card, sha256=digest()), table, refusal, strict)


@contextmanager
def check_several(
    files: Sequence[tuple[Path, str]], table: Table, rules: Sequence[plausibility.Rule] = ()
) -> Iterator[Several]:
    """Check files of one table side by side, each with its name, as `check_file` would and for much less.

    The numbers of the files are their places. A file of too many rows has no report: it has to be checked alone.
    Raises OSError when a file cannot be opened.
    """
    import duckdb

    begun = {number: _begun(path, table, rules, name) for number, (path, name) in enumerate(files)}
    with duckdb.connect(config={"threads": 1}) as connection:
        reports = {number: one for number, one in begun.items() if isinstance(one, Report)}
        runs = {number: one for number, one in begun.items() if isinstance(one, Run) and one.by_hand}
        several = Several(connection, table, runs, reports)
        several.together()
        yield several


def _begun(path: Path, table: Table, rules: Sequence[plausibility.Rule], name: str) -> Run | Report:
    """The run of a file, or the report on one that cannot be read."""
    card = card_of(path, name)
    try:
        return _looked(read_table(path, expected=_labels(table)), table, card, rules, False, None, SMALL)
    except Unreadable as refusal:
        return unreadable(card, table, refusal, False).report


def _labels(table: Table) -> list[str]:
    """What a header may say."""
    return [*table.column_names, *(field.title for field in table.fields)]


def check_table(
    text: TextTable,
    table: Table,
    card: FileCard,
    *,
    rules: Sequence[plausibility.Rule] = (),
    strict: bool = False,
    progress: Progress | None = None,
    small: int = SMALL,
) -> Checked:
    """Check a table that was read, and complete its card with how it was read. See `check_file`."""
    return _checked(text, table, card, lambda: card.sha256, rules, strict, progress, small)


def _checked(
    text: TextTable,
    table: Table,
    card: FileCard,
    digest: Callable[[], str],
    rules: Sequence[plausibility.Rule],
    strict: bool,
    progress: Progress | None,
    small: int,
) -> Checked:
    run = _looked(text, table, card, rules, strict, progress, small)
    run.together()
    report = run.report()
    report = replace(report, file=replace(report.file, sha256=digest()))
    return Checked(report, table, lambda: run.connection, text, run.labels, run.readers, strict, run.accept)


def _looked(
    text: TextTable,
    table: Table,
    card: FileCard,
    rules: Sequence[plausibility.Rule],
    strict: bool,
    progress: Progress | None,
    small: int,
) -> Run:
    """A run that has looked at its file, each cell by itself."""
    card = card.read_as(text)
    begin = partial(Run, text, table, card, rules, strict, small, progress or _silent)
    run = begin(True)
    try:
        run.look()
    except Contradicted:
        run = begin(False)
        run.look()
    return run


def unreadable(card: FileCard, table: Table, refusal: Unreadable, strict: bool) -> Checked:
    """The check of a file that could not be read."""
    finding = Finding(refusal.code, None, None, None, refusal.message, refusal.fix)
    report = Report(card, errors=Findings([finding]), readable=False)
    empty = _Empty(table)
    return Checked(report, table, lambda: empty.connection, None, Header({}, [], [], []), {}, strict, empty.accept)


class _Empty:
    """The accepted rows of a file that cannot be read: none."""

    def __init__(self, table: Table) -> None:
        self._table = table

    @cached_property
    def connection(self) -> "duckdb.DuckDBPyConnection":
        import duckdb

        return duckdb.connect()

    def accept(self) -> None:
        """Make `acceptees`, without a row."""
        columns = ", ".join(f"NULL::{field.duckdb_type} AS {quote(field.name)}" for field in self._table.fields)
        view = f"SELECT {columns}, NULL::BIGINT AS {ROW} WHERE FALSE"
        self.connection.execute(f"CREATE OR REPLACE VIEW acceptees AS {view}")


def card_of(path: Path, name: str, sha256: str | None = None) -> FileCard:
    """The name, the fingerprint (`sha256` when it is known) and the size of a file."""
    if sha256 is not None:
        return FileCard(name, sha256, path.stat().st_size)
    with _fingerprint(path) as digest:
        return FileCard(name, digest(), path.stat().st_size)


@contextmanager
def _fingerprint(path: Path) -> Iterator[Callable[[], str]]:
    """What gives the fingerprint of a file; that of a long one is made while the rest goes on."""
    with path.open("rb") as stream:
        if path.stat().st_size < _LONG:
            digest = _sha256(stream)
            yield lambda: digest
        else:
            with ThreadPoolExecutor(1) as pool:
                yield pool.submit(_sha256, stream).result


def _sha256(stream: BufferedReader) -> str:
    return hashlib.file_digest(stream, "sha256").hexdigest()


def _silent(_count: int) -> None:
    return None
