"""The page of a report in a real browser: it fits a phone, runs nothing, and its links lead where they say."""

from pathlib import Path

import pytest

from greencloud import rules, tables
from greencloud.checking import check_file
from greencloud.checking.page import write_page
from tests.browser.chromium import Page

pytestmark = pytest.mark.browser

HOSTILE = (
    "id_centre;annee;energie_totale_kwh;energie_it_kwh;categorie_mesure_it;commentaire\n"
    "99988877900017-01;2024;41,73 MWh;24000;1;<script>document.title = 'pris'</script>\n"
    f"99988877900017-02;2024;{'9' * 300};24000;1;\u202e<b onclick=alert(1)>{'x' * 500}\n"
    ";2024;50000;24000;1;\x07<style>body { display: none }</style>\n"
    "99988877900017-04;2024;50000;25000;1;\n"
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rapport")
    deposit = folder / "déclarations <b>.csv"
    deposit.write_text(HOSTILE, encoding="utf-8")
    table = tables.table("declarations")
    write_page(check_file(deposit, table, rules=rules.for_table(table.name)), folder / "rapport.html")
    return folder / "rapport.html"


@pytest.mark.parametrize("width", [320, 390, 640, 1280])
def test_the_report_fits_its_screen_without_a_complaint(page: Page, report: Path, width: int) -> None:
    page.open(report, width)
    assert page.complaints == []
    assert page.requests == [report.as_uri()]
    assert page.run("document.documentElement.scrollWidth") <= width
    assert page.run("getComputedStyle(document.body).color") == "rgb(23, 33, 43)"
    assert page.run("document.title").startswith("Rapport de contrôle : déclarations <b>.csv")
    assert page.run("document.querySelectorAll('script, main b, main style').length") == 0


def test_a_faulty_cell_leads_to_its_message(page: Page, report: Path) -> None:
    page.open(report)
    page.run("document.querySelector('.fautive a').click()")
    cell = page.run("document.querySelector('.fautive').textContent")
    assert page.run("document.querySelector(':target').textContent").count(cell.removeprefix("✘ ").strip()[:20])


def test_a_message_stays_in_sight_when_its_row_is_scrolled(page: Page, report: Path) -> None:
    page.open(report, 390)
    inside = """[...document.querySelectorAll('.message td > span')].every((message) => {
        const frame = message.closest('.defilant').getBoundingClientRect(), box = message.getBoundingClientRect();
        return box.left >= frame.left - 1 && box.right <= frame.right + 1;
    })"""
    assert page.run(inside)
    page.run("document.querySelectorAll('.defilant').forEach((frame) => { frame.scrollLeft = 9999 })")
    assert page.run(inside)


@pytest.mark.parametrize("width", [390, 640, 1280])
def test_a_faulty_cell_is_seen_without_scrolling(page: Page, report: Path, width: int) -> None:
    page.open(report, width)
    assert page.run("document.querySelectorAll('.fautive').length") > 2
    assert page.run("""[...document.querySelectorAll('.fautive')].every((cell) => {
        const frame = cell.closest('.defilant').getBoundingClientRect(), box = cell.getBoundingClientRect();
        return box.width > 40 && box.left >= frame.left - 1 && box.right <= frame.right + 1;
    })""")


def test_the_number_of_the_line_stays_when_its_row_is_scrolled(page: Page, report: Path) -> None:
    page.open(report, 390)
    page.run("document.querySelectorAll('table').forEach((table) => { table.style.width = '2000px' })")
    page.run("document.querySelectorAll('.defilant').forEach((frame) => { frame.scrollLeft = 600 })")
    assert page.run("[...document.querySelectorAll('.defilant')].every((frame) => frame.scrollLeft === 600)")
    assert page.run("""[...document.querySelectorAll('tbody th, thead th:first-child')].every((cell) =>
        Math.abs(cell.getBoundingClientRect().left - cell.closest('.defilant').getBoundingClientRect().left) < 2)""")


def test_the_whole_row_unfolds_where_some_of_it_is_left_out(page: Page, report: Path) -> None:
    for width, shown in ((390, True), (1280, False)):  # six columns: all of them stand on a wide screen
        page.open(report, width)
        assert page.run("document.querySelector('details').checkVisibility()") is shown
    page.open(report, 390)
    page.run("document.querySelector('summary').click()")
    assert page.run("document.querySelector('details dl').checkVisibility()")
    assert page.run("document.documentElement.scrollWidth") <= 390


def test_the_report_prints_whole(page: Page, report: Path) -> None:
    page.open(report, 720)
    page.media("print")
    try:
        frames = "[...document.querySelectorAll('.defilant')]"
        assert page.run(f"{frames}.every((frame) => getComputedStyle(frame).overflowX === 'visible')")
        assert page.run("document.documentElement.scrollWidth") <= 720
    finally:
        page.media("screen")
