"""An edition with its pages, written once for all the tests of the dashboards."""

from pathlib import Path

import pytest

import dashboards
from tests.dashboards import example_edition, reading


@pytest.fixture(scope="session")
def edition_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an edition: 120 synthetic sites over seven years, a few real rows, and its pages."""
    folder = example_edition.write(tmp_path_factory.mktemp("edition") / ".en-cours")
    dashboards.write_pages(folder)
    return folder


@pytest.fixture(scope="session")
def pages(edition_dir: Path) -> dict[str, reading.Element]:
    """The pages of that edition, read back: path under `tableaux-de-bord/` -> document."""
    root = edition_dir / "tableaux-de-bord"
    return {
        path.relative_to(root).as_posix(): reading.read(path.read_text(encoding="utf-8"))
        for path in sorted(root.rglob("*.html"))
    }
