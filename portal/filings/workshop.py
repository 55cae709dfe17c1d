"""Sends the reading of hostile files to the worker process, and waits for what it made."""

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLate
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from prometheus_client import Gauge, Histogram

from greencloud import durable
from portal.filings.errors import FilingError, WorkerFailed, WorkerLost
from portal.worker import names
from portal.worker.names import ANSWER

SECONDS = 120
"""How long a child may read one file."""
_STARTING = 30
TOO_MUCH = (
    "La lecture de ce fichier a été arrêtée : elle demande trop de temps ou de mémoire. "
    "Déposez-le en plusieurs fichiers plus petits, ou enregistrez-le en CSV."
)
AT_ONCE = max(2, os.cpu_count() or 1)
"""Children that read at the same time, and as many again for what a sender waits for before its receipt."""
_STOPPED = {names.TOO_MUCH, -signal.SIGALRM, -signal.SIGXCPU, -signal.SIGKILL}
"""How a child ends when its file asks for more than its limits: by its own word, by the clock, for want of memory."""
_BRIEF = ("reconnaitre", "ranger", "juger")  # never behind the checks of others: a receipt does not wait for them

LASTED = Histogram(
    "portail_lecture_secondes",
    "Durées des lectures de fichiers, sans leur attente",
    ("travail",),
    registry=None,
    buckets=(0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, SECONDS),
)
WAITING = Gauge("portail_lectures_en_attente", "Lectures qui attendent leur tour", ("travail",), registry=None)


class Workshop:
    """One worker process, started when it is needed and started again when it dies; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._room, self._brief = (threading.BoundedSemaphore(AT_ONCE) for _ in range(2))
        self._waiting: dict[int, tuple[subprocess.Popen[bytes], Future[int | None]]] = {}
        self._number = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._ear: threading.Thread | None = None
        atexit.register(self.stop)

    @contextmanager
    def made(self, job: str, beside: Path, data: Mapping[str, Any], seconds: int = SECONDS) -> Iterator[Path]:
        """The folder that a job filled, in `beside`, gone when the block ends unless it was moved.

        Its `reponse.json` is what the job answered. Raises FilingError with the sentence of a job that refused,
        WorkerFailed for one that its limits stopped, and WorkerLost for one that ended otherwise (a full disk, a fault
        of the program, the end of the worker).
        """
        beside.mkdir(parents=True, exist_ok=True)
        with durable.passing(beside) as held:
            folder = held.with_suffix(".dossier")
            folder.mkdir()
            try:
                status = self._done(job, folder, data, seconds)
                _refuse(status, folder)
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def start(self) -> None:
        """Have the worker load the checker now rather than at the first deposit."""
        with self._lock:
            self._started()

    def stop(self) -> None:
        """End the worker, and its children with it."""
        with self._lock:
            process, self._process = self._process, None
            ear, self._ear = self._ear, None
        if process is not None and process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()
            if not self._waiting:  # it may still be loading the checker, and would read the end only then
                process.terminate()
            process.wait()
        if ear is not None:
            ear.join()

    def _done(self, job: str, folder: Path, data: Mapping[str, Any], seconds: int) -> int | None:
        """Wait for a place, then for the child."""
        with WAITING.labels(job).track_inprogress():
            place = self._brief if job in _BRIEF else self._room
            place.acquire()
        try:
            with LASTED.labels(job).time():
                return self._ask(job, folder, data, seconds)
        finally:
            place.release()

    def _ask(self, job: str, folder: Path, data: Mapping[str, Any], seconds: int) -> int | None:
        with self._lock:
            process = self._started()
            self._number += 1
            number, answer = self._number, Future[int | None]()
            self._waiting[number] = process, answer
            line = {"numero": number, "travail": job, "dossier": str(folder), "donnees": data, "secondes": seconds}
            try:
                _send(process, line)
            except OSError:
                self._waiting.pop(number, None)
                return None
        try:
            return answer.result(seconds + _STARTING)
        except TooLate:
            return None

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._process = subprocess.Popen(
            [sys.executable, "-m", "portal.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
        )
        self._ear = threading.Thread(target=self._listen, args=(self._process,), daemon=True)
        self._ear.start()
        return self._process

    def _listen(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            number, status = json.loads(line)
            self._tell(number, status)
        process.stdout.close()
        process.wait()
        for number in [number for number, (its, _) in list(self._waiting.items()) if its is process]:
            self._tell(number, None)

    def _tell(self, number: int, status: int | None) -> None:
        waiting = self._waiting.pop(number, None)
        if waiting is not None:
            waiting[1].set_result(status)


def answer(folder: Path) -> dict[str, Any]:
    """What the job that filled a folder answered."""
    found: dict[str, Any] = json.loads((folder / ANSWER).read_text(encoding="utf-8"))
    return found


def _send(process: "subprocess.Popen[bytes]", line: Mapping[str, Any]) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(line).encode() + b"\n")
    process.stdin.flush()


def _environment() -> dict[str, str]:
    """The worker is told no secret of the portal, and finds the code where this process found it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GREENCLOUD_PORTAIL_")}
    root = str(Path(__file__).parents[2])
    # One thread for the linear algebra that nobody calls: a process with threads is not to be forked.
    kept["OPENBLAS_NUM_THREADS"] = "1"
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, [root, kept.get("PYTHONPATH", "")]))}


def _refuse(status: int | None, folder: Path) -> None:
    """`status`: how the child ended, None when nobody can tell."""
    if status in _STOPPED:
        raise WorkerFailed(TOO_MUCH)
    if status != 0 or not (folder / ANSWER).is_file():
        raise WorkerLost(
            "La lecture de ce fichier a été interrompue sans qu'il y soit pour rien. Recommencez dans une minute ; "
            "si cela dure, prévenez l'équipe du portail.",
            headers={"Retry-After": "60"},
        )
    refused = answer(folder).get("refus")
    if refused is not None:
        raise FilingError(refused)


def remove_remains(beside: Path) -> None:
    """Remove the folders that killed services have left among those of the workers. At start only, by the one service
    that holds the data folder (`places.alone`)."""
    for folder in beside.glob("**/.*.dossier"):
        shutil.rmtree(folder, ignore_errors=True)
    if beside.is_dir():
        durable.sweep(beside)
