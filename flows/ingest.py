"""What has been deposited."""

from pathlib import Path

from prefect import task

from flows import TASK
from greencloud import deposits


@task(name="recenser", **TASK)
def scan(raw: Path) -> tuple[list[deposits.Deposit], list[deposits.Unfiled]]:
    """Every deposit below `raw` in the order of supersession, and the files that are none. Raises DepositError."""
    return deposits.scan(raw)
