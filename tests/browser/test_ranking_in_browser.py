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
# Whether what has the focus is in the list, and nothing that stays in sight covers it.
UNCOVERED = f"""(() => {{
  const focused = document.activeElement;
  const {{ left, top, width, height }} = focused.getClientRects()[0];
  const above = document.elementFromPoint(left + Math.min(width, 20) / 2, top + height / 2);
  return focused.closest('{LIST}') !== null && (focused.contains(above) || above?.contains(focused) === true);
}})()"""
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
    """Wait until the list says that so many sites answer."""
    text = f"{shown} {'sites retenus' if shown > 1 else 'site retenu'} sur {among}"
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
    assert page.run("document.getElementById('filtre-annee').value") == ""
    assert page.run(f"document.querySelector('{LIST} [data-annee]').textContent") == published[0]["annee"]
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


def test_sizes_and_levels_are_sorted_by_what_they_mean(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / "classement.html")
    levels = ["pleine", "reservee", "non_comparable"]
    for column, order in (
        ("classe_taille", [*(f"T{size}" for size in range(8)), "TX"]),
        ("niveau_comparabilite", levels),
    ):
        page.inside.locator(f'{LIST} thead th[data-colonne="{column}"] button').click()
        page.inside.locator(f'{LIST} thead th[data-colonne="{column}"][aria-sort="ascending"]').wait_for(timeout=10_000)
        found = [order.index(row[column]) for row in taken(page)]
        assert found == sorted(found) and len(set(found)) > 2, column


def test_a_year_that_does_not_come_is_never_taken_for_another_and_can_be_asked_again(
    page: Page, address: str, every_year: Rows
) -> None:
    page.open(f"{address}/tableaux-de-bord/classement.html?annee=2025")
    page.inside.locator(COUNT, has_text="retenus").wait_for(timeout=10_000)
    cut = "**/sites-2024.js"
    page.inside.route(cut, lambda route: route.fulfill(body="gcn.recevoir(", content_type="text/javascript"))
    page.inside.select_option("#filtre-annee", "2024")
    page.inside.locator(COUNT, has_text="n’ont pas pu être lues").wait_for(timeout=10_000)
    assert page.inside.locator(f"{LIST} tbody tr").count() == 0
    assert page.inside.locator(f"{LIST} [data-enregistrer]").is_disabled()
    page.inside.unroute(cut)
    page.inside.select_option('[data-filtre="type_hebergement"]', "salle_serveurs")
    of_year = [row for row in every_year if row["annee"] == "2024"]
    expected = {row["id_centre"] for row in of_year if row["type_hebergement"] == "salle_serveurs"}
    wait(page, len(expected), len(of_year))
    rows = taken(page)
    assert {row["annee"] for row in rows} == {"2024"} and {row["id_centre"] for row in rows} == expected


def test_a_page_of_rows_is_shown_and_the_others_follow(page: Page, pages_dir: Path, published: Rows) -> None:
    page.open(pages_dir / "classement.html")
    page.inside.locator(f'{LIST} thead th[data-colonne="nom_site"] button').click()
    wait(page, len(published), len(published))
    shown = [row["id_centre"] for row in taken(page)]
    names: list[str] = []
    following = page.inside.locator(f'{LIST} [data-vers="1"]')
    for turn in range(3):
        keys = page.run(f"[...document.querySelectorAll('{LIST} tbody tr')].map((row) => row.dataset.cle)")
        names += [key.split(";")[0].removeprefix("id_centre=") for key in keys]
        assert len(keys) <= 50
        if turn < 2:
            following.click()
            page.inside.locator(COUNT, has_text=f"lignes {50 * turn + 51}").wait_for(timeout=10_000)
    assert names == shown and len(names) == len(published) > 100
    assert following.get_attribute("aria-disabled") == "true"


def test_the_keyboard_goes_through_the_rows_and_never_loses_its_place(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / "classement.html", 360)
    page.media(still=True)  # a page that scrolls slowly is measured too early
    page.inside.locator(f"{LIST} tbody a").first.focus()
    for key in ("Tab",) * 50 + ("Shift+Tab",) * 50:
        page.inside.keyboard.press(key)
        assert page.run(UNCOVERED), (key, page.run("document.activeElement.outerHTML.slice(0, 90)"))
    page.inside.locator(f'{LIST} [data-vers="1"]').focus()
    page.inside.keyboard.press("Enter")
    page.inside.locator(COUNT, has_text="lignes 51").wait_for(timeout=10_000)
    assert page.run("document.activeElement.dataset.vers") == "1"
    page.inside.keyboard.press("Shift+Tab")
    page.inside.keyboard.press("Shift+Tab")
    assert page.run(UNCOVERED) and page.run("document.activeElement.closest('tbody') !== null")
    page.media()


def test_without_scripts_the_first_rows_and_a_way_to_the_others_are_there(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / "classement.html", scripts=False)
    assert page.inside.locator(f"{LIST} tbody tr").count() >= 50
    assert page.run('document.getElementById("filtres").hidden')
    assert page.run(f"document.querySelector('{LIST} noscript a').checkVisibility()")
