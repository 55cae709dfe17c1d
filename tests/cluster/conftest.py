"""A cluster of three workers for all the tests, the deposits that it reads, and the edition that one machine makes.

`GREENCLOUD_CLUSTER_SITES` sets how many sites declare (8 otherwise; 300 is the size of `make run`).
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from greencloud import sample
from tests.cluster.running import ROOT, Cluster, not_installed, running

SITES = int(os.environ.get("GREENCLOUD_CLUSTER_SITES", "8"))


@pytest.fixture(scope="session")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sample deposits: registers, declarations, consumption lines, some of them wrong."""
    folder = tmp_path_factory.mktemp("depots") / "raw"
    sample.generate(folder, sites=SITES)
    return folder


@pytest.fixture(scope="session")
def single(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one machine publishes of them; not to be changed."""
    published = tmp_path_factory.mktemp("seule") / "published"
    command = [sys.executable, "-m", "greencloud", "build", "--raw", str(raw), "--published", str(published)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return published


@pytest.fixture(scope="session")
def cluster(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The cluster, with the deposits on its storage."""
    if reason := not_installed():
        pytest.skip(reason)
    with running(tmp_path_factory.mktemp("grappe"), AWS_TIMEOUT="4s") as found:
        found.upload(raw)
        yield found
