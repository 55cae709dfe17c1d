"""One small edition for the tests of its papers."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from greencloud.editions import draft
from tests.published import DEPOSITS, connection


@pytest.fixture(scope="session")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An edition with a few rows in every table; not to be changed."""
    with draft(connection(), tmp_path_factory.mktemp("published"), DEPOSITS) as work:
        pass
    return work.destination


@pytest.fixture(scope="session")
def descriptor(edition: Path) -> dict[str, Any]:
    """Its datapackage.json."""
    return dict(json.loads((edition / "datapackage.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The edition that the command line builds from the sample, pages included; not to be changed."""
    folder = tmp_path_factory.mktemp("built")
    for words in (["sample", "--out", "raw", "--sites", "60"], ["build", "--raw", "raw", "--published", "published"]):
        subprocess.run([sys.executable, "-m", "greencloud", *words], cwd=folder, capture_output=True, check=True)
    return (folder / "published" / "current").resolve()
