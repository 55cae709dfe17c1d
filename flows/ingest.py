"""What has been deposited, and what producers publish on data.gouv.fr."""

from collections.abc import Callable
from pathlib import Path

from prefect import flow, get_run_logger, task

from flows import TASK
from greencloud import deposits
from greencloud.datagouv.client import DEMO, Client
from greencloud.harvest import LIMIT, Outcome, harvesting, read_mandates
from greencloud.program import file_sha256


@task(name="recenser", **TASK)
def scan(
    raw: Path, sha256: Callable[[Path], str] = file_sha256
) -> tuple[list[deposits.Deposit], list[deposits.Unfiled]]:
    """Every deposit below `raw` in the order of supersession, and the files that are none; `sha256`: that of a file.

    Raises DepositError.
    """
    return deposits.scan(raw, sha256)


@task(name="moissonner", **TASK)
def harvest(raw: Path, platform: str = DEMO, mandates: Path | None = None, limit: int = LIMIT) -> list[Outcome]:
    """Deposit what the producers of a platform (its address) have changed; `limit` in bytes for a file.

    `mandates`: the table of who may speak for others than itself. Raises MandateError when it cannot be read,
    DatagouvError when what is announced cannot be read, DepositError when the folder cannot be used.
    """
    allowed = read_mandates(mandates) if mandates else {}
    with Client(platform) as client, harvesting(client, raw, limit, allowed) as current:
        return list(current.outcomes())


@flow(name="moisson")
def ingest(
    raw: Path = Path("data/raw"), platform: str = DEMO, mandates: Path | None = None
) -> tuple[list[deposits.Deposit], list[deposits.Unfiled]]:
    """Harvest, then list every deposit: what the pipeline starts from. Each resource is told in a line of the log."""
    for outcome in harvest(raw, platform, mandates):
        get_run_logger().info(outcome.line())
    return scan(raw)
