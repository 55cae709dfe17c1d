"""The comparison of sites in a real browser: an address gives it back, and its numbers are those of the file."""

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.browser import visits
from tests.browser.chromium import Page

pytestmark = pytest.mark.browser

SHOWN = """[...document.querySelectorAll("#table-comparaison tbody tr")].filter((row) => !row.hidden).flatMap((row) =>
  [...row.querySelectorAll("td")].map((cell) =>
    [row.cells[0].dataset.colonne, cell.dataset.cle, cell.querySelector("data")?.value ?? ""]))"""


OUTSIDE_THE_DRAWING = """[...document.querySelectorAll("#points text")].filter((text) => {
  const { x, width } = text.getBBox();
  return x < 0 || x + width > text.ownerSVGElement.viewBox.baseVal.width;
}).map((text) => text.textContent)"""


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
    assert page.run("document.activeElement.id") == "choix-recherche"
    for left in (1, 0):
        page.inside.locator("#choisis button").first.click()
        page.inside.locator("#choisis button").nth(left).wait_for(state="detached", timeout=10_000)
        focused = page.run("[document.activeElement.id, document.activeElement.closest('#choisis') !== null]")
        assert focused == (["", True] if left else ["choix-recherche", False])
    assert not any(site in page.inside.url for site in chosen)
    assert not page.run("document.getElementById('comparaison').checkVisibility()")


def test_a_hostile_address_does_nothing(page: Page, address: str) -> None:
    page.open(f"{address}/tableaux-de-bord/comparer.html?sites=<img src=x onerror=alert(1)>&annee=1789&autre=1")
    page.inside.wait_for_timeout(300)
    assert page.run("document.querySelectorAll('main img').length") == 0
    assert page.complaints == []


def test_a_year_that_comes_late_is_not_shown_under_another(page: Page, edition_dir: Path, address: str) -> None:
    sites = sorted(rows_of(edition_dir, "2024"))[:2]
    page.open(f"{address}/tableaux-de-bord/comparer.html?sites={','.join(sites)}")
    page.inside.locator("#comparaison:not([hidden])").wait_for(timeout=10_000)
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.inside.route("**/sites-2023.js", hold)
    page.inside.select_option("#choix-annee", "2023")
    page.inside.select_option("#choix-annee", "2024")
    page.inside.locator("caption [data-annee]", has_text="2024").wait_for(timeout=10_000)
    [late] = held
    with page.inside.expect_response("**/sites-2023.js"):
        late.continue_()
    page.inside.wait_for_timeout(200)
    assert page.run("document.querySelector('caption [data-annee]').textContent") == "2024"
    rows = rows_of(edition_dir, "2024")
    for column, key, value in page.run(SHOWN):
        named = dict(part.split("=") for part in key.split(";"))
        assert named["annee"] == "2024" and visits.same(value, rows[named["id_centre"]][column])
    page.inside.unroute("**/sites-2023.js")


def test_a_chosen_site_without_data_can_be_taken_off_and_nothing_empty_is_drawn(
    page: Page, edition_dir: Path, pages_dir: Path
) -> None:
    unknown = "99999999999999-99"
    page.open(f"{(pages_dir / 'comparer.html').as_uri()}?sites={unknown}&annee=2024")
    page.inside.locator("#reserves p").wait_for(timeout=10_000)
    said = page.inside.locator("#reserves").inner_text()
    assert said == f"Aucun site publié ne porte ce numéro\u202f: {unknown}."
    assert not page.run("document.getElementById('comparaison').checkVisibility()")
    page.inside.locator("#choisis button", has_text=unknown).click()
    page.inside.locator("#choisis button").wait_for(state="detached", timeout=10_000)


def test_sites_without_the_year_are_named_and_the_one_left_is_alone(
    page: Page, edition_dir: Path, pages_dir: Path
) -> None:
    last, before = rows_of(edition_dir, "2025"), rows_of(edition_dir, "2024")
    left = next(one for one, row in last.items() if row["categorie_mesure_it"] == "X")
    gone = sorted(set(before) - set(last))[:2]
    page.open(f"{(pages_dir / 'comparer.html').as_uri()}?sites={','.join([left, *gone])}&annee=2025")
    page.inside.locator("#comparaison:not([hidden])").wait_for(timeout=10_000)
    said = page.inside.locator("#reserves").inner_text()
    names = "\u202f; ".join(before[one]["nom_site"] for one in gone)
    assert f"Sans données publiées en 2025\u202f: {names}." in said
    assert "ces sites" not in said and "Le point de mesure de ce site est inconnu" in said


def test_the_shape_of_a_mark_says_what_its_ratio_is_worth(page: Page, edition_dir: Path, pages_dir: Path) -> None:
    rows = rows_of(edition_dir, "2025")
    full, apart = (
        next(one for one, row in rows.items() if row["pue_calcule"] and row["niveau_comparabilite"] == level)
        for level in ("pleine", "reservee")
    )
    declared = max((float(row["pue_declare"]), one) for one, row in rows.items() if not row["pue_calcule"])[1]
    page.open(f"{(pages_dir / 'comparer.html').as_uri()}?sites={full},{apart},{declared}", 360)
    page.inside.locator("#comparaison:not([hidden])").wait_for(timeout=10_000)
    fills = page.run("[...document.querySelectorAll('#points polygon')].map((mark) => mark.getAttribute('fill'))")
    assert fills == ["#0072B2", "#ffffff"]
    assert page.inside.locator('#points rect[stroke="#0072B2"]').count() == 1
    warned = page.inside.locator("#reserves").inner_text()
    assert "avec réserve\u202f: " + (rows[apart]["nom_site"] or apart) in warned
    assert page.run(OUTSIDE_THE_DRAWING) == []


def test_what_is_saved_says_whose_it_is(page: Page, edition_dir: Path, pages_dir: Path) -> None:
    rows = rows_of(edition_dir, "2023")
    sites = sorted(rows)[:2]
    page.open(f"{(pages_dir / 'comparer.html').as_uri()}?sites={','.join(sites)}&annee=2023")
    page.inside.locator("#comparaison:not([hidden])").wait_for(timeout=10_000)
    with page.inside.expect_download() as waiting:
        page.inside.locator("#enregistrer").click()
    saved = list(csv.DictReader(Path(waiting.value.path()).read_text(encoding="utf-8").splitlines()))
    assert [row["id_centre"] for row in saved] == sites
    for row in saved:
        assert row["annee"] == "2023" and row["synthetique"] == "true"
        assert [name for name in row if not visits.same(row[name], rows[row["id_centre"]][name])] == []
    origin = page.inside.locator("#comparaison .origine").inner_text()
    assert "n = 2 en 2023" in origin
