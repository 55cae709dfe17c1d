"""Lines that differ by their stamps and their value only, read by columns: what exports write by the million.

All else stands alike on each line: before the value, at fixed places from its beginning; after it, from its end. So a
text is a table of bytes. Those that repeat are compared with the first line, digits become numbers, and anything else
makes it another kind of text, to be read line by line. One that passes is even too (see `evenness`).
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import FileIO
from itertools import accumulate
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
_MOST_LINES = 20_000_000
"""As many lines as a text may have: twelve bytes are held for each, or twice as many with two stamps and offsets."""
_STAMP = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}([+-][0-9]{2}:[0-9]{2})?")
_DIGITS = (0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 20, 21, 23, 24)
"""Where the digits of a stamp stand: year, month, day, hour, minute, second; hours and minutes of an offset."""
_CLOCK = 19  # bytes of a stamp without an offset
_MOST = (23, 59, 59, 99, 59)  # hour, minute, second, those of an offset
_NUMBER = re.compile(rb"[0-9]{1,8}(?:([.,])[0-9]{1,6})?")
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
    """A text of plain lines, by the places of their cells.

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


def plain_lines(path: Path, start: int, delimiter: str, width: int) -> Plain | None:
    """The lines of a text of `width` cells from the byte `start` on, None when they are not plain.

    None too where a stamp is no moment of the years 1970 to 2105, for a value of more than 8 digits or 6 decimals, and
    when there are too many lines for memory.
    """
    form = _form(path, start, delimiter.encode(), width)
    if form is None:
        return None
    most = (path.stat().st_size - start) // (form.width + 1) + 1
    if most > _MOST_LINES:
        return None
    columns: list[Array] = []
    filled = 0
    with path.open("rb", buffering=0) as stream:
        stream.seek(start)
        for block in _blocks(stream, form.end):
            found = form.columns(block)
            if found is None or filled + len(found[0]) > most:
                return None
            columns = columns or [np.empty(most, column.dtype) for column in found]
            for column, part in zip(columns, found, strict=True):
                column[filled : filled + len(part)] = part
            filled += len(found[0])
    return form.plain([column[:filled] for column in columns])


def _blocks(stream: FileIO, end: bytes) -> Iterator[memoryview]:
    """Whole lines after a pad, which hold until the next ones are asked for; the last line ends as the others do."""
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


def _form(path: Path, start: int, mark: bytes, width: int) -> "_Form | None":
    """What lines look like, by some of the first ones and the last; None when it is seen that they are not plain."""
    with path.open("rb") as stream:
        stream.seek(start)
        lines = stream.read(_SAMPLE).split(b"\n")[:-1]
    if not lines:
        return None
    end = b"\r\n" if lines[0].endswith(b"\r") else b"\n"
    lines = [line.removesuffix(b"\r") for line in (*lines[:: len(lines) // _LINES_OF_SAMPLE + 1], last_line(path))]
    if any(byte in lines[0] for byte in ASKING):
        return None
    sample = [line.split(mark) for line in lines]
    if any(len(cells) != width for cells in sample):
        return None
    varying = [place for place, column in enumerate(zip(*sample, strict=True)) if len(set(column)) > 1]
    numbers = [place for place in varying if all(_NUMBER.fullmatch(cells[place]) for cells in sample)]
    stamps = [place for place in varying if _STAMP.fullmatch(sample[0][place])]
    if len(numbers) != 1 or not stamps or len(varying) > 1 + len(stamps):
        return None
    [value] = numbers
    marks = {found[1] for cells in sample if (found := _NUMBER.fullmatch(cells[value])) and found[1]}
    try:
        same = {place: cell.decode() for place, cell in enumerate(sample[0]) if place not in varying}
    except UnicodeDecodeError:
        return None
    before, after = _pieces(sample[0], mark, stamps, value, end)
    return _Form(before, after, end, value, marks.pop() if len(marks) == 1 else b"", same)


def _pieces(
    cells: Sequence[bytes], mark: bytes, stamps: Sequence[int], value: int, end: bytes
) -> "tuple[list[_Piece], list[_Piece]]":
    """What stands before the value and after it."""
    before: list[_Piece] = []
    after: list[_Piece] = []
    pieces, alike = before, b""
    for place, cell in enumerate(cells):
        alike += mark if place else b""
        if place == value or place in stamps:
            pieces += [_Alike(alike)] if alike else []
            pieces += [_Stamp(cell, place)] if place in stamps else []
            pieces, alike = after if place == value else pieces, b""
        else:
            alike += cell
    return before, [*after, _Alike(alike + end)]


@dataclass(frozen=True)
class _Form:
    """What plain lines of a text look like: the pieces of a line before the value, and those after it."""

    before: "Sequence[_Piece]"
    after: "Sequence[_Piece]"
    end: bytes
    value: int
    mark: bytes
    same: Mapping[int, str]

    @property
    def width(self) -> int:
        """The bytes of a line without its value."""
        return sum(piece.width for piece in (*self.before, *self.after))

    def columns(self, block: memoryview) -> list[Array] | None:
        """Of the lines of a padded block, the values and what is in the stamps; None when a line is not plain."""
        ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n")) + 1
        if not len(ends) or ends[-1] != len(block):
            return None
        starts = np.concatenate(([len(_PAD)], ends[:-1]))
        lengths = ends - starts - self.width
        widest = lengths.max()
        if lengths.min() < 1 or widest > _WIDEST:
            return None
        found: list[Array] = []
        behind = ends - sum(piece.width for piece in self.after)
        for pieces, side in ((self.before, starts), (self.after, behind)):
            places = accumulate((piece.width for piece in pieces), initial=0)
            for piece, place in zip(pieces, places, strict=False):
                columns = piece.columns(_rows(block, side + place, piece.width))
                if columns is None:
                    return None
                found += columns
        values = _millionths(_rows(block, behind - widest, widest), lengths, self.mark)
        return None if values is None else [values, *found]

    def plain(self, columns: Sequence[Array]) -> Plain:
        """The text of which these are the columns."""
        values, *others = columns
        stamps = {
            piece.place: Stamps(others.pop(0), others.pop(0) if piece.width > _CLOCK else None)
            for piece in (*self.before, *self.after)
            if isinstance(piece, _Stamp)
        }
        return Plain(self.same, stamps, self.value, self.mark.decode(), values)


class _Alike:
    """Bytes that stand on all lines."""

    def __init__(self, text: bytes) -> None:
        self.width, self._row = len(text), np.frombuffer(text, np.uint8)

    def columns(self, rows: Array) -> list[Array] | None:
        """Nothing, None when a line has other bytes."""
        return [] if (rows == self._row).all() else None


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


@cache
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
