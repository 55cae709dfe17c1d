"""One field compiled to DuckDB SQL: how its text is normalised, how it is typed, and what can be wrong with it.

A cell is first trimmed and its missing values become NULL; numbers then lose their grouping spaces and a decimal
comma becomes a point. Only spelling changes here, never a value: a text with two readings is an error.
"""

from collections.abc import Iterator
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
NUMERIC = ("number", "integer")


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
    return quote(f"texte.{field.name}")


def normal(field: Field) -> str:
    """The column that holds the normalised text, NULL when missing."""
    return quote(f"normal.{field.name}")


def typed(field: Field) -> str:
    """The column that holds the typed value."""
    return quote(field.name)


def trimming(field: Field, table: Table) -> str:
    """SQL: received text -> text without outer spaces, NULL for a missing value."""
    trimmed = f"trim({raw(field)}, {literal(_SPACES)})"
    missing = ", ".join(literal(value) for value in table.missing_values) or "NULL"
    return f"CASE WHEN {raw(field)} NOT IN ({missing}) AND {trimmed} NOT IN ({missing}) THEN {trimmed} END"


def ungrouping(field: Field) -> str:
    """SQL: a number's text without the spaces between its thousands."""
    spaceless = f"translate({normal(field)}, {literal(_SPACES)}, '')"
    return f"CASE WHEN {_matches(field, _GROUPED)} THEN {spaceless} ELSE {normal(field)} END"


def pointing(field: Field) -> str:
    """SQL: a number's text with a decimal point for its decimal comma, unless it has two readings."""
    clear = f"{_matches(field, _DECIMAL_COMMA)} AND NOT {_matches(field, _AMBIGUOUS_COMMA)}"
    return f"CASE WHEN {clear} THEN replace({normal(field)}, ',', '.') ELSE {normal(field)} END"


def typing(field: Field) -> str:
    """SQL: normalised text -> typed value, NULL when the text is missing or is not of the type."""
    text = normal(field)
    if field.type == "string":
        return text
    if field.type == "boolean":
        return (
            f"CASE WHEN lower({text}) IN {_lowered(field.true_values)} THEN TRUE "
            f"WHEN lower({text}) IN {_lowered(field.false_values)} THEN FALSE END"
        )
    return f"CASE WHEN {_matches(field, _SHAPES[field.type])} THEN TRY_CAST({text} AS {field.duckdb_type}) END"


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
    return f"{typed(field)} IS NOT NULL AND {normal(field)} <> {raw(field)}"


def _ambiguous(field: Field) -> str:
    shapes = [_AMBIGUOUS_COMMA] + ([_AMBIGUOUS_POINT] if field.name.endswith(_LARGE_UNITS) else [])
    return _matches(field, "|".join(f"(?:{shape})" for shape in shapes))


def _matches(field: Field, shape: str) -> str:
    return f"regexp_full_match({normal(field)}, {literal(shape)})"


def _lowered(values: tuple[str, ...]) -> str:
    return "(" + ", ".join(sorted({literal(value.lower()) for value in values})) + ")"


def _violation(field: Field, constraint: str) -> str:
    value, limit = typed(field), field.constraints[constraint]
    if constraint == "enum":
        return f"{value} NOT IN ({', '.join(literal(item) for item in limit)})"
    if constraint == "pattern":
        return f"NOT regexp_full_match({value}, {literal(field.pattern)}, 's')"
    if constraint in ("minLength", "maxLength"):
        return f"length({value}) {'<' if constraint == 'minLength' else '>'} {int(limit)}"
    bound = f"CAST({literal(str(limit))} AS {field.duckdb_type})"
    return f"{value} {'<' if constraint == 'minimum' else '>'} {bound}"
