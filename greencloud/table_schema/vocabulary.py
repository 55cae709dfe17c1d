"""The types of Table Schema, the constraints that each can bear, and the formats that have a meaning."""

from collections.abc import Mapping

_BOUNDED = ("required", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "enum")
_SIZED = ("required", "minLength", "maxLength", "enum")

CONSTRAINTS: Mapping[str, tuple[str, ...]] = {
    "string": ("required", "minLength", "maxLength", "pattern", "enum"),
    **dict.fromkeys(("number", "integer", "date", "datetime", "time", "year", "yearmonth"), _BOUNDED),
    **dict.fromkeys(("boolean", "duration", "geopoint", "geojson", "any"), ("required", "enum")),
    **dict.fromkeys(("array", "object"), _SIZED),
    "list": ("required", "minLength", "maxLength"),
}
"""Type -> the constraints on one cell, in the order in which their errors are told; `unique` goes with every type."""

BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
FORMATS: Mapping[str, frozenset[str]] = {
    "string": frozenset({"default", "email", "uri", "binary", "uuid", "wkt"}),
    "geopoint": frozenset({"default", "array", "object"}),
    "geojson": frozenset({"default", "topojson"}),
}
"""Type -> its only formats. Dates and times take any strptime pattern; the other types have no format."""

ITEM_TYPES = ("string", "integer", "boolean", "number", "datetime", "date", "time")
"""What the items of a `list` may be."""

FIELDS_MATCH = ("exact", "equal", "subset", "superset", "partial")
TRUE_VALUES = ("true", "True", "TRUE", "1")
FALSE_VALUES = ("false", "False", "FALSE", "0")
