"""What one text means for one field: its canonical spelling, what was tolerated, what is wrong with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a cell.

    `code` is Frictionless's error type, or one of ours where Frictionless has none; `constraint` the violated
    constraint of a `constraint-error`; `detail` the cause as `messages` knows it; `readings` the values between which a
    person must choose; `proposal` the text that `--corrected` would write instead.
    """

    code: str
    constraint: str | None = None
    detail: str | None = None
    readings: tuple[str, ...] = ()
    proposal: str | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One text read for one field.

    `text` is the canonical spelling (decimal point, no grouping, ISO dates, `true` and `false`, four-digit years),
    None when the value is absent or wrong; `value` the Python value; `tolerance` the code of the spelling that was
    accepted although it is not the standard's.
    """

    text: str | None
    value: Any = None
    tolerance: str | None = None
    faults: tuple[Fault, ...] = ()


CellReader = Callable[[str], Cell]
"""Reads the text of a cell. It never raises: what cannot be read is a fault."""
