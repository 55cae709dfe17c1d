"""What the readers of workbooks give: sheets of canonical text, row by row from the first."""

from collections.abc import Sequence
from dataclasses import dataclass

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its rows, all of one width, and what a reader of the file alone cannot see.

    `uncalculated` are the cells, such as `B2`, whose formula has no saved result: they hold the formula instead.
    """

    name: str
    rows: Rows
    hidden: bool = False
    merged: int = 0
    uncalculated: tuple[str, ...] = ()


def cell_name(row: int, column: int) -> str:
    """The name a spreadsheet gives to a cell, from its row and column counted from 0."""
    letters = ""
    number = column + 1
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"
