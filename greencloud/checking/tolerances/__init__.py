"""The cells of a deposit as the people who fill them write them: the default reading of the checker.

Spelling may change, and a note says so; a value never does. A text with two readings is an error that shows both; one
that only a conversion would save is refused with the converted value proposed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from greencloud.checking import values
from greencloud.checking.tolerances import absences, dates, identifiers, numbers, texts
from greencloud.checking.tolerances.families import FAMILIES, spelt
from greencloud.checking.tolerances.listed import Listed
from greencloud.checking.tolerances.plain import plain
from greencloud.checking.tolerances.spelling import Family, Spelling, clean
from greencloud.checking.verdicts import Cell, CellReader, Fault
from greencloud.tables import Field, Table

__all__ = ["Evidence", "evidence", "plain", "reader", "shared_evidence", "year_fields"]

_REQUIRED = Fault("constraint-error", "required")
_DATED = ("date", "datetime")
_YEAR_NAMES = frozenset({"annee", "exercice", "millesime", "year"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the texts of whole columns prove together, so that each of their cells is read the same way."""

    order: dates.Order = dates.UNKNOWN
    doubtful_mark: bool = False


def evidence(field: Field, texts: Iterable[str]) -> Evidence:
    """The evidence of the distinct unproven texts of a column; most types need none."""
    if field.type == "number":
        return Evidence(doubtful_mark=numbers.doubtful_mark(field, texts))
    return Evidence(dates.order(field, texts)) if field.type in _DATED else Evidence()


def shared_evidence(columns: Iterable[tuple[Field, Iterable[str]]]) -> Mapping[str, Evidence]:
    """The evidence of each field from the distinct unproven texts of all the columns of one file.

    Whoever made the file wrote all its days in one order: `31/01/2023` in one column tells what `01/02/2023` is in
    another, and `01/31/2023` makes it doubtful.
    """
    alone = {field.name: evidence(field, texts) for field, texts in columns}
    proven = dates.together(each.order for each in alone.values())
    return {name: replace(each, order=proven.declared_as(each.order.declared)) for name, each in alone.items()}


def year_fields(table: Table) -> tuple[str, ...]:
    """The fields that hold the year of a row, by their type or their name: they confirm a doubtful date."""
    return tuple(field.name for field in table.fields if is_year(field))


def is_year(field: Field) -> bool:
    """Whether a field holds the year of its row."""
    return field.type == "year" or _named_year(field)


def _named_year(field: Field) -> bool:
    return field.type in ("integer", "number", "string") and bool(_YEAR_NAMES & set(field.name.lower().split("_")))


def reader(field: Field, table: Table, evidence: Evidence) -> CellReader:
    """The reader of a field's cells in the default mode; it never raises and tells every fault of a cell."""
    strict = _required_keys(field, table)
    kind = identifiers.kind(field, table)
    free = field.type in ("string", "any") and not kind and not {"pattern", "enum"} & set(field.constraints)
    family = _family(field, table, evidence, strict)
    listed = Listed.of(field) if field.type in ("string", "any") and "enum" in field.constraints else None
    missing = frozenset(table.missing_values if field.missing_values is None else field.missing_values)
    # An empty text is a value where the schema lists others as missing; but it fills no cell that has to be filled.
    emptiable = free and not field.required and field.name not in table.primary_key

    def read(raw: str) -> Cell:
        if raw in missing:
            return strict(str(raw))
        text = clean(raw)
        if fault := absences.broken_result(text.text):
            return Cell(None, faults=(fault,))
        if missing and (text.text in missing or not (text.text or emptiable)):
            return _absent(strict, missing, text.tolerance or "absent")
        if not (missing or text.text or emptiable) and free:
            return Cell(None, faults=(_REQUIRED,))
        if missing and not free and absences.is_absence(text.text):
            cell = strict(text.text)
            meant = not kind and cell.text is not None
            if listed is not None and not meant and not listed.read(text.text, cell, strict).faults:
                return family(raw, text)
            return cell if meant else _absent(strict, missing, "absent", "absent")
        return family(raw, text)

    return read


def _absent(strict: CellReader, missing: frozenset[str], tolerance: str, detail: str | None = None) -> Cell:
    """The cell of a text that says there is no value: tolerated, or a fault where a value is due."""
    cell = strict(min(missing))
    if cell.faults:
        return replace(cell, faults=tuple(replace(fault, detail=detail) for fault in cell.faults))
    return Cell(None, tolerance=tolerance)


def _required_keys(field: Field, table: Table) -> CellReader:
    """The strict reading, a part of the primary key being required even when the schema does not say so."""
    strict = values.reader(field, table)
    if field.required or field.name not in table.primary_key:
        return strict

    def read(raw: str) -> Cell:
        cell = strict(raw)
        return Cell(None, faults=(_REQUIRED,)) if cell.text is None and not cell.faults else cell

    return read


def _family(field: Field, table: Table, evidence: Evidence, strict: CellReader) -> Family:
    if kind := identifiers.kind(field, table):
        return _identifier(kind, strict, texts.reader(field, strict))
    if field.type in ("string", "any"):
        return texts.reader(field, strict)
    if field.type in FAMILIES:
        return spelt(field, strict, evidence.order, any(map(is_year, table.fields)), evidence.doubtful_mark)
    return lambda raw, _text: strict(str(raw))


def _identifier(kind: str, strict: CellReader, text_reader: Family) -> Family:
    def read(raw: str, text: Spelling) -> Cell:
        outcome = identifiers.read(text.text, kind)
        if isinstance(outcome, Fault):
            return Cell(None, faults=(outcome,))
        if outcome is None:
            return text_reader(raw, text)
        cell = strict(outcome.text)
        return cell if cell.faults else Cell(cell.text, cell.value, outcome.tolerance or text.tolerance)

    return read
