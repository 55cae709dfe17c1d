"""A text read for a field as Frictionless 5.21 reads it: missing value, type, constraints, in that order.

Where Frictionless takes for a value what no careful reader would, the cell is refused: see `table_schema.doubts`.
"""

import json
from collections.abc import Callable, Hashable
from typing import Any

from greencloud.checking.verdicts import Cell, CellReader, Fault
from greencloud.reading.native import NativeText
from greencloud.table_schema import constraints
from greencloud.table_schema.canonical import canonical, spelled
from greencloud.table_schema.doubts import doubt
from greencloud.table_schema.fields import Field
from greencloud.table_schema.nested import item_field
from greencloud.table_schema.parsers import parser
from greencloud.table_schema.unfit import Unfit
from greencloud.tables import Table

_ABSENT = Cell(None)
_ABSENT_REQUIRED = Cell(None, faults=(Fault("constraint-error", "required"),))
_ELEMENT = "element"
"""The detail of a fault that lies in an item of an array and not in the array itself."""


def reader(field: Field, table: Table) -> CellReader:
    """The reader of a field's cells; it never raises and tells every fault of a cell at once."""
    missing = frozenset(table.missing_values if field.missing_values is None else field.missing_values)
    nothing = absent(field)
    parse, checks = parser(field), constraints.of(field)
    items = _item_faults(field)

    def read(text: str) -> Cell:
        if text in missing:
            return nothing
        try:
            value = parse(text.native if isinstance(text, NativeText) else text)
        except Unfit:
            return Cell(None, faults=(Fault("type-error"),))
        faults = tuple(Fault("constraint-error", name) for name, holds in checks if not holds(value))
        if not faults and items is not None:
            faults = items(value)
        if faults:
            return Cell(None, value, faults=faults)
        if isinstance(text, NativeText):
            return Cell(spelled(value), value)
        if code := doubt(field, text, value):
            return Cell(None, faults=(Fault("type-error", detail=code),))
        return Cell(canonical(field, text, value), value)

    return read


def absent(field: Field) -> Cell:
    """A cell in which nothing stands."""
    return _ABSENT_REQUIRED if field.required else _ABSENT


def key_of(cell: Cell) -> Hashable | None:
    """What keys and `unique` compare: the value, wrong or not, None when there is none or it could not be read."""
    value = cell.value
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True, default=str)
    hashable: Hashable | None = value
    return hashable


def _item_faults(field: Field) -> Callable[[list[Any]], tuple[Fault, ...]] | None:
    """The faults of an array's items, each kind told once; None when the schema says nothing of them."""
    item = item_field(field) if field.type == "array" else None
    if item is None:
        return None
    parse, checks = parser(item), constraints.of(item)
    missing = ("",) if item.missing_values is None else item.missing_values

    def kinds(value: Any) -> list[tuple[str, str | None]]:
        if value is None or str(value) in missing:
            return [("constraint-error", "required")] if item.required else []
        try:
            read = parse(value)
        except Unfit:
            return [("type-error", None)]
        return [("constraint-error", name) for name, holds in checks if not holds(read)]

    def faults(values: list[Any]) -> tuple[Fault, ...]:
        found = dict.fromkeys(kind for value in values for kind in kinds(value))
        ordered = sorted(found, key=lambda kind: kind[0] != "type-error")
        return tuple(Fault(code, constraint, _ELEMENT) for code, constraint in ordered)

    return faults
