"""A deposited line as it was received: its cells before and after they were read, and its exact bytes."""

import codecs
import csv
import hashlib
import io
import mmap
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from greencloud import tables
from greencloud.checking import header
from greencloud.deposits import Deposit
from greencloud.explain.model import Raw
from greencloud.reading import Record, TextTable, read_table
from greencloud.reading.containers import unpack

HIDDEN = "[…]"
_LETTERS = 26
_ENDS = re.compile(rb"\r\n|\n|\r")
_TEXT_ENDS = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True)
class Received:
    """Some records of one deposit. `positions`: column of the schema -> place of its cell."""

    deposit: Deposit
    text: TextTable
    positions: Mapping[str, int]
    records: Mapping[int, Record]

    def reading(self, named: bool) -> str:
        """How the file was read, in French; `named`: with the names that its sender gave to a sheet or a member."""
        if self.text.encoding:
            mark = "tabulation" if self.text.delimiter == "\t" else f"« {self.text.delimiter} »"
            parts = [f"encodage {self.text.encoding}, séparateur {mark}"]
        else:
            parts = [f"classeur {self.text.container}" + (f", feuille « {self.text.sheet} »" if named else "")]
        if self.text.member:
            parts.append(f"dans l'archive, fichier « {self.text.member} »" if named else "dans une archive")
        return ", ".join(parts)

    def cell(self, record: Record, column: str) -> str | None:
        """The cell of a column as received, None when the file has no such column or the line ends before it."""
        place = self.positions.get(column)
        return record.cells[place] if place is not None and place < len(record.cells) else None

    def address(self, record: Record, column: str) -> str:
        """Where a cell stands: `C7` in a sheet, the rank of the column and its label in a text."""
        place = self.positions[column]
        if self.text.sheet:
            return f"{_letters(place)}{record.first_line}"
        return f"colonne {place + 1} (« {self.text.header[place]} »)"

    def written(self, record: Record, shown: Collection[str]) -> str:
        """The line in the notation of its file, the cells of other columns than `shown` hidden."""
        places = {place for column, place in self.positions.items() if column in shown}
        cells = [cell if place in places else HIDDEN for place, cell in enumerate(record.cells)]
        stream = io.StringIO()
        csv.writer(stream, delimiter=self.text.delimiter or ";", lineterminator="").writerow(cells)
        return stream.getvalue()


def receive(deposit: Deposit, numbers: Collection[int]) -> Received:
    """The records of these numbers. Raises Unreadable when the file cannot be read any more."""
    table = tables.table(deposit.table)
    text = read_table(deposit.path, expected=table.column_names)
    wanted, found = set(numbers), {}
    for record in text.records():
        if record.number in wanted:
            found[record.number] = record
            wanted.discard(record.number)
            if not wanted:
                break
    return Received(deposit, text, header.match(text.header, table).positions, found)


def raw(received: Received, record: Record) -> Raw | None:
    """The exact bytes of a record; None for a sheet, and for bytes that do not hold every cell of the record."""
    if received.text.encoding is None:
        return None
    content = _content(received.deposit.path)
    encoding, mark = _notation(received.text.encoding, content[:2])
    found = _span(content, encoding, mark, record.first_line, record.last_line)
    if found is None:
        return None
    part = bytes(content[found[0] : found[1]])
    decoded = part.decode(encoding, "backslashreplace")
    if not all(cell.strip() in decoded or '"' in cell for cell in record.cells):
        return None
    return Raw(found[0], found[1], hashlib.sha256(part).hexdigest(), decoded)


def _content(path: Path) -> bytes | mmap.mmap:
    """The bytes of the text of a deposit: what its archive holds, or the file itself, mapped when it is long."""
    unpacked = unpack(path).content
    if unpacked is not None:
        return unpacked
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _notation(encoding: str, beginning: bytes) -> tuple[str, int]:
    """The encoding of any part of the text, and how many bytes its mark takes when each character takes two."""
    if not encoding.startswith("utf-16"):
        return encoding, 0
    big, little = beginning == codecs.BOM_UTF16_BE, beginning == codecs.BOM_UTF16_LE
    if encoding == "utf-16":
        encoding = "utf-16-be" if big else "utf-16-le"
    return encoding, len(beginning) if big or little else 0


def _span(content: bytes | mmap.mmap, encoding: str, mark: int, first: int, last: int) -> tuple[int, int] | None:
    """Where physical lines first to last begin and end, their line end left out."""
    if not encoding.startswith("utf-16"):
        return _between([(end.start(), end.end()) for end in _ENDS.finditer(content)], len(content), first, last)
    text = content[mark:].decode(encoding, "replace")
    found = _between([(end.start(), end.end()) for end in _TEXT_ENDS.finditer(text)], len(text), first, last)
    if found is None:
        return None
    begin, end = (mark + len(text[:place].encode(encoding)) for place in found)
    return begin, end


def _between(ends: Sequence[tuple[int, int]], size: int, first: int, last: int) -> tuple[int, int] | None:
    """The places of lines, the first of which is 1, from where the lines end."""
    begins, stops = [0, *(after for _, after in ends)], [*(before for before, _ in ends), size]
    return (begins[first - 1], stops[last - 1]) if last <= len(stops) else None


def _letters(place: int) -> str:
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, _LETTERS)
        name = chr(ord("A") + rest) + name
    return name
