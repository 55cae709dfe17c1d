"""Delimited text -> header and records, with the expected columns as the best evidence of the separator."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from greencloud.reading.containers import Unreadable, refuse_other_containers
from greencloud.reading.encodings import decode
from greencloud.reading.labels import label_key

DELIMITERS = (",", ";", "\t", "|")
CELL_LIMIT = 1_000_000
FILE_LIMIT = 1 << 30
_PROBE_RECORDS = 50


@dataclass(frozen=True)
class Record:
    """One record of a file: its number (the header is 1), its cells, and whether its last quote was never closed."""

    number: int
    cells: list[str]
    unclosed: bool = False


@dataclass(frozen=True)
class TextTable:
    """A table of text: the labels of its header, how the file was read, and its records in order."""

    header: tuple[str, ...]
    encoding: str
    delimiter: str
    text: str
    container: str = "csv"
    header_row: int = 1

    def records(self) -> Iterator[Record]:
        """The records below the header, wholly empty lines included (as records without a filled cell)."""
        return islice(_records(self.text, self.delimiter), 1, None)


def read_table(path: Path, expected: Sequence[str] = ()) -> TextTable:
    """Read a delimited text file; `expected` are the column names of the schema, if there is one.

    Raises Unreadable, with a French cause and fix, when the file is not text, is empty or is too large.
    """
    content = _content(path)
    refuse_other_containers(content)
    decoded = decode(content)
    text = decoded.text
    delimiter = _delimiter(text, expected)
    header = tuple(label.strip() for label in next(_records(text, delimiter)).cells)
    return TextTable(header, decoded.encoding, delimiter, text)


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > FILE_LIMIT:
            raise Unreadable("source-error", "Le fichier dépasse 1 Go.", "Découpez-le, par exemple par année.")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable("source-error", "Le fichier est introuvable ou illisible.", "Vérifiez son chemin.") from error


def _delimiter(text: str, expected: Sequence[str]) -> str:
    """The separator whose header holds most expected labels; failing that, whose records agree on most cells."""
    known = {label_key(name) for name in expected}

    def evidence(delimiter: str) -> tuple[int, int]:
        sample = [record.cells for record in islice(_records(text, delimiter), _PROBE_RECORDS)]
        width = len(sample[0]) if sample else 0
        matched = sum(label_key(label) in known for label in sample[0]) if sample else 0
        agreeing = sum(len(cells) == width for cells in sample) if width > 1 else 0
        return matched, agreeing * width

    return max(DELIMITERS, key=evidence)


def _records(text: str, delimiter: str) -> Iterator[Record]:
    """Every record of the text. Raises Unreadable for a cell longer than CELL_LIMIT."""
    csv.field_size_limit(CELL_LIMIT)
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter)
    last: Record | None = None
    start = end = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if last is not None:
                yield last
            last = Record(number, cells)
            start, end = end, reader.line_num
    except csv.Error as error:
        raise Unreadable(
            "source-error",
            f"Ligne {reader.line_num} : une cellule dépasse un million de caractères.",
            "Un guillemet ouvert est sans doute resté sans guillemet fermant : corrigez cette ligne.",
        ) from error
    if last is not None:
        yield Record(last.number, last.cells, _is_unclosed(text, start, delimiter))


def _is_unclosed(text: str, start: int, delimiter: str) -> bool:
    """Whether the last record, which begins after `start` physical lines, ends inside quotes."""
    last = islice(io.StringIO(text, newline=""), start, None)
    try:
        for _ in csv.reader(last, delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False
