"""One browser for each module of this folder, and the pages of the example edition."""

import os
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

import dashboards
from greencloud import showing
from tests.browser import chromium
from tests.dashboards import example_edition

_NO_BROWSER = "The pages were not opened in a browser: chromium is not installed (apt-get install chromium)."
_NO_DRIVER = "The pages were not opened in a browser: playwright is not installed (make setup)."


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: opens the pages in a real browser (needs chromium)")


@pytest.fixture(scope="module")  # playwright keeps an event loop running, which the tests of other modules do without
def page() -> Iterator[chromium.Page]:
    """A page of a headless Chromium."""
    program = chromium.executable()
    if program is None:
        pytest.skip(_NO_BROWSER)
    if find_spec("playwright") is None:
        pytest.skip(_NO_DRIVER)
    with chromium.browser(program) as opened:
        yield opened


@pytest.fixture(scope="session")
def edition_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the example edition, with its pages."""
    folder = example_edition.write(tmp_path_factory.mktemp("edition") / "edition")
    dashboards.write_pages(folder)
    return folder


@pytest.fixture(scope="session")
def pages_dir(edition_dir: Path) -> Path:
    """The folder of the pages of the example edition."""
    return edition_dir / "tableaux-de-bord"


@pytest.fixture(scope="session")
def captures() -> Path | None:
    """Where screenshots are kept to be looked at; None when nobody asked for them."""
    asked = os.environ.get("GREENCLOUD_CAPTURES")
    return Path(asked) if asked else None


@pytest.fixture
def address(edition_dir: Path) -> Iterator[str]:
    """The edition as `greencloud serve` shows it."""
    with showing.server(edition_dir, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
