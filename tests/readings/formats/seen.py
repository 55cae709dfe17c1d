"""What the view of files of readings shows, for the tests."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from greencloud.readings.formats import COLUMNS, Opened, opened
from greencloud.readings.sources import Source

Row = Mapping[str, Any]


def groups(
    paths: Sequence[Path], con: duckdb.DuckDBPyConnection, mapping: Mapping[str, Any] | None = None
) -> list[Opened]:
    return opened(con, [Source(path, path.name, mapping=mapping) for path in paths])


def rows_of(
    *paths: Path, mapping: Mapping[str, Any] | None = None, threads: int = 3, numbered: bool = True
) -> list[Row]:
    """The rows of the files, in the order of files and lines; the types of the view are held against the contract."""
    with duckdb.connect(config={"threads": threads, "preserve_insertion_order": False}) as con:
        found: list[Row] = []
        for group in groups(paths, con, mapping):
            assert not group.refusal, group.refusal
            group.make_view(con, numbered=numbered)
            described = con.execute("DESCRIBE lues").fetchall()
            assert [(name, kind) for name, kind, *_ in described] == list(COLUMNS.items())
            rows = con.execute("SELECT * FROM lues ORDER BY fichier, ligne").fetchall()
            found += [dict(zip(COLUMNS, row, strict=True)) for row in rows]
        return sorted(found, key=lambda row: (row["fichier"], row["ligne"] or 0))


def refused(path: Path, mapping: Mapping[str, Any] | None = None) -> str:
    """Why a file is refused, and how to mend it."""
    with duckdb.connect() as con:
        [group] = groups([path], con, mapping)
        group.make_view(con)
        assert con.execute("SELECT count(*) FROM lues").fetchall() == [(0,)]
        [finding] = group.refusal.values()
        return f"{finding.message} {finding.fix}"
