"""The words that every sentence is made of: places, received values, counts, figures, dates."""

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from greencloud.checking.tolerances.units import of_field
from greencloud.checking.visible import visible
from greencloud.tables import Field

THIN_SPACE = "\u202f"
WRITTEN_BY_COMMAND = " ; l'option --corrected l'écrit"
"""The end of a proposal, for whoever has the command line."""
_SHOWN = 80
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)


def place(row: int, column: str) -> str:
    """The beginning of a message about a cell."""
    return f"Ligne {row}, colonne « {visible(column, _SHOWN)} »"


def quoted(value: str | None) -> str:
    """A received value between guillemets, what cannot be seen shown and long texts cut."""
    return f"« {visible(value or '', _SHOWN)} »"


def listed(names: Sequence[str], word: str = "et") -> str:
    """Names between guillemets, the last after « et » or another word."""
    return joined([quoted(name) for name in names], word)


def joined(parts: Sequence[str], word: str = "et") -> str:
    """Parts of a sentence, the last after « et » or another word."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def plural(count: int, singular: str, plural_form: str | None = None) -> str:
    """A count with its noun; thousands separated by a narrow no-break space."""
    noun = singular if abs(count) < 2 else plural_form or singular + "s"
    return f"{count:,}".replace(",", THIN_SPACE) + f" {noun}"


def figure(value: object) -> str:
    """A number as the French write it (1 234 567,5), any other value as its text.

    Four digits stay together: they are often a year.
    """
    text = str(value)
    number = re.fullmatch(r"([+-]?)(\d+)(?:\.(\d+))?", text)
    if number is None:
        return text
    sign, whole, decimals = number.groups()
    grouped = f"{int(whole):,}".replace(",", THIN_SPACE) if 4 < len(whole) <= _SHOWN and whole[0] != "0" else whole
    return f"{sign}{grouped}" + (f",{decimals}" if decimals else "")


def day(text: str) -> str:
    """An ISO date in words, which have one reading only: 1er février 2023; any other text as it is."""
    try:
        date = dt.date.fromisoformat(text[:10])
    except ValueError:
        return text
    number = "1er" if date.day == 1 else str(date.day)
    return f"{number} {_MONTHS[date.month - 1]} {date.year}"


def unit(field: Field) -> str:
    """The unit that a column is in, an empty text when its name and title state none."""
    stated = of_field(field)
    return "" if stated is None else stated.name


def or_empty(field: Field) -> str:
    """The end of a fix: a cell that need not be filled may be left empty."""
    return "" if field.required else ", ou laissez la cellule vide"


def shown(value: object, field: Field) -> str:
    """A value of a field inside a sentence: numbers and dates as the French write them, texts between guillemets."""
    text = str(value)
    if field.type in ("number", "integer"):
        return figure(_exact(text))
    if field.type == "date" and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return "/".join(reversed(text.split("-")))
    return text if field.type in ("year", "yearmonth", "date", "datetime", "time") else quoted(text)


def proposal(text: str, field: Field) -> str:
    """The sentence that offers what `--corrected` would write in the cell."""
    offered = shown(text, field)
    if field.type == "boolean":
        offered = {"true": "oui", "false": "non"}.get(text, quoted(text))
    elif field.type in ("number", "integer") and (symbol := unit(field)):
        offered = f"{offered} {symbol}"
    return f"Proposition : {offered}{WRITTEN_BY_COMMAND}."


def _exact(text: str) -> str:
    """A number without exponent, when it is short enough to be read."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    plain = f"{number:f}" if number.is_finite() and abs(number.adjusted()) < _SHOWN else text
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
