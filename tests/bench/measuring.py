"""One measure: a process, its time, its processor time and its peak memory."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

APART = Path(sys.prefix) / "bench"
"""Where `make bench` installs pyarrow, apart: pandas behaves otherwise where it is."""
_KIBIBYTES = 2**20 if sys.platform == "darwin" else 2**10


@dataclass(frozen=True)
class Measure:
    """What one process took: seconds, seconds of processor, MiB at the peak; and what it found."""

    seconds: float
    cpu: float
    memory: float
    found: dict[str, Any]


def measure(checker: str, *arguments: object, repeats: int = 1, **options: object) -> Measure:
    """The fastest of several runs: what the machine does besides only ever adds time."""
    return min((_once(checker, arguments, options) for _ in range(repeats)), key=lambda one: one.seconds)


def _once(checker: str, arguments: tuple[object, ...], options: dict[str, object]) -> Measure:
    asked = json.dumps([checker, [str(item) if isinstance(item, Path) else item for item in arguments], options])
    program = [sys.executable, str(Path(__file__).with_name("checkers.py")), asked]
    path = {"PYTHONPATH": str(APART)} if checker == "pyarrow" else {}
    process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env={**os.environ, **path})
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{checker} failed")
    found = json.loads(printed.splitlines()[-1])
    return Measure(found.pop("seconds"), found.pop("cpu"), usage.ru_maxrss / _KIBIBYTES, found)
