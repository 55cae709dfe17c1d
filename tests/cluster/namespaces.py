"""Machines that share a kernel and nothing else: each a network namespace and a mount namespace of its own.

Nothing of the real network changes, and nothing is left: an unnamed namespace ends with the process that holds it. A
machine sees the program, which is installed on each; the folder of the tests is an empty one of its own.
"""

import ctypes
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

_CLONE_NEWNET = 0x40000000
_NETWORK = "10.77.0"
_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Machine:
    """Where processes run: its name and address, the process that holds it, and a folder that only they see."""

    name: str
    address: str
    holder: int | None
    folder: Path

    @property
    def prefix(self) -> Sequence[str]:
        if self.holder is None:
            return ()
        return ("nsenter", f"--target={self.holder}", "--net", "--mount", "env", f"--chdir={Path.cwd()}")

    def inside(self, make: Callable[[], _Made]) -> _Made:
        """What `make` makes from within the network of the machine, such as a socket that listens there."""
        if self.holder is None:
            return make()

        def enter() -> _Made:
            with Path(f"/proc/{self.holder}/ns/net").open("rb") as network:
                if ctypes.CDLL(None, use_errno=True).setns(network.fileno(), _CLONE_NEWNET):
                    raise OSError(ctypes.get_errno(), "setns")
            return make()

        with ThreadPoolExecutor(1) as thread:  # a thread alone changes its network, and ends with it
            return thread.submit(enter).result()


def missing() -> str:
    """Why namespaces cannot be made here; empty if they can."""
    if os.geteuid():
        return "network namespaces take root: the machines are plain processes here, each with a folder of its own"
    try:
        _run("unshare", "--net", "--mount", "true")
        _run("unshare", "--net", *("ip", "link", "add", "pont", "type", "bridge"))
        _run("unshare", "--net", *("ip", "link", "add", "fil", "type", "veth", "peer", "name", "prise"))
    except (OSError, subprocess.CalledProcessError) as error:
        return f"no network namespaces here ({error}): the machines are plain processes, each with a folder of its own"
    return ""


@contextmanager
def machines(number: int, shared: Path) -> Iterator[tuple[Machine, list[Machine]]]:
    """One machine that coordinates, and others; `shared` is the folder of the tests, which only the first one sees."""
    if missing():
        folders = [shared / f"machine-{place}" for place in range(1, number + 2)]
        for folder in folders:
            folder.mkdir()
        plain = [Machine(folder.name, "127.0.0.1", None, folder) for folder in folders]
        yield plain[0], plain[1:]
        return
    with ExitStack() as stack:
        holders = [stack.enter_context(_holder()) for _ in range(number + 1)]
        first, others = holders[0], holders[1:]
        _inside(first, "ip", "link", "set", "lo", "up")
        _inside(first, "ip", "link", "add", "pont", "type", "bridge")
        _inside(first, "ip", "address", "add", f"{_NETWORK}.1/24", "dev", "pont")
        _inside(first, "ip", "link", "set", "pont", "up")
        for place, holder in enumerate(others, 2):
            wire = f"fil{place}"
            _inside(first, *f"ip link add {wire} type veth peer name prise netns {holder}".split())
            _inside(first, *f"ip link set {wire} master pont up".split())
            _inside(holder, *f"ip address add {_NETWORK}.{place}/24 dev prise".split())
            _inside(holder, *("ip", "link", "set", "prise", "up"))
            _inside(holder, *("ip", "link", "set", "lo", "up"))
            _inside(holder, "mount", "-t", "tmpfs", "tmpfs", str(shared))
        own = [
            Machine(f"machine-{place}", f"{_NETWORK}.{place}", holder, shared) for place, holder in enumerate(others, 2)
        ]
        (shared / "machine-1").mkdir()
        yield Machine("machine-1", f"{_NETWORK}.1", first, shared / "machine-1"), own


@contextmanager
def _holder() -> Iterator[int]:
    """A process that holds a network and mounts; it ends with its input, so with the tests."""
    command = ["unshare", "--net", "--mount", "--propagation", "private", "sh", "-c", "echo; exec cat"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process.pid
        finally:
            process.kill()


def _inside(holder: int, *command: str) -> None:
    _run("nsenter", f"--target={holder}", "--net", "--mount", "--", *command)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
