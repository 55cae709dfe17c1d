"""`make fuzz FILES=1000000`: mutated files through the whole check; what crashes, hangs or leaks a traceback is told.

Each worker checks its share of the numbers in a process of its own, so that even a crash of the interpreter is one
failure with its number and not the end of the run.
"""

import argparse
import faulthandler
import json
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rich.progress import Progress

from greencloud import rules, tables
from greencloud.checking import check_file
from tests.fuzz.mutations import mutated

HANG = 5.0
_BATCH = 200
_TOLD_EVERY = 20_000
_OURS_EVERY = 20
"""Our own schemas have forty columns and rules in SQL: most files meet a smaller one, so that there can be many."""


class Hang(BaseException):
    """Raised inside a check that lasts longer than HANG seconds; no `except Exception` can swallow it."""


@dataclass(frozen=True)
class Outcome:
    """What became of one file: how long it took, and why it failed if it did."""

    number: int
    seconds: float
    failure: str | None


def checked(number: int, folder: Path) -> Outcome:
    """One file through the check and its report: any verdict will do, as long as it is one."""
    path = folder / f"{number % 2}.csv"
    path.write_bytes(mutated(number))
    name = tables.INPUTS[number // _OURS_EVERY % len(tables.INPUTS)]
    ours = number % _OURS_EVERY == 0
    table, plausibility = (tables.table(name), rules.for_table(name)) if ours else (_every_type(), ())
    start = time.process_time()
    failure = None
    signal.setitimer(signal.ITIMER_PROF, HANG)  # processor time: a busy machine is no hang
    try:
        report = check_file(path, table, rules=plausibility, strict=number % 4 == 3).report
        json.dumps(report.to_dict(), ensure_ascii=False).encode()
        if report.valid and report.accepted != report.rows:
            failure = "valid, yet rows are missing"
    except (Exception, Hang) as error:
        failure = f"{type(error).__name__}: {error}"[:300]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return Outcome(number, time.process_time() - start, failure)


@cache
def _every_type() -> tables.Table:
    """A schema that shares its names with our examples, and has a field of every common type."""
    fields = [
        {"name": "id_centre", "constraints": {"required": True, "pattern": r"\d{14}-\d{2}"}},
        {"name": "annee", "type": "year", "constraints": {"minimum": 2000}},
        {"name": "energie_totale_kwh", "type": "number", "constraints": {"minimum": 0}},
        {"name": "nb_baies", "type": "integer"},
        {"name": "date_debut", "type": "date"},
        {"name": "secnumcloud", "type": "boolean"},
        {"name": "type_hebergement", "constraints": {"enum": ["salle_serveurs", "colocation"]}},
        {"name": "coordonnees", "type": "geopoint"},
    ]
    return tables.from_descriptor({"fields": fields, "primaryKey": ["id_centre", "annee"]})


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise Hang(f"more than {HANG:.0f} s")


def _work(numbers: range, results: Connection) -> None:
    """Check every number; what is to be told is sent a batch at a time, and the number at hand before each batch."""
    faulthandler.disable()
    signal.signal(signal.SIGPROF, _interrupt)
    with tempfile.TemporaryDirectory(dir=_memory()) as folder:
        for start in range(0, len(numbers), _BATCH):
            batch = numbers[start : start + _BATCH]
            results.send(batch[0])
            outcomes = [checked(number, Path(folder)) for number in batch]
            slowest = max(outcomes, key=lambda outcome: outcome.seconds)
            results.send((len(batch), [*(one for one in outcomes if one.failure), slowest]))


def _memory() -> str | None:
    """A folder in memory where there is one: a million small files need no disk."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def run(first: int, files: int, workers: int) -> Iterator[tuple[int, list[Outcome]]]:
    """Batches of outcomes as they come: how many files, then the failures and the slowest."""
    context = multiprocessing.get_context("spawn")
    pipes: dict[Connection, tuple[BaseProcess, int]] = {}
    for worker in range(workers):
        receiving, sending = context.Pipe(duplex=False)
        process: BaseProcess = context.Process(
            target=_work, args=(range(first + worker, first + files, workers), sending)
        )
        process.start()
        sending.close()
        pipes[receiving] = (process, first + worker)
    while pipes:
        for pipe in wait(list(pipes)):
            assert isinstance(pipe, Connection)
            process, at = pipes[pipe]
            try:
                message = pipe.recv()
            except EOFError:
                del pipes[pipe]
                process.join()
                if process.exitcode:
                    yield 0, [Outcome(at, 0.0, f"the process died in the batch from {at} on ({process.exitcode})")]
                continue
            if isinstance(message, int):
                pipes[pipe] = (process, message)
            else:
                yield message


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first file")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    done, failures, slowest, start = 0, list[Outcome](), 0.0, time.perf_counter()
    with Progress() as progress:
        task = progress.add_task("files", total=options.files)
        for count, outcomes in run(options.first, options.files, options.workers):
            before, done = done, done + count
            slowest = max(slowest, *(outcome.seconds for outcome in outcomes))
            for outcome in outcomes:
                if outcome.failure:
                    failures.append(outcome)
                    progress.console.print(f"file {outcome.number}: {outcome.failure}", markup=False)
            progress.update(task, completed=done)
            if done // _TOLD_EVERY > before // _TOLD_EVERY:
                progress.console.print(_told(done, failures, slowest, start))
    print(_told(done, failures, slowest, start))
    return 1 if failures or done < options.files else 0


def _told(done: int, failures: list[Outcome], slowest: float, start: float) -> str:
    return f"{done:,} files, {len(failures):,} failures, slowest {slowest:.2f} s, {time.perf_counter() - start:.0f} s."


if __name__ == "__main__":
    sys.exit(main())
