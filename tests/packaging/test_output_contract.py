"""What data.gouv.fr's tools need of every file of an edition (hydra 2.14, csv-detective 0.13, guides.data.gouv.fr).

UTF-8 without BOM, comma, LF, ISO dates, decimal point, no thousands separator, labels of at most 63 characters, less
than 100 MB; file names that the platform would not change.
"""

import csv
import datetime as dt
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from greencloud import packaging, tables
from greencloud.packaging.parts import CSV_LIMIT

TEXTS = frozenset({".csv", ".json", ".md", ".sql", ".ttl", ""})  # the last one: SHA256SUMS
PAGES = "tableaux-de-bord/"
DETECTIVE = Path(__file__).parents[2] / ".venv" / "detective"
SEEN_AS: Mapping[str, frozenset[str]] = {
    "string": frozenset({"string"}),
    "number": frozenset({"float", "int"}),  # `438000` is a whole number for whoever sees no other
    "integer": frozenset({"int"}),
    "boolean": frozenset({"bool"}),
    "date": frozenset({"date"}),
}
NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?")


@pytest.fixture(params=["edition", "built"])
def any_edition(request: pytest.FixtureRequest) -> Path:
    """Hostile rows made by hand, then what the sample gives."""
    return Path(request.getfixturevalue(request.param))


def files(edition: Path) -> set[str]:
    """The paths of an edition, without its pages."""
    paths = {path.relative_to(edition).as_posix() for path in edition.rglob("*") if path.is_file()}
    return {path for path in paths if not path.startswith(PAGES)}


def texts(edition: Path) -> Iterator[tuple[str, bytes]]:
    for name in sorted(files(edition)):
        if Path(name).suffix in TEXTS:
            yield name, (edition / name).read_bytes()


def columns(edition: Path, table: tables.Table, kinds: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The filled cells of the columns of these types, as they stand in the CSV files."""
    for path in packaging.csv_files(edition, table.name):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield from (
                    (field.name, row[field.name]) for field in table.fields if field.type in kinds and row[field.name]
                )


def test_every_file_is_known(any_edition: Path) -> None:
    assert {Path(name).suffix for name in files(any_edition)} == TEXTS | {".parquet"}


def test_every_text_is_utf8_without_bom_and_ends_its_lines_with_lf(any_edition: Path) -> None:
    for name, data in texts(any_edition):
        data.decode("utf-8")
        assert not data.startswith(b"\xef\xbb\xbf"), name
        assert data.endswith(b"\n"), name
        if not name.endswith(".csv"):  # a quoted text of ours keeps the line ends that were deposited
            assert b"\r" not in data, name


def test_every_csv_has_a_comma_lf_and_whole_records(any_edition: Path) -> None:
    names = [name for name, _ in texts(any_edition) if name.endswith(".csv")]
    assert len(names) == 2 * len(tables.PUBLISHED) + len(
        tables.DEPOSITED
    )  # the tables, and an example beside each schema
    for name in names:
        with (any_edition / name).open(encoding="utf-8", newline="") as file:
            text = file.read()
        outside = re.sub(r'"(?:[^"]|"")*"', "", text)
        assert "\r" not in outside, name
        rows = list(csv.reader(text.splitlines(keepends=True), strict=True))
        assert {len(row) for row in rows} == {len(rows[0])}, name


def test_labels_are_short_plain_and_unique(any_edition: Path) -> None:
    for name, data in texts(any_edition):
        if name.endswith(".csv"):
            labels = data.decode().splitlines()[0].split(",")
            assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,62}", label) for label in labels), name
            assert len(set(labels)) == len(labels), name
    for name in tables.PUBLISHED:
        found = duckdb.sql(f"DESCRIBE FROM '{any_edition}/{name}.parquet'").fetchall()
        assert [row[0] for row in found] == list(tables.table(name).column_names)


@pytest.mark.parametrize("name", tables.PUBLISHED)
def test_dates_are_iso_and_numbers_have_a_point(any_edition: Path, name: str) -> None:
    table = tables.table(name)
    dates = list(columns(any_edition, table, ("date",)))
    assert all(dt.date.fromisoformat(value).isoformat() == value for _, value in dates)
    numbers = list(columns(any_edition, table, ("number", "integer")))
    assert all(NUMBER.fullmatch(value) for _, value in numbers), numbers
    booleans = {value for _, value in columns(any_edition, table, ("boolean",))}
    assert booleans <= {"true", "false"}


def test_no_file_is_too_large_for_a_preview(any_edition: Path) -> None:
    assert all(len(data) < CSV_LIMIT for _, data in texts(any_edition))


def test_the_platform_would_keep_the_names(any_edition: Path) -> None:
    """udata slugifies file names: lower case, digits, `-`, `_`, `.` come back as they are, capitals do not."""
    capitals = {"JOURNAL.md", "LISEZMOI.md", "SHA256SUMS"}
    odd = {name for name in files(any_edition) if not re.fullmatch(r"[a-z0-9_./-]+", name)}
    assert odd <= capitals


def test_every_json_is_plain(any_edition: Path) -> None:
    """No NaN, no Infinity, no key twice."""

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert len({key for key, _ in pairs}) == len(pairs)
        return dict(pairs)

    found = [data for name, data in texts(any_edition) if name.endswith(".json")]
    assert len(found) == 4 + len(tables.PUBLISHED) + len(tables.DEPOSITED)
    for data in found:
        json.loads(data, parse_constant=refuse, object_pairs_hook=once)


# ---- schemas and lists ----


def test_the_schemas_of_all_tables_are_there_as_they_are(any_edition: Path) -> None:
    for name in (*tables.PUBLISHED, *tables.DEPOSITED):
        for file in ("schema.json", "exemple-valide.csv"):
            assert (any_edition / "schemas" / name / file).read_bytes() == (
                tables.schemas_dir() / name / file
            ).read_bytes()
        table = tables.from_file(any_edition / "schemas" / name / "schema.json")
        assert table.column_names == tables.table(name).column_names
        named = [item["path"] for item in table.descriptor["resources"]]
        assert all((any_edition / "schemas" / name / path).is_file() for path in named)


def test_every_file_is_listed_or_summed(any_edition: Path) -> None:
    """datapackage.json lists every table, schema and paper; SHA256SUMS every file but itself."""
    found = {path.relative_to(any_edition).as_posix() for path in any_edition.rglob("*") if path.is_file()}
    summed = {line.split("  ", 1)[1] for line in (any_edition / "SHA256SUMS").read_text(encoding="utf-8").splitlines()}
    assert summed == found - {"SHA256SUMS"}
    package = json.loads((any_edition / "datapackage.json").read_text(encoding="utf-8"))
    listed = {item["path"] for item in package["resources"]}
    apart = {"datapackage.json", "dcat.ttl", "LISEZMOI.md", "SHA256SUMS"}  # made from the list, or after it
    examples = {f"schemas/{name}/exemple-valide.csv" for name in (*tables.PUBLISHED, *tables.DEPOSITED)}
    assert listed == files(any_edition) - apart - examples
    assert "JOURNAL.md" in listed


def test_papers_lead_to_files_that_are_there(any_edition: Path) -> None:
    for name, data in texts(any_edition):
        if name.endswith(".md") and "/" not in name:
            targets = set(re.findall(r"\]\(([^):#]+)\)", data.decode()))
            assert [target for target in sorted(targets) if not (any_edition / target).is_file()] == [], name


# ---- preflight: data.gouv.fr's own type detection, as a process of its own ----


@pytest.fixture(scope="module")
def detected(built: Path) -> dict[str, Any]:
    """What csv-detective makes of the tables of the built edition: table -> its verdict."""
    if not DETECTIVE.is_dir():
        pytest.skip("csv-detective is not in .venv/detective, where `make test` puts it when a registry has it")
    program = Path(__file__).parent / "detective" / "detect.py"
    names = [path.name for name in tables.PUBLISHED for path in packaging.csv_files(built, name)]
    run = subprocess.run(
        [sys.executable, "-I", str(program), str(DETECTIVE), *names],
        cwd=built,
        capture_output=True,
        text=True,
        check=False,
    )
    if "libmagic" in run.stderr:
        pytest.skip("csv-detective needs the system library libmagic (on Debian or Ubuntu: libmagic1)")
    assert run.returncode == 0, run.stderr
    return {Path(name).stem: verdict for name, verdict in json.loads(run.stdout).items()}


@pytest.mark.parametrize("name", tables.PUBLISHED)
def test_csv_detective_recognises_our_types(built: Path, detected: dict[str, Any], name: str) -> None:
    """A column that is empty is a text for it, and one that only holds 0 and 1 a boolean: no data says otherwise.

    Nor does any tell the categories 1, 2 and 3 from numbers.
    """
    table, found = tables.table(name), detected[name]
    with (built / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert (found["encoding"], found["separator"]) == ("utf-8", ",")
    assert (found["header_row_idx"], found["heading_columns"], found["total_lines"]) == (0, 0, len(rows))
    assert list(found["columns"]) == list(table.column_names)
    for field in table.fields:
        values = {row[field.name] for row in rows} - {""}
        codes = {code for code in field.constraints.get("enum", ()) if code.isdigit()}
        kind = "integer" if values and values <= codes else field.type
        seen = SEEN_AS[kind] | ({"bool"} if kind in ("integer", "number") and values <= {"0", "1"} else set())
        assert not values or found["columns"][field.name] in seen, (field.name, found["columns"][field.name])


def test_most_columns_were_there_to_be_recognised(built: Path, detected: dict[str, Any]) -> None:
    """Else the test above would hold for want of data."""
    kinds = [kind for verdict in detected.values() for kind in verdict["columns"].values()]
    assert {"string", "float", "int", "bool", "date"} == set(kinds)
    assert sum(kind != "string" for kind in kinds) > 100


def test_csv_detective_is_not_in_our_environment() -> None:
    """It brings pyarrow, which changes what pandas does."""
    found = subprocess.run([sys.executable, "-c", "import csv_detective"], capture_output=True, check=False)
    assert found.returncode != 0
