"""What has been deposited, and what producers publish on data.gouv.fr."""

from pathlib import Path

from prefect import flow, get_run_logger, task

from flows import TASK
from greencloud import deposits
from greencloud.datagouv.client import DEMO, Client
from greencloud.harvest import LIMIT, Outcome, harvesting


@task(name="recenser", **TASK)
def scan(raw: Path) -> tuple[list[deposits.Deposit], list[deposits.Unfiled]]:
    """Every deposit below `raw` in the order of supersession, and the files that are none. Raises DepositError."""
    return deposits.scan(raw)


@task(name="moissonner", **TASK)
def harvest(raw: Path, platform: str = DEMO, limit: int = LIMIT) -> list[Outcome]:
    """Deposit what the producers of a platform (its address) have changed; `limit` in bytes for a file.

    Raises DatagouvError when what is announced cannot be read, DepositError when the folder cannot be used.
    """
    with Client(platform) as client, harvesting(client, raw, limit) as current:
        return list(current.outcomes())


@flow(name="moisson")
def ingest(raw: Path = Path("data/raw"), platform: str = DEMO) -> tuple[list[deposits.Deposit], list[deposits.Unfiled]]:
    """Harvest, then list every deposit: what the pipeline starts from. Each resource is told in a line of the log."""
    for outcome in harvest(raw, platform):
        get_run_logger().info(outcome.line())
    return scan(raw)
