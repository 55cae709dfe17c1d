"""The settings of the repository: what Prefect reads of them, and the nightly deployment it makes of them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import TaskRun
from prefect.client.schemas.schedules import CronSchedule
from prefect.states import Failed

from flows import is_io_error
from flows.validate import check
from greencloud.datagouv.client import DEMO

ROOT = Path(__file__).parents[2]


def python(*arguments: str, **environment: str) -> str:
    """What a Python started in the repository prints, without the settings of these tests."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**outside, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_prefect_reads_the_settings_of_the_repository() -> None:
    program = (
        "import json; from prefect.settings import get_current_settings; s = get_current_settings(); print(json.dumps(["
        "str(s.home), s.server.analytics_enabled, s.server.ephemeral.enabled, s.logging.level,"
        "s.server.ephemeral.startup_timeout_seconds, s.server.services.task_run_recorder.enabled]))"
    )
    assert json.loads(python("-c", program)) == [".prefect", False, True, "CRITICAL", 180, False]


@pytest.mark.parametrize(
    ("error", "again"),
    [(OSError(28, "No space left on device"), True), (duckdb.IOException("disk"), True), (ValueError("text"), False)],
    ids=["disk full", "database file", "a bug"],
)
def test_only_what_may_do_better_is_tried_again(error: Exception, again: bool) -> None:
    assert is_io_error(check, TaskRun(task_key="check", dynamic_key="0"), Failed(data=error)) is again


def test_the_nightly_deployments_are_accepted_by_prefect(api_url: str) -> None:
    with get_client(sync_client=True) as client:
        client.create_work_pool(WorkPoolCreate(name="green-cloud-nation", type="process"))
        python("-m", "prefect", "--no-prompt", "deploy", "--all", PREFECT_API_URL=api_url)
        deployment = client.read_deployment_by_name("green-cloud-nation/nuit")
        harvest = client.read_deployment_by_name("moisson/moisson")
    (schedule,) = deployment.schedules
    assert schedule.active
    assert schedule.schedule == CronSchedule(cron="30 2 * * *", timezone="Europe/Paris")
    assert deployment.entrypoint == "flows/pipeline.py:pipeline"
    assert deployment.parameters == {"raw": "data/raw", "published": "data/published"}
    assert deployment.concurrency_options is not None
    (schedule,) = harvest.schedules
    assert schedule.schedule == CronSchedule(cron="0 1 * * *", timezone="Europe/Paris")
    assert harvest.entrypoint == "flows/ingest.py:ingest"
    assert harvest.parameters == {"raw": "data/raw", "platform": DEMO}
    assert harvest.concurrency_options is not None
