"""Numbers as they are typed: decimal comma or point, grouped thousands, scientific notation.

A text with two readings is an error that shows both. Only spelling changes: what would need a conversion is left to
`oddities`, which names it.
"""

import math
import re
from collections.abc import Iterable
from decimal import Decimal

from greencloud.checking.tolerances import units
from greencloud.checking.tolerances.spelling import (
    APOSTROPHES,
    FULL_WIDTH,
    INVISIBLE,
    SPACES,
    Outcome,
    Spelling,
    narrow,
    trimmed,
    unwrapped,
)
from greencloud.checking.verdicts import Fault
from greencloud.reading.native import TypedText
from greencloud.tables import Field

_LONGEST = 60
"""Digits and marks beyond which a text is no quantity anybody measured."""
_EXACT_DIGITS = 15
"""Digits that a double keeps whatever they are."""
_KEPT_DIGITS = 17
"""Digits that tell two doubles apart: whatever is written behind them is lost."""
_TOO_LONG = Fault("nombre_trop_long")
_LARGEST_INTEGER = 2**63 - 1

_S, _A = f"[{SPACES}]", f"[{APOSTROPHES}]"
_DECIMALS = r"(?P<decimals>[.,]\d*)?"
_EXPONENT = r"(?P<exponent>[eE][+-]?\d{1,6})?"
_PLAIN = re.compile(rf"(?P<whole>\d*){_DECIMALS}{_EXPONENT}", re.ASCII)
_GROUPED = tuple(
    (code, re.compile(f"{shape}(?P<exponent>)", re.ASCII))
    for code, shape in (
        ("milliers", rf"(?P<whole>[1-9]\d{{0,2}}(?:{_S}\d{{3}})+){_DECIMALS}"),
        ("milliers", rf"(?P<whole>[1-9]\d{{0,2}}(?:{_A}\d{{3}})+){_DECIMALS}"),
        ("milliers", r"(?P<whole>[1-9]\d{0,2}(?:\.\d{3})+)(?P<decimals>,\d+)"),
        ("milliers", r"(?P<whole>[1-9]\d{0,2}(?:,\d{3})+)(?P<decimals>\.\d+)"),
        ("milliers", r"(?P<whole>[1-9]\d{0,2}(?:\.\d{3}){2,})(?P<decimals>)"),
        ("milliers", r"(?P<whole>[1-9]\d{0,2}(?:,\d{3}){2,})(?P<decimals>)"),
        ("groupes_irreguliers", rf"(?P<whole>[1-9]\d?(?:{_S}\d{{2}})+{_S}\d{{3}}){_DECIMALS}"),
    )
)
_TWO_READINGS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_OTHER_MARK = {".": ",", ",": "."}
_GROUPING = {
    mark: re.compile(rf"[1-9]\d{{0,2}}(?:(?:[{mark}]\d{{3}}){{2,}}|(?:[{mark}]\d{{3}})+[{other}]\d+)", re.ASCII)
    for mark, other in _OTHER_MARK.items()
}
"""By mark, the numbers whose thousands it parts."""
_PARTING = {
    mark: re.compile(
        rf"(?![1-9]\d{{0,2}}[{mark}]\d{{3}}\Z)"
        rf"(?:(?:\d+|[1-9]\d{{0,2}}(?:[{SPACES}{APOSTROPHES}]\d{{3}})+)[{mark}]\d*|[{mark}]\d+)",
        re.ASCII,
    )
    for mark in _OTHER_MARK
}
"""By mark, the numbers whose decimals can only be behind it."""
_NUMERIC = re.compile(rf"[-+−]?[\d.,{SPACES}{APOSTROPHES}]*\d[\d.,{SPACES}{APOSTROPHES}]*(?:[eE][-+]?\d+)?", re.ASCII)
# What stands in no number, however it is dressed: most wrong texts are told by it, at little cost.
_STRANGER = re.compile(rf"[^0-9.,+\-−eE=\"\t\r\n{SPACES}{APOSTROPHES}{INVISIBLE}{FULL_WIDTH}]")
_SPACED = re.compile(rf"\d+(?:{_S}+\d+)+(?:[.,]\d+)?", re.ASCII)
_NO_DIGITS = re.compile(r"\D+")
_GROUPS = re.compile(r"\d+")
_THREE_DECIMALS = len(",234")


def doubtful_mark(field: Field, texts: Iterable[str]) -> bool:
    """Whether the distinct texts of a column belie the decimal mark of its schema: one groups its thousands by it, or
    has its decimals behind the other one. `2.345` then has two readings."""
    mark = field.decimal_char
    other = _OTHER_MARK.get(mark)
    if other is None:
        return False
    for text in texts:
        if len(text) > _LONGEST or isinstance(text, TypedText):
            continue
        if not text.isascii() or other in text or text.count(mark) > 1:
            seen = narrow(unwrapped(trimmed(text)).text).text.lstrip("+-−")
            if _GROUPING[mark].fullmatch(seen) or (other != field.group_char and _PARTING[other].fullmatch(seen)):
                return True
    return False


def read(text: str, field: Field, doubtful: bool = False) -> Outcome:
    """A trimmed text as a number: `-?digits[.digits][e±digits]`, or its fault, None when it is no number at all.

    `doubtful`: the column belies the decimal mark of the schema.
    """
    if _STRANGER.search(text):
        return None
    dressed = unwrapped(text)
    digits = narrow(dressed.text)
    outcome = _signed(digits.text, field, doubtful)
    if isinstance(outcome, Spelling):
        return Spelling(outcome.text, dressed.tolerance or digits.tolerance or outcome.tolerance)
    return outcome


def read_whole(text: str, field: Field) -> Outcome:
    """A trimmed text as a whole number, which may be written with null decimals or an exponent."""
    outcome = read(text, field)
    if not isinstance(outcome, Spelling) or outcome.text.lstrip("-").isdigit():
        return outcome
    return whole(outcome)


def whole(number: Spelling) -> Spelling | Fault:
    """The spelling of a number without its null decimals, or the fault of one that is not whole."""
    value = Decimal(number.text)
    if abs(value) > _LARGEST_INTEGER:
        return _TOO_LONG
    if value != value.to_integral_value():
        return Fault("type-error", detail="decimales")
    return Spelling(str(int(value)), number.tolerance or "decimales_nulles")


def _signed(text: str, field: Field, doubtful: bool) -> Outcome:
    sign, tolerance = "", None
    if text[:1] in ("-", "−") and text:
        sign, tolerance = "-", "signe_moins" if text[0] == "−" else None
    elif text[:1] == "+":
        tolerance = "signe_plus"
    body = text[1:] if sign or tolerance else text
    if len(text) > _LONGEST:
        return _TOO_LONG if _NUMERIC.fullmatch(text) else None
    outcome = _unsigned(body, field, sign, doubtful)
    if isinstance(outcome, Spelling):
        return _exact(Spelling(sign + outcome.text, tolerance or outcome.tolerance), field)
    return outcome


def _unsigned(body: str, field: Field, sign: str, doubtful: bool) -> Outcome:
    plain = _PLAIN.fullmatch(body)
    if plain and _has_digit(plain):
        if _ambiguous(plain, field, doubtful):
            return ambiguity(body, sign)
        return _spelling(plain, None, field)
    if not _NUMERIC.fullmatch(body):
        return None
    for tolerance, shape in _GROUPED:
        if grouped := shape.fullmatch(body):
            return _spelling(grouped, tolerance, field)
    return Fault("type-error", detail="groupes_irreguliers" if _SPACED.fullmatch(body) else "separateurs_meles")


def ambiguity(body: str, sign: str = "") -> Fault:
    """The fault of a mark that parts thousands as well as decimals, with both readings."""
    whole, point = re.sub(r"[.,]", "", body), body.replace(",", ".")
    return Fault("separateur_ambigu", readings=(sign + whole, sign + point))


def _has_digit(match: re.Match[str]) -> bool:
    return bool(match["whole"] or (match["decimals"] or "").strip(".,"))


def _ambiguous(plain: re.Match[str], field: Field, doubtful: bool) -> bool:
    """Whether `1,234` may be a thousand.

    Not when the schema itself writes its decimals so, unless the column belies it, or holds whole numbers or quantities
    that go by thousands; always when the schema groups by that mark and the digits are not grouped by three.
    """
    decimals = plain["decimals"]
    if not decimals:
        return False
    mark, mantissa = decimals[0], plain["whole"] + decimals
    if mark == field.group_char:
        return True
    if (
        len(decimals) != _THREE_DECIMALS
        or not _TWO_READINGS.fullmatch(mantissa)
        or (plain["exponent"] and len(plain["whole"]) == 1)
    ):
        return False
    return mark != field.decimal_char or field.type != "number" or doubtful or units.is_large(field)


def _spelling(match: re.Match[str], tolerance: str | None, field: Field) -> Spelling:
    marked, exponent = match["decimals"] or "", match["exponent"] or ""
    whole = match["whole"] if tolerance is None else _NO_DIGITS.sub("", match["whole"])
    decimals, mark = marked.strip(".,"), marked[:1]
    if tolerance == "milliers" and set(_GROUPS.sub("", match["whole"])) == {field.group_char}:
        tolerance = None
    if tolerance is None and exponent:
        tolerance = "notation_scientifique"
    if tolerance is None and mark and mark != field.decimal_char:
        tolerance = "virgule_decimale" if mark == "," else "point_decimal"
    return Spelling((whole or "0") + (f".{decimals}" if decimals else "") + exponent, tolerance)


def _exact(spelling: Spelling, field: Field) -> Spelling | Fault:
    """The spelling when a typed column keeps its value, a fault when it would be rounded or infinite."""
    text = spelling.text
    if len(text) <= _EXACT_DIGITS and "e" not in text and "E" not in text:
        return spelling
    value, mantissa = float(text), text.lower().split("e")[0].lstrip("-")
    digits = mantissa.replace(".", "").strip("0")
    if not math.isfinite(value) or (value == 0 and digits):
        return _TOO_LONG
    if len(mantissa.split(".")[0].lstrip("0")) > _EXACT_DIGITS:
        whole = field.type != "number"
        exact = abs(int(Decimal(text))) <= _LARGEST_INTEGER if whole else Decimal(value) == Decimal(text)
        return spelling if exact else _TOO_LONG
    if field.type == "number" and len(digits) > _KEPT_DIGITS and Decimal(repr(value)) != Decimal(text):
        return Fault("nombre_trop_long", detail="decimales", proposal=repr(value))
    return spelling
