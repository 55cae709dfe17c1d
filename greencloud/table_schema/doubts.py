"""What Frictionless takes for a value and a careful reader does not: the deviations of the checker, one by one.

A doubt is looked for only in a cell that breaks no rule, so that a cell which Frictionless refuses is refused for the
same reason. Each deviation carries its reason and an example; the documentation prints them, the tests prove them.
"""

import datetime as dt
import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from greencloud.table_schema import moments, nested
from greencloud.table_schema.fields import Field
from greencloud.table_schema.numbers import AROUND, plain_number

_NUMERIC = ("number", "integer")
_DATED = ("date", "datetime")
_CLOCKED = ("datetime", "time")
_JSON = ("object", "array", "geojson")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ISO_CLOCK = r"\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:[Zz]|[+-]\d{2}(?::?\d{2})?)?"
_ISO_SHAPES = {
    "datetime": re.compile(r"\d{4}-\d{2}-\d{2}[T ]" + _ISO_CLOCK, re.ASCII),
    "time": re.compile(_ISO_CLOCK, re.ASCII),
    "year": re.compile(r"\d{4}", re.ASCII),
    "yearmonth": re.compile(r"\d{4}-\d{2}", re.ASCII),
    "duration": re.compile(r"[^\n]*"),
}
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]*={0,2}\s*")
_UNEVEN = re.compile(r"%[^dHIjmMpSyY%]")
"""Directives whose width or spelling varies, so that a date written again may differ though nothing was left out."""

_YEARS = range(1000, 2200)
_NO_END = 9999
_LARGEST_INTEGER = 2**63 - 1
_LARGEST_FLOAT = Decimal("1.7976931348623157e308")


@dataclass(frozen=True)
class Deviation:
    """A text that Frictionless 5.21 accepts and that the checker refuses, and why."""

    code: str
    types: tuple[str, ...]
    reason: str
    example: tuple[dict[str, Any], str]
    """A field and a text of it that shows the deviation."""
    doubtful: Callable[[Field, str, Any], bool]


def doubt(field: Field, text: str, value: Any) -> str | None:
    """The code of the first deviation that a valid cell falls under, None for nearly every cell."""
    for deviation in _concerning(field.type):
        if deviation.doubtful(field, text, value):
            return deviation.code
    return None


@cache
def _concerning(kind: str) -> Sequence[Deviation]:
    return tuple(deviation for deviation in DEVIATIONS if kind in deviation.types)


def _controls(_field: Field, text: str, _value: Any) -> bool:
    return _CONTROLS.search(text) is not None


def _not_finite(_field: Field, _text: str, value: Any) -> bool:
    return isinstance(value, float | Decimal) and not math.isfinite(value)


def _bare(field: Field, text: str) -> str:
    """The number alone, without group marks and the text around it."""
    if field.type == "number":
        return plain_number(text, field)
    return text if field.bare_number else AROUND.sub("", text.strip())


def _underscore(field: Field, text: str, _value: Any) -> bool:
    return "_" in text and "_" in _bare(field, text)


def _foreign_digits(field: Field, text: str, _value: Any) -> bool:
    return not text.isascii() and any(char.isdecimal() and not char.isascii() for char in _bare(field, text))


def _misplaced_groups(field: Field, text: str, _value: Any) -> bool:
    """Group marks that do not part thousands: `1 2 3`, `12 34`, `1,5 00`."""
    group = field.group_char
    body = text.strip() if field.bare_number else AROUND.sub("", text.strip())
    if not group or group not in body:
        return False
    mantissa, _, exponent = body.lower().partition("e")
    whole, _, decimals = mantissa.partition(field.decimal_char)
    first, *others = whole.lstrip("+-").split(group)
    even = 1 <= len(first) <= 3 and all(len(part) == 3 for part in others)
    return not even or group in decimals or group in exponent


def _minus_zero(_field: Field, text: str, value: Any) -> bool:
    return value == 0 and text.strip().startswith("-")


def _too_large(_field: Field, _text: str, value: Any) -> bool:
    if isinstance(value, int):
        return abs(value) > _LARGEST_INTEGER
    return isinstance(value, Decimal) and value.is_finite() and abs(value) > _LARGEST_FLOAT


def _other_shape(field: Field, text: str, _value: Any) -> bool:
    return field.format == "default" and _ISO_SHAPES[field.type].fullmatch(text) is None


def _abridged(field: Field, text: str, value: Any) -> bool:
    """A day, month or hour on one digit where the pattern has two."""
    pattern = {"default": "%Y-%m-%d"}.get(field.format, field.format)
    if field.format == "any" or (field.format == "default" and field.type != "date") or _UNEVEN.search(pattern):
        return False
    written = value.strftime(pattern) if isinstance(value, dt.time) or value.year >= _YEARS.start else text
    return " ".join(written.casefold().split()) != " ".join(text.casefold().split())


def _far_year(_field: Field, _text: str, value: Any) -> bool:
    return value.year not in _YEARS and value.year != _NO_END


def _undetermined(field: Field, text: str, _value: Any) -> bool:
    return field.format == "any" and not moments.determined(text, field.type)


def _loose_json(_field: Field, text: str, _value: Any) -> bool:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in pairs}) < len(pairs):
            raise ValueError
        return dict(pairs)

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        json.loads(text, object_pairs_hook=once, parse_constant=refuse)
    except (ValueError, RecursionError):
        return True
    return False


def _loose_uuid(field: Field, text: str, _value: Any) -> bool:
    return field.format == "uuid" and _UUID.fullmatch(text) is None


def _loose_base64(field: Field, text: str, _value: Any) -> bool:
    return field.format == "binary" and _BASE64.fullmatch(text) is None


def _doubtful_point(field: Field, text: str, _value: Any) -> bool:
    return field.format == "default" and ("_" in text or _foreign_digits(field, text, None))


def _doubtful_item(field: Field, text: str, value: Any) -> bool:
    item = nested.item_field(field)
    parts = text.split(str(field.descriptor.get("delimiter", ",")))
    return item is not None and any(doubt(item, part, read) for part, read in zip(parts, value, strict=True))


_NUMBER: dict[str, Any] = {"type": "number"}
DEVIATIONS: Sequence[Deviation] = (
    Deviation(
        "caractere_de_controle",
        ("string", "any", *_NUMERIC, *_JSON, "boolean", "list", "geopoint", "duration", "date", "datetime", "time"),
        "A control character (NUL, bell, escape) is seen by nobody and breaks the tools that come next. "
        "Tabs and line ends are left alone.",
        ({"type": "string"}, "a\x07b"),
        _controls,
    ),
    Deviation(
        "non_fini",
        ("number",),
        "`Infinity` is a number for Python, not for anyone who measures; no sum survives it. `NaN` says that there is "
        "no number: that is what an empty cell is for.",
        (_NUMBER, "Infinity"),
        _not_finite,
    ),
    Deviation(
        "trait_bas",
        (*_NUMERIC, "year", "yearmonth"),
        "`2_023` is how programmers write 2023; in a table it is a slip of the keyboard.",
        ({"type": "integer"}, "2_023"),
        _underscore,
    ),
    Deviation(
        "chiffres_etrangers",
        (*_NUMERIC, "year", "yearmonth", "date", "datetime", "time"),
        "Digits of another script (Arabic, full width) are read by Python, and by hardly any other tool.",
        ({"type": "integer"}, "\uff12\uff10\uff12\uff13"),
        _foreign_digits,
    ),
    Deviation(
        "groupes_irreguliers",
        ("number",),
        "Group marks part thousands. `1 2345` or `1,5 0` is two numbers, or one that was mistyped.",
        ({"type": "number", "groupChar": " "}, "1 2345"),
        _misplaced_groups,
    ),
    Deviation(
        "moins_zero",
        _NUMERIC,
        "`-0` is no quantity: a sign was lost or a value was rounded away.",
        ({"type": "integer"}, "-0"),
        _minus_zero,
    ),
    Deviation(
        "nombre_trop_grand",
        _NUMERIC,
        "Beyond 64 bits no database or spreadsheet keeps a number exactly: it is an identifier (a text) or a slip.",
        ({"type": "integer"}, "12345678901234567890"),
        _too_large,
    ),
    Deviation(
        "ecriture_abregee",
        (*_CLOCKED, "year", "yearmonth", "duration"),
        "Other ISO 8601 shapes (week dates, times without colons, any sign instead of `T`, `+202` for a year) are read "
        "differently by different tools.",
        ({"type": "datetime"}, "2023-01-02x10:00:00"),
        _other_shape,
    ),
    Deviation(
        "date_abregee",
        (*_DATED, "time"),
        "`%d/%m/%Y` asks for two digits: Python reads `1/2/2023` all the same, most tools do not.",
        ({"type": "date", "format": "%d/%m/%Y"}, "1/2/2023"),
        _abridged,
    ),
    Deviation(
        "date_incomplete",
        (*_DATED, "time"),
        "With the format `any`, what a text leaves out is taken from the day of the check: the same file would have "
        "another value tomorrow.",
        ({"type": "date", "format": "any"}, "March 12"),
        _undetermined,
    ),
    Deviation(
        "date_improbable",
        _DATED,
        "A year before 1000 or after 2199 is a slip (2999 for 1999, 0023 for 2023); 9999, customary for `no end`, "
        "passes.",
        ({"type": "date"}, "2999-01-01"),
        _far_year,
    ),
    Deviation(
        "json_ambigu",
        _JSON,
        "A key given twice, or `NaN`, has no meaning in JSON; readers keep one value or another.",
        ({"type": "object"}, '{"a": 1, "a": 2}'),
        _loose_json,
    ),
    Deviation(
        "identifiant_uuid",
        ("string",),
        "A UUID is 32 hexadecimal digits in five groups; Python also reads it in braces or with its dashes anywhere.",
        ({"type": "string", "format": "uuid"}, "{12345678-1234-5678-1234-567812345678}"),
        _loose_uuid,
    ),
    Deviation(
        "base64_impur",
        ("string",),
        "Characters outside the base64 alphabet are dropped without a word by Python: the bytes are not those sent.",
        ({"type": "string", "format": "binary"}, "YWJj*"),
        _loose_base64,
    ),
    Deviation(
        "coordonnee_douteuse",
        ("geopoint",),
        "As for numbers: no underscore, no digits of another script in a coordinate.",
        ({"type": "geopoint"}, "4_5, 3"),
        _doubtful_point,
    ),
    Deviation(
        "element_douteux",
        ("list",),
        "The items of a list are read as strictly as cells of their type.",
        ({"type": "list", "itemType": "integer"}, "1,2_0"),
        _doubtful_item,
    ),
)
"""Every deviation that depends on one cell alone, in the order in which they are looked for."""
