"""Objects, arrays and lists: values that hold values."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from greencloud.table_schema.fields import Field
from greencloud.table_schema.unfit import Unfit


def item_field(field: Field) -> Field | None:
    """What the items of an `array` (`arrayItem`) or of a `list` (`itemType`) are; None when anything will do."""
    if field.type == "list":
        descriptor: Mapping[str, Any] = {"type": field.descriptor.get("itemType", "string")}
    else:
        given = field.descriptor.get("arrayItem") or {}
        descriptor = {key: value for key, value in given.items() if key != "arrayItem"}
    if not descriptor:
        return None
    kind = str(descriptor.get("type", "any"))
    constraints = descriptor.get("constraints", {})
    return Field(field.name, kind, str(descriptor.get("format", "default")), constraints, descriptor)


def object_(_field: Field) -> Callable[[Any], Mapping[str, Any]]:
    """The parser of an `object`: JSON."""
    return _json(dict)


def array(_field: Field) -> Callable[[Any], list[Any]]:
    """The parser of an `array`: JSON, its items as they stand."""
    return _json(list)


def _json(kind: type) -> Callable[[Any], Any]:
    def parse(value: Any) -> Any:
        try:
            content = json.loads(value) if isinstance(value, str) else value
        except (ValueError, RecursionError) as error:
            raise Unfit from error
        if not isinstance(content, kind):
            raise Unfit
        return content

    return parse


def list_(field: Field, item: Callable[[Any], Any]) -> Callable[[Any], list[Any]]:
    """The parser of a `list`: texts between delimiters, each read by `item`."""
    delimiter = str(field.descriptor.get("delimiter", ","))

    def parse(value: Any) -> list[Any]:
        if isinstance(value, str):
            value = value.split(delimiter)
        if not isinstance(value, list):
            raise Unfit
        return [item(part) for part in value]

    return parse
