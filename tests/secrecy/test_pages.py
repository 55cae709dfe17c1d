"""What the pages and their data say: no protected site, none of its numbers, and no total that secrecy has hidden."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

import dashboards
from dashboards.pages import FOLDER
from greencloud import disclosure, sample, tables, warehouse
from greencloud.deposits import scan
from tests.secrecy.world import publish

TOTALS = ("agregats_annuels", "evolutions_annuelles", "economies", "observatoire_cloud")
BY_SITE = ("indicateurs_annuels", "consommations_mensuelles")
NAMES = ("id_centre", "nom_site", "organisme")
DIGITS = 6
"""A number of so many significant digits is not met by chance among some thousands of others."""
PROGRAMS = ("plotly.min.js",)

Row = dict[str, Any]


@dataclass(frozen=True)
class World:
    """An edition with its pages, and what nobody may read in them."""

    folder: Path
    names: frozenset[str]
    numbers: frozenset[str]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The sample: the same tables before and after secrecy, and the pages of what is published."""
    raw, work = tmp_path_factory.mktemp("raw"), tmp_path_factory.mktemp("work")
    sample.generate(raw)
    verdicts = [warehouse.check_deposit(deposit, work) for deposit in scan(raw)[0]]
    con = warehouse.load(verdicts)
    warehouse.compute(con)
    before = {name: _rows(con, name) for name in (*TOTALS, *BY_SITE)}
    disclosure.protect(con)
    warehouse.run_step(con, "secret_statistique")
    folder = publish(con, tmp_path_factory.mktemp("edition") / "edition", verdicts).folder
    (folder / "edition.json").write_text('{"id": "2026-06-20-00000000"}', encoding="utf-8")
    dashboards.write_pages(folder)
    shown = {name: _rows(con, name) for name in before}
    numbers = _numbers_of(row for name in BY_SITE for row in _withdrawn(before[name], shown[name]))
    numbers |= {text for name in TOTALS for text in _emptied(name, before[name], shown[name])}
    public = {text for name in tables.PUBLISHED for text in numbers_in(_text(folder / f"{name}.csv").replace(",", " "))}
    # A share of a few sites (5/7) is also that of others, or a place in a drawing.
    public |= {text for part in range(1, 100) for whole in range(part, 100) for text in numbers_in(str(part / whole))}
    gone = _withdrawn(before["indicateurs_annuels"], shown["indicateurs_annuels"])
    named = {row[name] for row in shown["indicateurs_annuels"] for name in NAMES}
    names = {row[name] for row in gone for name in NAMES if row[name] is not None} - named
    return World(folder, frozenset(names), frozenset(numbers - public))


def numbers_in(text: str) -> set[str]:
    """The numbers of a text of enough digits, as programs and as French readers write them: nine significant digits."""
    written = re.findall(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", text)
    french = re.findall(r"\d{1,3}(?:\u202f\d{3})+(?:,\d+)?|(?<![\d.,])\d+,\d+(?![\d.,])", text)
    items = [*written, *(item.replace("\u202f", "").replace(",", ".") for item in french)]
    forms = {f"{float(item):.9g}" for item in items if len(item) < 30}
    return {form for form in forms if len(re.sub(r"e.*|\D", "", form).strip("0")) >= DIGITS}


def leaks(world: World, folder: Path) -> Iterator[tuple[str, str]]:
    """The files of a folder and what each says that it should not."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in PROGRAMS:
            text = _text(path)
            for said in sorted({name for name in world.names if name in text} | world.numbers & numbers_in(text)):
                yield path.relative_to(folder).as_posix(), said


def test_no_page_and_no_data_of_a_page_tells_what_is_protected(world: World) -> None:
    assert len(world.names) >= 15 and len(world.numbers) > 300
    assert list(leaks(world, world.folder / FOLDER)) == []


def test_no_page_bears_the_number_of_a_protected_site(world: World) -> None:
    found = {path.stem for path in (world.folder / FOLDER).rglob("*.html")}
    assert not found & world.names


def test_a_protected_row_put_back_in_a_table_would_be_found_in_the_pages(world: World, tmp_path: Path) -> None:
    """The pages show the tables that they are given: what a table tells, the search finds in them."""
    for path in world.folder.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    site = next(name for name in sorted(world.names) if re.fullmatch(r"\d{14}-\d{2}", name))
    number = next(text for text in sorted(world.numbers) if "." not in text and "e" not in text)
    with (tmp_path / "indicateurs_annuels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    last = max((row for row in rows if row["pue_calcule"]), key=lambda row: row["annee"])
    last |= {"id_centre": site, "energie_totale_kwh": number}
    with (tmp_path / "indicateurs_annuels.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    dashboards.write_pages(tmp_path)
    said = {what for _, what in leaks(world, tmp_path / FOLDER)}
    assert {site, number} <= said


def _rows(con: duckdb.DuckDBPyConnection, name: str) -> list[Row]:
    found = con.table(name)
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def _withdrawn(before: Iterable[Row], after: Iterable[Row]) -> list[Row]:
    """The rows of the sites that are published nowhere under their name."""
    kept = {row["id_centre"] for row in after}
    return [row for row in before if row["id_centre"] not in kept]


def _emptied(name: str, before: Iterable[Row], after: Iterable[Row]) -> set[str]:
    """The numbers of a table of totals that secrecy has taken out."""
    key = tables.table(name).primary_key
    shown = {tuple(row[column] for column in key): row for row in after}
    return _numbers_of(
        {column: value for column, value in row.items() if shown[tuple(row[part] for part in key)][column] is None}
        for row in before
    )


def _numbers_of(rows: Iterable[Row]) -> set[str]:
    values = (value for row in rows for value in row.values() if isinstance(value, int | float))
    return {text for value in values for text in numbers_in(str(value))}


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
