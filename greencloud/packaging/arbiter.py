"""The reference verdict, that of Frictionless, given by a process of its own: whoever asks goes on meanwhile."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from greencloud.errors import GreencloudError

_PROGRAM = Path(__file__).with_name("frictionless_apart.py")


class ArbiterError(GreencloudError):
    """There is no verdict; the text is a French sentence with the cause and the fix."""


class Arbiter:
    """A process that validates the packages it is asked about, one after the other."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def ask(self, descriptor: Mapping[str, Any], folder: Path) -> None:
        """Have the package of a folder validated. Raises ArbiterError when nobody is there."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"descriptor": descriptor, "folder": str(folder)}).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise _lost() from error

    def answer(self) -> Mapping[str, Any]:
        """What was found in the package asked about first: `tasks`, `errors`, in JSON form.

        Raises ArbiterError without an answer, or when Frictionless cannot make a package of the descriptor.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.endswith(b"\n"):
            raise _lost()
        told: Mapping[str, Any] = json.loads(line)
        if "refused" in told:
            raise ArbiterError(f"Frictionless ne lit pas la description des tables ({told['refused']}). Corrigez-la.")
        return told


@contextmanager
def judging() -> Iterator[Arbiter]:
    """Somebody to ask, whose process ends with the block."""
    command = [sys.executable, "-P", str(_PROGRAM)]  # -P: its own folder holds modules of other names
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        try:
            yield Arbiter(process)
        finally:
            process.kill()
            with suppress(BrokenPipeError):  # what nobody has read, as was told when it was asked
                process.stdin.close()


def _lost() -> ArbiterError:
    return ArbiterError("Le contrôle par Frictionless s'est interrompu, faute de mémoire peut-être. Relancez.")
