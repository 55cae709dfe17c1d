"""The API answers as it says it does, whatever it is asked. `python -m tests.bench.bench_portal fuzz` asks more."""

import pytest

from tests.portal import fuzzing
from tests.portal.service import Service

_EXAMPLES = 3


# schemathesis draws from `random` within its strategies: hypothesis says so where nothing set the state back.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning")
def test_every_answer_is_as_described(portal: Service) -> None:
    met = fuzzing.campaign(portal, _EXAMPLES)
    assert {200, 404, 422} <= set(met)
    assert all(status < 500 for status in met)
