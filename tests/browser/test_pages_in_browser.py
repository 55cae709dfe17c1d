"""The pages in a real browser: no error, no outside request, nothing cut off, the same numbers as the files."""

import csv
import json
from pathlib import Path

import pytest

from tests.browser import visits
from tests.browser.chromium import Page
from tests.dashboards import reading

pytestmark = pytest.mark.browser

# A phone; a screen of 1280 zoomed at 200 %; a tablet; a screen.
WIDTHS = (360, 640, 768, 1440)
SOME = ("index.html", "pue-par-hebergement.html", "classement.html", "economies.html")
# What only scripts make work, and shows itself to whoever has none.
OFFERED = """
[...document.querySelectorAll("main button, main select, main input")].filter((control) => control.checkVisibility())
  .map((control) => control.outerHTML)
"""
MOVING = """
[...document.querySelectorAll("*")].filter((element) => {
  const style = getComputedStyle(element);
  const longest = (name) => Math.max(...style[name].split(",").map(parseFloat));
  return longest("transitionDuration") > 0.01 || longest("animationDuration") > 0.01;
}).map((element) => element.outerHTML.slice(0, 80))
"""


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_works_and_fits_its_screen(page: Page, pages_dir: Path, captures: Path | None, width: int) -> None:
    found = {}
    for name in (*visits.names(pages_dir), *visits.states(pages_dir)):
        visits.visit(page, pages_dir, name, width)
        found[name] = visits.complaints(page)
        if captures is not None:
            page.inside.screenshot(path=captures / str(width) / f"{name.replace('?', '_')}.png", full_page=True)
    assert len(found) > 20
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_what_is_wrong_would_be_seen(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / "pue-par-hebergement.html", 360)
    page.draw()
    layout = "{'annotations[0].x': 2.5, 'annotations[0].text': 'x'.repeat(80)}"
    page.run(f'Plotly.relayout(document.querySelector(".dessin"), {layout}).then(() => true)')
    page.run("""{
        const wide = document.createElement("p");
        wide.style.minWidth = "900px";
        wide.textContent = "large";
        document.querySelector("main").append(wide);
        const empty = document.createElement("div");
        empty.className = "dessin";
        document.querySelector("main").append(empty);
        console.error("une erreur");
        fetch("https://example.org/pixel.png").catch(() => {});
    }""")
    page.inside.wait_for_timeout(200)
    assert set(visits.complaints(page)) == {
        *("console", "outside", "wider than the screen", "texts that overlap", "texts cut", "not drawn"),
    }


def test_numbers_after_the_scripts_are_those_of_the_files(page: Page, pages_dir: Path) -> None:
    compared = 0
    for name in visits.names(pages_dir):
        page.open(pages_dir / name)
        shown = reading.read(page.inside.content())
        written = [cell.text for cell in reading.read((pages_dir / name).read_text(encoding="utf-8")).all("data")]
        assert [cell.text for cell in shown.all("data")] == written, name
        compared += len(written)
    assert compared > 1_000


def test_numbers_drawn_by_the_charts_are_french(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / "pue-par-hebergement.html")
    page.draw()
    ticks = page.run('[...document.querySelectorAll(".xtick text")].map((text) => text.textContent)')
    assert ticks[:2] == ["1,0", "1,5"]


def test_plotly_comes_with_the_first_figure_in_view_and_not_before(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / "evolution.html", 360)
    assert not [url for url in page.requests if "plotly" in url]
    assert page.run('document.querySelector(".dessin .fixe svg").checkVisibility()')
    page.draw()
    asked = [url.rpartition("/")[2] for url in page.requests if "plotly" in url]
    assert asked == ["plotly.min.js", "plotly-locale-fr.js"]


def test_a_page_without_figures_never_asks_for_plotly(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / "methode.html")
    page.draw()
    assert not [url for url in page.requests if "plotly" in url]


def test_the_first_page_is_light(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / "index.html")
    page.draw()
    files = {url.removeprefix("file://") for url in page.requests if url.startswith("file://")}
    assert sum(Path(file).stat().st_size for file in files if not file.endswith("plotly.min.js")) < 300_000


def test_each_figure_can_be_taken_away(page: Page, edition_dir: Path, pages_dir: Path, tmp_path: Path) -> None:
    page.open(pages_dir / "pue-par-hebergement.html")
    page.draw()
    taken = {}
    for label in ("SVG", "PNG", "CSV"):
        with page.inside.expect_download() as waiting:
            page.inside.locator(".telecharger button", has_text=label).first.click()
        taken[label] = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(taken[label])
    assert {path.suffix for path in taken.values()} == {".svg", ".png", ".csv"}
    drawing = taken["SVG"].read_text(encoding="utf-8")
    assert drawing.startswith("<svg") and "http" not in drawing.replace("http://www.w3.org/", "")
    assert taken["PNG"].read_bytes().startswith(b"\x89PNG") and taken["PNG"].stat().st_size > 10_000
    rows = list(csv.reader(taken["CSV"].read_text(encoding="utf-8").splitlines()))
    table = next(reading.read((pages_dir / "pue-par-hebergement.html").read_text(encoding="utf-8")).all("figure"))
    cells = [[cell.attributes["value"] or hidden(cell.text) for cell in row.all("data")] for row in table.all("tr")]
    assert rows[1:] == [row for row in cells if row]


def hidden(text: str) -> str:
    """What a table that is taken away says of a cell without value: hidden by secrecy, or absent."""
    return text if text == "secret" else ""


def test_without_scripts_everything_is_read_and_nothing_is_offered_in_vain(page: Page, pages_dir: Path) -> None:
    for name in visits.names(pages_dir):
        page.open(pages_dir / name, 768, scripts=False)
        assert page.run(OFFERED) == [], name
        assert page.run(visits.WIDER) == [], name
        assert page.run('[...document.querySelectorAll(".dessin")].every((place) => place.querySelector(".fixe svg"))')


@pytest.mark.parametrize("name", SOME)
def test_nothing_moves_for_whoever_asks_for_stillness(page: Page, pages_dir: Path, name: str) -> None:
    page.open(pages_dir / name)
    page.media(still=True)
    try:
        assert page.run(MOVING) == []
    finally:
        page.media()


def test_the_skip_link_shows_itself_and_leads_to_the_content(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / "index.html")
    page.inside.keyboard.press("Tab")
    assert page.run("document.activeElement.className") == "evitement"
    assert page.run("document.activeElement.getBoundingClientRect().left >= 0")
    page.inside.keyboard.press("Enter")
    assert page.run("document.activeElement.id") == "contenu"


def test_the_pages_work_the_same_when_they_are_served(page: Page, pages_dir: Path, address: str) -> None:
    for name in SOME:
        page.open(f"{address}/tableaux-de-bord/{name}")
        page.draw()
        assert visits.complaints(page) == {}, name


def test_the_figures_are_those_of_the_page_in_json(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / "index.html")
    page.draw()
    source = page.run('document.querySelector("[data-graphique]").textContent')
    drawn = page.run('document.querySelector(".dessin").data.map((trace) => trace.x.length)')
    assert drawn == [len(trace["x"]) for trace in json.loads(source)["data"]]
