"""OLE compound files, the shell of old and of encrypted workbooks: their streams, whatever the shell says.

Every chain of sectors is followed with a count: a hostile file cannot make it endless.
"""

import struct
from collections.abc import Iterator

from greencloud.reading.refusals import EXPORT_AGAIN, Unreadable

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = 512
_MINI_SECTOR = 64
_MINI_CUTOFF = 4096
_ENTRY = 128
_LAST_SECTOR = 0xFFFFFFFA
_END = 0xFFFFFFFE
_STREAM, _ROOT = 2, 5


class Compound:
    """The streams of a compound file."""

    def __init__(self, content: bytes) -> None:
        if len(content) < _HEADER or not content.startswith(_MAGIC):
            raise _damaged()
        (shift,) = struct.unpack_from("<H", content, 30)
        if shift not in (9, 12):
            raise _damaged()
        self._content = content
        self._sector = 1 << shift
        fat_sectors, directory, _, cutoff, mini_fat = struct.unpack_from("<I I I I I", content, 44)
        (difat,) = struct.unpack_from("<I", content, 68)
        self._cutoff = cutoff or _MINI_CUTOFF
        self._fat = self._numbers(b"".join(map(self._read_sector, self._fat_sectors(difat, fat_sectors))))
        entries = self._chain(directory)
        self._streams: dict[str, tuple[int, int]] = {}
        root = (_END, 0)
        for place in range(0, len(entries) - _ENTRY + 1, _ENTRY):
            name, kind, start, size = _entry(entries[place : place + _ENTRY])
            if kind == _STREAM:
                self._streams.setdefault(name, (start, size))
            elif kind == _ROOT:
                root = (start, size)
        self._mini = self._chain(root[0])
        self._mini_fat = self._numbers(self._chain(mini_fat))

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._streams)

    def stream(self, name: str) -> bytes:
        """The bytes of a stream. Raises Unreadable if the file is truncated or damaged."""
        start, size = self._streams[name]
        data = self._mini_chain(start) if size < self._cutoff else self._chain(start)
        if len(data) < size:
            raise _damaged()
        return data[:size]

    def _fat_sectors(self, difat: int, count: int) -> Iterator[int]:
        listed = list(struct.unpack_from("<109I", self._content, 76))
        seen = 0
        while difat < _LAST_SECTOR and seen <= len(self._content) // self._sector:
            numbers = self._numbers(self._read_sector(difat))
            listed += numbers[:-1]
            difat = numbers[-1]
            seen += 1
        limit = min(count, len(self._content) // self._sector + 1)
        yield from [number for number in listed if number < _LAST_SECTOR][:limit]

    def _read_sector(self, number: int) -> bytes:
        start = (number + 1) * self._sector
        return self._content[start : start + self._sector].ljust(self._sector, b"\x00")

    def _numbers(self, data: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])

    def _chain(self, start: int) -> bytes:
        return b"".join(self._read_sector(number) for number in self._links(start, self._fat))

    def _mini_chain(self, start: int) -> bytes:
        size = _MINI_SECTOR
        return b"".join(self._mini[n * size : (n + 1) * size] for n in self._links(start, self._mini_fat))

    def _links(self, number: int, table: tuple[int, ...]) -> Iterator[int]:
        for _ in range(len(table)):
            if number >= _LAST_SECTOR:
                return
            if number >= len(table):
                raise _damaged()
            yield number
            number = table[number]
        if number < _LAST_SECTOR:
            raise _damaged()


def _entry(data: bytes) -> tuple[str, int, int, int]:
    length, kind = struct.unpack_from("<HB", data, 64)
    start, size = struct.unpack_from("<II", data, 116)
    return data[: max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace"), kind, start, size


def _damaged() -> Unreadable:
    return Unreadable("source-error", "Le classeur (xls) est tronqué ou abîmé.", EXPORT_AGAIN)
