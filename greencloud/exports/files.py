"""Exported files, CSV and JSON: written aside, then renamed, so that a failure leaves no half of one."""

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from greencloud.checking.spreadsheet import inert


def write(files: Mapping[Path, str]) -> None:
    """Write texts in UTF-8, whole or not at all, their folders made when missing. Raises OSError."""
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".greencloud-") as folder:
            aside = Path(folder, path.name)
            aside.write_text(text, encoding="utf-8", newline="")
            aside.replace(path)


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, object]], delimiter: str = ",") -> str:
    """Rows as CSV with LF; an absent value is an empty cell, a text that a spreadsheet would run gets an apostrophe."""
    return csv_of_texts(columns, ({name: plain(row.get(name)) for name in columns} for row in rows), delimiter)


def csv_of_texts(columns: Sequence[str], rows: Iterable[Mapping[str, str]], delimiter: str = ",") -> str:
    """Rows of texts as CSV with LF, the texts as they are."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, columns, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def json_text(content: Any) -> str:
    """Content as JSON that a person can read, the same each time."""
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def plain(value: object) -> str:
    """A value as a program reads it: decimal point, no needless decimal, ISO dates, true and false, lists with |."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple):
        return inert("|".join(map(str, value)))
    return inert(value) if isinstance(value, str) else str(value)
