"""The service as an operator runs it: `greencloud portal` in a process of its own, that may be killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from portal.settings import PREFIX, Settings
from tests.portal.postgresql import free_port

ROOT = Path(__file__).parents[2]
_PATIENCE = 120.0  # seconds


@contextmanager
def served(settings: Settings) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The address of a service that answers, and its process; what is left of it at the end is stopped."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "greencloud", "portal", "--port", str(port)]
    log = settings.data.parent / "service.log"
    with log.open("ab") as told:
        process = subprocess.Popen(
            command,
            env=_environment(settings, address),
            stdout=told,
            stderr=told,
            stdin=subprocess.DEVNULL,
            cwd=ROOT,
            start_new_session=True,
        )
    try:
        _wait(address, process, log)
        yield address, process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def cpu(process: "subprocess.Popen[bytes]") -> float:
    """Seconds of one core that a service has used, its worker and the children of that included."""
    used = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            _, _, told = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")
            fields = told.split()
            if int(fields[3]) == process.pid:  # of its session
                used += sum(map(int, fields[11:15]))
    return used / os.sysconf("SC_CLK_TCK")


def kill(process: "subprocess.Popen[bytes]") -> None:
    """As the system would for want of memory: this process, at once, without a word to its worker."""
    process.kill()
    process.wait()


def _environment(settings: Settings, address: str) -> dict[str, str]:
    given = {
        "DATA": str(settings.data),
        "RAW": str(settings.raw),
        "PUBLISHED": str(settings.published),
        "DATABASE": settings.database,
        "ADDRESS": address,
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    told = {f"{PREFIX}{name}": value for name, value in given.items() if value}
    return {**kept, **told, "PYTHONPATH": str(ROOT)}


def _wait(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text(encoding="utf-8")[-2_000:]
        with suppress(httpx.HTTPError):
            if httpx.get(f"{address}/sante/pret").status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError("the service did not answer in time")
