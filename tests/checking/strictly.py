"""The strict verdict by reading row after row in Python: what the engine must equal, whatever its speed."""

from collections.abc import Iterator
from pathlib import Path

from greencloud.checking import strict
from greencloud.reading import Unreadable
from greencloud.reading.plain import read_plain
from greencloud.table_schema.doubts import DEVIATIONS
from greencloud.tables import Table

Verdict = list[tuple[str, int | None, int | None, str | None]]
"""Code, row, number of the column, name of the field."""
DOUBTS = {deviation.code for deviation in DEVIATIONS}


def verdict(path: Path, table: Table, delimiter: str | None = None, encoding: str | None = None) -> Verdict:
    """Every error of a file, in order of rows."""
    return [(fault.code, row, fault.number, fault.name) for row, fault in faults(path, table, delimiter, encoding)]


def faults(
    path: Path, table: Table, delimiter: str | None = None, encoding: str | None = None
) -> Iterator[tuple[int | None, strict.RowFault]]:
    """Every error of a file with its row, None for the file itself and for its header."""
    try:
        text = read_plain(path, delimiter=delimiter, encoding=encoding)
    except Unreadable as refusal:
        yield None, strict.RowFault(refusal.code)
        return
    header = strict.match(text.header, table)
    for label in header.faults:
        yield None, strict.RowFault(label.code, label.number, label.name)
    if header.fatal:
        return
    reader = strict.RowReader(table, header.columns)
    rows = [(record.number, *reader.read(record)) for record in text.records()]
    targets = {
        key: {
            values for _, cells, _ in rows if (values := strict.target(cells, header.columns, key.targets)) is not None
        }
        for key in table.foreign_keys
    }
    keys = strict.Keys(table, header.columns, targets)
    for row, cells, found in rows:
        for fault in [*found, *keys.judge(row, cells)]:
            yield row, fault


def deviates(fault: strict.RowFault) -> bool:
    """Whether Frictionless says nothing of it, on purpose: a doubt about a cell, or broken quotes."""
    return fault.fault is not None and (fault.code == "source-error" or fault.fault.detail in DOUBTS)
