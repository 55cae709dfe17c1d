"""The limits that a schema sets, as values of the field's type."""

from dataclasses import replace
from typing import Any

from greencloud.table_schema.fields import Field
from greencloud.table_schema.parsers import parser
from greencloud.table_schema.unfit import Unfit
from greencloud.table_schema.vocabulary import BOUNDS


def bound(field: Field, constraint: str) -> Any:
    """A bound in the field's own notation, else in the standard's (ISO dates, decimal point); None when there is none.

    Raises Unfit when it is no value of the type.
    """
    limit = field.constraints.get(constraint)
    if limit is None:
        return None
    try:
        return parser(field)(limit)
    except Unfit:
        return parser(standard(field))(limit)


def standard(field: Field) -> Field:
    """The same type in the standard's own notation."""
    return replace(field, format="default", descriptor={"name": field.name, "type": field.type})


def permitted(field: Field) -> list[Any]:
    """The values of an `enum` in the field's own notation; what is no value of the type can equal no cell."""
    values = []
    parse = parser(field)
    for item in field.constraints.get("enum", []):
        try:
            values.append(parse(item))
        except Unfit:
            continue
    return values


def in_own_notation(field: Field) -> bool:
    """Whether every bound is written as the field's cells are, and not only as the standard writes that type."""
    parse = parser(field)
    try:
        for key in set(BOUNDS) & set(field.constraints):
            parse(field.constraints[key])
    except Unfit:
        return False
    return True
