"""`python -m portal.worker`: the process that opens what strangers send, one short-lived child a file.

It loads the checker once, then forks for each job, so that a check costs no start. A child has limits of time, memory
and file size, reads one file and writes one folder; whatever it does, the next one begins afresh. The portal speaks to
it by lines of JSON: a job on its input, `[number, status]` on its output. It ends when its input does.
"""

import ctypes
import errno
import gc
import json
import os
import resource
import selectors
import signal
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

from greencloud.deposits import now
from portal.worker import jobs
from portal.worker.names import TOO_MUCH

MEMORY = 2 << 30
"""Octets of address space of a child."""
WRITTEN = 1 << 30
"""Octets of the largest file that a child may write."""
_OPEN_FILES = 256
_LOADED = ("duckdb", "pandas", "frformat", "greencloud.checking.machine", "greencloud.reading.workbooks")
_FRAMES = 12
_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve jobs until nobody is left to send any."""
    wake_read, wake_write = os.pipe()
    for end in (wake_read, wake_write):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the portal decides when to stop, by closing the input
    for name in _LOADED:  # what the library imports when it needs it: here once, rather than in each child
        import_module(name)
    jobs.warm()
    gc.freeze()
    _serve(wake_read)


def _serve(wake: int) -> None:
    children: dict[int, int] = {}
    waiting = b""
    with selectors.DefaultSelector() as selector:
        selector.register(0, selectors.EVENT_READ)
        selector.register(wake, selectors.EVENT_READ)
        while True:
            ready = {key.fd for key, _ in selector.select()}
            if wake in ready:
                os.read(wake, 4096)
                _bury(children)
            if 0 in ready:
                received = os.read(0, 1 << 16)
                if not received:
                    return
                *lines, waiting = (waiting + received).split(b"\n")
                for line in lines:
                    _begin(json.loads(line), children)


def _begin(job: dict[str, Any], children: dict[int, int]) -> None:
    child = os.fork()
    if child:
        children[child] = job["numero"]
    else:
        os._exit(_run(job))


def _bury(children: dict[int, int]) -> None:
    while children:
        child, status = os.waitpid(-1, os.WNOHANG)
        if child == 0:
            return
        told = json.dumps([children.pop(child), os.waitstatus_to_exitcode(status)])
        sys.stdout.write(f"{told}\n")
        sys.stdout.flush()


def _run(job: dict[str, Any]) -> int:
    """The life of a child: 0 and `reponse.json` in its folder, whether the job succeeded or was refused in French."""
    folder = Path(job["dossier"])
    try:
        _confine(job["secondes"])
        jobs.run(job["travail"], folder, job["donnees"])
    except BaseException as error:  # a child never goes on in its parent's code
        _tell(error)
        return TOO_MUCH if _too_much(error) else 1
    return 0


def _tell(error: BaseException) -> None:
    """The class of an error and where it came from: its text may repeat a cell, or the name of a file."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    told = {
        "le": now(),
        "niveau": "ERROR",
        "source": "portail.controle",
        "evenement": "controle_interrompu",
        "erreur": type(error).__name__,
        "pile": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    sys.stderr.write(json.dumps(told) + "\n")


def _too_much(error: BaseException) -> bool:
    """Whether the file is at fault, by the limits of the child; a full disk or a vanished folder is nobody's file."""
    import duckdb

    memory = (MemoryError, duckdb.OutOfMemoryException)
    return isinstance(error, memory) or (isinstance(error, OSError) and error.errno in (errno.EFBIG, errno.ENOMEM))


def _confine(seconds: int) -> None:
    os.setsid()
    # With the portal its worker ends, and with the worker this child: nothing is written to `raw` behind a restart.
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds)  # kills, even amid a long call of a library
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    for limit, value in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, WRITTEN),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


if __name__ == "__main__":
    main()
