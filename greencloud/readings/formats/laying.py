"""Files of readings laid out for DuckDB: texts on disk, in UTF-8, of which every line has the cells of the header.

A received text that is so already is read where it lies. Any other file (a workbook, an archive, another encoding,
quotes, a ragged line) is written anew, line for line: where it has a blank line or the rest of a cell of several lines
the copy has a filler, and where a line cannot be cut into its cells the copy has a mark and the line as it was. So the
n-th row that DuckDB reads is the n-th line below the header in every case, and no line is lost.
"""

import re
import shutil
import tempfile
import weakref
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice, takewhile
from pathlib import Path
from typing import IO, TYPE_CHECKING

from greencloud.reading import Block, Record, TextTable, Unreadable, read_table
from greencloud.reading.blocks import PlainRecords
from greencloud.reading.refusals import EXPORT_AGAIN
from greencloud.reading.signatures import kind_of
from greencloud.readings.formats.evenness import MARKS, count_even_lines, even_lines
from greencloud.readings.formats.sameness import same_cells

if TYPE_CHECKING:
    from greencloud.readings.formats.plainness import Plain

ILL = "\x01"
"""Begins a line that could not be cut into cells; the line follows it."""
FILLER = "\x02"
"""Stands for a line that is no record."""
_HEAD = 1 << 12
_LONG = 1 << 17
_LONGEST = 1 << 20
_SHOWN = 200
_ABOVE = 400
_NUMBERS = re.compile(rb"[0-9]+")
_MADE_UP = re.compile(r"colonne_\d+")
_PATTERN_CHARACTERS = "*?["  # DuckDB takes a path that holds one for a pattern


class Folder:
    """A temporary folder that goes when nothing refers to it any more.

    `tables`: how texts that begin with a line of labels were read, by how they begin and what was asked of the reading.
    """

    def __init__(self) -> None:
        self.tables: dict[Hashable, TextTable] = {}
        self.path = Path(tempfile.mkdtemp(prefix="greencloud-releves-"))
        self._finalizer = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)

    def close(self) -> None:
        """Remove the folder now."""
        self._finalizer()


@dataclass(frozen=True)
class Laid:
    """A file of readings as DuckDB is to read it.

    `text` has `lines` lines below its first `skip`; the first of them is the line `first` of the file as a person
    counts (the row, in a spreadsheet). `received` is the file itself. `copied`: the text was written by us, and may
    hold marks. `same`: cells that are the same in all lines, by their places; `plain`: the lines, where they are read
    already. `table` tells how the file was read, and holds no record any more; `above` are the rows above its labels,
    `labels` these without the empty ones at the end.
    """

    place: int
    received: Path
    text: Path
    labels: tuple[str, ...]
    delimiter: str
    skip: int
    first: int
    lines: int
    copied: bool
    table: TextTable
    above: Sequence[Sequence[str]]
    folder: Folder = field(repr=False)
    same: Mapping[int, str] = field(default_factory=dict)
    plain: "Sequence[Plain]" = ()


def lay(place: int, path: Path, expected: Sequence[str], folder: Folder, delimiter: str | None = None) -> Laid:
    """The file in its place among those given, laid out; `expected` are labels it may have.

    `delimiter` is imposed when given. Columns that nobody has named are `colonne_1`, `colonne_2`… Raises Unreadable,
    with a French cause and fix.
    """
    if all(_MADE_UP.fullmatch(label) for label in expected):
        expected = ()  # such labels stand in no file
    try:
        direct = _direct(place, path, folder, tuple(expected), delimiter)
        return direct or _copied(place, path, read_table(path, expected, delimiter=delimiter), folder)
    except OSError as error:
        raise Unreadable("source-error", "Le fichier est introuvable ou illisible.", "Vérifiez son chemin.") from error


def _direct(place: int, path: Path, folder: Folder, expected: tuple[str, ...], delimiter: str | None) -> Laid | None:
    """The file itself, when it is an even text."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if kind_of(head) != "text":
        return None
    if len(head) == _HEAD:
        head = head[: head.rfind(b"\n") + 1]
    # An even text that begins with the very labels of another, and goes on alike, is read as that one.
    labels, _, rest = head.partition(b"\n")
    asked = (labels, _NUMBERS.sub(b"0", rest.partition(b"\n")[0]), expected, delimiter)
    table = folder.tables.get(asked) or _of_head(head, folder, expected, delimiter)
    if table is None or table.encoding not in ("utf-8", "utf-8-sig") or table.header_rows > 1 or not table.delimiter:
        return None
    start = _below_labels(head, table.header_row)
    if start is None or (table.header_rows and not _says(head[:start], table)):
        return None
    plain = _plain(path, start, table)
    lines = sum(part.lines for part in plain) or count_even_lines(path, start, table.delimiter, len(table.header))
    if not lines:
        return None
    if table.header_row == table.header_rows == 1 and not table.remarks:
        folder.tables[asked] = table
    text, skip = _plainly_named(path, place, folder), table.header_row
    same = _repeated(plain) if plain else same_cells(path, start, table.delimiter, lines)
    read, above = _emptied(table)
    told = Laid(place, path, text, table.header, table.delimiter, skip, skip + 1, lines, False, read, above, folder)
    return replace(told, same=same, plain=plain)


def _plain(path: Path, start: int, table: TextTable) -> "Sequence[Plain]":
    """The lines of a text that is long enough for the import of numpy."""
    if path.stat().st_size < _LONG or table.delimiter is None:
        return ()
    from greencloud.readings.formats.plainness import plain_lines

    return plain_lines(path, start, table.delimiter, len(table.header))


def _repeated(plain: "Sequence[Plain]") -> Mapping[int, str]:
    """The cells that are the same in all parts of a text."""
    first, *others = plain
    return {place: text for place, text in first.same.items() if all(part.same[place] == text for part in others)}


def _of_head(head: bytes, folder: Folder, expected: Sequence[str], delimiter: str | None) -> TextTable | None:
    """How the head of a text reads; what is wrong with it is left to the reading of the whole."""
    if not head:
        return None
    path = folder.path / "debut"
    path.write_bytes(head)
    try:
        return read_table(path, expected=expected, delimiter=delimiter)
    except Unreadable:
        return None


def _below_labels(head: bytes, count: int) -> int | None:
    """Where the first `count` lines of a text end, None unless they are plain, filled lines."""
    place = 0
    for _ in range(count):
        end = head.find(b"\n", place) + 1 or len(head)
        line = head[place:end].strip(b"\r\n\xef\xbb\xbf")
        if not line or b'"' in line or b"\r" in line or b"\0" in line:
            return None
        place = end
    return place


def _says(above: bytes, table: TextTable) -> bool:
    """Whether the last of the lines is the labels, cell for cell, none of them empty at the end."""
    last = above.decode("utf-8", "replace").removeprefix("\ufeff").rstrip("\r\n").split("\n")[-1]
    return bool(table.header[-1]) and last.split(table.delimiter) == list(table.header)


def _plainly_named(path: Path, place: int, folder: Folder) -> Path:
    if not any(character in str(path) for character in _PATTERN_CHARACTERS):
        return path
    link = folder.path / f"{place}-lien"
    link.symlink_to(path.absolute())
    return link


def _copied(place: int, received: Path, table: TextTable, folder: Folder) -> Laid:
    """A copy of the records of a table."""
    labels = list(table.header)
    while len(labels) > 1 and not labels[-1].strip():
        labels.pop()
    path = folder.path / f"{place}.csv"
    delimiter = table.delimiter or ","
    with path.open("wb") as stream:
        copy = _Copy(stream, delimiter, len(labels))
        for block in table.blocks():
            copy.add(block)
    if not copy.records:
        raise Unreadable("source-error", "Le fichier n'a aucune ligne sous ses intitulés.", EXPORT_AGAIN)
    return Laid(
        place, received, path, tuple(labels), delimiter, 0, copy.first, copy.lines, True, *_emptied(table), folder
    )


def _emptied(table: TextTable) -> tuple[TextTable, list[list[str]]]:
    """The table without its records, which would be held as long as it is, and the rows above its labels."""
    above = takewhile(lambda record: record.number < table.header_row, _records(table))
    rows = [record.cells for record in islice(above, _ABOVE)]
    return replace(table, source=lambda _row: iter(())), rows


def _records(table: TextTable) -> Iterator[Record]:
    for block in table.source(0):
        yield from block.records()


class _Copy:
    """Writes records as lines of equal width, each in the place of its first line.

    Even lines pass as they are, and so do those of which every cell stands in quotes: as many quotes as twice the cells
    that a line shows without them leave no delimiter inside any.
    """

    def __init__(self, stream: IO[bytes], delimiter: str, width: int) -> None:
        self._stream, self._delimiter, self._width = stream, delimiter, width
        self._special = (delimiter, '"', "\r", "\n")
        self._rest = delimiter * (width - 1) + "\n"
        self.first = self.lines = self.records = 0

    def add(self, block: Block) -> None:
        if isinstance(block.read, PlainRecords) and block.content is not None and block.delimiter == self._delimiter:
            content = block.content.replace(b'"', b"")
            count = even_lines(content, self._delimiter, self._width) or 0
            quoted = block.content.count(b'"') in (0, 2 * self._width * count) and b'""' not in block.content
            if count and quoted and max(map(len, content.split(b"\n"))) < _LONGEST:
                self._begin(block.read.line)
                content = content.replace(b"\r\n", b"\n")
                self._stream.write(content if content.endswith(b"\n") else content + b"\n")
                self.lines += count
                self.records += count
                return
        written = _written(block)
        for record in block.records():
            self._record(record, written)

    def _begin(self, line: int) -> None:
        """Be at a line of the file."""
        self.first = self.first or line
        while self.first + self.lines < line:
            self._write(FILLER + self._rest)

    def _record(self, record: Record, written: Callable[[Record], str]) -> None:
        self._begin(record.first_line)
        if record.blank and not record.fault:
            self._write(FILLER + self._rest)
        else:
            self._write(self._line(record, written))
            self.records += 1
        self._begin(record.last_line + 1)

    def _line(self, record: Record, written: Callable[[Record], str]) -> str:
        cells = record.cells
        if len(cells) > self._width and not any(cell.strip() for cell in cells[self._width :]):
            cells = cells[: self._width]
        whole = not (record.broken or record.fault or record.repair) and len(cells) == self._width
        text = self._delimiter.join(map(self._cell, cells)) if whole else ""
        if whole and len(text) < _LONGEST // 4:
            return text.lstrip(MARKS.decode()) + "\n"
        return self._cell(ILL + written(record)[:_SHOWN]) + self._rest

    def _cell(self, cell: str) -> str:
        if not any(character in cell for character in self._special):
            return cell
        # On one line, so that a row stays a line.
        return '"' + " ".join(cell.replace('"', '""').splitlines()) + '"'

    def _write(self, line: str) -> None:
        self._stream.write(line.encode("utf-8", "replace"))
        self.lines += 1


def _written(block: Block) -> Callable[[Record], str]:
    """Gives a record of the block as it is written; its cells may be those of an attempt at repairing it."""
    source = block.read
    if not isinstance(source, PlainRecords):
        return lambda record: block.delimiter.join(record.cells)
    lines = cache(lambda: source.content.decode("utf-8", "replace").split("\n"))
    return lambda record: " ".join(
        lines()[record.first_line - source.line : record.last_line - source.line + 1]
    ).strip()
