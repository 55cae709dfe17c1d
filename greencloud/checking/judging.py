"""The rows that SQL did not prove, read cell by cell: their findings, what was tolerated, their canonical texts."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, Protocol

from greencloud.checking import messages, strict
from greencloud.checking.layout import Column, Layout
from greencloud.checking.report import Cause, Findings, Note
from greencloud.checking.rows import Diagnosis
from greencloud.checking.verdicts import Cell, CellReader, Fault
from greencloud.reading.records import Record
from greencloud.tables import Field

_CACHED = 100_000
KEYS = 1 << 15
"""The place, among the findings of a row, of the first that is about its keys."""


class Judged(NamedTuple):
    """A row that has values: the canonical text of each column of the layout, and whether nothing in it is wrong."""

    texts: list[str | None]
    good: bool


@dataclass
class Tolerated:
    """How often a column was accepted in another spelling, and the first example with its row."""

    received: str
    read: str | None
    count: int
    row: int
    order: int
    code: str


class Judge(Protocol):
    """Reads rows one by one, and tells what is wrong with them."""

    def foresee(self, records: Iterable[Record], after_blanks: Container[int], proven: int, header_row: int) -> None:
        """Look at all the rows to come, before the first of them is read: `after_blanks` are those behind an empty
        line, `proven` is the last row that SQL proved, 0 without any."""

    def row(self, record: Record) -> Judged | None:
        """The values of a row; None when it has none, being something else than a row."""

    def cells(self, record: Record) -> Sequence[Cell]:
        """The cell of each column of the layout once more, for a closer look at its key."""

    def tolerate(self, found: Tolerated) -> None:
        """Count what was tolerated in rows that the judge has not seen."""

    def notes(self) -> list[Note]:
        """What was tolerated."""


class _Verdict(NamedTuple):
    """A text of a column, read, and the numbers of its causes among the findings."""

    cell: Cell
    spelling: str | None
    causes: tuple[int, ...]


class TolerantJudge:
    """The judge of the default mode. A row of another shape, or that is no row at all, has one finding."""

    def __init__(
        self, layout: Layout, labels: Sequence[str], readers: Mapping[str, CellReader], findings: Findings
    ) -> None:
        self._layout, self._labels, self._findings = layout, labels, findings
        self._readers = [readers[column.field.name] for column in layout.columns]
        self._diagnosis = Diagnosis(layout.table, labels, layout.positions)
        self._seen: list[dict[str, _Verdict]] = [{} for _ in layout.columns]
        self._typed: list[dict[str, _Verdict]] = [{} for _ in layout.columns]
        self._causes: dict[tuple[str, Fault], int] = {}
        self._tolerated: dict[tuple[int, str], Tolerated] = {}
        self._trailing = 0
        # Labels that are blank, behind all others, ask for no cell.
        self._due = max((place + 1 for place, label in enumerate(labels) if label.strip()), default=0)
        self._short = False
        self._second: tuple[int, int] | None = None

    def foresee(self, records: Iterable[Record], after_blanks: Container[int], proven: int, header_row: int) -> None:
        widths: Counter[int] = Counter()
        head = last = title = 0
        for record in records:
            widths[len(record.cells)] += 1
            last = record.number
            if head and self._is_good(record):
                head = 0
            titled = title > proven
            apart = titled or (record.number > proven and record.number in after_blanks)
            if not head and apart and self._diagnosis.heads_table(record.cells):
                head = title if titled else record.number
            title = record.number if sum(1 for cell in record.cells if cell.strip()) == 1 else 0
        if 0 < head < last:
            self._second = (head, last)
        [(count, rows), *others] = list(widths.items()) or [(0, 0)]
        if not (proven or others) and rows > 1 and count < self._due:
            self._short = True
            explain = partial(_wide, header_row, count, self._labels, rows)
            cause = self._findings.cause(Cause("missing-cell", self._labels[count], explain))
            self._findings.add(None, len(self._layout.table.fields), cause, None)

    def _is_good(self, record: Record) -> bool:
        there = self._there(record.cells)
        return not any(self._verdict(place, record.cells[column.place]).causes for place, column in there)

    def row(self, record: Record) -> Judged | None:
        if self._second and record.number >= self._second[0]:
            self._refuse(record, "second_tableau", None, None, partial(_second, *self._second))
            return None
        texts, columns = record.cells, self._layout.columns
        verdicts = [self._verdict(place, texts[column.place]) for place, column in self._there(texts)]
        cells = {column.field.name: found.cell for column, found in zip(columns, verdicts, strict=False)}
        diagnosis = self._diagnosis.of(texts, cells)
        if diagnosis is not None:
            self._refuse(record, diagnosis.code, None, None, partial(_diagnosed, diagnosis))
            return None
        if len(texts) != self._layout.width and self._misshapen(record):
            return None
        return self._cells(record, verdicts, self._diagnosis.doubts(cells))

    def cells(self, record: Record) -> Sequence[Cell]:
        return [self._verdict(place, record.cells[column.place]).cell for place, column in self._there(record.cells)]

    def notes(self) -> list[Note]:
        """One note for each column and spelling, in the order of the columns; then what is odd about the rows."""
        fields = self._layout.table.fields
        ordered = sorted(self._tolerated.values(), key=lambda found: (found.order, found.row))
        notes = [
            messages.tolerance(fields[found.order], found.code, found.count, found.received, found.read)
            for found in ordered
        ]
        return messages.shape_notes(0, self._trailing) + notes

    def _there(self, texts: Sequence[str]) -> list[tuple[int, Column]]:
        """The columns of which a row has a cell, with their place in the layout."""
        return [(place, column) for place, column in enumerate(self._layout.columns) if column.place < len(texts)]

    def _verdict(self, place: int, text: str) -> _Verdict:
        """A text that comes again is not read again; a value of a workbook is not the text that is spelt like it."""
        seen = self._seen[place] if type(text) is str else self._typed[place]
        found = seen.get(text)
        if found is None:
            if len(seen) >= _CACHED:
                seen.clear()
            cell, column = self._readers[place](text), self._layout.columns[place]
            causes = tuple(self._cause(column.field, fault) for fault in cell.faults)
            found = seen[text] = _Verdict(cell, spelling(cell), causes)
        return found

    def _cells(self, record: Record, verdicts: Sequence[_Verdict], doubts: Mapping[str, Fault]) -> Judged:
        texts, good = [], True
        for column, found in zip(self._layout.columns, verdicts, strict=True):
            doubt = doubts.get(column.field.name)
            causes = found.causes if doubt is None else (self._cause(column.field, doubt),)
            for cause in causes:
                self._findings.add(record.number, column.order, cause, record.cells[column.place])
                good = False
            tolerance = found.cell.tolerance
            if tolerance is not None and not causes:
                received = record.cells[column.place]
                self.tolerate(Tolerated(received, found.cell.text, 1, record.number, column.order, tolerance))
            texts.append(found.spelling if doubt is None else None)
        return Judged(texts, good)

    def _cause(self, field: Field, fault: Fault) -> int:
        key = (field.name, fault)
        if key not in self._causes:
            explain = partial(_explained, field, fault)
            self._causes[key] = self._findings.cause(Cause(fault.code, field.name, explain, fault.proposal))
        return self._causes[key]

    def tolerate(self, found: Tolerated) -> None:
        before = self._tolerated.get((found.order, found.code))
        if before is None:
            self._tolerated[found.order, found.code] = found
        elif before.row <= found.row:
            before.count += found.count
        else:
            found.count += before.count
            self._tolerated[found.order, found.code] = found

    def _misshapen(self, record: Record) -> bool:
        """Whether a row cannot be aligned with the labels; empty cells beyond the last are only counted."""
        width, count = self._layout.width, len(record.cells)
        beyond = next((cell for cell in record.cells[width:] if cell.strip()), None)
        if beyond is not None:
            self._refuse(record, "extra-cell", None, beyond, partial(_extra, count, width))
        elif count < self._due and not self._short:
            self._refuse(record, "missing-cell", self._labels[count], None, partial(_missing, count, self._labels))
        elif count > width:
            self._trailing += 1
        return beyond is not None or count < self._due

    def _refuse(
        self, record: Record, code: str, name: str | None, value: str | None, explain: Callable[..., tuple[str, str]]
    ) -> None:
        cause = self._findings.cause(Cause(code, name, explain))
        self._findings.add(record.number, len(self._layout.table.fields), cause, value)


class StrictJudge:
    """The judge of the strict mode: Frictionless's findings for a row, in its order."""

    def __init__(self, layout: Layout, columns: Sequence[strict.Column], findings: Findings) -> None:
        self._layout, self._findings = layout, findings
        self._reader = strict.RowReader(layout.table, columns)
        self._fields = {column.name: column.field for column in columns}

    def foresee(self, records: Iterable[Record], after_blanks: Container[int], proven: int, header_row: int) -> None:
        pass

    def row(self, record: Record) -> Judged | None:
        cells, faults = self._reader.read(record)
        for place, fault in enumerate(faults):
            number = fault.number or 0
            value = record.cells[number - 1] if 0 < number <= len(record.cells) else None
            cause = Cause(fault.code, fault.name, partial(self._explained, fault, record))
            self._findings.add(record.number, place, self._findings.cause(cause), value)
        return Judged([spelling(cells[column.place]) for column in self._layout.columns], not faults)

    def cells(self, record: Record) -> Sequence[Cell]:
        cells = self._reader.read(record)[0]
        return [cells[column.place] for column in self._layout.columns]

    def tolerate(self, found: Tolerated) -> None:
        raise AssertionError("the strict mode tolerates nothing")

    def notes(self) -> list[Note]:
        return []

    def _explained(self, fault: strict.RowFault, record: Record, row: int, value: str | None) -> tuple[str, str]:
        field = self._fields.get(fault.name or "")
        if fault.code == "source-error":
            return messages.unreadable(record)
        if fault.fault is not None and field is not None:
            return messages.fault(fault.fault, field, row, value)
        return messages.row_fault(fault.code, row, fault.number, fault.name, value, self._layout.width)


def refusal(record: Record) -> Cause | None:
    """Why a record is refused before its cells are looked at (default mode), None when it is not."""
    if record.broken or record.fault:
        code = "encoding-error" if any("\ufffd" in cell for cell in record.cells) else "source-error"
        return Cause(code, None, partial(_of_record, messages.unreadable, record))
    if record.repair:
        return Cause("ligne_reparee", None, partial(_of_record, messages.repaired, record))
    return None


def spelling(cell: Cell) -> str | None:
    """The text that keys and checks of several columns see, that of a wrong value too when there is one."""
    if cell.text is not None or cell.value is None:
        return cell.text
    if isinstance(cell.value, bool):
        return str(cell.value).lower()
    return cell.value.isoformat() if isinstance(cell.value, dt.date | dt.time) else str(cell.value)


def _explained(field: Field, fault: Fault, row: int, value: str | None) -> tuple[str, str]:
    return messages.fault(fault, field, row, value)


def _diagnosed(fault: Fault, row: int, _value: str | None) -> tuple[str, str]:
    return messages.diagnosed(fault.code, row, fault.readings[0] if fault.readings else None, fault.detail)


def _extra(count: int, width: int, row: int, _value: str | None) -> tuple[str, str]:
    return messages.extra_cells(row, count, width)


def _missing(count: int, labels: Sequence[str], row: int, _value: str | None) -> tuple[str, str]:
    return messages.missing_cells(row, count, labels)


def _wide(
    header_row: int, count: int, labels: Sequence[str], rows: int, _row: int, _value: str | None
) -> tuple[str, str]:
    return messages.wide_header(header_row, count, labels, rows)


def _second(first: int, last: int, row: int, _value: str | None) -> tuple[str, str]:
    return messages.second_table(first, last, row)


def _of_record(
    explain: Callable[[Record], tuple[str, str]], record: Record, _row: int, _value: str | None
) -> tuple[str, str]:
    return explain(record)
