"""Delimited text -> header and records, with the expected columns as the best evidence of the separator."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

from greencloud.reading.containers import Unreadable, refuse_other_containers
from greencloud.reading.encodings import decode
from greencloud.reading.labels import label_key

DELIMITERS = (",", ";", "\t", "|")
CELL_LIMIT = 1_000_000
FILE_LIMIT = 1 << 30
_PROBE_RECORDS = 50
_SEPARATOR_LINE = re.compile(r"sep=.?", re.IGNORECASE)


@dataclass(frozen=True)
class Record:
    """One record of a file: its number (the first record is 1), its physical lines, its cells (none when broken)."""

    number: int
    first_line: int
    last_line: int
    cells: list[str]
    broken: bool = False

    @property
    def blank(self) -> bool:
        return not self.broken and not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True)
class TextTable:
    """A table of text: the labels of its header, how the file was read, and its records in order."""

    header: tuple[str, ...]
    header_row: int
    encoding: str
    delimiter: str
    text: str
    container: str = "csv"

    def records(self) -> Iterator[Record]:
        """The records below the header, blank and broken ones included."""
        return islice(_records(self.text, self.delimiter), self.header_row, None)


def read_table(path: Path, expected: Sequence[str] = ()) -> TextTable:
    """Read a delimited text file; `expected` are the column names of the schema, if there is one.

    Raises Unreadable, with a French cause and fix, when the file is not text, is empty or is too large.
    """
    content = _content(path)
    refuse_other_containers(content)
    decoded = decode(content)
    delimiter = _delimiter(decoded.text, expected)
    header = _header(decoded.text, delimiter)
    labels = tuple(label.strip() for label in header.cells)
    return TextTable(labels, header.number, decoded.encoding, delimiter, decoded.text)


def _header(text: str, delimiter: str) -> Record:
    """The first record that holds labels: blank lines and the `sep=;` that Excel understands come before it."""
    for record in _records(text, delimiter):
        if record.broken:
            raise Unreadable(
                "source-error",
                f"Ligne {record.first_line} : les guillemets des intitulés sont mal placés ou jamais refermés.",
                "Corrigez la première ligne, puis contrôlez à nouveau le fichier.",
            )
        if not record.blank and not _SEPARATOR_LINE.fullmatch(delimiter.join(record.cells)):
            return record
    raise Unreadable("source-error", "Le fichier est vide.", "Vérifiez l'export, puis déposez-le à nouveau.")


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
        try:
            header = _header(text, delimiter).cells
            sample = [record.cells for record in islice(_records(text, delimiter), _PROBE_RECORDS)]
        except Unreadable:  # with this separator; another may do
            return -1, -1
        width = len(header)
        matched = sum(label_key(label) in known for label in header)
        agreeing = sum(len(cells) == width for cells in sample) if width > 1 else 0
        return matched, agreeing * width

    return max(DELIMITERS, key=evidence)


def _records(text: str, delimiter: str) -> Iterator[Record]:
    """Every record of the text; one whose quotes are wrong is broken, and the next begins on the line after it.

    Raises Unreadable for a cell longer than CELL_LIMIT.
    """
    csv.field_size_limit(CELL_LIMIT)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for number in count(1):
        first_line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field larger" in str(error):
                raise Unreadable(
                    "source-error",
                    f"Ligne {first_line} : une cellule dépasse un million de caractères.",
                    "Un guillemet ouvert est sans doute resté sans guillemet fermant : corrigez cette ligne.",
                ) from error
            yield Record(number, first_line, reader.line_num, [], broken=True)
        else:
            yield Record(number, first_line, reader.line_num, cells)
