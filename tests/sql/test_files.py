"""The SQL files as a whole: one per published table, one sentence each on what a row is."""

from pathlib import Path

import pytest

from greencloud import tables, warehouse

FILES = sorted((Path(warehouse.__file__).parent / "sql").glob("*.sql"))


def test_a_published_table_is_a_schema_is_an_sql_file() -> None:
    published = {path.stem for path in FILES if not path.stem.startswith("_")}
    schemas = {path.parent.name for path in tables.schemas_dir().glob("*/schema.json")}
    assert published == set(tables.PUBLISHED) == schemas - set(tables.DEPOSITED)


def test_every_file_runs_once() -> None:
    assert sorted(warehouse.STEPS) == [path.stem for path in FILES]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_first_line_says_what_one_row_is(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("-- One row = ")


@pytest.mark.parametrize("name", tables.PUBLISHED)
def test_the_columns_are_those_of_the_schema_in_order_and_type(name: str) -> None:
    con = warehouse.load([])
    warehouse.aggregate(con)
    found = dict(zip(con.table(name).columns, map(str, con.table(name).types), strict=True))
    assert list(found.items()) == list(tables.table(name).duckdb_columns().items())
