"""What a second worker brings: `make test`, then `python -m tests.bench.cluster --deposits 40 --rows 100000`.

Each worker has one core of its own; the storage, the scheduler and the coordinator run on the same cores, so that on
two cores the figures tell less than two machines would give. The edition must be that of one machine.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from greencloud import tables
from greencloud.deposits import Deposit, write_card
from greencloud.program import file_sha256
from tests.bench.files import READINGS, readings, write
from tests.bench.incremental import deposit
from tests.cluster.namespaces import missing
from tests.cluster.running import BUCKET, ROOT, Node, not_installed, running
from tests.faults.conftest import tree

_ROWS_A_SITE = 5 * 365


@dataclass(frozen=True)
class Run:
    """Seconds from the first figure read to the last verdict put, of the command; what the workers and storage did."""

    checks: float
    command: float
    cores: float
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


def measured(folder: Path, raw: Path, single: Path, workers: int) -> Run:
    """One run of the command with so many workers; the edition is held against that of one machine."""
    folder.mkdir()
    with running(folder, workers, pinned=True) as cluster:
        cluster.upload(raw)
        before, start = sum(_cores(node) for node in cluster.workers), time.monotonic()
        published = folder / "essai" / "published"
        with cluster.started(published, f"s3://{BUCKET}/verdicts") as process:
            printed, _ = process.communicate()
        command = time.monotonic() - start
        if process.returncode or tree(published) != tree(single):
            raise SystemExit(f"The edition is not that of one machine.\n{printed}")
        seen = cluster.proxy.seen
        read = [one.at for one in seen if re.search(r"/depots/consommations-[0-9]+\.csv$", one.path)]
        put = [one.at for one in seen if one.method == "PUT" and one.path.endswith(".json")]
        cores = sum(_cores(node) for node in cluster.workers) - before
        memory = max(_memory(node) for node in cluster.workers)
        return Run(max(put) - min(read), command, cores, memory, Counter(one.method for one in seen))


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


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.cluster")
    parser.add_argument("--deposits", type=int, default=40)
    parser.add_argument("--rows", type=int, default=100_000, help="lines of each deposit")
    options = parser.parse_args()
    if reason := not_installed() or missing():
        raise SystemExit(reason)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        total = deposits(folder / "raw", options.deposits, options.rows)
        single = folder / "seule" / "published"
        build = [sys.executable, "-m", "greencloud", "build", "--raw", str(folder / "raw"), "--published", str(single)]
        start = time.monotonic()
        subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        rows = options.deposits * options.rows
        print(f"{options.deposits} deposits, {rows:,} rows, {total / 1e6:,.0f} MB", flush=True)
        print(f"one machine, greencloud build: {time.monotonic() - start:.1f} s", flush=True)
        runs = {workers: measured(folder / f"{workers}", folder / "raw", single, workers) for workers in (1, 2)}
        for workers, run in runs.items():
            print(
                f"{workers} workers: checks {run.checks:.1f} s, command {run.command:.1f} s, {run.cores:.1f} s of "
                f"processor in the workers ({run.cores / rows * 1e6:.2f} s a million rows), {run.memory:.0f} MiB at "
                f"most, requests {dict(run.requests)}"
            )
        print(f"speed-up of the checks from 1 to 2 workers: {runs[1].checks / runs[2].checks:.2f}")


if __name__ == "__main__":
    main()
