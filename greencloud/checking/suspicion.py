"""Rows whose cells are all proven and that may be no rows all the same: a total, a header that comes again, a note.

`rows.Diagnosis` judges them, in Python, and gives the SQL that suspects them; it looks for words in every text of every
row. Here is what makes that look needless for nearly all rows: what the diagnosis itself takes for a row, a full one,
is told in SQL by the cells that are filled.
"""

from collections.abc import Sequence

from greencloud.checking.layout import Column, text_column
from greencloud.checking.rows import FEW_CELLS, Diagnosis
from greencloud.checking.sql import all_of, any_of

_NUMERIC = ("number", "integer", "year")
_FREE = ("string", "any")
_FEWEST_COLUMNS = 2


def suspicious(diagnosis: Diagnosis, columns: Sequence[Column], width: int) -> str:
    """SQL: whether a row whose cells are all proven may still be no row; false for a full row, at little cost.

    A row that is not full and has a cell in another spelling is always suspected.
    """
    if width < _FEWEST_COLUMNS or not columns:
        return "FALSE"
    typed = [column for column in columns if column.field.type not in _FREE]
    texts = [column for column in columns if column.field.type not in _NUMERIC]
    needed = (_at_least(FEW_CELLS + 1, columns), _at_least(1, typed), _at_least(2, texts))
    full = [condition for condition in needed if condition != "TRUE"]
    if not full:
        return "FALSE"
    known = {column.place for column in columns}
    others = [text_column(place) for place in range(width) if place not in known]
    looked = diagnosis.suspicious({column.field.name: column.text for column in columns}, others)
    respelt = [column.known for column in columns if column.known != "FALSE"]
    return f"CASE WHEN {all_of(full)} THEN FALSE ELSE {any_of([looked, *respelt])} END"


def _at_least(count: int, columns: Sequence[Column]) -> str:
    """SQL: whether as many cells of these columns are filled."""
    doubtful = [column.filled for column in columns if column.filled != "TRUE"]
    count -= len(columns) - len(doubtful)
    if count <= 0:
        return "TRUE"
    if count > len(doubtful):
        return "FALSE"
    # Nearly always the first ones are filled, and nothing has to be counted.
    counted = " + ".join(f"({filled})::INTEGER" for filled in doubtful)
    return f"CASE WHEN {all_of(doubtful[:count])} THEN TRUE ELSE {counted} >= {count} END"
