"""The page of a site: everything in it is published, every number is read back, what it would save is recomputed."""

import csv
import re
from pathlib import Path
from typing import Any

import pytest

import dashboards
from dashboards import data, links
from dashboards.themes import sites
from greencloud import tables
from tests.dashboards import example_edition, reading

Pages = dict[str, reading.Element]


def _published(edition_dir: Path) -> dict[tuple[str, str], dict[str, str]]:
    with (edition_dir / "indicateurs_annuels.csv").open(encoding="utf-8", newline="") as file:
        return {(row["id_centre"], row["annee"]): row for row in csv.DictReader(file)}


def _site_pages(pages: Pages) -> dict[str, reading.Element]:
    return {name[8:-5]: page for name, page in pages.items() if name.startswith("centres/")}


def test_each_published_site_has_its_page(pages: Pages, edition_dir: Path) -> None:
    assert set(_site_pages(pages)) == {identifier for identifier, _ in _published(edition_dir)}


def test_a_page_only_shows_its_own_site_and_all_its_years(pages: Pages, edition_dir: Path) -> None:
    years: dict[str, set[str]] = {}
    for identifier, year in _published(edition_dir):
        years.setdefault(identifier, set()).add(year)
    for identifier, page in _site_pages(pages).items():
        keys = [cell.attributes["data-cle"].split(";") for cell in page.all("data")]
        assert {key[0] for key in keys} == {f"id_centre={identifier}"}
        for table in page.all("table"):
            shown = [row.attributes["data-cle"].split("annee=")[1] for row in table.all("tr") if row.attributes]
            assert shown == sorted(years[identifier], reverse=True), identifier


def test_synthetic_sites_say_so_and_real_ones_do_not(pages: Pages, edition_dir: Path) -> None:
    synthetic = {identifier for (identifier, _), row in _published(edition_dir).items() if row["synthetique"] == "true"}
    for identifier, page in _site_pages(pages).items():
        banners = [part for part in page.all("p") if part.attributes.get("class") == "banniere"]
        assert len(banners) == (identifier in synthetic), identifier


def test_the_drawing_holds_every_year_that_has_a_ratio(pages: Pages, edition_dir: Path) -> None:
    known: dict[str, int] = {}
    for (identifier, _), row in _published(edition_dir).items():
        known[identifier] = known.get(identifier, 0) + bool(row["pue_calcule"])
    for identifier, page in _site_pages(pages).items():
        assert len([part for part in page.all() if part.tag == "polygon"]) == known[identifier], identifier


def test_what_a_site_would_save_follows_from_its_published_energies(pages: Pages, edition_dir: Path) -> None:
    published = _published(edition_dir)
    seen = 0
    for page in _site_pages(pages).values():
        for line in page.all("li"):
            for saved in line.all("strong"):
                if "data-calcul" not in saved.attributes:
                    continue
                key = tuple(part.split("=")[1] for part in line.attributes["data-cle"].split(";"))
                row = published[key[0], key[1]]
                found = re.fullmatch(
                    r"energie_totale_kwh - energie_it_kwh \* ([\d.]+)", saved.attributes["data-calcul"]
                )
                assert found and row["inclus_dans_agregats"] == "true"
                value = float(row["energie_totale_kwh"]) - float(row["energie_it_kwh"]) * float(found[1])
                assert reading.says(saved.text, str(value), "energie_totale_kwh", None) and value > 0
                seen += 1
    assert seen > 10


ENERGIES = {"energie_totale_kwh": 1800.0, "energie_it_kwh": 1000.0}
ROW: dict[str, Any] = {
    **dict.fromkeys(tables.table("indicateurs_annuels").column_names),
    "id_centre": "90000000000001-01",
    "annee": 2025,
    "synthetique": True,
    "inclus_dans_agregats": True,
    "niveau_comparabilite": "pleine",
    **ENERGIES,
}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [("300\u00a0kWh", False)]),
        ({"pue_quartile_1_pairs": 1.4}, [("400\u00a0kWh", False), ("300\u00a0kWh", False)]),
        ({"energie_totale_kwh": 1450.0, "pue_quartile_1_pairs": 1.4}, [("50\u00a0kWh", False), ("0\u00a0kWh", True)]),
        ({"inclus_dans_agregats": False}, []),
        ({"niveau_comparabilite": "non_comparable"}, []),
    ],
)
def test_savings_are_never_below_nothing(
    edition_dir: Path, changes: dict[str, Any], expected: list[tuple[str, bool]]
) -> None:
    savings = sites._savings(data.load(edition_dir), [{**ROW, **changes}])
    assert [(saving.saved, saving.better) for saving in savings] == expected


@pytest.mark.parametrize("code", ["pue_declare_incoherent", "ecart_consommations", "energies_absentes"])
def test_a_warning_is_told_in_words(code: str) -> None:
    said = sites._said(code)
    assert said.endswith((".", "?")) and "_" not in said and "{" not in said


def test_every_code_of_the_quality_has_its_words() -> None:
    table = tables.table("indicateurs_annuels")
    for column, words in (("qualite_mesure", sites.QUALITIES), ("niveau_comparabilite", sites.LEVELS)):
        assert set(words) == set(table.field(column).constraints["enum"])


@pytest.mark.parametrize(
    "identifier", ["../index", "90000000000001-01/..", "", "9000000000000-01", "90000000000001-01\n"]
)
def test_what_is_not_the_number_of_a_site_names_no_file(identifier: str) -> None:
    assert links.site(identifier) == ""


def test_a_site_that_names_a_file_writes_none(tmp_path: Path) -> None:
    folder = example_edition.write(tmp_path / "edition", sites=3, real=False)
    path = folder / "indicateurs_annuels.csv"
    text = path.read_text(encoding="utf-8").replace("90000000000001-01", "../../../ailleurs")
    path.write_text(text, encoding="utf-8")
    written = dashboards.write_pages(folder)
    assert not list(tmp_path.rglob("ailleurs*")) and all(item.resolve().is_relative_to(folder) for item in written)
