"""One real Prefect server for all the tests of the flows; it takes 10 to 30 seconds to start."""

from collections.abc import Iterator

import pytest
from prefect.settings import PREFECT_API_URL
from prefect.testing.utilities import prefect_test_harness


@pytest.fixture(scope="session")
def api_url() -> Iterator[str]:
    """The address of the server, which flows run in this process use as well."""
    with prefect_test_harness(server_startup_timeout=180):
        yield str(PREFECT_API_URL.value())
