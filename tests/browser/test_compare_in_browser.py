"""The comparison of sites in a real browser: an address gives it back, and its numbers are those of the file."""

import csv
from pathlib import Path

import pytest

from tests.browser import visits
from tests.browser.chromium import Page

pytestmark = pytest.mark.browser

SHOWN = """[...document.querySelectorAll("#table-comparaison tbody tr")].filter((row) => !row.hidden).flatMap((row) =>
  [...row.querySelectorAll("td")].map((cell) =>
    [row.cells[0].dataset.colonne, cell.dataset.cle, cell.querySelector("data")?.value ?? ""]))"""


def rows_of(edition_dir: Path, year: str) -> dict[str, dict[str, str]]:
    with (edition_dir / "indicateurs_annuels.csv").open(encoding="utf-8", newline="") as file:
        found = [row for row in csv.DictReader(file) if row["annee"] == year and row["synthetique"] == "true"]
    return {row["id_centre"]: row for row in found}


def test_an_address_gives_a_comparison_with_numbers_of_the_file(page: Page, edition_dir: Path, address: str) -> None:
    rows = rows_of(edition_dir, "2025")
    sites = sorted(rows)[:3]
    page.open(f"{address}/tableaux-de-bord/comparer.html?sites={','.join(sites)}")
    page.inside.locator("#comparaison:not([hidden])").wait_for(timeout=10_000)
    cells = page.run(SHOWN)
    assert len(cells) > 20
    for column, key, value in cells:
        named = dict(part.split("=") for part in key.split(";"))
        assert visits.same(value, rows[named["id_centre"]][column]), (column, key)
    assert page.run("document.querySelectorAll('#points polygon').length") >= 1
    assert page.complaints == [] and page.outside == []


def test_sites_that_measure_at_other_points_are_compared_with_a_warning(
    page: Page, edition_dir: Path, pages_dir: Path
) -> None:
    rows = rows_of(edition_dir, "2025").values()
    measured = {row["categorie_mesure_it"]: row["id_centre"] for row in rows if row["niveau_comparabilite"] == "pleine"}
    page.open(f"{(pages_dir / 'comparer.html').as_uri()}?sites={measured['1']},{measured['2']}")
    page.inside.locator("#comparaison:not([hidden])").wait_for(timeout=10_000)
    warned = "ne mesurent pas l’énergie informatique au même point"
    assert warned in page.inside.locator("#reserves").inner_text()
    assert page.run("document.getElementById('fictifs').checkVisibility()")


def test_sites_are_chosen_by_their_name_and_the_address_keeps_them(page: Page, edition_dir: Path, address: str) -> None:
    rows = rows_of(edition_dir, "2025")
    chosen = sorted(rows)[4:6]
    page.open(f"{address}/tableaux-de-bord/comparer.html")
    for site in chosen:
        page.inside.fill("#choix-recherche", rows[site]["nom_site"])
        page.inside.locator("#propositions button", has_text=site).click()
    page.inside.locator("#comparaison:not([hidden])").wait_for(timeout=10_000)
    assert all(site in page.inside.url for site in chosen)
    assert page.run("document.querySelectorAll('#table-comparaison thead th').length") == 3
    page.inside.locator("#choisis button").first.click()
    page.inside.wait_for_function(f"!location.href.includes('{chosen[0]}')")


def test_a_hostile_address_does_nothing(page: Page, address: str) -> None:
    page.open(f"{address}/tableaux-de-bord/comparer.html?sites=<img src=x onerror=alert(1)>&annee=1789&autre=1")
    page.inside.wait_for_timeout(300)
    assert page.run("document.querySelectorAll('main img').length") == 0
    assert page.complaints == []
