"""The ranking and the comparison in a real browser: search, filters, sorts, addresses, downloads, the right numbers."""

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import Page

pytestmark = pytest.mark.browser

LIST = '[data-liste="donnees-synthetiques"]'
ROWS = f"[...document.querySelectorAll('{LIST} tbody tr:not(.bourre)')]"
COUNT = f"document.querySelector('{LIST} [data-compte]').textContent"
CELLS = (
    "[...document.querySelectorAll('main data')].map((cell) => ({value: cell.value, text: cell.textContent,"
    " key: cell.closest('[data-cle]').dataset.cle, column: cell.dataset.colonne ?? "
    " cell.closest('table').tHead.rows[0].cells[cell.closest('td, th').cellIndex].dataset.colonne}))"
)


def _published(edition_dir: Path) -> dict[str, dict[str, str]]:
    with (edition_dir / "indicateurs_annuels.csv").open(encoding="utf-8", newline="") as file:
        return {f"id_centre={row['id_centre']};annee={row['annee']}": row for row in csv.DictReader(file)}


def _of_year(edition_dir: Path, year: str, **wanted: str) -> list[dict[str, str]]:
    rows = _published(edition_dir).values()
    return [row for row in rows if row["annee"] == year and all(row[name] == value for name, value in wanted.items())]


def _shown(page: Page, count: int) -> list[str]:
    """The keys of the rows in the page, once the list has told `count` sites."""
    page.inside.wait_for_function(f"() => {COUNT}.startsWith('{count}\\u00a0') || {COUNT}.startsWith('{count} ')")
    keys: list[str] = page.run(f"{ROWS}.map((row) => row.dataset.cle)")
    return keys


def _same(cell: dict[str, Any], published: dict[str, dict[str, str]]) -> bool:
    said = published[cell["key"]][cell["column"]]
    try:
        return float(cell["value"]) == float(said)
    except ValueError:
        return bool(cell["value"] == said)


def test_the_address_filters_the_list_and_its_numbers_are_published(
    page: Page, edition_dir: Path, pages_dir: Path
) -> None:
    page.open(f"{(pages_dir / 'classement.html').as_uri()}?annee=2023&hebergement=salle_serveurs")
    wanted = _of_year(edition_dir, "2023", type_hebergement="salle_serveurs", synthetique="true")
    assert set(_shown(page, len(wanted))) <= {f"id_centre={row['id_centre']};annee=2023" for row in wanted} != set()
    published = _published(edition_dir)
    listed = [cell for cell in page.run(CELLS) if cell["key"].endswith("annee=2023")]
    assert len(listed) > 50 and all(_same(cell, published) for cell in listed)
    assert page.complaints == []


def test_a_search_ignores_accents_and_writes_itself_in_the_address(
    page: Page, edition_dir: Path, pages_dir: Path
) -> None:
    page.open(pages_dir / "classement.html")
    page.inside.locator("#filtre-recherche").fill("hopital demonstration")
    wanted = [row for row in _of_year(edition_dir, "2025", synthetique="true") if "Hôpital" in row["organisme"]]
    _shown(page, len(wanted))
    assert page.run("location.search") == "?q=hopital+demonstration"


def test_a_choice_that_no_control_offers_is_not_read(page: Page, pages_dir: Path) -> None:
    page.open(f"{(pages_dir / 'classement.html').as_uri()}?annee=1789&hebergement=%3Cb%3E&tri=%22")
    assert page.run(COUNT).startswith("50 premiers sites")
    assert page.run("document.getElementById('filtre-annee').value") == "2025"


def test_scrolling_to_the_end_shows_the_last_sites_and_keeps_few_in_the_page(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / "classement.html")
    before = page.run(f"{ROWS}.slice(0, 10).map((row) => row.textContent)")
    page.run(f"document.querySelector('{LIST} .fenetre').scrollTop = 300")
    page.inside.wait_for_function(f"() => {COUNT}.includes('affichés')")
    assert page.run(f"{ROWS}.slice(0, 10).map((row) => row.textContent)") == before
    page.run(f"(view => {{ view.scrollTop = view.scrollHeight }})(document.querySelector('{LIST} .fenetre'))")
    last = "(rows) => Number(rows.at(-1)?.getAttribute('aria-rowindex'))"
    total = page.run(f"Number(document.querySelector('{LIST} table').getAttribute('aria-rowcount'))")
    page.inside.wait_for_function(f"() => ({last})({ROWS}) === {total}")
    assert page.run(f"{ROWS}.length") < 60


def test_a_click_on_a_head_sorts_then_turns_round(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / "classement.html")
    head = page.inside.locator(f'{LIST} th[data-colonne="pue_calcule"]')
    for order in ("ascending", "descending"):
        head.locator("button").click()
        page.inside.wait_for_selector(f'{LIST} th[data-colonne="pue_calcule"][aria-sort="{order}"]')
        found = [float(value) for value in page.run(f"{ROWS}.map((row) => row.cells[1].firstChild.value)") if value]
        assert found == sorted(found, reverse=order == "descending") and len(set(found)) > 10


def test_the_rows_that_are_shown_are_taken_away_as_they_are(
    page: Page, edition_dir: Path, pages_dir: Path, tmp_path: Path
) -> None:
    page.open(f"{(pages_dir / 'classement.html').as_uri()}?comparabilite=pleine&tri=-pue_calcule")
    wanted = _of_year(edition_dir, "2025", niveau_comparabilite="pleine", synthetique="true")
    _shown(page, len(wanted))
    with page.inside.expect_download() as waiting:
        page.inside.locator(f"{LIST} [data-enregistrer]").click()
    waiting.value.save_as(tmp_path / "liste.csv")
    taken = list(csv.DictReader((tmp_path / "liste.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["id_centre"] for row in taken] == [
        row["id_centre"] for row in sorted(wanted, key=lambda row: -float(row["pue_calcule"]))
    ]
    assert all(
        _same(
            {"key": f"id_centre={row['id_centre']};annee=2025", "column": "pue_calcule", "value": row["pue_calcule"]},
            _published(edition_dir),
        )
        for row in taken
    )


def test_the_address_compares_sites_with_their_published_numbers(
    page: Page, edition_dir: Path, pages_dir: Path
) -> None:
    rows = {row["categorie_mesure_it"]: row for row in _of_year(edition_dir, "2025", niveau_comparabilite="pleine")}
    chosen = [rows["1"]["id_centre"], rows["2"]["id_centre"]]
    page.open(f"{(pages_dir / 'comparer.html').as_uri()}?sites={','.join(chosen)}")
    page.inside.wait_for_selector("#comparaison:not([hidden])")
    published = _published(edition_dir)
    cells = page.run(
        "[...document.querySelectorAll('#table-comparaison data')].map((cell) => ({value: cell.value,"
        " key: cell.closest('[data-cle]').dataset.cle, column: cell.dataset.colonne}))"
    )
    assert len(cells) > 20 and all(_same(cell, published) for cell in cells)
    assert page.run("document.querySelectorAll('#points polygon').length") == 2
    assert "ne mesurent pas l’énergie informatique au même point" in page.run(
        "document.getElementById('reserves').textContent"
    )
    assert page.run("document.getElementById('fictifs').checkVisibility()")


def test_sites_are_added_by_their_name_and_taken_out_and_the_address_follows(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / "comparer.html")
    for _ in range(2):
        page.inside.locator("#choix-recherche").fill("centre 0")
        page.inside.locator("#propositions button").first.click()
    page.inside.wait_for_function("() => document.querySelectorAll('#choisis button').length === 2")
    assert page.run("location.search").count("-01") == 2
    page.inside.locator("#choisis button").first.click()
    page.inside.wait_for_function("() => document.querySelectorAll('#choisis button').length === 1")
    assert page.run("location.search").count("-01") == 1
    assert page.complaints == []
