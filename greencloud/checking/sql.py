"""How the checker names and writes things in SQL."""

from typing import Any

from greencloud.tables import quote

OURS = "\x01"
"""Begins the name of every column that is ours and not the schema's: no field name holds a control character."""
ROW_NAME = f"{OURS}ligne"
ROW = quote(ROW_NAME)
"""The column that holds the number of each record, the header being 1."""


def literal(value: Any) -> str:
    """A Python value as an SQL literal, texts quoted."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return repr(value)
    return "'" + str(value).replace("'", "''") + "'"


def ours(name: str) -> str:
    """A column of our own, safe beside any column of a schema."""
    return quote(OURS + name)


def any_of(conditions: list[str]) -> str:
    """Whether one condition holds; false when there is none."""
    return "(" + " OR ".join(conditions or ["FALSE"]) + ")"


def all_of(conditions: list[str]) -> str:
    """Whether every condition holds; true when there is none."""
    return "(" + " AND ".join(conditions or ["TRUE"]) + ")"
