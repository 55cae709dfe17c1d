"""The sha256 of files that have not changed since they were last read: a large folder is not read whole every night.

A file is believed unchanged when its place on the disk, its size and both its dates (the system alone writes the second
one, `st_ctime`) are the same. One that was written just before it was read is read again: the clock of the disk may
not tell two writings apart.
"""

import hashlib
import json
import time
from pathlib import Path

from greencloud import durable
from greencloud.program import file_sha256

_SETTLED_NS = 2_000_000_000
"""How long a file must have been left alone: longer than the step of any file system's dates (2 s for FAT)."""


class Fingerprints:
    """What is known of files, kept in a file that begins with the sha256 of its own content."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known = _read(file)
        self._seen: dict[str, str] = {}

    def sha256(self, path: Path) -> str:
        """The sha256 of a file, read only when it may have changed. Raises OSError."""
        begun, found = time.time_ns(), path.stat()
        identity = f"{found.st_dev} {found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"
        sha256 = self._known.get(identity) or file_sha256(path)
        if max(found.st_mtime_ns, found.st_ctime_ns) < begun - _SETTLED_NS:
            self._seen[identity] = sha256
        return sha256

    def save(self) -> None:
        """Keep what was asked for since the beginning, and nothing else. Raises OSError."""
        if self._seen != self._known:
            content = json.dumps(self._seen, sort_keys=True).encode()
            durable.write_whole(self._file, hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
            self._known = dict(self._seen)


def _read(file: Path) -> dict[str, str]:
    """Nothing from a file that is missing or damaged: all is then read again."""
    try:
        stated, _, content = file.read_bytes().partition(b"\n")
    except FileNotFoundError:
        return {}
    if hashlib.sha256(content).hexdigest().encode() != stated:
        return {}
    known: dict[str, str] = json.loads(content)
    return known
