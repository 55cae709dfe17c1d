"""Rows whose cells are all proven and that may be no rows all the same: a total, a header that comes again, a note.

`rows.Diagnosis` judges them, in Python, and gives the SQL that suspects them; it looks for words in every text of every
row. Here is what makes that look needless for nearly all rows: a full row of numbers and texts is a row.
"""

from collections.abc import Sequence

from greencloud.checking.layout import Column
from greencloud.checking.rows import FEW_CELLS, MOSTLY, Diagnosis
from greencloud.checking.sql import any_of
from greencloud.reading.labels import label_key

_NUMERIC = ("number", "integer", "year")
_FREE = ("string", "any")


def suspicious(diagnosis: Diagnosis, columns: Sequence[Column], labels: Sequence[str]) -> str:
    """SQL: whether a row whose cells are all proven may still be no row; false for a full row, at little cost."""
    conditions = [_few(columns, len(labels)), _numbers_alone(columns), _header_again(columns, labels)]
    needed = [condition for condition in conditions if condition is not None]
    if not needed:
        return "FALSE"
    looked = diagnosis.suspicious({column.field.name: column.text for column in columns})
    return f"CASE WHEN {any_of(needed)} THEN {looked} ELSE FALSE END"


def _few(columns: Sequence[Column], width: int) -> str | None:
    """Few cells are filled; None when more than that always are."""
    most = min(FEW_CELLS, width - 1)
    return None if _always(columns) > most else f"{_filled(columns)} <= {most}"


def _numbers_alone(columns: Sequence[Column]) -> str | None:
    """At most one text stands beside the numbers."""
    texts = [column for column in columns if column.field.type not in _NUMERIC]
    if len(texts) == len(columns) or _always(texts) > 1:
        return None
    return f"{_filled(texts)} <= 1"


def _header_again(columns: Sequence[Column], labels: Sequence[str]) -> str | None:
    """Most filled cells could hold a label; cells that are not read are taken for labels."""
    keys = {label_key(label) for label in labels}
    able = [column for column in columns if _could_hold(column, keys)]
    others = [column for column in columns if column not in able]
    unread = len(labels) - len(columns)
    if len(able) + unread < 2 or _always(others) > (1 - MOSTLY) * len(labels):
        return None
    return f"{_filled(others)} <= {1 / MOSTLY - 1:.6f} * ({_filled(able)} + {unread})" if others else "TRUE"


def _could_hold(column: Column, keys: set[str]) -> bool:
    """Whether a proven cell of the column may be spelt like a label."""
    values = column.field.constraints.get("enum")
    if values is not None:
        return any(label_key(str(value)) in keys for value in values)
    if column.field.type in _FREE:
        return True
    return any(any(letter.isdigit() for letter in key) for key in keys) or column.field.type == "boolean"


def _always(columns: Sequence[Column]) -> int:
    return sum(column.field.required for column in columns)


def _filled(columns: Sequence[Column]) -> str:
    return "(" + " + ".join(["0", *(f"({column.text} <> '')::INTEGER" for column in columns)]) + ")"
