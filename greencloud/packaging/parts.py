"""A CSV too large for data.gouv.fr is cut into parts that each stand alone: `<table>-1.csv`, `<table>-2.csv`…

hydra, which data.gouv.fr reads files with, gives no preview and no API to a CSV above 100 MB. Parquet is never cut: ten
times smaller, it stays the whole table in one file, and is only downloaded.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from greencloud.errors import GreencloudError

CSV_LIMIT = 100_000_000
"""Bytes; hydra 2.14 stops at 100 MB for CSV."""


class PartError(GreencloudError):
    """A record that fits in no part; the text is a French sentence that names the file."""


def csv_files(folder: Path, table: str) -> list[Path]:
    """The CSV file of a table, or its parts in order; the parts one after the other hold the rows of the table."""
    whole = folder / f"{table}.csv"
    if whole.is_file():
        return [whole]
    numbered = re.compile(rf"{re.escape(table)}-(\d+)\.csv")
    found = {path: match for path in folder.iterdir() if (match := numbered.fullmatch(path.name))}
    return sorted(found, key=lambda path: int(found[path].group(1)))


def split_large(folder: Path, tables: Iterable[str], limit: int = CSV_LIMIT) -> None:
    """Cut each `<table>.csv` above `limit` bytes into parts that do not exceed it, and remove the whole.

    The header opens every part; no record is cut, whatever line feeds its quoted texts hold. One record at a time is in
    memory. Raises PartError for a record longer than a part, OSError when the disk is full.
    """
    for table in tables:
        whole = folder / f"{table}.csv"
        if whole.stat().st_size > limit:
            _split(whole, limit)
            whole.unlink()


def count_rows(path: Path) -> int:
    """How many records a CSV of ours holds below its header."""
    return sum(1 for _ in _records(path)) - 1


def _split(whole: Path, limit: int) -> None:
    records = _records(whole)
    header = next(records)
    for number, part in enumerate(_parts(records, limit - len(header), whole.name), 1):
        with (whole.parent / f"{whole.stem}-{number}.csv").open("wb") as file:
            file.write(header)
            file.writelines(part)


def _parts(records: Iterator[bytes], room: int, name: str) -> Iterator[Iterator[bytes]]:
    """Runs of records of at most `room` bytes; each run must be taken whole before the next."""
    pending = next(records, None)

    def run() -> Iterator[bytes]:
        nonlocal pending
        left = room
        while pending is not None and len(pending) <= left:
            yield pending
            left -= len(pending)
            pending = next(records, None)

    while pending is not None:
        if len(pending) > room:
            raise PartError(
                f"Une ligne de {name} est plus longue que la taille permise d'un fichier CSV. "
                "Raccourcissez le texte déposé, ou augmentez la limite."
            )
        yield run()


def _records(path: Path) -> Iterator[bytes]:
    """The records of a CSV as we write it, header first: a line feed ends one when its quotes are all closed."""
    record = b""
    with path.open("rb") as file:
        for line in file:
            record += line
            if record.count(b'"') % 2 == 0:
                yield record
                record = b""
