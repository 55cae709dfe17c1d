"""Plain text cut at record boundaries into blocks of a few megabytes, from memory or from a file of any size.

A newline ends a record when the quotes before it are even in number. That holds as long as quotes are well placed; a
stretch where they are not has no content, only records, read one by one by the exact reader.
"""

import codecs
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from io import StringIO
from pathlib import Path

from greencloud.reading.records import Block, Record

BLOCK_SIZE = 4 << 20
_INDIVISIBLE = 1 << 14
_COUNTED = 1 << 12
_READ_SIZE = 1 << 20
_ALL_BUT_QUOTES_AND_NEWLINES = bytes(byte for byte in range(256) if byte not in b'"\n')

RecordReader = Callable[[Iterable[str], int, int], Iterator[Record]]
"""Reads lines (given with their ends) into records; told the number of the first record and of the first line."""
Pieces = Callable[[], Iterator[bytes]]
"""The whole text in UTF-8, in pieces of any size; may be asked for again."""
Source = Callable[[int], Iterator[Block]]
"""The blocks below a record number, as TextTable wants them."""


@dataclass(frozen=True, slots=True)
class PlainRecords:
    """The records of a stretch of text, read anew at each call."""

    content: bytes
    number: int
    line: int
    reader: RecordReader

    def __call__(self) -> Iterator[Record]:
        lines = StringIO(self.content.decode("utf-8", "replace"), newline="")
        return self.reader(lines, self.number, self.line)

    def part(self, start: int, end: int) -> "PlainRecords":
        """Those between two places of the text that are boundaries of records."""
        before = self.content[:start]
        number, line = self.number + count_records(before), self.line + before.count(b"\n")
        return PlainRecords(self.content[start:end], number, line, self.reader)

    def following(self) -> tuple[int, int]:
        """The numbers of the record and of the line after these, as the exact reader counts them."""
        number, line = self.number, self.line
        for record in self():
            number, line = record.number + 1, record.last_line + 1
        return number, line

    def block(self, delimiter: str) -> Block:
        """These records as a block, its content given when it is plain."""
        content = self.content if is_plain(self.content, delimiter) else None
        return Block(self.number, delimiter, content, self)


def text_blocks(content: bytes, delimiter: str, reader: RecordReader, size: int = BLOCK_SIZE) -> Source:
    """The blocks of a text in memory, in UTF-8 without a byte order mark."""
    return cut(lambda: iter([content]), delimiter, reader, size)


def file_blocks(
    path: Path, encoding: str, delimiter: str, reader: RecordReader, size: int = BLOCK_SIZE, *, skip: int = 0
) -> Source:
    """The blocks of a file, read as they are needed; `skip` is the length of its byte order mark."""
    return cut(partial(utf8_pieces, path, encoding, skip), delimiter, reader, size)


def utf8_pieces(path: Path, encoding: str, skip: int = 0) -> Iterator[bytes]:
    """The bytes of a file turned into UTF-8. UTF-8 itself passes as it is: who reads the records meets its errors."""
    decoder = None if encoding in ("utf-8", "utf-8-sig") else codecs.getincrementaldecoder(encoding)("replace")
    with path.open("rb") as stream:
        stream.seek(skip)
        while piece := stream.read(_READ_SIZE):
            yield piece if decoder is None else decoder.decode(piece).encode()
    if decoder is not None:
        yield decoder.decode(b"", final=True).encode()


def cut(pieces: Pieces, delimiter: str, reader: RecordReader, size: int = BLOCK_SIZE) -> Source:
    """The blocks of a text given in pieces, about `size` bytes each."""

    def source(header_row: int) -> Iterator[Block]:
        number, line = 1, 1
        for content in _stretches(pieces(), size):
            records = PlainRecords(content, number, line, reader)
            plain = is_plain(content, delimiter)
            if number > header_row:
                yield records.block(delimiter)
            elif plain:
                below = records.part(_end_of_record(content, header_row), len(content))
                if below.content:
                    yield below.block(delimiter)
            else:
                yield Block(header_row + 1, delimiter, None, partial(_below, records, header_row))
            if plain:
                lines = content.count(b"\n")
                counted = b'"' not in content and content.endswith(b"\n")
                number, line = number + (lines if counted else count_records(content)), line + lines
            else:
                number, line = records.following()

    return source


def count_records(content: bytes) -> int:
    """How many records a text of well placed quotes holds, blank ones included."""
    rest = content
    if b'"' in content:
        # Two neighbouring quotes change nothing; once they are out, few are left: those around newlines.
        rest = content.translate(None, _ALL_BUT_QUOTES_AND_NEWLINES).replace(b'""', b"")
        rest = b"".join(rest.split(b'"')[::2])
    return rest.count(b"\n") + (bool(content) and not content.endswith(b"\n"))


def is_plain(content: bytes, delimiter: str) -> bool:
    """Whether readers of CSV agree on the records and cells of a text: no stray quote, no lone carriage return."""
    if b"\r" in content and content.count(b"\r") != content.count(b"\r\n"):
        return False
    return b'"' not in content or (content.count(b'"') % 2 == 0 and not _stray_quote(delimiter).search(content))


def halves(block: Block) -> tuple[Block, Block] | None:
    """A block cut in two at a record boundary near its middle, None when it is too small to be cut or not plain."""
    size = len(block.content or b"")
    return None if size < _INDIVISIBLE else parted(block, size // 2)


def parted(block: Block, size: int) -> tuple[Block, Block] | None:
    """A block cut in two at the last record boundary within a size, None when there is none or it is not plain."""
    records = block.read
    if not isinstance(records, PlainRecords) or block.content is None or len(block.content) <= size:
        return None
    middle = _boundary(records.content, size)
    if middle == 0:
        return None
    first, second = records.part(0, middle), records.part(middle, len(records.content))
    return first.block(block.delimiter), second.block(block.delimiter)


def chosen(block: Block, numbers: Collection[int]) -> Iterator[Record]:
    """The records of a block that have one of these numbers, in order."""
    records = block.read
    if isinstance(records, PlainRecords) and block.content is not None and b'"' not in block.content:
        places = sorted(number - block.first for number in numbers if number >= block.first)
        for place, line in _lines(block.content, places):
            number = block.first + place
            yield from PlainRecords(line, number, records.line + place, records.reader)()
    else:
        yield from (record for record in block.records() if record.number in numbers)


def _lines(content: bytes, places: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    """The lines that stand at these places, the first being 0; what lies between them is only counted."""
    start = line = 0
    for place in places:
        while line < place:
            step = content.count(b"\n", start, start + _COUNTED)
            if line + step < place and start + _COUNTED < len(content):
                line, start = line + step, start + _COUNTED
            else:
                start = content.find(b"\n", start) + 1
                if not start:
                    return
                line += 1
        end = content.find(b"\n", start) + 1 or len(content)
        if start < end:
            yield place, content[start:end]
        start, line = end, line + 1


def _below(records: PlainRecords, number: int) -> Iterator[Record]:
    return (record for record in records() if record.number > number)


@cache
def _stray_quote(delimiter: str) -> re.Pattern[bytes]:
    mark = re.escape(delimiter.encode())
    return re.compile(rb'(?<=[^\n"%b])"(?=[^\r\n"%b])' % (mark, mark))


def _stretches(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    """The text cut at the last boundary of records within each `size` bytes, further on where there is none."""
    parts, length = [b""], 0
    for piece in pieces:
        for start in range(0, len(piece), _READ_SIZE):
            parts.append(piece[start : start + _READ_SIZE])
            length += len(parts[-1])
            if length >= size:
                content = b"".join(parts)
                # No boundary in twice the size: an unclosed quote. The exact reader will tell which.
                place = _boundary(content, length) or (content.rfind(b"\n") + 1 if length >= 2 * size else 0)
                if place:
                    yield content[:place]
                parts, length = [content[place:]], length - place
    if length:
        yield b"".join(parts)


def _boundary(content: bytes, limit: int) -> int:
    """The end of the last record that ends within the limit, 0 when none does."""
    place = content.rfind(b"\n", 0, limit) + 1
    odd = content.count(b'"', 0, place) % 2
    while odd and place:
        quote = content.rfind(b'"', 0, place)
        before = content.rfind(b"\n", 0, quote) + 1
        odd = (odd + content.count(b'"', before, place)) % 2
        place = before
    return place


def _end_of_record(content: bytes, number: int) -> int:
    """Where the record of that number ends."""
    place = 0
    for _ in range(number):
        start = place
        while place < len(content):
            place = content.find(b"\n", place) + 1 or len(content)
            if content.count(b'"', start, place) % 2 == 0:
                break
    return place
