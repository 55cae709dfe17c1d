"""A file -> a table of text: container, encoding, dialect, header, records, each decided in its own module."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import islice
from pathlib import Path

from greencloud.reading import dialects, headers
from greencloud.reading.blocks import BLOCK_SIZE, Pieces, cut, is_plain, text_blocks
from greencloud.reading.containers import Unpacked, unpack
from greencloud.reading.encodings import Decoded, decode
from greencloud.reading.headers import Layout
from greencloud.reading.long_texts import LongText, read_long
from greencloud.reading.parsing import Dialect, RawRecord, lines_of, normalised, parse
from greencloud.reading.records import Block, Record, Remark, TextTable
from greencloud.reading.refusals import EXPORT_AGAIN, Unreadable
from greencloud.reading.repairs import Repairer, learn
from greencloud.reading.words import counted

_HEAD_SIZE = 1 << 20
_BLOCK_RECORDS = 20_000
_SURE_ROWS = 1_000
_BLANK_LINES = 1_000_000


def read_table(
    path: Path,
    expected: Sequence[str] = (),
    *,
    delimiter: str | None = None,
    encoding: str | None = None,
    strict: bool = False,
) -> TextTable:
    """Read a file as a table of text; `expected` are the column names of the schema, if there is one.

    `delimiter` and `encoding` are imposed when given. `strict` reads as Frictionless does, without tolerance. Raises
    Unreadable, with a French cause and fix, when the file cannot be read rightly.
    """
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise Unreadable(
            "source-error",
            f"Le séparateur demandé (« {delimiter} ») n'est pas un caractère qui puisse séparer des cellules.",
            "Donnez un seul caractère, par exemple le point-virgule.",
        )
    if strict:
        from greencloud.reading.plain import read_plain

        return read_plain(path, expected, delimiter=delimiter, encoding=encoding)
    unpacked = unpack(path, expected)
    if unpacked.rows is not None:
        return _of_rows(unpacked, unpacked.rows, expected)
    if unpacked.content is None:
        return _of_long_text(path, unpacked, expected, delimiter, encoding)
    decoded = decode(unpacked.content, encoding)
    _refuse_blanks(decoded.text)
    dialect, noticed = dialects.detect(decoded.text, expected, delimiter)
    text = normalised(decoded.text, dialect)
    frame = _frame(text, dialect, expected, decoded)
    content = text.encode() if frame.plain else b""
    if frame.plain and (len(content) > BLOCK_SIZE or is_plain(content, dialect.delimiter)):
        source = text_blocks(content, dialect.delimiter, frame.read)
    else:
        source = partial(_blocks, lambda: frame.read(lines_of(text), 1, 1), dialect.delimiter)
    return _table(frame, unpacked, decoded, noticed, source)


def _refuse_blanks(text: str) -> None:
    if max(text.count("\n\n"), text.count("\r\n\r\n"), text.count("\r\r")) > _BLANK_LINES:
        raise Unreadable(
            "source-error",
            f"Le fichier contient plus de {counted(_BLANK_LINES)} lignes vides.",
            EXPORT_AGAIN,
        )


@dataclass(frozen=True)
class _Frame:
    """What the head of a text tells: how its records are cut, and which of them can be repaired."""

    dialect: Dialect
    layout: Layout
    repairer: Repairer
    decoded: Decoded

    @property
    def plain(self) -> bool:
        """Whether the text, once normalised, is standard CSV as far as its dialect tells."""
        dialect = self.dialect
        return not (dialect.padded or self.decoded.damaged) and dialect.quote == '"' and dialect.bare_cr

    def read(self, lines: Iterable[str], number: int, line: int) -> Iterator[Record]:
        """The records of the lines, repaired where that can be done in one way only."""
        # A repairer remembers its failures: each pass has its own, so that it gives the same records every time.
        repairer = replace(self.repairer)
        records = parse(lines, self.dialect, number, line)
        if not self.decoded.damaged:
            return map(repairer.record, records)
        return (self._damage(raw) or repairer.record(raw) for raw in records)

    def _damage(self, raw: RawRecord) -> Record | None:
        """The record of a line that is damaged, None for another."""
        damaged = self.decoded.damaged
        fault = next((damaged[line] for line in range(raw.first_line, raw.last_line + 1) if line in damaged), None)
        return None if fault is None else Record(raw.number, raw.first_line, raw.last_line, raw.cells, fault=fault)


def _frame(text: str, dialect: Dialect, expected: Sequence[str], decoded: Decoded) -> _Frame:
    head = list(islice(parse(lines_of(text[:_HEAD_SIZE]), dialect), headers.HEAD + _SURE_ROWS))
    layout = headers.find(head[: headers.HEAD], dialect, expected)
    headers.refuse_cut_numbers(layout, head, dialect)
    return _Frame(dialect, layout, _repairer(head, dialect, layout, free=not expected), decoded)


def _repairer(head: Sequence[RawRecord], dialect: Dialect, layout: Layout, free: bool) -> Repairer:
    """The repairer of the rows below the header; what columns look like is learnt when the first of them needs it."""
    below = [record for record in head if record.number > layout.row and not record.ill and not record.blank]
    width = len(layout.labels)
    if free and below:
        width = Counter(len(record.cells) for record in below).most_common(1)[0][0]
    return Repairer(dialect, width, cache(partial(learn, below, dialect, width)), free)


def _table(
    frame: _Frame,
    unpacked: Unpacked,
    decoded: Decoded,
    noticed: Sequence[Remark],
    source: Callable[[int], Iterator[Block]],
) -> TextTable:
    return TextTable(
        frame.layout.labels,
        frame.layout.row,
        decoded.encoding,
        frame.dialect.delimiter,
        source,
        container=unpacked.container,
        member=unpacked.member,
        remarks=(*unpacked.remarks, *decoded.remarks, *noticed, *frame.layout.remarks),
        header_rows=frame.layout.rows,
        quote=frame.dialect.quote,
        escape=frame.dialect.escape,
        why=decoded.why,
    )


def _of_rows(unpacked: Unpacked, rows: Sequence[Sequence[str]], expected: Sequence[str]) -> TextTable:
    """The table of a sheet: record n is row n."""
    head = [RawRecord(place, place, place, list(row)) for place, row in enumerate(rows[: headers.HEAD], start=1)]
    layout = headers.find(head, None, expected)

    def read() -> Iterator[Record]:
        return (Record(place, place, place, list(row)) for place, row in enumerate(rows, start=1))

    return TextTable(
        layout.labels,
        layout.row,
        None,
        None,
        partial(_blocks, read, ","),
        container=unpacked.container,
        sheet=unpacked.sheet,
        member=unpacked.member,
        remarks=(*unpacked.remarks, *layout.remarks),
        header_rows=layout.rows,
    )


def _of_long_text(
    path: Path, unpacked: Unpacked, expected: Sequence[str], delimiter: str | None, encoding: str | None
) -> TextTable:
    """A text too long to be held: its head tells how it is read, then it is streamed."""
    long = read_long(path, encoding)
    decoded = long.decoded
    dialect, noticed = dialects.detect(decoded.text, expected, delimiter)
    # A line at a time, a lone carriage return cannot be told from the end of a line.
    dialect = replace(dialect, bare_cr=True)
    frame = _frame(normalised(decoded.text, dialect), dialect, expected, decoded)
    if dialect.standard and long.line_feeds:
        source = cut(long.pieces, dialect.delimiter, frame.read)
    elif dialect.standard and not long.quotes:
        source = cut(partial(_with_line_feeds, long.pieces), dialect.delimiter, frame.read)
    else:
        source = partial(_blocks, lambda: frame.read(_lines_of(long, dialect), 1, 1), ",")
    return _table(frame, unpacked, decoded, noticed, source)


def _with_line_feeds(pieces: Pieces) -> Iterator[bytes]:
    """The pieces of an old Mac's text with the line ends that the fast readers know."""
    return (piece.replace(b"\r", b"\n") for piece in pieces())


def _lines_of(long: LongText, dialect: Dialect) -> Iterator[str]:
    for piece in long.pieces():
        yield from map(partial(normalised, dialect=dialect), lines_of(piece.decode()))


def _blocks(read: Callable[[], Iterator[Record]], delimiter: str, header_row: int) -> Iterator[Block]:
    """The records below the header in blocks that hold no text of their own."""
    records = islice(read(), header_row, None)
    while chunk := list(islice(records, _BLOCK_RECORDS)):
        yield Block(chunk[0].number, delimiter, None, partial(iter, chunk))
