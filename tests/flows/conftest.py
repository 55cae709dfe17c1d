"""One real Prefect server for all the tests of the flows; it takes 10 to 30 seconds to start."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from prefect.settings import PREFECT_API_URL
from prefect.testing.utilities import prefect_test_harness

MEASURE = "COVERAGE_PROCESS_CONFIG"  # with it, coverage would measure Prefect's server too, and slow it down


@pytest.fixture(scope="session")
def api_url() -> Iterator[str]:
    """The address of the server, which flows run in this process use as well."""
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv(MEASURE, raising=False)
            stack.enter_context(prefect_test_harness(server_startup_timeout=180))
        yield str(PREFECT_API_URL.value())
