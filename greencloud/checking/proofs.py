"""Proofs: for a field, an SQL condition that holds only for texts which any reader would take as they stand.

A proof is sound and incomplete. Where it holds, the reader of the field would give the very text back, or find it
absent, without fault and without tolerance; where it does not, nothing is known and Python reads the cell.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from greencloud.checking.patterns import for_re2, forbidden_first, only_harmless
from greencloud.checking.sql import all_of, any_of, literal
from greencloud.checking.tolerances.plain import clear_number
from greencloud.checking.verdicts import CellReader
from greencloud.tables import Field, Table

CONTROLS = r"\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F"
"""Characters nobody sees, as a class of Python's patterns and of RE2's."""
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_YEAR = "[12][0-9]{3}"
_SHAPES = {
    "number": r"(?:0|-?[1-9][0-9]{0,14})(?:\.[0-9]{1,12})?",
    "integer": "0|-?[1-9][0-9]{0,14}",
    "year": _YEAR,
    "yearmonth": f"{_YEAR}-(?:0[1-9]|1[0-2])",
    "date": f"{_YEAR}-[01][0-9]-[0-3][0-9]",
    "datetime": f"{_YEAR}-[01][0-9]-[0-3][0-9]T{_CLOCK}Z?",
    "time": _CLOCK,
    "string": f"[^{CONTROLS}]*",
    "any": f"[^{CONTROLS}]*",
}
_COMMA = clear_number(",", always=True)
_NUMERIC = ("number", "integer", "year")
_EXACT_DIGITS = 15
"""A double holds as many decimal digits exactly: two such numbers compare as their doubles do."""
_COMPARISONS = {"minimum": ">=", "maximum": "<=", "exclusiveMinimum": ">", "exclusiveMaximum": "<"}
_SPAN = ("minimum", "maximum")
FREE = frozenset({"required", "unique"})
"""Constraints that ask nothing of the text of a cell that is filled."""


class Unprovable(Exception):
    """A field of which SQL can prove nothing."""


@dataclass(frozen=True)
class Respelt:
    """Another spelling that SQL reads: where it `holds`, the reader gives `canonical` and the `tolerance`, if any."""

    holds: str
    canonical: str
    tolerance: str | None


@dataclass(frozen=True)
class Proof:
    """When a cell needs no reader. `holds` and `canonical` are SQL over the column of its texts."""

    holds: str
    canonical: str
    filled: str
    """SQL: whether a value stands in a cell of which this is the proof."""


def proof(field: Field, table: Table, column: str, reader: CellReader, plain: str | None) -> Proof | None:
    """The proof of a field whose texts stand in `column`, None when there is none.

    `plain` is the RE2 pattern of the texts that the reader takes as they stand, constraints apart.
    """
    missing = missing_values(field, table)
    absent = f"{column} IN ({_listed(missing)})" if missing else "FALSE"
    try:
        present = _enumerated(field, column, reader) if is_finite(field) else _read(field, column, plain)
    except Unprovable:
        return None
    holds = all_of([present, f"NOT ({absent})"]) if field.required else any_of([absent, present])
    canonical = f"CASE WHEN {absent} THEN NULL ELSE {column} END" if missing else column
    filled = "TRUE" if field.required or not missing else f"{column} NOT IN ({_listed(missing)})"
    return Proof(f"coalesce({holds}, FALSE)", canonical, filled)


def respelt(field: Field, column: str) -> Respelt | None:
    """Decimal commas of one reading, None when SQL cannot tell them for this field."""
    known = field.decimal_char in (".", ",") and not field.group_char and field.bare_number
    if field.type != "number" or not known or set(field.constraints) - FREE - set(_COMPARISONS):
        return None
    canonical = f"replace({column}, ',', '.')"
    conditions = [f"regexp_full_match({column}, {literal(_COMMA)})"]
    try:
        conditions += [_bounded(field, canonical, name) for name in _COMPARISONS if name in field.constraints]
    except Unprovable:
        return None
    tolerance = None if field.decimal_char == "," else "virgule_decimale"
    return Respelt(f"coalesce({all_of(conditions)}, FALSE)", canonical, tolerance)


def strictly_plain(field: Field) -> str | None:
    """The RE2 pattern of texts that Frictionless and the standard write alike."""
    if field.format != "default" or field.type not in _SHAPES:
        return None
    if field.type == "number" and set(field.decimal_char + field.group_char) & set("0123456789-"):
        return None
    if field.type == "number" and (field.decimal_char != "." or field.group_char == "."):
        return _SHAPES["integer"]
    return _SHAPES[field.type]


def _listed(values: Sequence[str]) -> str:
    return ", ".join(literal(value) for value in values)


def missing_values(field: Field, table: Table) -> Sequence[str]:
    """The texts that say that a cell of a field has no value."""
    return table.missing_values if field.missing_values is None else field.missing_values


def is_finite(field: Field) -> bool:
    """Whether the values of a field can be listed."""
    return field.type == "boolean" or "enum" in field.constraints


def accepted_texts(field: Field, reader: CellReader) -> list[str]:
    """The texts of a field of few values that stand for themselves: its reader itself tells which."""
    if field.type == "boolean":
        candidates = [*field.true_values, *field.false_values]
    else:
        candidates = [str(item) for item in field.constraints["enum"]]
    good = []
    for text in dict.fromkeys(candidates):
        cell = reader(text)
        if cell.text == text and not cell.faults and cell.tolerance is None:
            good.append(text)
    return good


def _enumerated(field: Field, column: str, reader: CellReader) -> str:
    good = accepted_texts(field, reader)
    if not good:
        raise Unprovable
    return f"{column} IN ({_listed(good)})"


def _read(field: Field, column: str, plain: str | None) -> str:
    if plain is None:
        raise Unprovable
    pattern = field.constraints.get("pattern")
    told = field.type == "string" and pattern is not None and only_harmless(str(pattern))
    conditions = [f"{column} <> ''"] if told else _shaped(field, column, plain)
    span = _same_length(field)
    if span is not None:
        least, most = span
        conditions += [f"strlen({column}) = {len(least)}", f"{column} BETWEEN {literal(least)} AND {literal(most)}"]
    for name, limit in field.constraints.items():
        if name not in FREE and not (span and name in _SPAN):
            conditions.append(_constraint(field, column, name, limit))
    return all_of(conditions)


def _same_length(field: Field) -> tuple[str, str] | None:
    """Both bounds of whole numbers, when they have as many digits: such numbers compare as their texts do."""
    if field.type not in ("integer", "year") or not set(_SPAN) <= set(field.constraints):
        return None
    least, most = (str(field.bound(name)) for name in _SPAN)
    whole = all(bound.isascii() and bound.isdigit() and bound[0] != "0" for bound in (least, most))
    return (least, most) if whole and len(least) == len(most) <= _EXACT_DIGITS else None


def _shaped(field: Field, column: str, plain: str) -> list[str]:
    """The text has the shape of its type. What DuckDB writes as it read it is quicker to tell than a pattern."""
    if field.type == "integer":
        return [f"TRY_CAST({column} AS BIGINT)::VARCHAR = {column}", f"strlen({column}) <= {_EXACT_DIGITS}"]
    if field.type == "year":
        whole = f"TRY_CAST({column} AS BIGINT)::VARCHAR = {column}"
        return [whole, f"strlen({column}) = {len('2023')}", f"{column} BETWEEN '1000' AND '2199'"]
    if field.type == "date":
        written = f"TRY_CAST({column} AS DATE)::VARCHAR = {column}"
        return [written, f"{column} BETWEEN '1000' AND '2200'", f"strlen({column}) = {len('2023-01-01')}"]
    matched = f"regexp_full_match({column}, {literal(plain)})"
    if field.type == "datetime":
        day = f"left({column}, {len('2023-01-01')})"
        return [matched, f"TRY_CAST({day} AS DATE)::VARCHAR = {day}"]
    return [matched]


def _constraint(field: Field, column: str, name: str, limit: Any) -> str:
    if name in _COMPARISONS:
        return _bounded(field, column, name)
    if name in ("minLength", "maxLength") and field.type == "string":
        return f"length({column}) {'>=' if name == 'minLength' else '<='} {int(limit)}"
    if name == "pattern" and field.type == "string":
        return _matching(column, str(limit))
    raise Unprovable


def _matching(column: str, pattern: str) -> str:
    """A pattern that only forbids some first characters is looked at without regular expressions."""
    forbidden = forbidden_first(pattern)
    if forbidden is not None:
        return f"{column} <> '' AND left({column}, 1) NOT IN ({_listed(forbidden)})"
    translated = for_re2(pattern)
    if translated is None:
        raise Unprovable
    return f"regexp_full_match({column}, {literal(translated)})"


def _bounded(field: Field, column: str, name: str) -> str:
    limit = field.bound(name)
    comparison = _COMPARISONS[name]
    if field.type in _NUMERIC and name == "minimum" and limit == 0:
        # Among texts of numbers, those that are not negative are those that do not begin with a dash.
        return f"{column} >= '0'"
    if field.type in _NUMERIC and _exact(limit):
        return f"TRY_CAST({column} AS DOUBLE) {comparison} {float(limit)!r}"
    if field.type == "date" and isinstance(limit, dt.date) and limit.year >= 1000:
        return f"{column} {comparison} {literal(limit.isoformat()[:10])}"
    raise Unprovable


def _exact(limit: Any) -> bool:
    value = Decimal(str(limit))
    return value.is_finite() and len(value.as_tuple().digits) <= _EXACT_DIGITS and abs(value) < Decimal(10) ** 15
