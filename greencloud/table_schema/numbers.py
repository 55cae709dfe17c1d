"""Numbers, integers, years and booleans: a text, or a value of a JSON schema, read as Frictionless reads it."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from greencloud.table_schema.fields import Field
from greencloud.table_schema.unfit import Unfit

AROUND = re.compile(r"^[^\d-]+|\D+$")
"""What stands around a number that is not alone in its cell: a unit, a currency."""

Number = Decimal | float | int


def number(field: Field) -> Callable[[Any], Number]:
    """The parser of a `number`: an exact decimal, or a float when the schema says `floatNumber`."""
    numeric: type[Decimal] | type[float] = float if field.float_number else Decimal

    def parse(value: Any) -> Number:
        if isinstance(value, bool):
            raise Unfit
        if isinstance(value, str):
            return _converted(numeric, plain_number(value, field))
        if isinstance(value, int):
            return value
        if isinstance(value, float | Decimal):
            return value if isinstance(value, numeric) else _converted(numeric, str(value))
        raise Unfit

    return parse


def plain_number(text: str, field: Field) -> str:
    """The number of a cell without group marks and units, with a decimal point. Raises Unfit for a foreign point."""
    plain = _alone(text.strip(), field)
    if field.group_char:
        plain = plain.replace(field.group_char, "")
    if field.decimal_char == ".":
        return plain
    if "." in plain:
        raise Unfit
    return plain.replace(field.decimal_char, ".")


def _alone(text: str, field: Field) -> str:
    return text if field.bare_number else AROUND.sub("", text)


def _converted(numeric: type[Decimal] | type[float], text: str) -> Decimal | float:
    try:
        value = numeric(text)
    except (InvalidOperation, ValueError) as error:
        raise Unfit from error
    # A signalling NaN cannot even be compared; a quiet one is refused like it.
    return Decimal("NaN") if isinstance(value, Decimal) and value.is_snan() else value


def integer(field: Field) -> Callable[[Any], int]:
    """The parser of an `integer`."""

    def parse(value: Any) -> int:
        if isinstance(value, bool):
            raise Unfit
        if isinstance(value, str):
            return _whole(_alone(value.strip(), field))
        if isinstance(value, int):
            return value
        if isinstance(value, float | Decimal) and value % 1 == 0:
            return int(value)
        raise Unfit

    return parse


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise Unfit from error


def year(_field: Field) -> Callable[[Any], int]:
    """The parser of a `year`: four characters that make a number from 0 to 9999."""

    def parse(value: Any) -> int:
        if isinstance(value, str) and len(value) == 4:
            value = _whole(value)
        if not isinstance(value, int) or not 0 <= value <= 9999:
            raise Unfit
        return value

    return parse


def boolean(field: Field) -> Callable[[Any], bool]:
    """The parser of a `boolean`: the very spellings of the schema, a text listed on both sides being false."""
    spellings = dict.fromkeys(field.true_values, True) | dict.fromkeys(field.false_values, False)

    def parse(value: Any) -> bool:
        if isinstance(value, bool):
            return value
        if not isinstance(value, str) or value not in spellings:
            raise Unfit
        return spellings[value]

    return parse
