"""What all tolerant readings share: the spelling they propose, and the characters that only dress a text."""

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from greencloud.checking.verdicts import Cell, Fault

SPACES = " \u00a0\u202f\u2009\u2007\u2008\u200a\u2002\u2003\u2004\u2005\u2006\u205f\u3000"
"""Spaces that part thousands or stand around a value, the no-break and thin ones included."""
APOSTROPHES = "'’ʼ‘´"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"
"""Characters without width: they come with a copy from a page or a document."""

_OUTER = SPACES + "\t\r\n" + INVISIBLE
_INNER = re.compile(f"[{INVISIBLE}]")
_DIGIT = re.compile("[0-9]")
_WRAPPED = re.compile(r'="([^"]*)"')
_FULL_WIDTH = {ord("０") + digit: str(digit) for digit in range(10)} | {
    ord("．"): ".",
    ord("，"): ",",
    ord("＋"): "+",
    ord("－"): "-",
    ord("／"): "/",
    ord("："): ":",
    ord("％"): "%",
    ord("　"): " ",
}
FULL_WIDTH = "".join(map(chr, _FULL_WIDTH))
"""What `narrow` brings to the characters of every keyboard."""


class Spelling(NamedTuple):
    """The canonical spelling of a text, and the code of what was tolerated to get there."""

    text: str
    tolerance: str | None = None


Outcome = Spelling | Fault | None
"""How a text reads: its spelling, or what is wrong with it, or None when it is nothing known."""


Family = Callable[[str, Spelling], Cell]
"""Reads the cells of some types: the text as received, and the same text cleaned."""


def clean(text: str) -> Spelling:
    """A text without outer spaces and without invisible characters, for the types whose spelling is free of them."""
    seen = trimmed(text)
    if not seen.isascii():
        seen = _INNER.sub("", seen)
    if seen == text:
        return Spelling(seen)
    return Spelling(seen, "caracteres_invisibles" if _INNER.search(text) else "espaces")


def trimmed(text: str) -> str:
    """A text without outer spaces, line ends and invisible characters."""
    return text.strip(_OUTER)


def unwrapped(text: str) -> Spelling:
    """A text without the marks by which a spreadsheet says « this is text »: a leading apostrophe, or `="…"`."""
    if text[:1] == "=" and (wrapped := _WRAPPED.fullmatch(text)):
        return Spelling(wrapped[1].strip(_OUTER), "apostrophe")
    if len(text) > 1 and text[0] in APOSTROPHES and text[1] not in APOSTROPHES:
        return Spelling(text[1:].strip(_OUTER), "apostrophe")
    return Spelling(text)


def narrow(text: str) -> Spelling:
    """A text whose full-width digits and marks are those of every keyboard."""
    if text.isascii():
        return Spelling(text)
    plain = text.translate(_FULL_WIDTH)
    return Spelling(plain, None if plain == text else "chiffres_pleine_chasse")


def folded(text: str) -> str:
    """A text without case, accents, outer spaces and repeated spaces, to look words up."""
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text).casefold()
        text = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(text.casefold().split())


def has_digit(text: str) -> bool:
    """Whether one of the digits 0 to 9 stands in a text."""
    return _DIGIT.search(text) is not None


def said(cell: Cell, tolerance: str | None) -> Cell:
    """A cell that is accepted in another spelling, with the code of what was tolerated."""
    return cell if tolerance is None or cell.faults else Cell(cell.text, cell.value, cell.tolerance or tolerance)
