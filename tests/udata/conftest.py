"""The server of data.gouv.fr, started once for each process of a test run, and the proxy before it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.udata import small
from tests.udata.proxy import Proxy
from tests.udata.publisher import Publisher
from tests.udata.running import Udata, missing, running
from tests.udata.standing import Published
from tests.udata.truth import Truth, as_producer


@pytest.fixture(scope="session")
def udata(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Udata]:
    """A real server: licences and frequencies of data.gouv.fr, zones of France and Belgium, three producers."""
    _need_udata()
    with running(tmp_path_factory.mktemp("udata")) as server:
        yield server


@pytest.fixture(scope="session")
def udata_with_parquet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Udata]:
    """A second server, which lists `parquet` among the extensions of files, as data.gouv.fr does."""
    _need_udata()
    with running(tmp_path_factory.mktemp("udata_parquet"), ["parquet"]) as server:
        yield server


@pytest.fixture
def proxy(udata: Udata) -> Iterator[Proxy]:
    """A proxy before `udata`, which behaves until told otherwise."""
    with Proxy(udata.url) as between:
        yield between


@pytest.fixture(scope="session")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole edition of few rows; not to be changed."""
    return small.whole(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="session")
def editions(edition: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two small ones, one after the other (`small.first`, `small.second`); not to be changed."""
    return small.both(edition, tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def truth(udata: Udata) -> Truth:
    return as_producer(udata)


@pytest.fixture(scope="session")
def standing(
    udata: Udata, truth: Truth, editions: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Published:
    """The first small edition, published once; not to be changed."""
    publisher = Publisher(udata.url, udata.token, truth.organization(), tmp_path_factory.mktemp("publisher"))
    publisher.publish(editions["first"])
    return Published(publisher, editions["first"], truth)


@pytest.fixture
def own(udata: Udata, truth: Truth, editions: dict[str, Path], tmp_path: Path) -> Published:
    """The same for one test, which may do what it likes with it."""
    edition = tmp_path / editions["first"].name
    shutil.copytree(editions["first"], edition)
    publisher = Publisher(udata.url, udata.token, truth.organization(), tmp_path / "publisher")
    publisher.publish(edition)
    return Published(publisher, edition, truth)


def _need_udata() -> None:
    if reason := missing():
        pytest.skip(reason)
