"""The verdict on each deposit, one task a file: what happens to one does not stop the others."""

from pathlib import Path

from prefect import task

from flows import TASK
from greencloud import warehouse
from greencloud.deposits import Deposit


@task(name="contrôler", task_run_name="contrôler {deposit.nom_origine}", **TASK)
def check(deposit: Deposit, work: Path) -> warehouse.Verdict:
    """Check one deposit; its accepted rows are a file in `work`. A bad file is a verdict, not an error."""
    return warehouse.check_deposit(deposit, work)
