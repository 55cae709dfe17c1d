"""What is killed: a build and a deposit, small ones, forked from a process that has imported everything.

`python -m tests.faults.victims` reads orders on its input, one JSON a line, and answers each with the wait status of
the child it forked, how many operations on files the child had begun, its seconds, and what it printed.
"""

import io
import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from greencloud import deposits, editions, packaging, warehouse
from greencloud.cli import main
from greencloud.editions import drafting
from greencloud.packaging import validation
from greencloud.verdicts import kept
from tests.published import connection

EVENTS = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate"})
RECEIVED = "2026-05-14T09:30:00.000000Z"
SIREN = "130025265"


def small(folder: Path) -> None:
    """A build whose verdicts and edition are real; the tables come from the verdicts without the long SQL between.

    Frictionless is left out, here alone: it reads, and takes most of the time that a thousand kills would ask for.
    """
    drafting.package_verified = lambda folder, judge: nullcontext()  # type: ignore[assignment, attr-defined, return-value]
    packaging.judging = nullcontext  # type: ignore[assignment]
    packaging.ask_verdict = lambda judge, folder, contents: None
    validation._tasks = lambda contents, judge: []
    with kept.opened(folder / "work" / "verdicts") as work, editions.locked(folder / "published"):
        found, _ = deposits.scan(folder / "raw", work.fingerprints.sha256)
        before = editions.earlier(folder / "published", found)
        loaded = warehouse.load(work.verdicts(found))
        rows = loaded.execute("SELECT id_centre, annee, depot_sha256 FROM declarations ORDER BY ALL").fetchall()
        shown = [{"id_centre": site, "annee": year, "nom_site": sha256} for site, year, sha256 in rows]
        told = [{"attendu": True, "statut": "complet", "nb_rejets": 0, "synthetique": True, **row} for row in shown]
        with editions.draft(
            connection({"couverture": told, "indicateurs_annuels": []}),
            folder / "published",
            found,
            since=before,
            held=True,
        ) as draft:
            (draft.path / "tableaux-de-bord").mkdir()
            (draft.path / "tableaux-de-bord" / "index.html").write_text("<!doctype html>", encoding="utf-8")


def whole(folder: Path) -> None:
    """The command itself."""
    sys.argv = ["greencloud", "build", "--raw", f"{folder}/raw", "--published", f"{folder}/published", "--allow-shrink"]
    main()


def deposit(folder: Path) -> None:
    """One deposit of the file `recu.csv`."""
    deposits.store(folder / "recu.csv", table="declarations", emetteur=SIREN, raw_dir=folder / "raw", recu_le=RECEIVED)


VICTIMS: dict[str, Callable[[Path], None]] = {"small": small, "whole": whole, "deposit": deposit}


def _child(order: dict[str, Any], counted: int) -> None:
    """Run a victim; `at`: it kills itself before that operation on a file; `limit`: no file may grow larger (bytes)."""
    folder, begun = str(order["folder"]), 0

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal begun
        if event not in EVENTS or not str(arguments[0]).startswith(folder) or not _writes(event, arguments):
            return
        begun += 1
        os.pwrite(counted, begun.to_bytes(8, "little"), 0)
        if begun == order.get("at"):
            os.kill(os.getpid(), signal.SIGKILL)

    if "limit" in order:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["limit"], order["limit"]))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    sys.addaudithook(watch)
    VICTIMS[order["victim"]](Path(folder))


def _writes(event: str, arguments: tuple[Any, ...]) -> bool:
    return event != "open" or bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))


def _serve(order: dict[str, Any], counted: int, printed: int) -> dict[str, Any]:
    os.ftruncate(printed, 0)
    os.pwrite(counted, bytes(8), 0)
    start = time.monotonic()
    child = os.fork()
    if child == 0:
        for stream in (1, 2):
            os.dup2(printed, stream)
        os.lseek(printed, 0, os.SEEK_SET)
        sys.stdout, sys.stderr = (
            io.TextIOWrapper(io.FileIO(handle, "w"), encoding="utf-8", write_through=True) for handle in (1, 2)
        )
        status = 1
        try:
            _child(order, counted)
            status = 0
        except SystemExit as end:
            status = int(end.code or 0)
        finally:
            if status == 1:
                traceback.print_exc()
            os._exit(status)
    if "after" in order:
        time.sleep(order["after"])
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return {
        "status": os.waitstatus_to_exitcode(status),
        "begun": int.from_bytes(os.pread(counted, 8, 0), "little"),
        "seconds": time.monotonic() - start,
        "printed": os.pread(printed, 100_000, 0).decode("utf-8", "replace"),
    }


def _begin() -> None:
    """Import and compile once what every child needs, without a database: its threads would not outlive a fork."""
    import frictionless  # noqa: F401
    import pandera.errors  # noqa: F401

    import dashboards  # noqa: F401
    from greencloud import program, rules, tables

    program.program()
    for name in (*tables.INPUTS, *tables.PUBLISHED):
        tables.table(name)
    for name in tables.INPUTS:
        rules.for_table(name)


if __name__ == "__main__":
    _begin()
    answers = os.fdopen(os.dup(1), "w")
    counter, output = os.memfd_create("counted"), os.memfd_create("printed")
    for line in sys.stdin:
        print(json.dumps(_serve(json.loads(line), counter, output)), file=answers, flush=True)
