"""What the pages and their data say: no protected site, none of its numbers, and no total that secrecy has hidden."""

import csv
import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from html import escape, unescape
from pathlib import Path
from typing import Any

import duckdb
import pytest

import dashboards
from dashboards import figures
from dashboards.pages import FOLDER
from greencloud import disclosure, sample, tables, warehouse
from greencloud.deposits import scan
from tests.secrecy.world import publish

TOTALS = ("agregats_annuels", "evolutions_annuelles", "economies", "observatoire_cloud")
BY_SITE = ("indicateurs_annuels", "consommations_mensuelles")
NAMES = ("id_centre", "nom_site", "organisme")
DIGITS = 6
"""A number of so many significant digits is not met by chance among some thousands of others. A shorter one tells
nothing by itself: that no protected number is written shorter, rounded, follows from what the pages are made of."""
PROGRAMS = ("plotly.min.js",)
ROOT = Path(__file__).parents[2]
# Writes the pages of a folder and prints the files that it has read for them.
SPY = """
import json, sys
from pathlib import Path
import dashboards
opened = []
sys.addaudithook(lambda event, told: opened.append((str(told[0]), told[1])) if event == "open" else None)
dashboards.write_pages(Path(sys.argv[1]))
print(json.dumps(sorted({path for path, mode in opened if not str(mode).startswith("w")})))
"""

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
    public |= _added_up(shown["indicateurs_annuels"])
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


def plain(text: str) -> str:
    """A text of a page as it is read: out of its script (\\u0027), then of its tags (&#x27;), twice for a figure's."""
    unwritten = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text)
    return unescape(unescape(unwritten))


def leaks(world: World, folder: Path) -> Iterator[tuple[str, str]]:
    """The files of a folder and what each says that it should not."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in PROGRAMS:
            text = plain(_text(path))
            for said in sorted({name for name in world.names if name in text} | world.numbers & numbers_in(text)):
                yield path.relative_to(folder).as_posix(), said


def test_no_page_and_no_data_of_a_page_tells_what_is_protected(world: World) -> None:
    assert len(world.names) >= 15 and len(world.numbers) > 300
    assert list(leaks(world, world.folder / FOLDER)) == []


@pytest.mark.parametrize("write", [str, escape, figures.in_script, lambda name: figures.in_script(escape(name))])
def test_a_name_is_found_however_a_page_writes_it(write: Callable[[str], str]) -> None:
    name = "CHU d'Angers & Cie <1> « é »"
    assert name in plain(f"<p>{write(name)}</p>")


def test_the_pages_are_made_of_the_published_tables_and_of_nothing_else(world: World, tmp_path: Path) -> None:
    """So that they tell no more than these, in any form: what the tables may tell is for the other tests."""
    _copy(world.folder, tmp_path)
    spy = subprocess.run([sys.executable, "-c", SPY, str(tmp_path)], stdout=subprocess.PIPE, text=True, check=True)
    read = [Path(path) for path in json.loads(spy.stdout)]
    code = [ROOT / name for name in ("dashboards", "greencloud", "schemas", "data/reference")]
    system = [Path(name) for name in (sys.prefix, sys.base_prefix, "/sys", "/proc", "/usr/share/zoneinfo")]
    rest = {path for path in read if not any(path.is_relative_to(place) for place in (*code, *system))}
    assert rest == {tmp_path / name for name in ("edition.json", *(f"{name}.csv" for name in tables.PUBLISHED))}
    assert _bytes_of(tmp_path / FOLDER) == _bytes_of(world.folder / FOLDER)


def test_no_page_bears_the_number_of_a_protected_site(world: World) -> None:
    found = {path.stem for path in (world.folder / FOLDER).rglob("*.html")}
    assert not found & world.names


def test_a_protected_row_put_back_in_a_table_would_be_found_in_the_pages(world: World, tmp_path: Path) -> None:
    """The pages show the tables that they are given: what a table tells, the search finds in them."""
    _copy(world.folder, tmp_path)
    site = next(name for name in sorted(world.names) if re.fullmatch(r"\d{14}-\d{2}", name))
    body = "Régie d'essai & fils"
    number = next(text for text in sorted(world.numbers) if "." not in text and "e" not in text)
    with (tmp_path / "indicateurs_annuels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    last = max((row for row in rows if row["pue_calcule"]), key=lambda row: row["annee"])
    last |= {"id_centre": site, "organisme": body, "energie_totale_kwh": number}
    with (tmp_path / "indicateurs_annuels.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    dashboards.write_pages(tmp_path)
    said = {what for _, what in leaks(replace(world, names=world.names | {body}), tmp_path / FOLDER)}
    assert {site, body, number} <= said


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


def _added_up(rows: Iterable[Row]) -> set[str]:
    """What a page adds up by département, as anybody may: published rows alone, be they all those of a hidden total."""
    places: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if row["inclus_dans_agregats"]:
            places[row["annee"], row["synthetique"], row["code_departement"]].append(row)
    sums = [
        [sum(row[f"energie_{what}_kwh"] for row in place) for what in ("totale", "it")] for place in places.values()
    ]
    return {text for total, it in sums for text in numbers_in(f"{total} {it} {total / it}")}


def _numbers_of(rows: Iterable[Row]) -> set[str]:
    values = (value for row in rows for value in row.values() if isinstance(value, int | float))
    return {text for value in values for text in numbers_in(str(value))}


def _copy(folder: Path, to: Path) -> None:
    """The tables of an edition and what goes with them, without its pages."""
    for path in folder.iterdir():
        if path.is_file():
            (to / path.name).write_bytes(path.read_bytes())


def _bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
