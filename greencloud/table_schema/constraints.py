"""The constraints of one field, ready to be held against values; `unique` and keys need the whole table: see keys."""

import datetime as dt
import operator
from collections.abc import Callable, Mapping
from typing import Any

from greencloud.table_schema.bounds import permitted
from greencloud.table_schema.fields import Field
from greencloud.table_schema.linear import matcher
from greencloud.table_schema.vocabulary import CONSTRAINTS

Holds = Callable[[Any], bool]

_COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "minimum": operator.ge,
    "maximum": operator.le,
    "exclusiveMinimum": operator.gt,
    "exclusiveMaximum": operator.lt,
}


def of(field: Field) -> list[tuple[str, Holds]]:
    """The constraints on a value that is there, by name, in the order in which their errors are told."""
    names = [name for name in CONSTRAINTS[field.type] if name != "required" and name in field.constraints]
    return [(name, _holds(field, name)) for name in names]


def _holds(field: Field, name: str) -> Holds:
    if name in _COMPARISONS:
        return _within(_COMPARISONS[name], field.bound(name))
    if name == "pattern":
        return matcher(field.pattern or "")
    if name == "enum":
        values = permitted(field)
        return lambda value: value in values
    limit = field.constraints[name]
    if name == "minLength":
        return lambda value: len(value) >= limit
    return lambda value: len(value) <= limit


def _within(compare: Callable[[Any, Any], Any], limit: Any) -> Holds:
    def holds(value: Any) -> bool:
        if value != value:  # not a number: neither above nor below anything
            return False
        return bool(compare(*_comparable(value, limit)))

    return holds


def _comparable(value: Any, limit: Any) -> tuple[Any, Any]:
    """Both as they are, or both in universal time when only one of two moments says its time zone."""
    if not isinstance(value, dt.datetime | dt.time) or (value.tzinfo is None) == (limit.tzinfo is None):
        return value, limit
    return _zoned(value), _zoned(limit)


def _zoned(moment: Any) -> Any:
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
