"""The old Excel format (xls): the records of its Workbook stream, every length checked against the bytes there are.

A reader of our own: the library that reads xlsx ends the whole process on damaged ones and shows #REF! as no value.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from greencloud.reading import spellings
from greencloud.reading.native import TypedText
from greencloud.reading.refusals import EXPORT_AGAIN, SAVE_AS_CSV, Unreadable

_BIFF8, _BIFF5 = 0x0600, 0x0500
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_CODE_PAGES = {10000: "mac-roman", 32768: "mac-roman", 32769: "cp1252", 1200: "utf-16-le", 65001: "utf-8"}
_BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)))
_BUILT_IN_ELAPSED = 46
_NOT_IN_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DATE_LETTER = re.compile(r"[dmyhs]", re.IGNORECASE)
_WORKSHEET = 0

Cells = dict[tuple[int, int], str]


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet as the workbook lists it."""

    name: str
    hidden: bool
    offset: int


@dataclass(frozen=True, slots=True)
class _Style:
    """What a cell format makes of a number; `digits` are those that the format of a code shows (`00000`)."""

    date: bool = False
    elapsed: bool = False
    digits: int = 0


_PLAIN = _Style()


class Book:
    """A workbook stream: its sheets, their cells. Raises Unreadable when it is protected, too old or damaged."""

    def __init__(self, stream: bytes) -> None:
        self._stream = stream
        self._charset = "cp1252"
        self._since_1904 = False
        self._formats: dict[int, str] = {}
        self._styles: list[int] = []
        self._strings: list[str] = []
        self._read: dict[int, _Style] = {}
        self.sheets: list[SheetEntry] = []
        try:
            self._read_globals()
        except (struct.error, IndexError, LookupError, UnicodeDecodeError) as error:
            raise _damaged() from error

    def cells(self, sheet: SheetEntry, limit: int) -> tuple[Cells, int]:
        """The text of each filled cell by row and column from 0, and how many merged ranges the sheet has."""
        try:
            return self._cells(sheet.offset, limit)
        except (struct.error, IndexError, LookupError, UnicodeDecodeError) as error:
            raise _damaged() from error

    def _records(self, offset: int) -> Iterator[tuple[int, bytes]]:
        stream, end = self._stream, len(self._stream)
        while offset + 4 <= end:
            kind, length = struct.unpack_from("<HH", stream, offset)
            offset += 4
            if offset + length > end:
                raise _damaged()
            yield kind, stream[offset : offset + length]
            offset += length

    def _read_globals(self) -> None:
        self._version = 0
        tables: list[bytes] = []
        shared = False
        for kind, data in self._records(0):
            if kind == 0x0809 and not self._version:
                self._version = _version(data)
            elif kind == 0x002F:
                raise Unreadable(
                    "format-error",
                    "Le classeur est protégé par un mot de passe.",
                    "Enlevez le mot de passe. " + SAVE_AS_CSV,
                )
            elif kind == 0x0042:
                page = struct.unpack_from("<H", data)[0]
                self._charset = _CODE_PAGES.get(page, f"cp{page}")
                b"".decode(self._charset)
            elif kind == 0x0022:
                self._since_1904 = data[:2] == b"\x01\x00"
            elif kind == 0x0085:
                self._add_sheet(data)
            elif kind == 0x041E:
                self._formats[struct.unpack_from("<H", data)[0]] = self._text(data, 2, self._version == _BIFF8)
            elif kind == 0x00E0:
                self._styles.append(struct.unpack_from("<H", data, 2)[0])
            elif kind == 0x00FC or (shared and kind == 0x003C):
                tables.append(data)
            elif kind == 0x000A:
                break
            shared = bool(tables) and kind in (0x00FC, 0x003C)
        if not self._version or not self.sheets:
            raise _damaged()
        self._strings = _Shared(tables).strings() if tables else []

    def _add_sheet(self, data: bytes) -> None:
        offset, state, kind = struct.unpack_from("<IBB", data)
        if kind == _WORKSHEET:
            length, wide = data[6], self._version == _BIFF8 and bool(data[7] & 1)
            start = 8 if self._version == _BIFF8 else 7
            raw = data[start : start + length * (2 if wide else 1)]
            self.sheets.append(SheetEntry(self._decoded(raw, wide), state & 3 != 0, offset))

    def _text(self, data: bytes, place: int, long_length: bool) -> str:
        """A string with its length before it, and in BIFF8 a byte that says how wide its characters are."""
        length = struct.unpack_from("<H", data, place)[0] if long_length else data[place]
        place += 2 if long_length else 1
        wide = False
        if self._version == _BIFF8:
            wide = bool(data[place] & 1)
            place += 1
        return self._decoded(data[place : place + length * (2 if wide else 1)], wide)

    def _decoded(self, raw: bytes, wide: bool) -> str:
        if wide:
            return raw.decode("utf-16-le", "replace")
        return raw.decode("latin-1" if self._version == _BIFF8 else self._charset, "replace")

    def _cells(self, offset: int, limit: int) -> tuple[Cells, int]:
        cells: Cells = {}
        merged = depth = 0
        waiting: tuple[int, int] | None = None
        for kind, data in self._records(offset):
            if kind == 0x0809:
                depth += 1
            elif kind == 0x000A:
                depth -= 1
                if depth <= 0:
                    break
            elif depth > 1:
                continue  # a chart drawn on the sheet
            elif kind == 0x00E5:
                merged += struct.unpack_from("<H", data)[0]
            elif kind == 0x0207 and waiting:
                cells[waiting] = self._text(data, 0, True)
                waiting = None
            else:
                waiting = self._add_cells(cells, kind, data) or (waiting if kind in (0x04BC, 0x0221, 0x0236) else None)
                if len(cells) > limit:
                    break
        return cells, merged

    def _add_cells(self, cells: Cells, kind: int, data: bytes) -> tuple[int, int] | None:
        """Add the cells of one record; gives the place of a formula whose text stands in the next record."""
        if kind == 0x00FD:
            row, column, _, index = struct.unpack_from("<HHHI", data)
            cells[row, column] = self._strings[index]
        elif kind == 0x027E:
            row, column, style, packed = struct.unpack_from("<HHHI", data)
            cells[row, column] = self._number(_unpacked(packed), style)
        elif kind == 0x0203:
            row, column, style, value = struct.unpack_from("<HHHd", data)
            cells[row, column] = self._number(value, style)
        elif kind == 0x00BD:
            row, first = struct.unpack_from("<HH", data)
            for column, place in enumerate(range(4, len(data) - 7, 6), start=first):
                style, packed = struct.unpack_from("<HI", data, place)
                cells[row, column] = self._number(_unpacked(packed), style)
        elif kind in (0x0204, 0x00D6):
            row, column = struct.unpack_from("<HH", data)
            cells[row, column] = self._text(data, 6, True)
        elif kind == 0x0205:
            row, column, _, value, error = struct.unpack_from("<HHHBB", data)
            cells[row, column] = _ERRORS.get(value, "#ERREUR!") if error else _truth(value)
        elif kind == 0x0006:
            return self._add_result(cells, data)
        return None

    def _add_result(self, cells: Cells, data: bytes) -> tuple[int, int] | None:
        """The value that a formula had when the workbook was saved."""
        row, column, style = struct.unpack_from("<HHH", data)
        result = data[6:14]
        if result[6:8] != b"\xff\xff":
            cells[row, column] = self._number(struct.unpack("<d", result)[0], style)
        elif result[0] == 0:
            return row, column
        elif result[0] == 1:
            cells[row, column] = _truth(result[2])
        elif result[0] == 2:
            cells[row, column] = _ERRORS.get(result[2], "#ERREUR!")
        return None

    def _number(self, value: float, style: int) -> str:
        read = self._read.get(style)
        if read is None:
            read = self._read[style] = self._style(style)
        if read.elapsed:
            return TypedText(spellings.elapsed(value * 86_400))
        if read.digits and value >= 0 and float(value).is_integer():
            return spellings.number(value).zfill(read.digits)
        return TypedText(spellings.serial(value, self._since_1904) if read.date else spellings.number(value))

    def _style(self, style: int) -> _Style:
        if style >= len(self._styles):
            return _PLAIN
        number = self._styles[style]
        if number not in self._formats:
            return _Style(number in _BUILT_IN_DATES, number == _BUILT_IN_ELAPSED)
        shown = _NOT_IN_FORMAT.sub("", self._formats[number].split(";")[0])
        date, passed = bool(_DATE_LETTER.search(shown.replace("General", ""))), bool(_ELAPSED.search(shown))
        return _Style(date, passed, spellings.code_digits(self._formats[number]))


class _Shared:
    """The shared strings, which run on over records; a character may be narrow before a cut and wide after it."""

    def __init__(self, parts: list[bytes]) -> None:
        self._parts = parts
        self._part = 0
        self._place = 8
        self._count = struct.unpack_from("<I", parts[0], 4)[0]

    def strings(self) -> list[str]:
        strings: list[str] = []
        while len(strings) < self._count and self._available():
            strings.append(self._string())
        return strings

    def _available(self) -> bool:
        while self._part < len(self._parts) and self._place >= len(self._parts[self._part]):
            self._part, self._place = self._part + 1, 0
        return self._part < len(self._parts)

    def _take(self, size: int) -> bytes:
        taken = b""
        while len(taken) < size and self._available():
            piece = self._parts[self._part][self._place : self._place + size - len(taken)]
            self._place += len(piece)
            taken += piece
        if len(taken) < size:
            raise _damaged()
        return taken

    def _string(self) -> str:
        length, flags = struct.unpack("<HB", self._take(3))
        runs = struct.unpack("<H", self._take(2))[0] if flags & 8 else 0
        extended = struct.unpack("<I", self._take(4))[0] if flags & 4 else 0
        text = self._characters(length, bool(flags & 1))
        self._take(4 * runs)
        self._skip(extended)
        return text

    def _characters(self, length: int, wide: bool) -> str:
        pieces: list[str] = []
        while length:
            at_start = self._place >= len(self._parts[self._part])
            if not self._available():
                raise _damaged()
            if at_start and self._place == 0:
                wide = bool(self._take(1)[0] & 1)
                if not self._available():
                    raise _damaged()
            width = 2 if wide else 1
            there = min(length, (len(self._parts[self._part]) - self._place) // width)
            if not there:
                raise _damaged()
            pieces.append(self._take(there * width).decode("utf-16-le" if wide else "latin-1", "replace"))
            length -= there
        return "".join(pieces)

    def _skip(self, size: int) -> None:
        while size and self._available():
            step = min(size, len(self._parts[self._part]) - self._place)
            self._place += step
            size -= step


def _version(data: bytes) -> int:
    version: int = struct.unpack_from("<H", data)[0]
    if version not in (_BIFF8, _BIFF5):
        raise Unreadable("format-error", "Le classeur (xls) est d'un format trop ancien.", SAVE_AS_CSV)
    return version


def _truth(value: int) -> TypedText:
    return TypedText(spellings.spelled(bool(value)))


def _unpacked(packed: int) -> float:
    """A number in 30 bits: an integer or the top of a double, perhaps to be divided by 100."""
    if packed & 2:
        value: float = (packed >> 2) - (1 << 30 if packed & 0x80000000 else 0)
    else:
        value = struct.unpack("<d", bytes(4) + struct.pack("<I", packed & 0xFFFFFFFC))[0]
    return value / 100 if packed & 1 else value


def _damaged() -> Unreadable:
    return Unreadable("source-error", "Le classeur (xls) est tronqué ou abîmé.", EXPORT_AGAIN)
