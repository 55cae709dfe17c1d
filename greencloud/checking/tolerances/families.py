"""Each type of field with its tolerant reading; what was read is written as the schema wants it, and read strictly.

Types and constraints are thus applied in one place, the strict reading; here only spelling is dealt with.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from greencloud.checking.tolerances import answers, dates, moments, numbers
from greencloud.checking.tolerances.spelling import Family, Outcome, Spelling, said
from greencloud.checking.verdicts import Cell, CellReader, Fault
from greencloud.reading.native import TypedText
from greencloud.tables import Field

_TYPE_ERROR = Fault("type-error")
_SHIFTED = Fault("type-error", detail="decalage_horaire")


_PLAIN_NUMBER = Field("", "number", "default", {}, {})
_GUESSED = frozenset({"date_tableur"})
"""What remains a guess when the workbook itself knows a cell as a value."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as its cells have to be read: its field, the order of its days, whether its rows say their year,
    whether its other cells make the decimal mark of its schema doubtful."""

    field: Field
    order: dates.Order
    dated_row: bool
    doubtful_mark: bool = False


def spelt(field: Field, strict: CellReader, order: dates.Order, dated_row: bool, doubtful_mark: bool) -> Family:
    """The reader of a field of one of these types."""
    column = Column(field, order, dated_row, doubtful_mark)
    outcome, rewritten = FAMILIES[field.type], _WRITERS.get(field.type, _as_it_is)
    strictly_first, adorned = _strictly_first(column), not field.bare_number

    def read(raw: str, text: Spelling) -> Cell:
        if isinstance(raw, TypedText):
            return typed(text.text)
        if strictly_first is not None and strictly_first(text.text):
            cell = strict(text.text)
            if not cell.faults:
                shifted = field.type in ("datetime", "time") and moments.is_shifted(text.text)
                return Cell(None, faults=(_SHIFTED,)) if shifted else said(cell, text.tolerance)
        found = outcome(text.text, column)
        if isinstance(found, Spelling):
            return _typed(strict, found, text, rewritten(found.text, field), field)
        if adorned and _is_adorned(found):
            cell = strict(text.text)
            if not cell.faults:
                return said(cell, text.tolerance)
        return Cell(None, faults=(found or _TYPE_ERROR,))

    def typed(text: str) -> Cell:
        found = _of_workbook(text, column, outcome)
        if not isinstance(found, Spelling):
            return Cell(None, faults=(found or _TYPE_ERROR,))
        kept = found.tolerance if found.tolerance in _GUESSED else None
        return _typed(strict, Spelling(found.text, kept), Spelling(text), rewritten(found.text, field), field)

    return read


def _of_workbook(text: str, column: Column, outcome: "_Reading") -> Outcome:
    """The canonical text of a value that the workbook itself knows as one: it has no second reading."""
    kind = column.field.type
    if kind in ("number", "integer", "year"):
        return outcome(text, replace(column, field=_PLAIN_NUMBER, doubtful_mark=False))
    if kind == "datetime" and (day := dates.iso_day(text)):
        return Spelling(f"{day}T00:00:00")  # a workbook has one kind of dates: midnight is all it says of such a day
    return outcome(text, column)


def _strictly_first(column: Column) -> Callable[[str], bool] | None:
    """For which texts what the schema's own format says goes before anything else: not for numbers, which have two
    readings, nor for dates whose format leaves the order to the reader or is contradicted by the column."""
    field = column.field
    if field.type in ("number", "integer", "year") or (field.format == "any" and field.type != "time"):
        return None
    if field.type == "date" and field.format == "default":
        return dates.may_be_iso
    if column.order.decided == "contradictoire":
        return lambda text: not dates.is_swappable(text)
    return lambda _text: True


def _typed(strict: CellReader, found: Spelling, text: Spelling, rewritten: str, field: Field) -> Cell:
    """The strict cell of the new spelling, provided that it is the same value."""
    cell = strict(rewritten)
    if cell.faults:
        return cell
    if cell.text is not None and not _same(cell.text, found.text, field):
        return Cell(None, faults=(_TYPE_ERROR,))
    return said(cell, found.tolerance or text.tolerance)


def _same(read: str, meant: str, field: Field) -> bool:
    if read == meant:
        return True
    return field.type in ("number", "integer", "year") and Decimal(read) == Decimal(meant)


def _is_adorned(found: Outcome) -> bool:
    """Whether a number only has words around it, which such a schema leaves out on purpose."""
    return found is None or (isinstance(found, Fault) and found.detail in (None, "unite", "sans_unite_attendue"))


def _oddity(text: str, field: Field) -> Outcome:
    return _namer()(text, field)


@cache
def _namer() -> Callable[[str, Field], Outcome]:
    from greencloud.checking.tolerances import oddities  # its many patterns are compiled for odd numbers alone

    return oddities.name


def _number(text: str, column: Column) -> Outcome:
    return numbers.read(text, column.field, column.doubtful_mark) or _oddity(text, column.field)


def _integer(text: str, column: Column) -> Outcome:
    found = numbers.read_whole(text, column.field) or _oddity(text, column.field)
    if isinstance(found, Spelling) and not found.text.lstrip("-").isdigit():
        return numbers.whole(found)
    return found


def _year(text: str, column: Column) -> Outcome:
    return moments.read_year(text, column.field)


def _boolean(text: str, column: Column) -> Outcome:
    return answers.read(text, column.field)


def _date(text: str, column: Column) -> Outcome:
    return dates.read(text, column.field, column.order, column.dated_row)


def _datetime(text: str, column: Column) -> Outcome:
    return moments.read_datetime(text, column.field, column.order, column.dated_row)


def _time(text: str, _column: Column) -> Outcome:
    return moments.read_time(text)


def _month(text: str, _column: Column) -> Outcome:
    return moments.read_month(text)


_Reading = Callable[[str, Column], Outcome]
FAMILIES: Mapping[str, _Reading] = {
    "number": _number,
    "integer": _integer,
    "year": _year,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "yearmonth": _month,
}
"""The tolerant reading of each type whose spelling is known: a trimmed text as its canonical spelling."""


def _as_it_is(text: str, _field: Field) -> str:
    return text


def _marked(text: str, field: Field) -> str:
    return text.replace(".", field.decimal_char)


def _answered(text: str, field: Field) -> str:
    return (field.true_values if text == "true" else field.false_values)[0]


def _formatted(text: str, field: Field) -> str:
    """A moment in the schema's own format."""
    if field.format in ("default", "any"):
        return text
    moment = (dt.time if field.type == "time" else dt.datetime).fromisoformat(text)
    return moment.strftime(field.format)


_WRITERS: Mapping[str, Callable[[str, Field], str]] = {
    "number": _marked,
    "boolean": _answered,
    "date": _formatted,
    "datetime": _formatted,
    "time": _formatted,
}
