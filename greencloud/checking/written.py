"""The texts of a cell that are certain, as one pattern: what `proofs` tells in SQL of a cell, here of its characters.

Such patterns, one behind another, make the pattern of a whole line, which a machine of states reads at one step a byte
(see `lines`). They say the same as the proofs, or less; what no pattern can say in a reasonable length is left to them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from greencloud.checking.patterns import forbidden_first, may_begin, only_harmless, width_of, within_line
from greencloud.checking.proofs import CONTROLS, FREE, accepted_texts, is_finite, missing_values
from greencloud.checking.verdicts import CellReader
from greencloud.tables import Field, Table

_WHOLE = "0|-?[1-9][0-9]{0,14}"
_YEAR = "(?:1[0-9]|2[01])[0-9]{2}"
_LEAP_YEAR = "(?:(?:1[0-9]|2[01])(?:0[48]|[2468][048]|[13579][26])|(?:12|16|20)00)"
_DAY = (
    f"(?:{_YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    f"|02-(?:0[1-9]|1[0-9]|2[0-8]))|{_LEAP_YEAR}-02-29)"
)
"""The days of the calendar, from 1000 to 2199."""
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_FREE_TEXT = f"[^{CONTROLS}]*"
_MOST_DIGITS = 14
_MOST_LISTED = 1_000
_SPAN = ("minimum", "maximum")


@dataclass(frozen=True)
class Written:
    """The RE2 pattern of certain cells, and how many characters each of them has when all have as many."""

    pattern: str
    width: int | None


def written(field: Field, table: Table, reader: CellReader, plain: str | None, without: str) -> Written | None:
    """How the cells are written that hold none of the characters `without` and that `proofs.proof` would prove.

    None when the field has no such pattern. `reader` and `plain` are those of `proof`.
    """
    missing = missing_values(field, table)
    if is_finite(field):
        texts = [text for text in accepted_texts(field, reader) if not (field.required and text in missing)]
        present = "|".join(map(re.escape, texts)) if 0 < len(texts) <= _MOST_LISTED else None
    else:
        present = _present(field, plain) if plain is not None else None
    if present is None:
        return None
    if not field.required:
        present = "|".join([f"(?:{present})", *map(re.escape, missing)])
    elif not is_finite(field) and any(re.fullmatch(present, text) for text in missing):
        return None
    pattern = within_line(present, without)
    return None if pattern is None else Written(pattern, width_of(present))


def _present(field: Field, plain: str) -> str | None:
    """The pattern of the values of a field, as Python writes it."""
    constraints = {name: limit for name, limit in field.constraints.items() if name not in FREE}
    if field.type == "string" and set(constraints) == {"pattern"}:
        return _matching(str(constraints["pattern"]), plain)
    if field.type in ("integer", "year"):
        return _whole_number(field, plain, set(constraints))
    if field.type == "number" and constraints.keys() == {"minimum"} and field.bound("minimum") == 0:
        return plain.replace("-?", "")  # the sign is the only thing that a number may do without so
    if constraints:
        return None
    if field.type == "date":
        return _DAY
    return f"{_DAY}T{_CLOCK}Z?" if field.type == "datetime" else plain


def _matching(pattern: str, plain: str) -> str | None:
    """What is both plain and of a pattern, where that is one pattern."""
    if only_harmless(pattern):
        return None if re.fullmatch(pattern, "") else pattern
    forbidden = forbidden_first(pattern)
    if plain == _FREE_TEXT:
        if forbidden is not None:
            return f"[^{CONTROLS}{re.escape(''.join(forbidden))}]{plain}"
        return None
    return plain if forbidden is not None and not may_begin(plain, forbidden) else None


def _whole_number(field: Field, plain: str, constraints: set[str]) -> str | None:
    """Whole numbers between bounds, if they are not negative."""
    if plain not in (_WHOLE, _YEAR, "[12][0-9]{3}"):
        return None
    if not constraints:
        return _YEAR if field.type == "year" else f"0|-?[1-9][0-9]{{0,{_MOST_DIGITS - 1}}}"
    if not constraints <= set(_SPAN):
        return None
    bounds = [str(field.bound(name)) if name in constraints else None for name in _SPAN]
    if any(one is not None and not _is_natural(one) for one in bounds) or bounds[0] is None:
        return None
    least = max(int(bounds[0]), 1000 if field.type == "year" else 0)
    most = min(10**_MOST_DIGITS - 1 if bounds[1] is None else int(bounds[1]), 2199 if field.type == "year" else 10**15)
    if least == 0 and bounds[1] is None:
        return f"0|[1-9][0-9]{{0,{_MOST_DIGITS - 1}}}"
    return between(least, most) if least <= most < 10**_MOST_DIGITS else None


def _is_natural(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and (text == "0" or text[0] != "0")


def between(least: int, most: int) -> str:
    """The pattern of the whole numbers from `least` to `most`, none of them negative, without zeros in front."""
    parts: list[str] = []
    for length in range(len(str(least)), len(str(most)) + 1):
        first = max(least, 10 ** (length - 1) if length > 1 else 0)
        parts += _same_length(str(first), str(min(most, 10**length - 1)))
    return "|".join(parts)


def _same_length(least: str, most: str) -> Sequence[str]:
    """Patterns of the numbers between two that have as many digits."""
    if not least:
        return [""]
    rest = len(least) - 1
    if set(least[1:]) <= {"0"} and set(most[1:]) <= {"9"}:
        return [f"[{least[0]}-{most[0]}]" + (f"[0-9]{{{rest}}}" if rest else "")]
    if least[0] == most[0]:
        return [least[0] + part for part in _same_length(least[1:], most[1:])]
    parts = [least[0] + part for part in _same_length(least[1:], "9" * rest)]
    if int(least[0]) + 1 < int(most[0]):
        parts.append(f"[{int(least[0]) + 1}-{int(most[0]) - 1}][0-9]{{{rest}}}")
    return [*parts, *(most[0] + part for part in _same_length("0" * rest, most[1:]))]
