"""Start the server of data.gouv.fr for a test run, and tell where its environment is missing."""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ENVIRONMENT = HERE.parents[1] / ".venv" / "udata"
ORACLE = HERE.parents[1] / ".venv" / "oracle"
_PYTHON = ENVIRONMENT / "bin" / "python"
_START_S = 180


@dataclass(frozen=True)
class Producer:
    """Someone who publishes: a token and the organisation that it administers."""

    token: str
    organization: str
    name: str


@dataclass(frozen=True)
class Udata:
    """A running server. `url` is its base, without `/api`."""

    url: str
    admin_token: str
    producers: Sequence[Producer]

    @property
    def token(self) -> str:
        """The token of the first producer, ours."""
        return self.producers[0].token

    @property
    def organization(self) -> str:
        """The identifier of the first producer's organisation."""
        return self.producers[0].organization


def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for what another thread or the server is about to do. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.01)


def missing() -> str:
    """Why the server cannot run here, and what to do; empty if it can."""
    if _PYTHON.exists() and (ENVIRONMENT / "installed").exists():
        return ""
    return "no udata server in .venv/udata: `make test-udata` installs it (from a package registry)"


def oracle_missing() -> str:
    """Why the official client cannot run here, and what to do; empty if it can."""
    return "" if (ORACLE / "datagouv").is_dir() else "no datagouv-client in .venv/oracle: `make test-udata` installs it"


@contextmanager
def running(folder: Path, extensions: Sequence[str] = ()) -> Iterator[Udata]:
    """A fresh server that keeps its files in `folder` and accepts these file extensions besides its own.

    Raises RuntimeError, with the end of what it said, if it does not start within three minutes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    said = folder / "server.log"
    program = [str(_PYTHON), str(HERE / "server.py"), str(folder / "files"), *extensions]
    with (
        said.open("wb") as log,
        subprocess.Popen(
            program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environment()
        ) as process,
    ):
        try:
            yield _state(process, said)
        finally:
            process.kill()


def environment() -> dict[str, str]:
    """That of this process without what would slow the server down: coverage, and compiled modules not kept."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE_", "COV_CORE_", "PYTHON"))
    }


def _state(process: subprocess.Popen[bytes], said: Path) -> Udata:
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], _START_S)
    line = process.stdout.readline() if ready else b""
    if not line:
        raise RuntimeError(f"udata does not start: {said.read_text(encoding='utf-8', errors='replace')[-2000:]}")
    state = json.loads(line)
    producers = tuple(Producer(**one) for one in state["producers"])
    return Udata(state["url"], state["admin_token"], producers)


def ask_oracle(udata: Udata, *arguments: str) -> object:
    """What the official client reads (see `oracle.py`), in a process of its own without our packages."""
    program = [sys.executable, "-S", str(HERE / "oracle.py"), udata.url, *arguments]
    done = subprocess.run(
        program,
        env=environment() | {"PYTHONPATH": str(ORACLE)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if done.returncode:
        raise RuntimeError(f"datagouv-client failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout)
