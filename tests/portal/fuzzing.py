"""The API against its own description: schemathesis makes requests from it, and holds each answer against it.

Requests go to deposits of the token's body, of another body, and of nobody; they fit the description, or break it.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from tests.portal import intake, service
from tests.portal.service import Service

_SEED = 20260515
_NOWHERE = "00000000-0000-4000-8000-000000000000"


def campaign(portal: Service, examples: int) -> Counter[int]:
    """How many answers of each status to that many requests of each kind; raises at the first that is not as described.

    The service must have the people of `service.peopled`.
    """
    ours, theirs = (
        intake.token(portal.database, intake.agent(portal.database, mail, siren))
        for mail, siren in ((service.AGENT_MAIL, service.SIREN), (service.OTHER_MAIL, service.OTHER))
    )
    load_all_checks()
    described = schemathesis.openapi.from_url(f"{portal.address}/api/v1/openapi.json")
    known = {"ours": _deposit(portal, ours), "theirs": _deposit(portal, theirs), "nobody's": _NOWHERE}
    met: Counter[int] = Counter()
    for operation in (found.ok() for found in described.get_all_operations() if isinstance(found, Ok)):
        for mode in GenerationMode:
            for whose, depot in known.items() if "{depot}" in operation.path else (("", ""),):
                statuses = _tried(portal, operation, mode, {"depot": depot} if depot else None, ours, examples)
                assert whose in ("", "ours") or set(statuses) <= {400, 401, 404, 405, 422}, (
                    operation.label,
                    whose,
                    statuses,
                )
                met += statuses
    return met


def _deposit(portal: Service, key: str) -> str:
    answer = httpx.post(
        f"{portal.address}/api/v1/depots",
        params={"nom": "a.csv", "table": "centres"},
        content=intake.REGISTER,
        headers=_head(key),
        timeout=120,
    )
    return str(answer.json()["id"])


def _tried(
    portal: Service,
    operation: Any,
    mode: GenerationMode,
    path: Mapping[str, str] | None,
    key: str,
    examples: int,
) -> Counter[int]:
    """The statuses of the answers to an operation."""
    met: Counter[int] = Counter()

    @seed(_SEED)
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(mode, path_parameters=dict(path) if path else None))
    def attempt(case: Any) -> None:
        answer = case.call_and_validate(portal.address + "/api/v1", headers=_head(key), excluded_checks=_moot(case))
        met[answer.status_code] += 1

    attempt()
    return met


def _moot(case: Any) -> list[Any]:
    """What is no fault: octets described as « a file » may be no table, and an object sent as a file is octets too."""
    octets = case.media_type != "application/json" and not isinstance(case.body, str | bytes)
    return [positive_data_acceptance, *([negative_data_rejection] if octets else [])]


def _head(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}
