"""The one spelling of a value that everything after the check reads: decimal point, ISO dates, `true` and `false`."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from greencloud.table_schema.fields import Field
from greencloud.table_schema.numbers import plain_number

_NUMBER = re.compile(r"([+-]?)0*(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?")


def canonical(field: Field, text: str, value: Any) -> str:
    """The canonical spelling of a cell that was read; the text itself for types that have no other."""
    spell = _SPELLINGS.get(field.type)
    return text if spell is None else spell(field, text, value)


def _number(field: Field, text: str, _value: Any) -> str:
    """Every digit as received, without sign of plus, leading zeros and bare points."""
    match = _NUMBER.fullmatch(plain_number(text, field).strip())
    if match is None:  # a spelling of Python's own, which a doubt has refused already
        raise ValueError(text)
    sign, whole, decimals, exponent = match.groups()
    spelt = ("-" if sign == "-" else "") + (whole or "0") + (f".{decimals}" if decimals else "")
    return spelt if exponent is None else f"{spelt}e{exponent}"


def _whole(_field: Field, _text: str, value: int) -> str:
    return str(value)


def _truth(_field: Field, _text: str, value: bool) -> str:
    return "true" if value else "false"


def _moment(_field: Field, _text: str, value: dt.date | dt.time) -> str:
    return value.isoformat().replace("+00:00", "Z")


def _year(_field: Field, _text: str, value: int) -> str:
    return f"{value:04}"


_SPELLINGS: Mapping[str, Callable[[Field, str, Any], str]] = {
    "number": _number,
    "integer": _whole,
    "boolean": _truth,
    "date": _moment,
    "datetime": _moment,
    "time": _moment,
    "year": _year,
}


def spelled(value: Any) -> str:
    """The canonical spelling of a value that came typed, as from a workbook."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | Decimal):
        return format(Decimal(str(value)), "f")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)
