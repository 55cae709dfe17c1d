"""The deposits of the invented sites, opened once."""

import duckdb
import pytest

from greencloud.exports import dossier
from tests.exports import site


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    con, unfiled = dossier.open_deposits(site.write(tmp_path_factory.mktemp("raw")))
    assert unfiled == []
    return con
