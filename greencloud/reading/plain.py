"""A file read as Frictionless 5.21 reads it, for the strict mode: nothing is repaired, nothing is matched.

The separator is Python's sniffer's choice unless it is given, the header is the first line about as wide as the others,
and a workbook is its first sheet. Where Frictionless loses a part of the file in silence (a quote that is never closed,
text after a closing quote), the record says so.
"""

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count, islice
from pathlib import Path

from greencloud.reading.blocks import Source, file_blocks, text_blocks
from greencloud.reading.containers import STREAMED_FROM, Unpacked, unpack
from greencloud.reading.encodings import decode
from greencloud.reading.native import NativeText
from greencloud.reading.records import Block, Record, TextTable
from greencloud.reading.refusals import SAVE_AGAIN, Unreadable, empty_file
from greencloud.reading.signatures import kind_of

_TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
_SAMPLE = 100
"""Lines shown to the sniffer, and records among which the header is looked for."""

_SNIFFED_QUOTES = 1_000
_SNIFFED_LINE = 1 << 12
"""Python's sniffer takes minutes on a long text full of misplaced quotes: it is shown no more than these."""

_DELIMITERS = ",\t;|"
_HEAD = 1 << 20
_BLOCK_RECORDS = 20_000
_CELL_LIMIT = 1_000_000
_GZIP_LIMIT = 64
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True)
class Dialect:
    """How a Table Dialect says that a table is written; None leaves a thing to be found out.

    `header_rows` are the numbers of the records that make the header, none at all for a table without one. Comments
    begin with `comment`, or have one of the numbers of `comment_rows`. `sheet` is the number or the name of the sheet
    of a workbook.
    """

    delimiter: str | None = None
    quote: str = '"'
    escape: str | None = None
    doubled: bool = True
    padded: bool | None = None
    header_rows: tuple[int, ...] | None = None
    join: str = " "
    comment: str = ""
    comment_rows: frozenset[int] = frozenset()
    skip_blank: bool = False
    sheet: int | str = 1

    @property
    def plain(self) -> bool:
        """Whether DuckDB may read the records: usual quotes, and every record counts."""
        usual = self.quote == '"' and self.escape is None
        return usual and not (self.comment or self.comment_rows or self.skip_blank)

    def counts(self, number: int, cells: Sequence[str]) -> bool:
        """Whether a record is no comment."""
        commented = self.comment and cells and cells[0].startswith(self.comment)
        return not commented and number not in self.comment_rows


@dataclass(frozen=True)
class _Notation:
    """How cells stand apart; `padded` says that the spaces after a separator are not part of the cell."""

    delimiter: str
    padded: bool
    dialect: Dialect

    def reader(self, lines: Iterable[str], *, exact: bool = False) -> Iterator[list[str]]:
        """Python's reader, which takes misplaced quotes as they come unless it is `exact`."""
        dialect = self.dialect
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            skipinitialspace=self.padded,
            quotechar=dialect.quote or None,
            quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
            escapechar=dialect.escape,
            doublequote=dialect.doubled or dialect.escape is None,
            strict=exact,
        )


def read_plain(
    path: Path,
    expected: Sequence[str] = (),
    *,
    delimiter: str | None = None,
    encoding: str | None = None,
    dialect: Dialect | None = None,
    text: bool = False,
) -> TextTable:
    """The table of a file, its records numbered as Frictionless numbers rows. Raises Unreadable, as `read_table` does.

    A file named `.csv` whose encoding is given is a text, whatever it holds, and so is one that is said to be a `text`.
    `delimiter` goes before the dialect's.
    """
    dialect = dialect or Dialect()
    dialect = replace(dialect, delimiter=delimiter or dialect.delimiter)
    size, kind = _looked_at(path, encoding)
    kind = "text" if text else kind
    if kind == "text" and size > STREAMED_FROM:
        return _streamed(path, dialect, encoding)
    if kind == "text":
        return _of_text(path.read_bytes(), dialect, encoding)
    unpacked = _unpacked(path, kind, expected)
    if unpacked.content is not None:
        table = _of_text(unpacked.content, dialect, encoding)
        return replace(table, container=unpacked.container, member=unpacked.member)
    rows = unpacked.rows or [] if kind == "gz" or unpacked.member else _typed_rows(path, dialect.sheet)
    table = read_rows(rows, dialect)
    return replace(table, container=unpacked.container, sheet=unpacked.sheet, member=unpacked.member)


def _looked_at(path: Path, encoding: str | None) -> tuple[int, str]:
    try:
        with path.open("rb") as stream:
            named_text = encoding is not None and path.suffix.lower() in _TEXT_SUFFIXES
            kind = "text" if named_text else kind_of(stream.read(_HEAD))
        return path.stat().st_size, kind
    except OSError as error:
        raise Unreadable("scheme-error", "Le fichier est introuvable ou illisible.", "Vérifiez son chemin.") from error


def _unpacked(path: Path, kind: str, expected: Sequence[str]) -> Unpacked:
    try:
        return unpack(path, expected)
    except Unreadable as refusal:
        if kind == "gz" and refusal.code == "compression-error" and _cut_short(path):
            raise Unreadable("source-error", refusal.message, refusal.fix) from refusal
        raise


def _cut_short(path: Path) -> bool:
    """Whether a gzip file ends too soon, which for Frictionless is an error of the source and not of compression."""
    try:
        with gzip.open(path) as stream:
            any(not stream.read(_HEAD) for _ in range(_GZIP_LIMIT))
            return False
    except EOFError:
        return True
    except (OSError, zlib.error):
        return False


def _of_text(content: bytes, dialect: Dialect, encoding: str | None) -> TextTable:
    name, skip = _encoding(content[:4], encoding)
    damaged: Mapping[int, str] = {}
    if name is not None or b"\x00" not in content:
        try:
            text, name = content[skip:].decode(name or "utf-8"), name or "utf-8"
        except (UnicodeError, LookupError) as error:
            if name is not None:
                raise _undecodable(name, error) from error
    if name is None:
        decoded = decode(content)
        text, name, damaged = decoded.text, decoded.encoding, decoded.damaged
    if not text:
        raise empty_file()
    notation = _sniffed(text, dialect)
    labels, header_row = _header(io.StringIO(text[:_HEAD], newline=""), notation)
    read = partial(_counting, notation, damaged)
    if notation.padded or damaged or len(notation.delimiter.encode()) > 1 or not dialect.plain:
        source: Source = partial(_blocks, lambda: read(io.StringIO(text, newline=""), 1, 1), notation.delimiter)
    else:
        source = text_blocks(text.encode(), notation.delimiter, read)
    return TextTable(labels, header_row, name, notation.delimiter, source)


def _streamed(path: Path, dialect: Dialect, encoding: str | None) -> TextTable:
    """A text too long to be held: its head tells how it is read."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
        name, skip = _encoding(head[:4], encoding)
        if name is None:
            from greencloud.reading.surveys import survey

            stream.seek(0)
            name, _ = survey(stream)
    try:
        text = codecs.getincrementaldecoder(name)("strict").decode(head[skip:])
    except (UnicodeError, LookupError) as error:
        raise _undecodable(name, error) from error
    notation = _sniffed(text, dialect)
    if not dialect.plain:
        raise Unreadable(
            "source-error",
            "Un fichier de plus de 64 Mo ne peut pas avoir de commentaires ni d'autres guillemets que les doubles.",
            "Découpez-le, par exemple par année.",
        )
    labels, header_row = _header(io.StringIO(text, newline=""), notation)
    source = file_blocks(path, name, notation.delimiter, partial(_records, notation, {}), skip=skip)
    return TextTable(labels, header_row, name, notation.delimiter, source)


def _encoding(start: bytes, encoding: str | None) -> tuple[str | None, int]:
    """The name of the encoding when it is given or announced, and the length of the mark that announces it."""
    for mark, name in _MARKS:
        if start.startswith(mark) and (encoding is None or _same_codec(encoding, name)):
            return name, len(mark)
    return encoding, 0


def _same_codec(encoding: str, name: str) -> bool:
    try:
        return codecs.lookup(encoding).name in (name, f"{name}-sig", name[: -len("-le")])
    except LookupError:
        return False


def _undecodable(name: str, error: UnicodeError | LookupError) -> Unreadable:
    if isinstance(error, UnicodeDecodeError):
        line = error.object.count(b"\n", 0, error.start) + 1
        octet = f"0x{error.object[error.start]:02X}"
        return Unreadable(
            "encoding-error", f"Ligne {line} : l'octet {octet} ne peut pas être lu en {name}.", SAVE_AGAIN
        )
    return Unreadable("encoding-error", f"Le fichier ne peut pas être lu en {name}.", SAVE_AGAIN)


def _sniffed(text: str, dialect: Dialect) -> _Notation:
    """The separator and the padding, seen by Python's sniffer in the first lines where the dialect leaves them open."""
    sample: list[str] = []
    quotes = 0
    for line in islice(io.StringIO(text[:_HEAD], newline=""), _SAMPLE):
        quotes += line.count('"') + line.count("'")
        if quotes > _SNIFFED_QUOTES:
            sample = sample or [line[:_SNIFFED_LINE]]
            break
        sample.append(line)
    delimiter, padded = ",", False
    try:
        found = csv.Sniffer().sniff("".join(sample), dialect.delimiter or _DELIMITERS)
        delimiter, padded = found.delimiter, bool(found.skipinitialspace)
    except csv.Error:
        pass
    notation = _Notation(dialect.delimiter or delimiter, padded if dialect.padded is None else dialect.padded, dialect)
    try:
        notation.reader(())
    except (TypeError, ValueError) as error:
        raise Unreadable(
            "source-error",
            "Le séparateur, les guillemets et le signe d'échappement doivent être chacun un seul signe.",
            "Corrigez le « dialect » du descripteur.",
        ) from error
    return notation


def _header(lines: Iterable[str], notation: _Notation) -> tuple[tuple[str, ...], int]:
    """The labels of the first hundred records, and the number of the last record of the header."""
    sample = [record.cells for record in islice(_records(notation, {}, lines, 1, 1), _SAMPLE)]
    return _labels(sample, notation.dialect)


def _labels(sample: Sequence[Sequence[str]], dialect: Dialect) -> tuple[tuple[str, ...], int]:
    if not sample:
        raise empty_file()
    numbers = _header_rows(sample, dialect) if dialect.header_rows is None else dialect.header_rows
    header_row = numbers[-1] if numbers else 0
    rows = [
        cells
        for number, cells in enumerate(sample[:header_row], 1)
        if number in numbers and dialect.counts(number, cells)
    ]
    if header_row >= len(sample) and not any(rows):
        raise empty_file()
    return _joined(rows, dialect.join), header_row


def _header_rows(sample: Sequence[Sequence[str]], dialect: Dialect) -> tuple[int]:
    """The first record whose width is near the mean width of the sample."""
    width = round(sum(map(len, sample)) / len(sample))
    drift = max(round(width * 0.1), 1)
    rows = ((number, cells) for number, cells in enumerate(sample, 1) if dialect.counts(number, cells))
    return (next((number for number, cells in rows if abs(len(cells) - width) <= drift), 1),)


def _joined(rows: Sequence[Sequence[str]], join: str) -> tuple[str, ...]:
    """The labels of a header of several rows: one row after another, a text that comes again below itself once."""
    labels: list[list[str]] = []
    for cells in rows:
        for place, cell in enumerate(cells):
            if place >= len(labels):
                labels.append([cell.strip()])
            elif labels[place][-1] != cell.strip():
                labels[place].append(cell.strip())
    return tuple(join.join(parts) for parts in labels)


class _Lines:
    """Lines handed on one by one; `taken` holds those handed on since it was last emptied."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.taken: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.taken.append(line)
        return line


def _counting(
    notation: _Notation, damaged: Mapping[int, str], lines: Iterable[str], number: int, line: int
) -> Iterator[Record]:
    """The records that the dialect does not leave out."""
    dialect = notation.dialect
    records = _records(notation, damaged, lines, number, line)
    return records if dialect.plain else (record for record in records if _kept(record, dialect))


def _kept(record: Record, dialect: Dialect) -> bool:
    return dialect.counts(record.number, record.cells) and not (dialect.skip_blank and not any(record.cells))


def _records(
    notation: _Notation, damaged: Mapping[int, str], lines: Iterable[str], number: int, line: int
) -> Iterator[Record]:
    """The records of the lines as Python's reader cuts them; those it may have cut wrongly have a fault."""
    csv.field_size_limit(_CELL_LIMIT)
    source = _Lines(lines)
    reader = notation.reader(source)
    for place in count(number):
        source.taken.clear()
        fault = None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells, fault = [], f"Ligne {place} : une cellule dépasse un million de caractères."
            reader = notation.reader(source)
        last = line + len(source.taken) - 1
        quoted = fault is None and any(notation.dialect.quote in part for part in source.taken)
        if quoted and not _well_quoted(source.taken, notation):
            fault = f"Ligne {place} : des guillemets sont mal placés ou jamais refermés."
        fault = fault or next((damaged[place] for place in range(line, last + 1) if place in damaged), None)
        yield Record(place, line, last, cells, fault=fault)
        line = last + 1


def _well_quoted(lines: Sequence[str], notation: _Notation) -> bool:
    try:
        for _ in notation.reader(lines, exact=True):
            pass
    except csv.Error:
        return False
    return True


def _typed_rows(path: Path, chosen: int | str) -> list[list[str]]:
    """A sheet of a workbook, numbers, dates and truth values with their texts."""
    from python_calamine import CalamineWorkbook, WorksheetNotFound

    book = CalamineWorkbook.from_path(path)
    try:
        sheet = book.get_sheet_by_name(chosen) if isinstance(chosen, str) else book.get_sheet_by_index(chosen - 1)
    except (WorksheetNotFound, OverflowError) as error:
        raise Unreadable(
            "format-error", f"Le classeur n'a pas de feuille « {chosen} ».", "Corrigez le « dialect » du descripteur."
        ) from error
    rows = sheet.to_python(skip_empty_area=False)
    return [[cell if isinstance(cell, str) else NativeText(cell) for cell in row] for row in rows]


def read_rows(rows: Sequence[Sequence[str]], dialect: Dialect) -> TextTable:
    """The table of rows that are cut into cells already."""
    labels, header_row = _labels(rows[:_SAMPLE], dialect)

    def read() -> Iterator[Record]:
        records = (Record(place, place, place, list(row)) for place, row in enumerate(rows, 1))
        return (record for record in records if _kept(record, dialect))

    return TextTable(labels, header_row, None, None, partial(_blocks, read, ","))


def _blocks(read: Callable[[], Iterator[Record]], delimiter: str, header_row: int) -> Iterator[Block]:
    """The records below the header in blocks that hold no text of their own."""
    records = (record for record in read() if record.number > header_row)
    while chunk := list(islice(records, _BLOCK_RECORDS)):
        yield Block(chunk[0].number, delimiter, None, partial(iter, chunk))
