"""Files on their way to the platform, never whole in memory; large ones in parts (udata, core/storages/api.py)."""

import io
import math
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import httpx

from greencloud.datagouv import shapes
from greencloud.datagouv.errors import BadAnswer, Refused
from greencloud.datagouv.transport import Ask, Transport

PART = 8 * 1024 * 1024
"""Bytes of one part of a large file."""
CHUNKED_ABOVE = 48 * 1024 * 1024
"""Bytes above which a file travels in parts (the platform's own advice: about 50 MB)."""
_SLOWEST = 2_000_000  # bytes a second at which the platform is expected to store and hash what it got

Json = dict[str, Any]


class Window(io.RawIOBase):
    """One part of an open file, from 0, read as if it were a file: httpx takes it in small pieces.

    Given the bytes themselves, httpx keeps those of several parts until the garbage collector comes by.
    """

    def __init__(self, file: BinaryIO, index: int, octets: int) -> None:
        """`octets`: of the whole file."""
        self._file, self._start = file, index * PART
        self.octets = min(PART, octets - self._start)
        self.seek(0)

    def readable(self) -> bool:
        """True: it can be read."""
        return True

    def seekable(self) -> bool:
        """True: its length is found by going to its end."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with what follows; 0 at the end of the part."""
        piece = self._file.read(min(len(buffer), self.octets - self.tell()))
        buffer[: len(piece)] = piece
        return len(piece)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place of the part, and give it."""
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self.tell(), io.SEEK_END: self.octets}[whence]
        self._file.seek(self._start + origin + offset)
        return self.tell()

    def tell(self) -> int:
        """Where it is read, from the start of the part."""
        return self._file.tell() - self._start


def parts(octets: int) -> int:
    """In how many parts a large file travels."""
    return math.ceil(octets / PART)


def send(transport: Transport, url: str, path: Path, name: str) -> Json:
    """Send a file to an address of uploads, and give the resource that it became.

    Raises Ambiguous when the last answer is lost, Refused, BadAnswer, Unreachable, OSError.
    """
    octets = path.stat().st_size
    with path.open("rb") as file:
        if octets > CHUNKED_ABOVE:
            return _in_parts(transport, url, file, name, octets)

        def body() -> Json:
            file.seek(0)
            return {"files": {"file": (name, file)}}

        return _last(transport, url, name, octets, body)


def _in_parts(transport: Transport, url: str, file: BinaryIO, name: str, octets: int) -> Json:
    """Each part takes its own place, so it may be sent twice; only the last call creates or replaces."""
    count = parts(octets)
    # Never twice the same: the platform keeps the parts of a broken transfer for a day and takes none over them.
    form = {"filename": name, "totalparts": str(count), "uuid": str(uuid.uuid4())}
    for index in range(count):
        ask = Ask(f"Envoyer {name} (partie {index + 1} sur {count})", "POST", url)
        _send_part(transport, ask, Window(file, index, octets), index, form)
    return _last(transport, url, name, octets, lambda: {"files": {key: (None, value) for key, value in form.items()}})


def _send_part(transport: Transport, ask: Ask, part: Window, index: int, form: Mapping[str, str]) -> None:
    tries = 0

    def body() -> Json:
        nonlocal tries
        tries += 1
        part.seek(0)
        fields = {**form, "partindex": str(index), "chunksize": str(part.octets)}
        return {"data": fields, "files": {"file": (form["filename"], part)}}

    try:
        transport.ask(replace(ask, body=body, read_s=_patience_s(part.octets)))
    except Refused as refused:
        # A part that was stored although its answer was lost is not taken again: 500 (FileExists). Should it not be
        # there after all, the last call fails, and the sha1 of the whole file is compared in any case.
        if tries == 1 or refused.status != httpx.codes.INTERNAL_SERVER_ERROR:
            raise


def _last(transport: Transport, url: str, name: str, octets: int, body: Callable[[], Json]) -> Json:
    """The call that makes the resource: never repeated."""
    what = f"Envoyer {name}"
    answer = transport.ask(Ask(what, "POST", url, None, body, repeatable=False, read_s=_patience_s(octets)))
    if not isinstance(answer, dict) or not answer.get("id"):
        raise BadAnswer(f"{what} : la plateforme n'a pas donné de ressource. Relancez la même commande.")
    return shapes.resource(answer, what)


def _patience_s(octets: int) -> float:
    """Seconds to wait, beyond the usual, for an answer to so many bytes."""
    return octets / _SLOWEST
