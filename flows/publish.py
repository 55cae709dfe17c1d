"""From the published tables to an edition and its dashboards."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import duckdb
from prefect import task

import dashboards
from flows import TASK
from greencloud import editions
from greencloud.deposits import Deposit


@task(name="publier", **TASK)
def publish(
    database: Path,
    published: Path,
    deposits: Sequence[Deposit],
    earlier: Sequence[Path],
    allow_shrink: bool,
    vintage: dt.date | None = None,
) -> Path:
    """Build an edition aside, put it in place once verified, and return its folder. Raises EditionError.

    The flow holds the folder (`editions.locked`).
    `earlier`: the editions that the tables were compared with; `vintage`: that of their emission factors.
    """
    with (
        duckdb.connect(database, read_only=True, config={"threads": 1}) as con,
        editions.draft(
            con, published, deposits, allow_shrink=allow_shrink, since=earlier, vintage=vintage, held=True
        ) as draft,
    ):
        dashboards.write_pages(draft.path)
    return draft.destination
