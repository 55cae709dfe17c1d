"""The two ways of checking: tolerant, for deposits, and strict, which is Frictionless's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property, partial
from typing import Protocol

from greencloud.checking import header, messages, strict, tolerances, values
from greencloud.checking.header import Header
from greencloud.checking.judging import Judge, StrictJudge, TolerantJudge
from greencloud.checking.layout import Column, Layout, text_column
from greencloud.checking.proofs import Proof, proof, strictly_plain
from greencloud.checking.report import Finding, Findings
from greencloud.checking.rows import Diagnosis
from greencloud.checking.suspicion import suspicious
from greencloud.checking.verdicts import CellReader
from greencloud.checking.written import Written, written
from greencloud.reading import TextTable
from greencloud.tables import Field, Table

_DATED = ("date", "datetime")
_TELLING = (*_DATED, "number")
_LAST_DAYS = ("31/12/2000", "12/31/2000")


class Mode(Protocol):
    """What the header tells, and who judges the rows."""

    labels: Header
    layout: Layout
    fatal: bool
    """Whether the header is so wrong that no row is looked at."""
    telling: Sequence[int]
    """The places of the columns whose unproven texts, all together, tell how each of them is to be read."""

    @property
    def provisional(self) -> Mapping[str, CellReader]:
        """The readers of the fields as they most likely are, before the telling columns are known."""

    def judge(self, texts: Mapping[int, set[str]], findings: Findings) -> tuple[Mapping[str, CellReader], Judge]:
        """The readers of the fields, and the judge that uses them, once the texts of the telling columns are known."""


class TolerantMode:
    """Labels are matched by their meaning; cells may be spelt otherwise, which is said."""

    fatal = False

    def __init__(self, text: TextTable, table: Table) -> None:
        self._text, self._table = text, table
        self.labels = header.match(text.header, table, text.header_row)
        columns = []
        for order, item in enumerate(table.fields):
            place = self.labels.positions.get(item.name)
            if place is not None:
                field = _needed(item, table)
                columns.append(Column(field, place, order, cache(partial(self._proof, field, place)), self._written))
        layout = Layout(table, len(text.header), tuple(columns), strict=False)
        diagnosis = Diagnosis(table, text.header, layout.positions)
        self.layout = replace(layout, suspect=partial(suspicious, diagnosis, width=len(text.header)))
        self.telling: Sequence[int] = [column.place for column in columns if column.field.type in _TELLING]

    def _proof(self, field: Field, place: int) -> Proof | None:
        reader = tolerances.reader(field, self._table, tolerances.evidence(field, ()))
        return proof(field, self._table, text_column(place), reader, tolerances.plain(field, self._table))

    def _written(self, field: Field, without: str) -> Written | None:
        reader = tolerances.reader(field, self._table, tolerances.evidence(field, ()))
        return written(field, self._table, reader, tolerances.plain(field, self._table), without)

    @cached_property
    def provisional(self) -> Mapping[str, CellReader]:
        return {column.field.name: self._likely(column.field) for column in self.layout.columns}

    def _likely(self, field: Field) -> CellReader:
        """The reader of a field as long as nothing in its column contradicts its most likely order of day and month."""
        if field.type not in _DATED:
            return tolerances.reader(field, self._table, tolerances.evidence(field, ()))
        readers = [tolerances.reader(field, self._table, tolerances.evidence(field, [day])) for day in _LAST_DAYS]
        likely = (reader for reader, day in zip(readers, _LAST_DAYS, strict=True) if not reader(day).faults)
        return next(likely, readers[0])

    def judge(self, texts: Mapping[int, set[str]], findings: Findings) -> tuple[Mapping[str, CellReader], Judge]:
        columns = self.layout.columns
        known = tolerances.shared_evidence(
            (column.field, texts.get(column.place, set()).difference(self._missing(column.field))) for column in columns
        )
        readers = {
            column.field.name: tolerances.reader(column.field, self._table, known[column.field.name])
            for column in columns
        }
        return readers, TolerantJudge(self.layout, self._text.header, readers, findings)

    def _missing(self, field: Field) -> Sequence[str]:
        return self._table.missing_values if field.missing_values is None else field.missing_values


class StrictMode:
    """Labels, cells and keys as Frictionless reads them."""

    telling: Sequence[int] = ()

    def __init__(self, text: TextTable, table: Table) -> None:
        found = strict.match(text.header, table)
        self._columns, self.fatal = found.columns, found.fatal
        columns = []
        for column in found.columns:
            field = column.field
            if field is not None:
                place, order = column.number - 1, table.column_names.index(field.name)
                columns.append(Column(field, place, order, cache(partial(self._proof, field, place)), self._written))
        self.layout = Layout(table, len(found.columns), tuple(columns), strict=True)
        self._table = table
        errors = [_label_error(fault, text.header_row) for fault in found.faults]
        self.labels = Header(self.layout.positions, errors, [], [])

    def _proof(self, field: Field, place: int) -> Proof | None:
        reader = values.reader(field, self._table)
        return proof(field, self._table, text_column(place), reader, strictly_plain(field))

    def _written(self, field: Field, without: str) -> Written | None:
        return written(field, self._table, values.reader(field, self._table), strictly_plain(field), without)

    @cached_property
    def provisional(self) -> Mapping[str, CellReader]:
        return {column.field.name: values.reader(column.field, self._table) for column in self.layout.columns}

    def judge(self, texts: Mapping[int, set[str]], findings: Findings) -> tuple[Mapping[str, CellReader], Judge]:
        return self.provisional, StrictJudge(self.layout, self._columns, findings)


def _needed(field: Field, table: Table) -> Field:
    """A column of the primary key is required, whether the schema says so or not."""
    if field.required or field.name not in table.primary_key:
        return field
    return replace(field, constraints={**field.constraints, "required": True})


def _label_error(fault: strict.LabelFault, row: int) -> Finding:
    message, fix = messages.label_fault(fault.code, fault.number, fault.name, fault.label, row)
    return Finding(fault.code, None, fault.name, fault.label, message, fix)
