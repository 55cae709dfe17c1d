"""The page of hosting kinds in a real browser: its dots are chosen, the address keeps the choice, images follow it."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from tests.browser import visits
from tests.browser.chromium import Page

pytestmark = pytest.mark.browser

NAME = "pue-par-hebergement.html"
LEVELS = {"": ("pleine",), "avec-reserve": ("pleine", "reservee"), "tous": ("pleine", "reservee", "non_comparable")}
# How many points of each level the chart shows, and how many rows of each its list does.
DRAWN = """document.querySelector(".dessin").data.filter((trace) => trace.visible !== false && trace.name in COUNT)
  .reduce((sum, trace) => ({ ...sum, [trace.name]: (sum[trace.name] ?? 0) + trace.x.length }), {})""".replace(
    "COUNT", "{ pleine: 1, reservee: 1, non_comparable: 1 }"
)
LISTED = """[...document.querySelectorAll("[id^=table-points] tbody tr")].filter((row) => !row.hidden)
  .map((row) => row.cells[4].querySelector("data").value)"""


@pytest.fixture(scope="module")
def published(edition_dir: Path) -> Counter[str]:
    """How many sites of the last year have a PUE, by level."""
    with (edition_dir / "indicateurs_annuels.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["synthetique"] == "true" and row["annee"] == "2025"]
    return Counter(row["niveau_comparabilite"] for row in rows if row["pue_calcule"])


def shown(page: Page, published: Counter[str], choice: str) -> None:
    """Check that the chart, its list and its count show the levels of a choice and no other."""
    wanted = {level: published[level] for level in LEVELS[choice]}
    page.inside.locator("#comparabilite [role=status]", has_text=f"{sum(wanted.values())} points").wait_for()
    page.inside.wait_for_function(f"() => JSON.stringify({DRAWN}) === JSON.stringify({wanted})", timeout=10_000)
    assert Counter(page.run(LISTED)) == wanted
    assert page.complaints == [] and page.outside == []


def test_the_dots_are_those_of_the_choice_and_the_address_keeps_it(
    page: Page, address: str, published: Counter[str]
) -> None:
    page.open(f"{address}/tableaux-de-bord/{NAME}")
    page.draw()
    shown(page, published, "")
    for choice in ("tous", "avec-reserve", ""):
        page.inside.select_option("#comparabilite-choix", choice)
        shown(page, published, choice)
        assert (f"comparabilite={choice}" in page.inside.url) is bool(choice)
    page.open(f"{address}/tableaux-de-bord/{NAME}?comparabilite=avec-reserve")
    page.draw()
    shown(page, published, "avec-reserve")
    assert visits.complaints(page) == {}


def test_a_hostile_address_changes_nothing(page: Page, pages_dir: Path, published: Counter[str]) -> None:
    page.open(f"{(pages_dir / NAME).as_uri()}?comparabilite=%3Cscript%3Ealert(1)%3C/script%3E")
    page.draw()
    shown(page, published, "")


def test_the_image_taken_away_is_the_one_that_is_shown(page: Page, pages_dir: Path, published: Counter[str]) -> None:
    page.open(pages_dir / NAME)
    page.draw()
    page.inside.select_option("#comparabilite-choix", "tous")
    shown(page, published, "tous")
    page.inside.locator(".telecharger button", has_text="SVG").first.wait_for()
    page.inside.wait_for_timeout(500)
    with page.inside.expect_download() as waiting:
        page.inside.locator(".telecharger button", has_text="SVG").first.click()
    drawing = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert drawing.count('class="point"') >= published.total()


def test_the_list_of_points_is_taken_away_as_it_is_shown(
    page: Page, pages_dir: Path, published: Counter[str], edition_dir: Path
) -> None:
    page.open(f"{(pages_dir / NAME).as_uri()}?comparabilite=avec-reserve")
    page.draw()
    shown(page, published, "avec-reserve")
    page.inside.locator("summary", has_text="Les points en tableau").click()
    with page.inside.expect_download() as waiting:
        page.inside.locator("button", has_text="Télécharger ces points").click()
    rows = list(csv.DictReader(Path(waiting.value.path()).read_text(encoding="utf-8").splitlines()))
    with (edition_dir / "indicateurs_annuels.csv").open(encoding="utf-8", newline="") as file:
        expected = [row for row in csv.DictReader(file) if (row["synthetique"], row["annee"]) == ("true", "2025")]
    wanted = [row for row in expected if row["pue_calcule"] and row["niveau_comparabilite"] in LEVELS["avec-reserve"]]
    assert sorted(float(row["PUE calculé"]) for row in rows) == sorted(float(row["pue_calcule"]) for row in wanted)


def test_no_room_is_kept_under_a_still_drawing_without_scripts(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / NAME, 360, scripts=False)
    place = page.inside.locator(".dessin").first
    kept, drawn = place.bounding_box(), place.locator("svg").first.bounding_box()
    assert kept is not None and drawn is not None
    assert kept["height"] == pytest.approx(drawn["height"], abs=2)
