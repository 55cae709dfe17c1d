"""Lines that differ by their stamps and their value only, read by columns: what exports write by the million.

All else stands alike on many lines, those of a meter: before the value, at fixed places from their beginning; after it,
from their end. So a text is a table of bytes. Those that repeat are compared with the first line, digits become
numbers, and anything else makes it another kind of text, to be read line by line. Where a meter follows another, a part
of the text ends and the next one begins. A text that passes is even too (see `evenness`).
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import FileIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from greencloud.readings.formats.evenness import ASKING
from greencloud.readings.formats.sameness import last_line
from greencloud.readings.zones import DAY, day_number

Array = npt.NDArray[Any]

_PIECE = 1 << 20  # bytes; the columns of a piece stay in the caches of a processor
_SAMPLE = 1 << 16
_LINES_OF_SAMPLE = 64
_MOST_LINES, _MOST_STAMPS = 20_000_000, 2
"""What a text may have: twelve bytes are held for each line, or twice as many with two stamps and offsets."""
_STAMP = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}([+-][0-9]{2}:[0-9]{2})?")
_DIGITS = (0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 20, 21, 23, 24)
"""Where the digits of a stamp stand: year, month, day, hour, minute, second; hours and minutes of an offset."""
_CLOCK = 19  # bytes of a stamp without an offset
_MOST = (23, 59, 59)  # hour, minute, second; an offset may be any
_NUMBER = re.compile(rb"[0-9]{1,8}(?:([.,])[0-9]{1,6})?")
_MOST_PARTS, _LINES_OF_PART = 16, 1000
"""A text has at most so many parts, and one more for so many lines: each is looked for in its piece of the text."""
_WHOLE_DIGITS, _DECIMALS = 8, 6
MILLION = 10**_DECIMALS
_WIDEST = _WHOLE_DIGITS + 1 + _DECIMALS
_PAD = bytes(_WIDEST)  # what a short value at the very beginning is read with
_TENS = 10 ** np.arange(_WIDEST + 1)
_LATEST = 2105  # labels are held as seconds in 32 bits


class Stamps(NamedTuple):
    """Of each line what the clock shows (s since 1970 as if it were UTC, uint32), and the offset written (s, int32)."""

    labels: Array
    offsets: Array | None


@dataclass(frozen=True)
class Plain:
    """Plain lines that follow each other in a text, by the places of their cells.

    `same`: cells that are alike on all lines; `stamps`; `place`: the cell of the value, `values`: it in millionths
    (int64), `mark`: the decimal mark that some of them have, if any.
    """

    same: Mapping[int, str]
    stamps: Mapping[int, Stamps]
    place: int
    mark: str
    values: Array

    @property
    def lines(self) -> int:
        """How many lines there are."""
        return len(self.values)


def plain_lines(path: Path, start: int, delimiter: str, width: int) -> list[Plain]:
    """The lines of a text of `width` cells from the byte `start` on, part by part; nothing when they are not plain.

    Nothing too where a stamp is no moment of the years 1970 to 2105, for a value of more than 8 digits or 6 decimals,
    and when there are too many lines for memory, or parts for the speed that they are there for.
    """
    layout = _layout(path, start, delimiter.encode(), width)
    if layout is None:
        return []
    parts = _Parts(layout)
    with path.open("rb", buffering=0) as stream:
        stream.seek(start)
        plain = all(parts.add(block) for block in _blocks(stream, layout.end))
    return parts.found() if plain else []


def _blocks(stream: FileIO, end: bytes) -> Iterator[memoryview]:
    """Whole lines after a pad, which hold until the next ones are asked for; the last line ends as the others do.

    Nothing in place of a line that is longer than a piece.
    """
    buffer = bytearray(_PIECE)
    text = memoryview(buffer)
    filled = len(_PAD)
    while count := stream.readinto(text[filled:]):
        filled += count
        cut = buffer.rfind(b"\n", 0, filled) + 1
        if cut or filled == len(text):
            yield text[:cut]
            rest = text[cut:filled]
            filled = len(_PAD) + len(rest)
            text[len(_PAD) : filled] = rest
    if filled > len(_PAD):
        yield memoryview(bytes(text[:filled]) + end)


class _Layout(NamedTuple):
    """Where the cells of lines are: their number, the place of the value, those of the stamps and their bytes.

    `mark` parts the cells, `end` the lines, `decimal` the decimals of the value if it has any.
    """

    mark: bytes
    end: bytes
    width: int
    value: int
    stamps: Mapping[int, int]
    decimal: bytes


def _layout(path: Path, start: int, mark: bytes, width: int) -> _Layout | None:
    """Where the cells are, by some of the first lines and the last; None when it is seen that they are not plain."""
    with path.open("rb") as stream:
        stream.seek(start)
        lines = stream.read(_SAMPLE).split(b"\n")[:-1]
    if not lines:
        return None
    end = b"\r\n" if lines[0].endswith(b"\r") else b"\n"
    lines = [line.removesuffix(b"\r") for line in (*lines[:: len(lines) // _LINES_OF_SAMPLE + 1], last_line(path))]
    sample = [line.split(mark) for line in lines]
    if any(len(cells) != width for cells in sample):
        return None
    columns = dict(enumerate(zip(*sample, strict=True)))
    differing = {place: len(set(column)) for place, column in columns.items() if len(set(column)) > 1}
    numbers = [place for place in differing if all(_NUMBER.fullmatch(cell) for cell in columns[place])]
    stamps = {place: len(columns[place][0]) for place in differing if _STAMP.fullmatch(columns[place][0])}
    if mark.isdigit() or not numbers or len(stamps) > _MOST_STAMPS:
        return None
    value = max(numbers, key=differing.__getitem__)
    read = (_NUMBER.fullmatch(cell) for cell in columns[value])
    decimal = next((found[1] for found in read if found and found[1]), b"")
    return _Layout(mark, end, width, value, stamps, decimal)


class _Parts:
    """The parts of a text, block after block."""

    def __init__(self, layout: _Layout) -> None:
        self._layout = layout
        self._forms: list[_Form] = []
        self._starts: list[int] = []
        self._columns: list[list[Array]] = []
        self._filled = 0

    def add(self, block: memoryview) -> bool:
        """Whether the lines of a padded block are plain; they are then kept."""
        reach = len(_PAD)
        while reach < len(block):
            if self._forms:
                found = self._forms[-1].columns(block)
                if found is not None:
                    return self._keep(found)
                reach = self._forms[-1].reach(block)
                if reach > len(_PAD) and not self._keep(self._forms[-1].columns(block[:reach])):
                    return False
            rest = bytes(block[reach:])
            if not self._begin(rest):
                return False
            block, reach = memoryview(_PAD + rest), len(_PAD)
        return False

    def _begin(self, text: bytes) -> bool:
        """Whether another part begins with the first line of a text."""
        form = _form(text[: text.find(b"\n") + 1], self._layout)
        if form is None or len(self._forms) > _MOST_PARTS + self._filled // _LINES_OF_PART:
            return False
        self._forms.append(form)
        self._starts.append(self._filled)
        return True

    def _keep(self, found: Sequence[Array] | None) -> bool:
        if found is None or self._filled + len(found[0]) > _MOST_LINES:
            return False
        self._columns = self._columns or [[] for _ in found]
        for column, piece in zip(self._columns, found, strict=True):
            column.append(piece)
        self._filled += len(found[0])
        return True

    def found(self) -> list[Plain]:
        """The parts; pieces are let go as they are put together, for the sake of memory."""
        columns = []
        while self._columns:
            columns.append(np.concatenate(self._columns.pop(0)))
        ends = [*self._starts, self._filled][1:]
        return [
            form.plain([column[start:end] for column in columns])
            for form, start, end in zip(self._forms, self._starts, ends, strict=True)
        ]


@dataclass(frozen=True)
class _Form:
    """What the lines of a part look like: the pieces of a line before the value, and those after it."""

    before: "Sequence[_Piece]"
    after: "Sequence[_Piece]"
    same: Mapping[int, str]
    layout: _Layout

    def columns(self, block: memoryview) -> list[Array] | None:
        """Of the lines of a padded block, the values and what is in the stamps; None when a line is not plain."""
        starts, ends, lengths = self._lines(block)
        widest = lengths.max()
        if lengths.min() < 1 or widest > _WIDEST:
            return None
        found: list[Array] = []
        for piece, at in self._placed(starts, ends):
            columns = piece.columns(_rows(block, at, piece.width))
            if columns is None:
                return None
            found += columns
        behind = ends - sum(piece.width for piece in self.after)
        values = _millionths(_rows(block, behind - widest, widest), lengths, self.layout.decimal)
        return None if values is None else [values, *found]

    def reach(self, block: memoryview) -> int:
        """Where the first lines of a padded block end that have what repeats."""
        starts, ends, lengths = self._lines(block)
        count = _first((lengths < 1) | (lengths > _WIDEST))
        for piece, at in self._placed(starts, ends):
            if isinstance(piece, _Alike):
                count = min(count, _first(~piece.alike(_rows(block, at[:count], piece.width))))
        return int(ends[count - 1]) if count else len(_PAD)

    def _lines(self, block: memoryview) -> tuple[Array, Array, Array]:
        """Where the lines of a padded block start, where they end, and how long their values would be."""
        ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n")) + 1
        starts = np.concatenate(([len(_PAD)], ends[:-1]))
        return starts, ends, ends - starts - sum(piece.width for piece in (*self.before, *self.after))

    def _placed(self, starts: Array, ends: Array) -> "Iterator[tuple[_Piece, Array]]":
        """The pieces, with their places in lines."""
        at = starts
        for piece in self.before:
            yield piece, at
            at = at + piece.width
        at = ends - sum(piece.width for piece in self.after)
        for piece in self.after:
            yield piece, at
            at = at + piece.width

    def plain(self, columns: Sequence[Array]) -> Plain:
        """The part of which these are the columns."""
        values, *others = columns
        stamps = {
            piece.place: Stamps(others.pop(0), others.pop(0) if piece.width > _CLOCK else None)
            for piece in (*self.before, *self.after)
            if isinstance(piece, _Stamp)
        }
        return Plain(self.same, stamps, self.layout.value, self.layout.decimal.decode(), values)


def _form(line: bytes, layout: _Layout) -> _Form | None:
    """What the lines look like that are as this one, None when it is not laid out so."""
    text = line.removesuffix(layout.end)
    cells = text.split(layout.mark)
    if any(byte in text for byte in ASKING) or len(cells) != layout.width:
        return None
    if not _NUMBER.fullmatch(cells[layout.value]):
        return None
    if any(len(cells[place]) != width or not _STAMP.fullmatch(cells[place]) for place, width in layout.stamps.items()):
        return None
    try:
        same = {
            place: cell.decode()
            for place, cell in enumerate(cells)
            if place != layout.value and place not in layout.stamps
        }
    except UnicodeDecodeError:
        return None
    before, after = _pieces(cells, layout)
    return _Form(before, after, same, layout)


def _pieces(cells: Sequence[bytes], layout: _Layout) -> "tuple[list[_Piece], list[_Piece]]":
    """What stands before the value and after it."""
    before: list[_Piece] = []
    after: list[_Piece] = []
    pieces, alike = before, b""
    for place, cell in enumerate(cells):
        alike += layout.mark if place else b""
        if place == layout.value or place in layout.stamps:
            pieces += [_Alike(alike)] if alike else []
            pieces += [_Stamp(cell, place)] if place in layout.stamps else []
            pieces, alike = after if place == layout.value else pieces, b""
        else:
            alike += cell
    return before, [*after, _Alike(alike + layout.end)]


def _first(told: Array) -> int:
    """The place of the first one that is true, their number when none is."""
    return int(told.argmax()) if told.any() else len(told)


class _Alike:
    """Bytes that stand on all lines."""

    def __init__(self, text: bytes) -> None:
        self.width, self._row = len(text), np.frombuffer(text, np.uint8)

    def columns(self, rows: Array) -> list[Array] | None:
        """Nothing, None when a line has other bytes."""
        return [] if (rows == self._row).all() else None

    def alike(self, rows: Array) -> Array:
        """Whether each line has these bytes."""
        found: Array = (rows == self._row).all(axis=1)
        return found


class _Stamp:
    """A stamp in a cell, written as `text` is."""

    def __init__(self, text: bytes, place: int) -> None:
        self.place, self.width = place, len(text)
        self._digits = [digit for digit in _DIGITS if digit < self.width]
        self._others = [(at, text[at]) for at in range(self.width) if at not in self._digits]
        self._sign = -1 if text[_CLOCK : _CLOCK + 1] == b"-" else 1

    def columns(self, rows: Array) -> list[Array] | None:
        """The labels, with the offsets where they are written; None when a line has something else."""
        places = np.ascontiguousarray(rows.T)
        digits = places[self._digits] - ord("0")
        if digits.max() > 9 or any((places[at] != byte).any() for at, byte in self._others):
            return None
        century, year, month, day, *clock = (digits[0::2] * 10 + digits[1::2]).astype(np.int64)
        if any(number.max() > most for number, most in zip(clock, _MOST, strict=False)):
            return None
        days = _days(century * 1_000_000 + year * 10_000 + month * 100 + day)
        if days is None:
            return None
        hour, minute, second, *offset = clock
        labels = (days * DAY + hour * 3600 + minute * 60 + second).astype(np.uint32)
        if not offset:
            return [labels]
        hours, minutes = offset
        return [labels, (self._sign * (hours * 3600 + minutes * 60)).astype(np.int32)]


_Piece = _Alike | _Stamp


def _rows(block: memoryview, at: Array, width: int) -> Array:
    """The bytes of a block from some places on, one row each."""
    every = np.ndarray((len(block) - width + 1,), f"V{width}", block, strides=(1,))
    return every[at].view(np.uint8).reshape(-1, width)


def _days(dates: Array) -> Array | None:
    """The days since 1970 of dates written as numbers of eight digits, None when one is no date."""
    heads = np.concatenate(([0], np.flatnonzero(np.diff(dates)) + 1))
    days = [_day(int(date)) for date in dates[heads]]
    if None in days:
        return None
    return np.repeat(np.array(days, np.int64), np.diff(np.append(heads, len(dates))))


@lru_cache(1 << 17)
def _day(date: int) -> int | None:
    year, rest = divmod(date, 10_000)
    try:
        return day_number(dt.date(year, *divmod(rest, 100))) if 1970 <= year <= _LATEST else None
    except ValueError:
        return None


def _millionths(rows: Array, lengths: Array, mark: bytes) -> Array | None:
    """The millionths of numbers written at the end of rows of bytes, None when one is written otherwise."""
    width = rows.shape[1]
    rows = np.where(np.arange(width) < width - lengths[:, None], np.uint8(ord("0")), rows)
    decimals: Any = -1
    if mark:
        marked = rows == ord(mark)
        decimals = np.where(marked.any(axis=1), width - 1 - marked.argmax(axis=1), -1)
        if (marked.sum(axis=1) > 1).any() or (decimals == 0).any() or decimals.max() > _DECIMALS:
            return None
        rows[marked] = ord("0")
    digits = rows - ord("0")
    whole_digits = lengths - 1 - decimals
    if (digits > 9).any() or whole_digits.min() < 1 or whole_digits.max() > _WHOLE_DIGITS:
        return None
    # The mark counts for a nought: what is before it is ten times as far.
    numbers = (digits.astype(np.float64) @ _TENS[width - 1 :: -1]).astype(np.int64)
    whole, fraction = np.divmod(numbers, _TENS[decimals + 1]) if mark else (numbers, 0)
    millionths: Array = whole * MILLION + fraction * _TENS[_DECIMALS - np.maximum(decimals, 0)]
    return millionths
