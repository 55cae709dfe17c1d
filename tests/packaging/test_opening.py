"""ouvrir.sql: run in the folder, from another one and by DuckDB alone, it gives every table with its descriptions."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from greencloud import tables
from tests.published import ROWS

COUNTS = {name: len(rows) for name, rows in ROWS.items()}


def counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    return {name: con.sql(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in tables.PUBLISHED}


def test_the_line_of_the_readme_runs_in_the_folder(edition: Path) -> None:
    """In a process of its own, as its comment says for Python."""
    line = 'duckdb.connect().execute(open("ouvrir.sql", encoding="utf-8").read())'
    assert line in (edition / "ouvrir.sql").read_text(encoding="utf-8")
    program = f"import duckdb; con = {line}; print(con.sql('SELECT count(*) FROM rejets').fetchall()[0][0])"
    run = subprocess.run([sys.executable, "-c", program], cwd=edition, capture_output=True, text=True, check=True)
    assert int(run.stdout) == COUNTS["rejets"]


def test_it_runs_from_another_folder(edition: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with duckdb.connect() as con:
        con.execute(f"SET file_search_path = '{edition}'")
        con.execute((edition / "ouvrir.sql").read_text(encoding="utf-8"))
        assert counts(con) == COUNTS


def test_a_kept_database_finds_the_files_again(edition: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(edition)
    with duckdb.connect(str(tmp_path / "vues.duckdb")) as con:
        con.execute((edition / "ouvrir.sql").read_text(encoding="utf-8"))
    with duckdb.connect(str(tmp_path / "vues.duckdb"), read_only=True) as con:
        assert counts(con) == COUNTS
    assert sorted(path.name for path in edition.iterdir() if path.suffix == ".duckdb") == []


def test_every_column_keeps_its_description(edition: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(edition)
    with duckdb.connect() as con:
        con.execute((edition / "ouvrir.sql").read_text(encoding="utf-8"))
        told = con.sql("SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal").fetchall()
        views = dict(con.sql("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal").fetchall())
    fields = {(name, field.name): field.description for name in tables.PUBLISHED for field in tables.table(name).fields}
    assert {(table, column): comment for table, column, comment in told} == fields
    assert views == {name: tables.table(name).description for name in tables.PUBLISHED}


def test_a_duckdb_file_would_not_have_the_same_bytes_twice(tmp_path: Path) -> None:
    """Why there is none in an edition. When this fails, DuckDB has become deterministic: think again."""
    for name in ("un.duckdb", "deux.duckdb"):
        with duckdb.connect(str(tmp_path / name), config={"threads": 1}) as con:
            con.execute("CREATE TABLE t AS SELECT 1 AS a")
    assert (tmp_path / "un.duckdb").read_bytes() != (tmp_path / "deux.duckdb").read_bytes()


def test_it_names_no_folder_of_ours(edition: Path) -> None:
    text = (edition / "ouvrir.sql").read_text(encoding="utf-8")
    assert str(edition) not in text
    assert os.sep + "tmp" not in text
