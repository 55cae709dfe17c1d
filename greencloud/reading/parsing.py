"""Text -> records, exactly: the standard library's parser where quotes are well placed, line by line where not.

A record whose quotes are wrong never swallows the lines after it: it is limited to its first line, and says so.
"""

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from greencloud.reading.refusals import Unreadable

CELL_LIMIT = 1_000_000
_LINES = 1_000
_ILL = 20_000
_BARE_CR = re.compile(r"\r(?!\n)")
_ESCAPED = re.compile(r'\\([\\"])')
_ODD_QUOTES = re.compile(r'(?<!")"(?:"")*(?!")')
_CR_IN_CELL = "\ue00d"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the cells of a text are told apart.

    `escape` is `"` when a quote inside quotes is doubled, a backslash when it is escaped. `padded`: a space follows
    each delimiter. `wrapped`: each line stands in quotes as a whole. `doubled`: every delimiter is written twice.
    `bare_cr`: a lone carriage return ends a line.
    """

    delimiter: str
    quote: str = '"'
    escape: str = '"'
    padded: bool = False
    wrapped: bool = False
    doubled: bool = False
    bare_cr: bool = True

    @property
    def standard(self) -> bool:
        return (self.quote, self.escape) == ('"', '"') and not (self.padded or self.wrapped or self.doubled)


class RawRecord(NamedTuple):
    """A record as its quotes cut it; `ill` when they are wrong. `line` is its text when it takes one physical line."""

    number: int
    first_line: int
    last_line: int
    cells: list[str]
    ill: bool = False
    line: str | None = None

    @property
    def blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


class _Lines:
    """Physical lines; those taken for the current record can be given back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._stream = iter(lines)
        self._again: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._stream)
        self.taken.append(line)
        return line

    def give_back(self, lines: list[str]) -> None:
        self._again.extendleft(reversed(lines))

    def some(self) -> list[str]:
        """The next lines, as many as are looked at in one go."""
        waiting = [self._again.popleft() for _ in range(min(len(self._again), _LINES))]
        self.taken.clear()
        return [*waiting, *islice(self._stream, _LINES - len(waiting))]


def normalised(text: str, dialect: Dialect) -> str:
    """The text in the notation that the parser reads: same lines, standard escapes, no double delimiters."""
    if dialect.wrapped:
        text = "".join(_unwrapped(line) for line in io.StringIO(text, newline=""))
    if dialect.doubled:
        text = text.replace(dialect.delimiter * 2, dialect.delimiter)
    if dialect.escape == "\\":
        text = _ESCAPED.sub(lambda found: '""' if found[1] == '"' else "\\", text)
    if dialect.quote == "'" and '""' in text and not _ODD_QUOTES.search(text):
        text = text.replace('""', '"')
    if not dialect.bare_cr:
        text = _BARE_CR.sub(_CR_IN_CELL, text)
    elif "\r" in text and "\n" not in text and dialect.quote not in text:
        text = text.replace("\r", "\n")  # an old Mac's line ends: the fast readers know none of them
    return text


def lines_of(text: str) -> Iterable[str]:
    """The physical lines of a text with their ends: LF, CR LF or CR, never another character."""
    return io.StringIO(text, newline="")


def parse(physical: Iterable[str], dialect: Dialect, number: int = 1, line: int = 1) -> Iterator[RawRecord]:
    """Every record of the lines of a normalised text, blank ones included; the first is `number`, on line `line`.

    Raises Unreadable for a line beyond the limit, and where most of very many records are ill.
    """
    csv.field_size_limit(CELL_LIMIT)
    lines, ill = _Lines(physical), 0
    while some := lines.some():
        if rows := _line_by_line(some, dialect):
            for text, cells in zip(some, rows, strict=True):
                yield RawRecord(number, line, line, cells, False, text)
                number += 1
                line += 1
        else:
            lines.give_back(some)
            for raw in _quoted(lines, dialect, number, line, line + len(some)):
                yield raw
                ill += raw.ill
                number, line = raw.number + 1, raw.last_line + 1
            if ill > _ILL and 2 * ill > number:
                raise Unreadable(
                    "source-error",
                    "La plupart des lignes ont un guillemet mal placé ou jamais refermé.",
                    "Exportez à nouveau le fichier, en laissant le tableur placer les guillemets.",
                )


def _line_by_line(lines: list[str], dialect: Dialect) -> list[list[str]] | None:
    """The cells of the lines when each of them is one record whose quotes are right, None otherwise."""
    if not dialect.bare_cr:
        return None
    try:
        rows = list(_reader(lines, dialect))
    except csv.Error:
        return None
    return rows if len(rows) == len(lines) else None


def _reader(lines: Iterable[str], dialect: Dialect) -> Iterator[list[str]]:
    return csv.reader(
        lines, delimiter=dialect.delimiter, quotechar=dialect.quote, skipinitialspace=dialect.padded, strict=True
    )


def _quoted(lines: _Lines, dialect: Dialect, number: int, line: int, end: int) -> Iterator[RawRecord]:
    """The records that begin before the line `end`, one by one."""
    reader = _reader(lines, dialect)
    while line < end:
        lines.taken.clear()
        ill = False
        try:
            cells = next(reader)
        except csv.Error:
            ill = True
            lines.give_back(lines.taken[1:])
            del lines.taken[1:]
            cells = _limited(lines.taken[0], line, dialect)
        last = line + len(lines.taken) - 1
        if not dialect.bare_cr:
            cells = [cell.replace(_CR_IN_CELL, "\r") for cell in cells]
        yield RawRecord(number, line, last, cells, ill, lines.taken[0] if last == line else None)
        number, line = number + 1, last + 1


def _limited(line: str, number: int, dialect: Dialect) -> list[str]:
    """The cells of one line whose quotes are wrong, as well as they can be told."""
    content = line.rstrip("\r\n")
    if len(content) > CELL_LIMIT:
        raise Unreadable(
            "source-error",
            f"Ligne {number} : une cellule dépasse un million de caractères.",
            "Un guillemet ouvert est sans doute resté sans guillemet fermant : corrigez cette ligne.",
        )
    return split(content, dialect, strict=False) or content.split(dialect.delimiter)


def split(
    line: str, dialect: Dialect, *, strict: bool = True, pairs: bool = True, literal: int = -1
) -> list[str] | None:
    """The cells of one line, None when its quotes are wrong. The options are those of `pieces`."""
    found = pieces(line, dialect, strict=strict, pairs=pairs, literal=literal)
    return None if found is None else [cell for cell, _ in found]


def pieces(
    line: str, dialect: Dialect, *, strict: bool = True, pairs: bool = True, literal: int = -1
) -> list[tuple[str, bool]] | None:
    """The cells of one line and whether each stands in quotes, None when a quote is wrong.

    When not `strict`, a quote inside a quoted cell closes it only before a delimiter or the end; when not `pairs`, two
    quotes are two quotes. The quote at the place `literal` is text.
    """
    quote, delimiter = dialect.quote, dialect.delimiter
    cells: list[tuple[str, bool]] = []
    place, end = 0, len(line)
    while True:
        while dialect.padded and cells and line.startswith(" ", place):
            place += 1
        if quote and line.startswith(quote, place) and place != literal:
            closing = _closing(line, place + 1, dialect, strict, pairs)
            if closing < 0:
                return None
            cell = line[place + 1 : closing]
            cells.append((cell.replace(quote * 2, quote) if pairs else cell, True))
            place = closing + 1
        else:
            stop = line.find(delimiter, place)
            stop = end if stop < 0 else stop
            cells.append((line[place:stop], False))
            place = stop
        if place >= end:
            return cells
        place += len(delimiter)


def _closing(line: str, place: int, dialect: Dialect, strict: bool, pairs: bool) -> int:
    """Where the quote stands that closes a cell, -1 when none does."""
    quote, delimiter = dialect.quote, dialect.delimiter
    while (found := line.find(quote, place)) >= 0:
        after = found + 1
        if pairs and line.startswith(quote, after):
            place = after + 1
        elif after == len(line) or line.startswith(delimiter, after):
            return found
        elif strict:
            return -1
        else:
            place = after
    return -1


def _unwrapped(line: str) -> str:
    content = line.rstrip("\r\n")
    if len(content) < 2 or not (content[0] == content[-1] == '"'):
        return line
    return content[1:-1].replace('""', '"') + line[len(content) :]
