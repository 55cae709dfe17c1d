"""What the files of an edition hold: sizes, hashes, rows, years covered, real or synthetic."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb

from greencloud.deposits import Deposit
from greencloud.packaging.parts import count_rows, csv_files
from greencloud.program import file_sha256
from greencloud.tables import Table

Synthetic = Literal["aucune", "partielle", "totale"]


@dataclass(frozen=True)
class Resource:
    """One file of an edition, by its path in it."""

    path: str
    octets: int
    sha256: str


@dataclass(frozen=True)
class Part:
    """A CSV file with the rows of a table, or with some of them."""

    file: Resource
    rows: int


@dataclass(frozen=True)
class Written:
    """A published table and its files: Parquet, and CSV in one part or more; both hold the same rows."""

    table: Table
    rows: int
    csv: tuple[Part, ...]
    parquet: Resource


@dataclass(frozen=True)
class Coverage:
    """Expected sites of one year by the state of their declarations; real and synthetic sites are counted apart.

    `declarants` also counts the sites that gave something usable without being expected.
    """

    annee: int
    synthetique: bool
    declarants: int
    attendus: int
    complets: int
    partiels: int
    rejetes: int
    absents: int


@dataclass(frozen=True)
class Contents:
    """All that the papers of an edition say about it. `deposits` stand in the order of their reception."""

    edition_id: str
    deposits: tuple[Deposit, ...]
    tables: tuple[Written, ...]
    synthetic: Synthetic
    coverage: tuple[Coverage, ...]

    @property
    def updated(self) -> str:
        """When the last deposit came in (ISO, UTC): the date of the edition, since no clock is read."""
        return self.deposits[-1].recu_le

    def years(self, synthetic: bool) -> tuple[int, int] | None:
        """The first and the last year for which a real, or a synthetic, site gave something usable; None: no year."""
        years = [row.annee for row in self.coverage if row.synthetique is synthetic and row.declarants]
        return (min(years), max(years)) if years else None


def read(folder: Path, tables: Sequence[Table], edition_id: str, deposits: Iterable[Deposit]) -> Contents:
    """Look at the CSV and Parquet files of these tables. Raises OSError or duckdb.Error when one cannot be read."""
    ordered = tuple(sorted(deposits, key=lambda deposit: (deposit.recu_le, deposit.sha256)))
    with duckdb.connect() as con:
        return Contents(
            edition_id=edition_id,
            deposits=ordered,
            tables=tuple(_written(con, folder, table) for table in tables),
            synthetic=_synthetic(con, folder, tables, ordered),
            coverage=_coverage(con, folder),
        )


def resource(folder: Path, path: str) -> Resource:
    """A file by its path below the folder. Raises OSError when it cannot be read."""
    return Resource(path, (folder / path).stat().st_size, file_sha256(folder / path))


def _written(con: duckdb.DuckDBPyConnection, folder: Path, table: Table) -> Written:
    parquet, files = f"{table.name}.parquet", csv_files(folder, table.name)
    (rows,) = con.execute("SELECT count(*) FROM read_parquet(?)", [str(folder / parquet)]).fetchall()[0]
    parts = [Part(resource(folder, path.name), rows if len(files) == 1 else count_rows(path)) for path in files]
    return Written(table, rows, tuple(parts), resource(folder, parquet))


def _synthetic(
    con: duckdb.DuckDBPyConnection, folder: Path, tables: Sequence[Table], deposits: Sequence[Deposit]
) -> Synthetic:
    """Whether published rows are synthetic; an edition without any row is judged by its deposits."""
    marked = [table.name for table in tables if "synthetique" in table.column_names]
    union = " UNION ALL ".join("SELECT synthetique FROM read_parquet(?)" for _ in marked)
    paths = [str(folder / f"{name}.parquet") for name in marked]
    found = {flag for (flag,) in con.execute(f"SELECT DISTINCT synthetique FROM ({union})", paths).fetchall()}
    flags = found or {deposit.synthetique for deposit in deposits}
    if True not in flags:
        return "aucune"
    return "totale" if flags == {True} else "partielle"


def _coverage(con: duckdb.DuckDBPyConnection, folder: Path) -> tuple[Coverage, ...]:
    rows = con.execute(
        """
        SELECT annee, synthetique, count(*) FILTER (statut IN ('complet', 'partiel')), count(*) FILTER (attendu),
            count(*) FILTER (attendu AND statut = 'complet'), count(*) FILTER (attendu AND statut = 'partiel'),
            count(*) FILTER (attendu AND statut = 'rejete'), count(*) FILTER (attendu AND statut = 'absent')
        FROM read_parquet(?) GROUP BY annee, synthetique ORDER BY annee, synthetique
        """,
        [str(folder / "couverture.parquet")],
    ).fetchall()
    return tuple(Coverage(*row) for row in rows)
