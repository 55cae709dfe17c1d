"""What a cell looks like, without knowing what it means: a number, a date, a code, words."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

_LONGEST = 120
_SHAPES = 3
_SHAPED = 20
_ENOUGH = 8
_LONG = 20
_SHAPELESS = frozenset({"text", "integer", "number", "amount", "percent", "url", "email"})
_EXPONENT = r"(?:[eE][+-]?\d+)?"
_GROUPS = r"(?:\d{1,3}(?:[ .,'’\u00a0\u202f]\d{3})+|\d+)"
_NUMBER = rf"[+\-−]?{_GROUPS}(?:[.,]\d+)?{_EXPONENT}|[+-]?[.,]\d+{_EXPONENT}"
_NAMED_DAY = r"\d{1,2}[- ][A-Za-zéû]{3,9}\.?[- ]\d{2,4}"
_DAY = rf"\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/. ]\d{{1,2}}[-/. ](?:\d{{4}}|\d{{2}})|{_NAMED_DAY}"
_HOUR = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?"
_PATTERNS = (
    ("integer", re.compile(r"[+-]?\d+")),
    ("number", re.compile(_NUMBER)),
    ("amount", re.compile(rf"[-(]?[$€£¥] ?[-(]?(?:{_NUMBER})\)?|(?:{_NUMBER})[ \u00a0\u202f]?(?:[$€£¥]|EUR|USD|GBP)")),
    ("percent", re.compile(rf"(?:{_NUMBER})[ \u00a0\u202f]?%")),
    ("date", re.compile(_DAY)),
    ("time", re.compile(_HOUR)),
    ("datetime", re.compile(rf"(?:{_DAY})[T ](?:{_HOUR})(?:Z|[+-]\d{{2}}:?\d{{2}})?")),
    ("url", re.compile(r"(?:https?|ftp)://\S+|www\.\S+")),
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("code", re.compile(r"(?=[^\s]*\d)(?=[^\s]*[A-Za-z])[\w./+-]+")),
)
NUMERIC = frozenset({"integer", "number", "amount", "percent"})
PLAIN = frozenset({"text", "code"})
_LETTERS = re.compile(r"[^\W\d_]")


@lru_cache(maxsize=1 << 16)
def kind(text: str) -> str:
    """The kind of a cell: `empty`, one of the patterns above, or `text`."""
    stripped = text.strip()
    if not stripped:
        return "empty"
    if len(stripped) <= _LONGEST:
        for name, pattern in _PATTERNS:
            if pattern.fullmatch(stripped):
                return name
    return "text"


def shape(text: str) -> str:
    """The text with every digit as 9 and every letter as A: `MG-8769` is `AA-9999`."""
    return _LETTERS.sub("A", re.sub(r"\d", "9", text))


def start(text: str) -> str:
    """The class of the first character of a text: a letter, a digit or that very character (a space for any blank)."""
    first = text[:1]
    if first.isspace():
        return " "
    return "A" if first.isalpha() else "9" if first.isdigit() else first


@dataclass(frozen=True)
class Profile:
    """What the cells of one column look like in the rows that are surely well cut."""

    kinds: frozenset[str]
    shapes: frozenset[str]
    starts: frozenset[str]
    empties: bool

    @property
    def specific(self) -> bool:
        """Whether a cell of another column would seldom pass for one of this."""
        return bool(self.shapes) or (bool(self.kinds) and "text" not in self.kinds)

    def fits(self, text: str) -> bool:
        """Whether the text could be a cell of this column."""
        found = kind(text)
        if found == "empty":
            return self.empties
        if self.shapes:
            return shape(text.strip()) in self.shapes
        if found == "integer" and "number" in self.kinds:
            return True
        return found in self.kinds and (found != "text" or start(text) in self.starts)


def profile(cells: Sequence[str]) -> Profile:
    """The profile of the cells of one column; in a long one, what is met only once does not count."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    least = 1 if len(filled) < _LONG else 2
    kinds = _frequent((kind(cell) for cell in filled), least)
    shapes = _frequent((shape(cell[:_SHAPED]) for cell in filled), least) if not kinds & _SHAPELESS else frozenset()
    fixed = len(filled) >= _ENOUGH and len(shapes) <= _SHAPES and all(len(text) < _SHAPED for text in shapes)
    starts = _frequent((start(cell) for cell in cells if cell.strip()), least)
    return Profile(kinds, shapes if fixed else frozenset(), starts, len(cells) - len(filled) >= least)


def _frequent(features: Iterable[str], least: int) -> frozenset[str]:
    return frozenset(feature for feature, count in Counter(features).items() if count >= least)


def profiles(rows: Iterable[Sequence[str]], width: int) -> list[Profile]:
    """The profiles of the columns of rows that all have `width` cells."""
    columns: list[list[str]] = [[] for _ in range(width)]
    for row in rows:
        for place, cell in enumerate(row):
            columns[place].append(cell)
    return [profile(column) for column in columns]


def main_kind(cells: Iterable[str]) -> str | None:
    """The kind that four filled cells out of five share (all numbers are one kind), None when there is none."""
    counts = Counter("numeric" if kind(cell) in NUMERIC else kind(cell) for cell in cells if cell.strip())
    if not counts:
        return None
    best, count = counts.most_common(1)[0]
    return best if count >= 0.8 * counts.total() else None
