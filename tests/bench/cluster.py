"""What a second worker brings: `make test`, then `python -m tests.bench.cluster --deposits 40 --rows 100000`.

Only the checks are measured, from the first figure that a worker reads to the last verdict that it puts: the edition
is made by one machine in any case, and the tests hold it to the same bytes. Each worker has one core of its own; the
storage, the scheduler and the coordinator run on the same cores, so that on two cores the figures tell less than
two machines would give. One worker and two take turns, and the fastest run of each counts.
"""

import argparse
import os
import re
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from greencloud import tables
from greencloud.deposits import Deposit, write_card
from greencloud.program import file_sha256
from tests.bench.files import READINGS, readings, write
from tests.bench.incremental import deposit
from tests.cluster.namespaces import missing
from tests.cluster.running import BUCKET, Node, not_installed, running
from tests.udata.faults import Seen

_ROWS_A_SITE = 5 * 365
_FIGURES = r"/depots/consommations-[0-9]+\.csv$"


@dataclass(frozen=True)
class Run:
    """Seconds of the checks, seconds of processor of each worker, the most memory of one (MiB), requests by method."""

    seconds: float
    cores: Sequence[float]
    memory: float
    requests: Counter[str]


def deposits(raw: Path, number: int, rows: int) -> int:
    """A register, and `number` files of daily meter lines, each of other sites; the bytes of these files."""
    raw.mkdir()
    sites, total = ceil(rows / _ROWS_A_SITE), 0
    deposit(raw, 0, number * sites)
    for place in range(number):
        file = write(raw / f"consommations-{place:04d}.csv", READINGS, readings(rows, place * sites))
        moment = f"2026-06-01T{place // 3600:02d}:{place // 60 % 60:02d}:{place % 60:02d}.000000Z"
        card = (file_sha256(file), file.stat().st_size, file.name, moment, "999888779")
        write_card(Deposit(file, *card, "consommations", tables.table("consommations").version, True))
        total += file.stat().st_size
    return total


def measured(folder: Path, raw: Path, workers: int) -> Run:
    """One run with so many workers, until the last verdict is on storage."""
    folder.mkdir()
    with running(folder, workers, pinned=True) as cluster:
        cluster.upload(raw)
        before, wanted = [_cores(node) for node in cluster.workers], len(list(raw.glob("*.csv")))
        with cluster.started(folder / "essai" / "published", f"s3://{BUCKET}/verdicts") as process:
            while len(put := _times(cluster.proxy.seen, "PUT", r"\.json$")) < wanted and process.poll() is None:
                time.sleep(0.2)
            if process.poll() is not None and process.stdout is not None:
                raise SystemExit(process.stdout.read())
        cores = [_cores(node) - first for node, first in zip(cluster.workers, before, strict=True)]
        memory = max(_memory(node) for node in cluster.workers)
        seen = cluster.proxy.seen
        return Run(max(put) - min(_times(seen, "GET", _FIGURES)), cores, memory, Counter(one.method for one in seen))


def _times(seen: Sequence[Seen], method: str, path: str) -> list[float]:
    return [one.at for one in list(seen) if one.method == method and re.search(path, one.path)]


def _cores(node: Node) -> float:
    """Seconds of processor of a worker."""
    (pid,) = node.pids()
    words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def _memory(node: Node) -> float:
    """The most memory that a worker had, in MiB."""
    (pid,) = node.pids()
    found = re.search(r"VmHWM:\s+([0-9]+) kB", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    return int(found[1]) / 1024 if found else 0.0


def told(run: Run, rows: int) -> str:
    """A run in a line."""
    total, busiest = sum(run.cores), max(run.cores)
    each = f"{total:.1f} s of processor ({total / rows * 1e6:.2f} a million rows), {busiest:.1f} in the busiest worker"
    return f"{run.seconds:.1f} s, {each}, {run.memory:.0f} MiB, {dict(run.requests)}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.cluster")
    parser.add_argument("--deposits", type=int, default=40)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--rows", type=int, default=100_000, help="lines of each deposit")
    options = parser.parse_args()
    if reason := not_installed() or missing():
        raise SystemExit(reason)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        total, rows = deposits(folder / "raw", options.deposits, options.rows), options.deposits * options.rows
        print(f"{options.deposits} deposits, {rows:,} rows, {total / 1e6:,.0f} MB", flush=True)
        runs: dict[int, list[Run]] = {1: [], 2: []}
        for turn in range(options.turns):
            for workers, made in runs.items():
                run = measured(folder / f"{workers}-{turn}", folder / "raw", workers)
                made.append(run)
                print(f"{workers} workers: {told(run, rows)}, load {os.getloadavg()[0]:.1f}", flush=True)
        seconds = {workers: min(run.seconds for run in made) for workers, made in runs.items()}
        busiest = {workers: min(max(run.cores) for run in made) for workers, made in runs.items()}
        print(f"from 1 to 2 workers, the best of each: {seconds[1] / seconds[2]:.2f} times faster, ", end="")
        print(f"{busiest[1] / busiest[2]:.2f} times less processor in the busiest worker")


if __name__ == "__main__":
    main()
