"""When to run, and what to try again. Prefect lives here only; what is done lives in `greencloud` and `dashboards`."""

from typing import Any

import duckdb
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task


def is_io_error(task: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:
    """Whether a task failed on a disk or a network that may answer next time; a bad file stays bad."""
    return isinstance(state.result(raise_on_failure=False), OSError | duckdb.IOException)


# What every task of the flows has in common. NO_CACHE: the library knows by itself what is already done.
TASK: dict[str, Any] = {
    "retries": 2,
    "retry_delay_seconds": 2,
    "retry_condition_fn": is_io_error,
    "cache_policy": NO_CACHE,
}
