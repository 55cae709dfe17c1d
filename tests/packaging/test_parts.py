"""A CSV above the limit of data.gouv.fr is cut between records, each part readable alone; nothing is lost."""

import csv
import json
from pathlib import Path

import duckdb
import pytest
from frictionless import Package
from hypothesis import given
from hypothesis import strategies as st

from greencloud import packaging, tables
from greencloud.packaging.parts import CSV_LIMIT, PartError, count_rows, csv_files, split_large
from tests.published import DEPOSITS, HOSTILE, ROWS, connection

ROW = st.lists(st.text(st.sampled_from('a"\n\r,é;\u2028'), max_size=6), min_size=2, max_size=2)
_HEADER, _LONGEST = len("un,deux\n"), 2 * (6 * len("\u2028".encode()) + 2) + 2
"""Bytes of the header and of the longest of these rows, which must fit together."""


def write(path: Path, rows: list[list[str]]) -> Path:
    """A CSV as DuckDB writes ours: LF, quotes doubled, quoted where a character asks for it."""
    lines = [",".join(map(quoted, row)) + "\n" for row in [["un", "deux"], *rows]]
    path.write_text("".join(lines), encoding="utf-8", newline="")
    return path


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set('",\r\n') else cell


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@given(st.lists(ROW, min_size=1, max_size=30), st.integers(_HEADER + _LONGEST, 200))
def test_the_parts_hold_the_rows_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], limit: int
) -> None:
    folder = tmp_path_factory.mktemp("parts")
    whole = write(folder / "t.csv", rows)
    header, *expected = read(whole)
    size = whole.stat().st_size
    split_large(folder, ["t"], limit)
    parts = csv_files(folder, "t")
    assert whole.exists() == (size <= limit)
    assert len(parts) == 1 if size <= limit else len(parts) > 1
    assert all(part.stat().st_size <= limit for part in parts)
    assert all(read(part)[0] == header and len(read(part)) > 1 for part in parts)
    assert [row for part in parts for row in read(part)[1:]] == expected
    assert [count_rows(part) for part in parts] == [len(read(part)) - 1 for part in parts]


def test_ten_parts_stand_in_order(tmp_path: Path) -> None:
    write(tmp_path / "t.csv", [[str(number), "x" * 20] for number in range(12)])
    split_large(tmp_path, ["t"], 34)
    assert [path.name for path in csv_files(tmp_path, "t")] == [f"t-{number}.csv" for number in range(1, 13)]


def test_a_table_is_not_taken_for_a_part_of_another(tmp_path: Path) -> None:
    for name in ("t-1.csv", "t-2.csv", "t-annexe-1.csv", "t-x.csv"):
        write(tmp_path / name, [["1", "2"]])
    assert [path.name for path in csv_files(tmp_path, "t")] == ["t-1.csv", "t-2.csv"]


def test_a_record_longer_than_a_part_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "t.csv", [["1", "x" * 100]])
    with pytest.raises(PartError, match=r"Une ligne de t\.csv est plus longue"):
        split_large(tmp_path, ["t"], 60)
    assert (tmp_path / "t.csv").is_file()


def test_the_limit_is_that_of_data_gouv() -> None:
    assert CSV_LIMIT == 100_000_000


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    """The files of an edition whose rejects were cut at 1,000 bytes, with their papers."""
    published = [tables.table(name) for name in tables.PUBLISHED]
    with connection() as con:
        for table in published:
            for suffix in ("csv", "parquet"):
                con.execute(
                    f"COPY (FROM {tables.quote(table.name)} ORDER BY ALL) TO '{tmp_path}/{table.name}.{suffix}'"
                )
    split_large(tmp_path, ["rejets"], 1000)
    contents = packaging.read(tmp_path, published, "2026-05-14-00000000", DEPOSITS)
    with packaging.judging() as judge:
        packaging.ask_verdict(judge, tmp_path, contents)
        packaging.write_descriptions(tmp_path, contents, judge)
    return tmp_path


def test_parts_are_resources_that_frictionless_validates(cut: Path) -> None:
    parts = csv_files(cut, "rejets")
    assert len(parts) > 2
    package = json.loads((cut / "datapackage.json").read_text(encoding="utf-8"))
    found = [item for item in package["resources"] if item.get("greencloud:table") == "rejets"]
    assert [item["path"] for item in found] == [*(part.name for part in parts), "rejets.parquet"]
    assert [item["name"] for item in found[:2]] == ["rejets-1", "rejets-2"]
    assert found[1]["title"].endswith(f"(CSV, partie 2 sur {len(parts)})")
    assert sum(item["rows"] for item in found[:-1]) == len(ROWS["rejets"])
    assert Package(str(cut / "datapackage.json")).validate().valid


def test_papers_name_each_part(cut: Path) -> None:
    packaging.write_readme(
        cut, packaging.read(cut, [tables.table("rejets"), tables.table("couverture")], "x", DEPOSITS)
    )
    for paper in ("LISEZMOI.md", "dictionnaire.md", "dcat.ttl", "rapport_validation.md"):
        text = (cut / paper).read_text(encoding="utf-8")
        assert "rejets-1.csv" in text
        assert "rejets-2.csv" in text
        assert "rejets.csv" not in text


def test_parts_read_together_are_the_table(cut: Path) -> None:
    parts = [str(path) for path in csv_files(cut, "rejets")]
    rows = duckdb.execute("SELECT valeur FROM read_csv(?, all_varchar = true, parallel = false)", [parts]).fetchall()
    assert {value for (value,) in rows} >= set(HOSTILE)
    assert len(rows) == len(ROWS["rejets"])
