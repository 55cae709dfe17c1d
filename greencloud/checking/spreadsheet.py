"""CSV made to be opened in a spreadsheet: semicolons and a byte-order mark, as Excel in French wants them, no formula.

The published tables keep the standard's comma and no mark: they are for programs. These lists are for the person who
corrects a file, and a double click must be enough.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

# As in the published tables: what a spreadsheet would run gets an apostrophe; a negative number is no formula.
_FORMULA = re.compile(r"\s*[=+@＝＋＠]|[\t\r\n]")
_MINUS = re.compile(r"\s*[-－]")
_NEGATIVE = re.compile(r"-[0-9][0-9.,\u00a0\u202f ]*([eE][-+]?[0-9]+)?")


def inert(text: str) -> str:
    """The text as a spreadsheet may show it without running it."""
    runs = _FORMULA.match(text) or (_MINUS.match(text) and not _NEGATIVE.fullmatch(text))
    return f"'{text}" if runs else text


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a list for a spreadsheet. Every cell is quoted: no separator in a value can begin another cell."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows([_cell(value) for value in row] for row in rows)


def _cell(value: object) -> str:
    # A NUL would end the cell, or the file, in most readers.
    return "" if value is None else inert(str(value)).replace("\0", "␀")
