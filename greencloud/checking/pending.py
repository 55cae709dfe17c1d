"""The rows that SQL did not prove: kept until the whole file has been seen, on disk when they are many."""

import marshal
from collections.abc import Iterator, Sequence
from pathlib import Path

from greencloud.reading.records import Record

_IN_MEMORY = 20_000
_Row = tuple[int, list[str], str | None]


class Pending:
    """Rows in the order in which they were added, and the different texts of the columns of which they are wanted.

    Without a spool they stay in memory, where the rows of a workbook are anyway.
    """

    def __init__(self, spool: Path | None, places: Sequence[int]) -> None:
        self._spool = spool
        self._recent: list[_Row] = []
        self._batches = 0
        self.texts: dict[int, set[str]] = {place: set() for place in places}

    def add(self, record: Record) -> None:
        """One more row. A fault that its cells do not tell is kept with it."""
        cells = record.cells
        self._recent.append((record.number, cells, record.fault))
        for place, texts in self.texts.items():
            if place < len(cells):
                texts.add(cells[place])
        if self._spool is not None and len(self._recent) >= _IN_MEMORY:
            self._write(self._spool)

    def __iter__(self) -> Iterator[Record]:
        if self._spool is not None and self._batches:
            with self._spool.open("rb") as stream:
                for _ in range(self._batches):
                    yield from map(_record, marshal.load(stream))
        yield from map(_record, self._recent)

    def _write(self, spool: Path) -> None:
        with spool.open("ab") as stream:
            marshal.dump(self._recent, stream)
        self._batches += 1
        self._recent = []


def _record(row: _Row) -> Record:
    number, cells, fault = row
    return Record(number, number, number, cells, fault=fault)
