"""The public page of a site in a real browser: it fits a phone, runs and fetches nothing, and reads in the dark."""

from pathlib import Path

import pytest

from greencloud.exports import dossier, files, page
from tests.browser.chromium import Page
from tests.exports import site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    con, _ = dossier.open_deposits(site.write(tmp_path_factory.mktemp("raw")))
    made = {name: page.page(dossier.read(con, name)) for name in (site.FULL, site.SMALL)}
    files.write({folder / f"{name}.html": found.html for name, found in made.items()})
    return folder


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize("name", [site.FULL, site.SMALL])
def test_the_page_fits_its_screen_without_a_complaint(page: Page, pages: Path, name: str, width: int) -> None:
    file = pages / f"{name}.html"
    page.open(file, width)
    assert page.complaints == []
    assert page.requests == [file.as_uri()]
    assert page.run("document.documentElement.scrollWidth") <= width
    assert page.run("getComputedStyle(document.querySelector('h1')).color") == "rgb(23, 33, 43)"


def test_a_wide_table_can_be_reached_with_the_keyboard(page: Page, pages: Path) -> None:
    page.open(pages / f"{site.FULL}.html", 320)
    assert page.run("[...document.querySelectorAll('.defilant')].every((box) => box.tabIndex === 0)")
