"""Files that stand whole or not at all, whatever is killed or cut; folders that one process holds at a time."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PASSING = ".partiel"
"""How the name of a file that is being written ends."""


class Busy(Exception):
    """Another process holds the folder."""


@contextmanager
def held(folder: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold a folder that exists; the system lets go of it even after a crash.

    `wait`: until the other process has finished. Raises Busy without it, and OSError when the folder cannot be opened.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        _lock(handle, wait)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, wait: bool = False) -> None:
    import fcntl  # POSIX; the commands that hold nothing also run where it does not exist

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError as error:
        raise Busy from error


def write_whole(path: Path, content: bytes) -> None:
    """Write a file over any other of its name, whole or not at all. Raises OSError."""
    aside = path.with_name(f".{secrets.token_hex(8)}{PASSING}")
    try:
        aside.write_bytes(content)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def flush_tree(folder: Path) -> None:
    """Have the disk take every file and folder below `folder`, itself included: a power cut then loses none of them."""
    for place, _, names in os.walk(folder):
        for name in names:
            flush(Path(place) / name)
        flush(Path(place))


def flush(path: Path) -> None:
    """Have the disk take a file, or the names in a folder. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def passing(folder: Path) -> Iterator[Path]:
    """The name of a file that is being written in a folder: `sweep` leaves it alone while its writer lives.

    The file exists, empty. It is gone when the block ends, unless it was given another name.
    """
    while True:
        path = folder / f".{secrets.token_hex(8)}{PASSING}"
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            if _kept(handle):
                try:
                    yield path
                finally:
                    path.unlink(missing_ok=True)
                return
        finally:
            os.close(handle)


def _kept(handle: int) -> bool:
    """Lock a file just made; False when a sweep was faster and took it for a dead writer's."""
    try:
        _lock(handle)
    except (Busy, ImportError) as error:
        return isinstance(error, ImportError)  # no locks there: nothing is swept either
    return os.fstat(handle).st_nlink > 0


def sweep(folder: Path) -> None:
    """Remove the passing files of writers that were killed. What cannot be removed stays: it harms nobody."""
    for path in folder.glob(f".*{PASSING}"):
        with suppress(OSError, ImportError, Busy):
            handle = os.open(path, os.O_RDWR)
            try:
                _lock(handle)
                path.unlink()
            finally:
                os.close(handle)
