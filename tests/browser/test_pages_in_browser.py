"""The pages in a real browser: no error, no outside request, nothing cut off, filters and sorts that work."""

from pathlib import Path

import pytest

from greencloud import tables
from tests.browser.chromium import Page

pytestmark = pytest.mark.browser

PAGES = (
    *("index.html", "pue-par-hebergement.html", "classement.html", "evolution.html", "carte.html"),
    *("economies.html", "observatoire-cloud.html", "secret.html"),
    *("classement-2019.html", "donnees.html", "methode.html"),
    *(f"tables/{name}.html" for name in tables.PUBLISHED),
)
# A phone; a screen of 1280 zoomed at 200 %; a screen.
WIDTHS = (390, 640, 1280)

# Texts of the charts drawn by hand (headings, values): pairs that overlap by more than two pixels both ways.
OVERLAPS = """
[...document.querySelectorAll(".dessin")].flatMap((chart) => {
  const boxes = [...chart.querySelectorAll(".annotation-text, .xtick text, .ytick text, .bartext")]
    .map((text) => [text.textContent, text.getBoundingClientRect()]);
  return boxes.flatMap(([one, a], place) => boxes.slice(place + 1)
    .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2)
    .map(([other]) => `${chart.id}: ${one} / ${other}`));
})
"""
# Texts of the charts that leave their chart sideways by more than two pixels.
CUT = """
[...document.querySelectorAll(".dessin")].flatMap((chart) => {
  const frame = chart.getBoundingClientRect();
  return [...chart.querySelectorAll("text")].filter((text) => {
    const box = text.getBoundingClientRect();
    return box.width > 0 && (box.left < frame.left - 2 || box.right > frame.right + 2);
  }).map((text) => `${chart.id}: ${text.textContent}`);
})
"""
RANKS = '[...document.querySelectorAll("table[data-triable] tbody tr")].filter((row) => !row.hidden)'


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_without_error_or_outside_request(page: Page, pages_dir: Path, name: str) -> None:
    page.open(pages_dir / name)
    drawings = page.run('document.querySelectorAll("[data-graphique]").length')
    assert page.run('document.querySelectorAll(".dessin svg.main-svg").length > 0') is (drawings > 0)
    assert page.run('[...document.querySelectorAll(".dessin")].every((chart) => chart.querySelector("svg"))')
    assert page.complaints == []
    assert [url for url in page.requests if not url.startswith(("file://", "data:"))] == []
    assert any(url.endswith(name) for url in page.requests)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_its_screen(page: Page, pages_dir: Path, name: str, width: int) -> None:
    page.open(pages_dir / name, width)
    assert page.run("document.documentElement.scrollWidth") <= width
    assert page.run(OVERLAPS) == []
    assert page.run(CUT) == []


def test_overlaps_and_cuts_would_be_seen(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / "pue-par-hebergement.html", 390)
    layout = "{'annotations[0].x': 2.5, 'annotations[0].text': 'x'.repeat(80)}"
    page.run(f'Plotly.relayout(document.querySelector(".dessin"), {layout}).then(() => true)')
    assert page.run(OVERLAPS) != []
    assert page.run(CUT) != []


def test_numbers_drawn_by_the_charts_are_french(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / "pue-par-hebergement.html")
    ticks = page.run('[...document.querySelectorAll(".xtick text")].map((text) => text.textContent)')
    assert ticks[:2] == ["1,0", "1,5"]


def test_a_filter_hides_rows_and_dims_dots(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / "classement.html")
    everything = page.run(f"{RANKS}.length")
    page.run(
        'const select = document.getElementById("filtre-hebergement"); select.value = "salle_serveurs";'
        'select.dispatchEvent(new Event("change", { bubbles: true }))'
    )
    kept = page.run(f"{RANKS}.map((row) => row.dataset.hebergement)")
    assert 0 < len(kept) < everything
    assert set(kept) == {"salle_serveurs"}
    assert page.run('document.getElementById("filtres-resultat").textContent') == f"{len(kept)} sites affichés"
    chosen = page.run(
        'document.querySelector(".dessin").data.filter((trace) => trace.customdata)'
        ".map((trace) => trace.selectedpoints.length).reduce((one, other) => one + other)"
    )
    assert chosen == len(kept)


def test_a_click_on_a_head_sorts_then_turns_round(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / "classement.html")
    head = '[...document.querySelectorAll("table[data-triable] th")].find((head) => head.textContent === "PUE")'
    index = page.run(f"{head}.cellIndex")
    values = f"{RANKS}.map((row) => Number(row.cells[{index}].querySelector('data').dataset.valeur))"
    for order in ("ascending", "descending"):
        page.run(f"{head}.querySelector('button').click()")
        assert page.run(f"{head}.getAttribute('aria-sort')") == order
        found = page.run(values)
        assert found == sorted(found, reverse=order == "descending")
        assert len(set(found)) > 10


def test_a_text_column_is_sorted_in_french_order(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / "classement.html")
    page.run("document.querySelector('table[data-triable] th:nth-child(4) button').click()")
    regions = page.run(f"{RANKS}.map((row) => row.cells[3].textContent)")
    order = ["Auvergne-Rhône-Alpes", "Bretagne", "Île-de-France", "La Réunion", "Provence-Alpes-Côte d'Azur"]
    assert list(dict.fromkeys(regions)) == order


def test_without_scripts_the_tables_are_there(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / "classement.html", scripts=False)
    assert page.run(f"{RANKS}.length > 50")
    assert page.run('document.getElementById("filtres").hidden')
    assert page.run('getComputedStyle(document.querySelector(".dessin")).display') == "none"
    assert page.run('document.querySelector(".sans-script").textContent').startswith("Le tracé de ce graphique")


def test_the_skip_link_shows_itself_and_leads_to_the_content(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / "index.html")
    page.run('document.querySelector(".evitement").focus()')
    assert page.run('document.querySelector(".evitement").getBoundingClientRect().left >= 0')
    page.run('document.querySelector(".evitement").click()')
    assert page.run("document.activeElement.id") == "contenu"
