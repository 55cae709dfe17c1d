"""One field compiled to DuckDB SQL: how its text is normalised, how it is typed, and what can be wrong with it.

A cell is first trimmed and its missing values become NULL; numbers then lose their grouping spaces and a decimal
comma becomes a point. Only spelling changes here, never a value: a text with two readings is an error.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from greencloud.tables import Field, Table, quote

_SPACES = " \u00a0\u202f"
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_GROUPED = rf"[+-]?\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?:[.,]\d+)?"
_DECIMAL_COMMA = r"[+-]?\d+,\d+"
_AMBIGUOUS_COMMA = r"[+-]?[1-9]\d{0,2},\d{3}"
_AMBIGUOUS_POINT = r"[+-]?[1-9]\d{0,2}\.\d{3}"
# Where « 314.870 » is as often three hundred thousand as three hundred: energies, powers, surfaces, volumes.
_LARGE_UNITS = ("_kwh", "_kw", "_m2", "_m3")
_SHAPES = {
    "number": _NUMBER,
    "integer": r"[+-]?\d+",
    "year": r"\d{4}",
    "date": r"\d{4}-\d{2}-\d{2}",
    "datetime": r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z?",
    "time": r"\d{2}:\d{2}:\d{2}",
}
_NO_YEAR_0 = " AND NOT starts_with({text}, '0000')"
NUMERIC = ("number", "integer")
OURS = "\x01"
"""Begins the name of every column that is ours and not the schema's: no field name holds a control character."""
ROW_NAME = f"{OURS}ligne"
ROW = quote(ROW_NAME)
"""The column that holds the number of each record, the header being 1."""


@dataclass(frozen=True)
class Test:
    """Something that can be wrong with a cell: the code, the constraint when it is one, the SQL that detects it."""

    field: Field
    code: str
    constraint: str | None
    sql: str


def literal(value: Any) -> str:
    """A Python value as an SQL literal, texts quoted."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return repr(value)
    return "'" + str(value).replace("'", "''") + "'"


def raw(field: Field) -> str:
    """The column that holds the text as received."""
    return raw_name(field.name)


def raw_name(name: str) -> str:
    """The column that holds the text received for the field of that name."""
    return quote(f"{OURS}texte {name}")


def normal(field: Field) -> str:
    """The column that holds the normalised text, NULL when missing."""
    return quote(f"{OURS}normal {field.name}")


def typed(field: Field) -> str:
    """The column that holds the typed value."""
    return quote(field.name)


def trimming(field: Field, table: Table) -> str:
    """SQL: received text -> text without outer spaces, NULL for a missing value."""
    if not table.missing_values:
        return _trimmed(field)
    missing = ", ".join(literal(value) for value in table.missing_values)
    present = f"{raw(field)} NOT IN ({missing}) AND {_trimmed(field)} NOT IN ({missing})"
    return f"CASE WHEN {present} THEN {_trimmed(field)} END"


def ungrouping(field: Field) -> str:
    """SQL: a number's text without the spaces between its thousands."""
    spaceless = f"translate({normal(field)}, {literal(_SPACES)}, '')"
    return f"CASE WHEN {_matches(normal(field), _GROUPED)} THEN {spaceless} ELSE {normal(field)} END"


def pointing(field: Field) -> str:
    """SQL: a number's text with a decimal point for its decimal comma (`tests` refuses it when it has two readings)."""
    comma = _matches(normal(field), _DECIMAL_COMMA)
    return f"CASE WHEN {comma} THEN replace({normal(field)}, ',', '.') ELSE {normal(field)} END"


def typing(field: Field) -> str:
    """SQL: normalised text -> typed value, NULL when the text is missing or is not of the type."""
    text = normal(field)
    if field.type == "string":
        return text
    if field.type == "boolean":
        return _truth(field)
    value = f"TRY_CAST({text} AS {field.duckdb_type})"
    usable = {"number": f" AND isfinite({value})", "date": _NO_YEAR_0, "datetime": _NO_YEAR_0}.get(field.type, "")
    shaped = _matches(text, _SHAPES[field.type]) + usable.format(text=text)
    return f"CASE WHEN {shaped} THEN {value} END"


def printing(field: Field) -> str:
    """SQL: typed value -> normalised text: decimal point, no needless decimals, ISO dates, true and false."""
    text = f"CAST({typed(field)} AS VARCHAR)"
    return f"regexp_replace({text}, '\\.0$', '')" if field.type == "number" else text


def tests(field: Field, table: Table) -> Iterator[Test]:
    """Every test of a field, in the order in which its errors are told."""
    if field.required or field.name in table.primary_key:
        yield Test(field, "constraint-error", "required", f"{normal(field)} IS NULL")
    if field.type == "number":
        yield Test(field, "separateur_ambigu", None, _ambiguous(field))
    if field.type != "string":
        wrong = f"{normal(field)} IS NOT NULL AND {typed(field)} IS NULL"
        told = f" AND NOT ({_ambiguous(field)})" if field.type == "number" else ""
        yield Test(field, "type-error", None, wrong + told)
    for constraint in field.constraints:
        if constraint not in ("required", "unique"):
            yield Test(field, "constraint-error", constraint, _violation(field, constraint))


def tolerances(field: Field) -> str:
    """SQL: whether the cell was accepted in another spelling than the standard's."""
    other = f"{normal(field)} <> {raw(field)}"
    if field.type == "boolean":
        other += f" OR {normal(field)} NOT IN {_listed(field.true_values + field.false_values)}"
    return f"{typed(field)} IS NOT NULL AND ({other})"


def _trimmed(field: Field) -> str:
    return f"trim({raw(field)}, {literal(_SPACES)})"


def _ambiguous(field: Field) -> str:
    """Whether the received number has two readings: its mark may part decimals or thousands."""
    large = field.name.endswith(_LARGE_UNITS)
    shapes = [_AMBIGUOUS_POINT] if field.decimal_comma else [_AMBIGUOUS_COMMA]
    if large:
        shapes = [_AMBIGUOUS_COMMA, _AMBIGUOUS_POINT]
    return _matches(_trimmed(field), "|".join(f"(?:{shape})" for shape in shapes))


def _matches(text: str, shape: str) -> str:
    return f"regexp_full_match({text}, {literal(shape)})"


def _truth(field: Field) -> str:
    """The schema's spellings first; then any case, unless case is what tells true from false."""
    text, true, false = normal(field), field.true_values, field.false_values
    branches = f"WHEN {text} IN {_listed(true)} THEN TRUE WHEN {text} IN {_listed(false)} THEN FALSE "
    lowered_true, lowered_false = ([value.lower() for value in values] for values in (true, false))
    if not set(lowered_true) & set(lowered_false):
        branches += f"WHEN lower({text}) IN {_listed(lowered_true)} THEN TRUE "
        branches += f"WHEN lower({text}) IN {_listed(lowered_false)} THEN FALSE "
    return f"CASE {branches}END"


def _listed(values: Sequence[str]) -> str:
    return "(" + ", ".join(literal(value) for value in values or [""]) + ")"


def _violation(field: Field, constraint: str) -> str:
    value, limit = typed(field), field.constraints[constraint]
    if constraint == "enum":
        return f"{value} NOT IN ({', '.join(literal(item) for item in limit)})"
    if constraint == "pattern":
        return f"NOT {_matches(value, field.pattern or '')}"
    if constraint in ("minLength", "maxLength"):
        return f"length({value}) {'<' if constraint == 'minLength' else '>'} {int(limit)}"
    bound = f"CAST({literal(str(limit))} AS {field.duckdb_type})"
    return f"{value} {'<' if constraint == 'minimum' else '>'} {bound}"
