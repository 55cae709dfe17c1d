"""Files of few rows checked side by side: DuckDB plans the rules once for all their rows, not once a file.

A check never compares the rows of two files, and no rule of a check sees more than its row: rows of files that have the
same columns stand in one table, where the file is part of the number of a row.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from greencloud import rules as plausibility
from greencloud.checking import custom
from greencloud.checking.report import Report
from greencloud.checking.run import Run
from greencloud.checking.spool import GOOD, source
from greencloud.checking.spool import values as typed
from greencloud.checking.sql import ROW, ROW_NAME, literal
from greencloud.tables import Table, quote

if TYPE_CHECKING:
    import duckdb

_FILE = 1 << 32
"""More than the number of any record: the number of a row is that of its file times this, plus its own."""
_LOADED = "lus_ensemble"
_NAMED = ", filename='fichier'"
_ALL, _GOOD, _RIGHT = "lues", "lues_bonnes", "lues_bonnes_de_tous"


class Several:
    """Runs of one table that have looked at their files, whose rows Python has all read."""

    def __init__(
        self,
        connection: "duckdb.DuckDBPyConnection",
        table: Table,
        runs: Mapping[int, Run],
        refused: Mapping[int, Report],
    ) -> None:
        """`runs`, `refused` (files that cannot be read): by the number of the file. Nothing else uses `connection`."""
        self._connection, self._table, self._runs = connection, table, runs
        self.reports: dict[int, Report] = dict(refused)
        columns = ", ".join(f"{quote(name)} {kind}" for name, kind in table.duckdb_columns().items())
        connection.execute(f"CREATE TABLE {_RIGHT} ({ROW} BIGINT, {columns})")

    def together(self) -> None:
        """Custom checks and rules, on the rows of files with the same columns at once; then the report on each."""
        filled = sorted((_columns(run), number) for number, run in self._runs.items() if run.spool.rows)
        for _, group in groupby(filled, key=lambda item: item[0]):
            numbers = [number for _, number in group]
            self._load(numbers)
            wrong = self._suspects(self._runs[numbers[0]])
            for number in wrong:
                self._runs[number].together()
            for hit in plausibility.evaluate(self._connection, _GOOD, ROW_NAME, self._runs[numbers[0]].rules):
                number, row = divmod(hit.row, _FILE)
                if number not in wrong:
                    self._runs[number].collect([hit._replace(row=row)])
        self.reports |= {number: run.report() for number, run in self._runs.items()}

    def _load(self, numbers: Sequence[int]) -> None:
        spools = [self._runs[number].spool for number in numbers]
        files = ", ".join(f"{literal(spool.path)}: {number}" for spool, number in zip(spools, numbers, strict=True))
        self._connection.execute(
            f"CREATE OR REPLACE TABLE {_LOADED} AS SELECT * EXCLUDE (fichier) "
            f"REPLACE (MAP {{{files}}}[fichier] * {_FILE} + {ROW} AS {ROW}) "
            f"FROM {source(spools, _NAMED)}"
        )
        for view, condition in ((_ALL, "TRUE"), (_GOOD, GOOD)):
            self._connection.execute(
                f"CREATE OR REPLACE VIEW {view} AS SELECT {typed(spools[0].layout)} FROM {_LOADED} WHERE {condition}"
            )
        self._connection.execute(f"INSERT INTO {_RIGHT} FROM {_GOOD}")

    def _suspects(self, run: Run) -> set[int]:
        """The files in which a custom check finds something: it tells their own row numbers when they run it alone."""
        found = custom.check(self._connection, self._table, (), run.layout.names, _ALL)
        return {finding.row // _FILE for finding in found if finding.row is not None}

    def write_accepted(self, path: Path, origins: Mapping[int, str], origin: str) -> None:
        """Write the accepted rows of all files as Parquet: schema columns, `depot_ligne`, and the column `origin`.

        `origins`: what that column says of the rows of each file, by its number.
        """
        refused = [number * _FILE + row for number, run in self._runs.items() for row in run.findings.rows()]
        names = [(number, origins[number]) for number, run in self._runs.items() if not run.findings.of_file]
        columns = ", ".join(quote(name) for name in self._table.column_names)
        self._connection.execute("CREATE TABLE refusees AS SELECT unnest($1::BIGINT[]) AS ligne", [refused])
        self._connection.execute(
            "CREATE TABLE fichiers AS SELECT unnest($1::BIGINT[]) AS fichier, unnest($2::VARCHAR[]) AS nom",
            [[number for number, _ in names], [name for _, name in names]],
        )
        self._connection.execute(
            f"COPY (SELECT {columns}, {ROW} % {_FILE} AS depot_ligne, nom AS {origin} FROM {_RIGHT} "
            f"INNER JOIN fichiers ON fichier = {ROW} // {_FILE} WHERE {ROW} NOT IN (FROM refusees) ORDER BY {ROW}) "
            f"TO {literal(path)} (FORMAT parquet, COMPRESSION zstd)"
        )


def _columns(run: Run) -> tuple[tuple[str, int], ...]:
    return tuple(run.layout.positions.items())
