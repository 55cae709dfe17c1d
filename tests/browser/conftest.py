"""One browser for all the tests of this folder, and the pages of the example edition."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import dashboards
from tests.browser import chromium
from tests.dashboards import example_edition


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: opens the pages in a real browser (needs chromium)")


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[chromium.Page]:
    """A page of a headless Chromium."""
    program = chromium.executable()
    if program is None:
        pytest.skip("The pages were not opened in a browser: chromium is not installed (apt-get install chromium).")
    with chromium.browser(tmp_path_factory.mktemp("profile"), program) as opened:
        yield opened


@pytest.fixture(scope="session")
def pages_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the pages of the example edition."""
    folder = example_edition.write(tmp_path_factory.mktemp("edition") / "edition")
    dashboards.write_pages(folder)
    return folder / "tableaux-de-bord"
