"""Type -> the parser of its values."""

from collections.abc import Callable, Mapping
from typing import Any

from greencloud.table_schema import geography, moments, nested, numbers, strings
from greencloud.table_schema.fields import Field

Parser = Callable[[Any], Any]
"""Gives the value of a text (or of a bound, an enum or an item that a JSON schema holds); raises Unfit."""


def parser(field: Field) -> Parser:
    """The parser of a field's values, missing values and constraints apart."""
    return _PARSERS[field.type](field)


def _any(_field: Field) -> Parser:
    return lambda value: value


def _list(field: Field) -> Parser:
    item = nested.item_field(field)
    return nested.list_(field, parser(item) if item else _any(field))


_PARSERS: Mapping[str, Callable[[Field], Parser]] = {
    "string": strings.string,
    "number": numbers.number,
    "integer": numbers.integer,
    "year": numbers.year,
    "boolean": numbers.boolean,
    "date": moments.date,
    "datetime": moments.datetime,
    "time": moments.time,
    "yearmonth": moments.yearmonth,
    "duration": moments.duration,
    "object": nested.object_,
    "array": nested.array,
    "list": _list,
    "geopoint": geography.geopoint,
    "geojson": geography.geojson,
    "any": _any,
}
