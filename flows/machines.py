"""The same way on many machines: Dask's workers check, storage holds what they give back, the edition is made here."""

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import CancelledError
from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.futures import PrefectFuture, as_completed

from flows import TASK
from flows.pipeline import edition
from greencloud import storage
from greencloud.cli.outcome import Outcome
from greencloud.editions import locked
from greencloud.program import fingerprint
from greencloud.storage import Gathering, OtherProgram, Place, Results, Stored
from greencloud.verdicts import kept as work

ROUNDS = 5
"""How often what was lost with a scheduler, or failed, is given out again."""


@task(name="contrôler sur la grappe", **TASK)
def check(several: Sequence[Stored], raw: Place, results: Results) -> list[str]:
    """Check one group on whichever machine runs this; see `storage.check`."""
    return storage.check(several, raw, results)


@flow(name="green-cloud-nation-grappe")
def machines(
    raw: str,
    verdicts: str,
    published: Path = Path("data/published"),
    allow_shrink: bool = False,
    millesime: dt.date | None = None,
    travail: Path | None = None,
    attendre: bool = False,
) -> Outcome:
    """Publish an edition from the deposits at the address `raw`: the bytes that `pipeline` would publish.

    `verdicts`: the address where workers put theirs. The rest as in `pipeline`; the task runner says which cluster.
    Raises Lost when the cluster went, OtherProgram and StorageError: nothing is then published.
    """
    with work.opened(travail or work.beside(published), wait=attendre) as kept, locked(published, wait=attendre):
        place, results = Place(raw), Results(Place(verdicts), fingerprint())
        gathering = Gathering(kept, place, results)
        _gather(gathering, place, results)
        gathering.instruct()
        _gather(gathering, place, results)
        gathering.save()
        failures = gathering.failures()
        outcome = edition(kept, gathering.deposits, failures, gathering.unfiled, published, allow_shrink, millesime)
    for line in outcome.lines():
        get_run_logger().info(line)
    return outcome


def _gather(gathering: Gathering, place: Place, results: Results) -> None:
    """Give out what has to be checked, and again what was lost or failed."""
    for _ in range(ROUNDS):
        futures = {check.submit(group, place, results): group for group in gathering.groups()}
        for future in as_completed(list(futures)):
            _receive(gathering, futures[future], future)


def _receive(gathering: Gathering, group: Sequence[Stored], future: PrefectFuture[list[str]]) -> None:
    """Take what a task gave. One that was lost with its scheduler gave nothing: it is given out again.

    Raises OtherProgram: a machine that runs another one would fail every deposit that it is given.
    """
    try:
        refused = future.result()
    except CancelledError:
        return
    except OtherProgram:
        raise
    except Exception as error:
        gathering.fail(group, error)
    else:
        gathering.receive(group, refused)
