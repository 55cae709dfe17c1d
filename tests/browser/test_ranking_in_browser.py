"""The ranking in a real browser: its filters, its search, its sorts, its address, and what is taken away from it."""

import csv
from pathlib import Path

import pytest

from tests.browser import visits
from tests.browser.chromium import Page

pytestmark = pytest.mark.browser

LIST = '[data-liste="donnees-synthetiques"]'
COUNT = f"{LIST} [data-compte]"
CELLS = f"""[...document.querySelectorAll('{LIST} tbody data')].map((cell) =>
  [cell.closest("[data-cle]").dataset.cle, cell.dataset.colonne
    ?? cell.closest("table").tHead.rows[0].cells[cell.closest("td, th").cellIndex].dataset.colonne, cell.value])"""
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def every_year(edition_dir: Path) -> Rows:
    """The synthetic rows of the edition."""
    with (edition_dir / "indicateurs_annuels.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["synthetique"] == "true"]


@pytest.fixture(scope="module")
def published(every_year: Rows) -> Rows:
    """Those of its last year."""
    last = max(row["annee"] for row in every_year)
    return [row for row in every_year if row["annee"] == last]


def wait(page: Page, shown: int, among: int) -> None:
    """Wait until the list says that it shows so many sites."""
    text = f"{shown} {'sites affichés' if shown > 1 else 'site affiché'} sur {among}"
    page.inside.locator(COUNT, has_text=text).wait_for(timeout=10_000)


def taken(page: Page) -> Rows:
    """What the button of the list saves."""
    with page.inside.expect_download() as waiting:
        page.inside.locator(f"{LIST} [data-enregistrer]").click()
    return list(csv.DictReader(Path(waiting.value.path()).read_text(encoding="utf-8").splitlines()))


def test_a_filter_keeps_the_sites_of_a_kind_and_writes_itself_in_the_address(
    page: Page, address: str, published: Rows
) -> None:
    page.open(f"{address}/tableaux-de-bord/classement.html")
    page.inside.select_option('[data-filtre="type_hebergement"]', "salle_serveurs")
    expected = {row["id_centre"] for row in published if row["type_hebergement"] == "salle_serveurs"}
    wait(page, len(expected), len(published))
    assert "salle_serveurs" in page.inside.url
    assert {row["id_centre"] for row in taken(page)} == expected
    page.open(page.inside.url)
    wait(page, len(expected), len(published))
    assert page.run("document.querySelector('[data-filtre=\"type_hebergement\"]').value") == "salle_serveurs"
    assert page.complaints == [] and page.outside == []


def test_the_numbers_of_an_address_are_those_of_the_file(page: Page, pages_dir: Path, every_year: Rows) -> None:
    page.open(f"{(pages_dir / 'classement.html').as_uri()}?annee=2023&hebergement=salle_serveurs")
    rows = {f"id_centre={row['id_centre']};annee=2023": row for row in every_year if row["annee"] == "2023"}
    wait(page, sum(row["type_hebergement"] == "salle_serveurs" for row in rows.values()), len(rows))
    cells = page.run(CELLS)
    assert len(cells) > 50
    for key, column, value in cells:
        assert visits.same(value, rows[key][column]), (key, column)


def test_a_choice_that_no_control_offers_is_not_read(page: Page, pages_dir: Path, published: Rows) -> None:
    page.open(f"{(pages_dir / 'classement.html').as_uri()}?annee=1789&hebergement=%3Cb%3E&tri=%22")
    assert page.run("document.getElementById('filtre-annee').value") == published[0]["annee"]
    assert page.run("document.querySelector('[data-filtre=\"type_hebergement\"]').value") == ""
    assert page.complaints == []


def test_a_search_ignores_accents_and_case(page: Page, pages_dir: Path, published: Rows) -> None:
    page.open(pages_dir / "classement.html")
    page.inside.fill('[data-adresse="q"]', "hopital DEMONSTRATION")
    wait(page, sum("Hôpital" in row["organisme"] for row in published), len(published))
    assert page.run("location.search") == "?q=hopital+DEMONSTRATION"


def test_a_search_finds_a_site_by_its_name(page: Page, pages_dir: Path, published: Rows) -> None:
    page.open(pages_dir / "classement.html")
    site = published[3]
    page.inside.fill('[data-adresse="q"]', f"{site['nom_site'].upper()} {site['id_centre']}")
    wait(page, 1, len(published))
    assert page.inside.locator(f"{LIST} tbody tr").count() == 1
    assert page.inside.locator(f"{LIST} tbody th").inner_text() == site["nom_site"]
    page.inside.locator(f"{LIST} tbody th a").click()
    assert page.inside.url.endswith(f"centres/{site['id_centre']}.html")


def test_a_click_on_a_head_sorts_then_turns_round(page: Page, pages_dir: Path, published: Rows) -> None:
    page.open(pages_dir / "classement.html")
    column = page.run(
        f"""[...document.querySelectorAll('{LIST} thead th')].map((head) => head.dataset.colonne)
        .find((name) => name.startsWith("pue"))"""
    )
    head = page.inside.locator(f'{LIST} thead th[data-colonne="{column}"]')
    for order in ("ascending", "descending"):
        head.locator("button").click()
        page.inside.locator(f'{LIST} thead th[aria-sort="{order}"]').wait_for(timeout=10_000)
        rows = taken(page)
        values = [float(row[column]) for row in rows if row[column]]
        assert values == sorted(values, reverse=order == "descending")
        first = page.run(
            f"[...document.querySelectorAll('{LIST} tbody th')].slice(0, 10).map((name) => name.innerText)"
        )
        assert first == [row["nom_site"] for row in rows[:10]]
        assert len(set(values)) > 10
    assert sorted(values) == sorted(float(row[column]) for row in published if row[column])


def test_only_the_rows_in_sight_are_in_the_page_and_all_can_be_reached(
    page: Page, pages_dir: Path, published: Rows
) -> None:
    page.open(pages_dir / "classement.html")
    page.inside.locator(f'{LIST} thead th[data-colonne="nom_site"] button').click()
    wait(page, len(published), len(published))
    assert page.inside.locator(f"{LIST} tbody tr").count() < len(published)
    last = max(row["nom_site"] for row in published)
    page.run(f"document.querySelector('{LIST} .fenetre').scrollTo(0, 1e6)")
    page.inside.locator(f"{LIST} tbody th", has_text=last).wait_for(timeout=10_000)


def test_without_scripts_the_first_rows_and_a_way_to_the_others_are_there(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / "classement.html", scripts=False)
    assert page.inside.locator(f"{LIST} tbody tr").count() >= 50
    assert page.run('document.getElementById("filtres").hidden')
    assert page.run(f"document.querySelector('{LIST} noscript a').checkVisibility()")
