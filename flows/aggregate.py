"""From the accepted rows of all deposits to the published tables."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from prefect import task

from flows import TASK
from greencloud import tables, warehouse
from greencloud.checking.sql import literal
from greencloud.tables import quote
from greencloud.verdicts.totals import Totals


@task(name="agréger", **TASK)
def aggregate(
    verdicts: Sequence[warehouse.Verdict],
    work: Path,
    earlier: Sequence[Path],
    vintage: dt.date | None,
    kept: Totals,
) -> Path:
    """Compute the published tables and return the DuckDB file that holds them: a connection crosses no task.

    `earlier`: the editions published before, whose difference with this one must betray nobody. `vintage`: the day on
    which the emission factors were known, None for the newest. `kept`: what the editions before gave,
    this one included once it is known.
    """
    database = work / "tables_publiees.duckdb"
    database.unlink(missing_ok=True)  # left by a try that failed
    with warehouse.load(verdicts) as con:
        warehouse.aggregate(
            con,
            vintage=vintage,
            earlier=warehouse.earlier_editions(earlier, verdicts, kept),
            computed=warehouse.remembering(verdicts, vintage, kept),
        )
        con.execute(f"ATTACH {literal(database)} AS publiees")
        for name in tables.PUBLISHED:
            con.execute(f"CREATE TABLE publiees.{quote(name)} AS FROM {quote(name)}")
        con.execute("DETACH publiees")
    return database
