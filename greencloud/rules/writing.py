"""Values and sentences as French readers expect them, and cell values as a spreadsheet writes them."""

import datetime as dt
import math
import re
from decimal import Decimal

THIN_SPACE = "\u202f"
"""Narrow no-break space: groups thousands and stands before double punctuation."""

_SPACED = re.compile(r" (?=[:;?!»%])|(?<=«) |(?<=\d) (?=\d{3}(?!\d))")


def sentence(template: str) -> str:
    """The template with the plain spaces of French typography made narrow and unbreakable."""
    return _SPACED.sub(THIN_SPACE, template)


def french(value: object) -> str:
    """A value for a sentence: 314 870 or 1,798 or 31/12/2025; text is left as it is, None is « (vide) »."""
    if value is None:
        return "(vide)"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int):
        return f"{value:,}".replace(",", THIN_SPACE)
    if isinstance(value, float | Decimal):
        return _decimal(float(value))
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    return str(value)


def plain(value: object) -> str | None:
    """A typed cell as text that can be searched for in the file: 314870, 1.798, 2025-12-31."""
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _decimal(value: float) -> str:
    """Three decimals at most; under 1, three significant digits, so that nothing small reads as zero."""
    if not math.isfinite(value):
        return "un nombre hors de portée"
    small = value != 0 and abs(value) < 1
    places = 2 - math.floor(math.log10(abs(value))) if small else 3
    integer, _, decimals = f"{value:,.{places}f}".partition(".")
    decimals = decimals.rstrip("0")
    return integer.replace(",", THIN_SPACE) + (f",{decimals}" if decimals else "")
