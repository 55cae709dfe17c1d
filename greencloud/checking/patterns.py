"""A pattern of Python's regular expressions as one of RE2 that matches no more than it does, where there is one.

DuckDB runs RE2, whose classes, case and anchors differ from Python's. The translation is not a text-to-text one: Python
parses the pattern, and each part is written anew in what means the same for both, or less. Only letters and digits of
ASCII stand for `\\d`, `\\w` and `\\s`; a cell that needs more is read by Python.
"""

import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Mapping, Sequence
from string import ascii_letters, digits
from typing import Any

_MOST_REPEATS = 1000
_ASCII_END = 128
_HARMLESS = frozenset(ascii_letters + digits + "-_") - {"E"}
_LAST = 0x10FFFF
_LINE_FEED = 0xA
_NOTHING = r"[^\x{0}-\x{10FFFF}]"
Ranges = Sequence[tuple[int, int]]
"""Characters, from the first code point to the last one of each range."""
_ANY: Ranges = [(0, _LAST)]
_ASCII: Mapping[Any, Ranges] = {
    op.CATEGORY_DIGIT: ((0x30, 0x39),),
    op.CATEGORY_NOT_DIGIT: ((0, 0x2F), (0x3A, 0x7F)),
    op.CATEGORY_WORD: ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)),
    op.CATEGORY_NOT_WORD: ((0, 0x2F), (0x3A, 0x40), (0x5B, 0x5E), (0x60, 0x60), (0x7B, 0x7F)),
    op.CATEGORY_SPACE: ((9, 0xD), (0x1C, 0x20)),
    op.CATEGORY_NOT_SPACE: ((0, 8), (0xE, 0x1B), (0x21, 0x7F)),
}
_OPPOSITES = (
    (op.CATEGORY_DIGIT, op.CATEGORY_NOT_DIGIT),
    (op.CATEGORY_WORD, op.CATEGORY_NOT_WORD),
    (op.CATEGORY_SPACE, op.CATEGORY_NOT_SPACE),
)
_STARTS = (op.AT_BEGINNING, op.AT_BEGINNING_STRING)
_ENDS = (op.AT_END, op.AT_END_STRING)
_ANCHORS = {
    op.AT_BEGINNING: r"\A",
    op.AT_BEGINNING_STRING: r"\A",
    op.AT_END: r"\z",
    op.AT_END_STRING: r"\z",
}


class Untranslatable(Exception):
    """What RE2 has no word for: look-around, references, some flags."""


def for_re2(pattern: str) -> str | None:
    """The pattern for RE2, None when it cannot be translated."""
    return _translated(pattern, _Translation(), whole=True)


def within_line(pattern: str, without: str) -> str | None:
    """The pattern for RE2 of a part of a text: it matches no text that holds one of these characters.

    None when it cannot be translated, or when it asks something of what stands around.
    """
    return _translated(pattern, _Translation(frozenset(map(ord, without))), whole=False)


def _translated(pattern: str, translation: "_Translation", whole: bool) -> str | None:
    try:
        parsed = parser.parse(pattern)
        if parsed.state.flags & ~re_unicode:
            raise Untranslatable
        items = list(parsed)
        if not whole:
            items = _unanchored(items)
        return translation.sequence(items)
    except (Untranslatable, RecursionError, OverflowError):
        return None


def _unanchored(items: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """The items between the anchors. Raises Untranslatable when there are others."""
    while items and items[0][0] is op.AT and items[0][1] in _STARTS:
        items = items[1:]
    while items and items[-1][0] is op.AT and items[-1][1] in _ENDS:
        items = items[:-1]
    if _holds_anchor(items):
        raise Untranslatable
    return items


def _holds_anchor(parsed: Any) -> bool:
    """Whether an anchor is anywhere in what the parser gave."""
    if isinstance(parsed, list | tuple | parser.SubPattern):
        return any(part is op.AT or _holds_anchor(part) for part in parsed)
    return False


re_unicode = parser.SRE_FLAG_UNICODE


def forbidden_first(pattern: str) -> list[str] | None:
    """The characters that may not come first, when that is all that the pattern asks; None when it asks for more."""
    try:
        items = [item for item in _flat(parser.parse(pattern)) if item[0] is not op.AT or item[1] not in _ANCHORS]
    except (Untranslatable, RecursionError, OverflowError):
        return None
    if len(items) != 2 or items[0][0] is not op.IN or items[1][0] is not op.MAX_REPEAT:
        return None
    first, (least, most, rest) = items[0][1], items[1][1]
    anything = len(rest) == 1 and rest[0][0] is op.IN and _ranges(rest[0][1]) == _ANY
    if first[0][0] is not op.NEGATE or (least, most) != (0, op.MAXREPEAT) or not anything:
        return None
    literals = [chr(argument) for code, argument in first[1:] if code is op.LITERAL]
    return literals if len(literals) == len(first) - 1 else None


def may_begin(pattern: str, characters: Sequence[str]) -> bool:
    """Whether a text that matches may begin with one of these characters, as far as the pattern tells; or be empty."""
    try:
        ranges = _beginnings(parser.parse(pattern))
    except (Untranslatable, RecursionError, OverflowError):
        return True
    return any(first <= ord(one) <= last for first, last in ranges for one in characters)


def _beginnings(items: Any) -> Ranges:
    """The first characters of the texts that match. Raises Untranslatable when there may be none."""
    for code, argument in _flat(items):
        if code is op.LITERAL:
            return [(argument, argument)]
        if code is op.IN and all(member is not op.CATEGORY for member, _ in argument):
            return _ranges(argument)
        if code is op.BRANCH:
            return [span for branch in argument[1] for span in _beginnings(branch)]
        break
    raise Untranslatable


def width_of(pattern: str) -> int | None:
    """How many characters every text that matches has, None when that differs."""
    least, most = parser.parse(pattern).getwidth()
    return int(least) if least == most else None


def only_harmless(pattern: str) -> bool:
    """Whether a text that matches is made of letters, digits, dashes and underscores of ASCII, without an `E`.

    `E` may begin an error of a spreadsheet: `Err:502`.
    """
    try:
        return _alphabet(parser.parse(pattern)) <= _HARMLESS
    except (Untranslatable, RecursionError, OverflowError):
        return False


def _flat(items: Any) -> Any:
    """The items of a pattern, those of its plain groups among them."""
    for code, argument in items:
        if code is op.SUBPATTERN and not argument[1] and not argument[2]:
            yield from _flat(argument[3])
        else:
            yield code, argument


def _alphabet(items: Any) -> set[str]:
    """The characters of which matching texts are made. Raises Untranslatable when they are many."""
    letters: set[str] = set()
    for code, argument in _flat(items):
        if code is op.LITERAL:
            letters.add(chr(argument))
        elif code is op.IN:
            letters |= _members(argument)
        elif code is op.BRANCH:
            letters = letters.union(*(_alphabet(branch) for branch in argument[1]))
        elif code in (op.MAX_REPEAT, op.MIN_REPEAT):
            letters |= _alphabet(argument[2])
        elif code is not op.AT or argument not in _ANCHORS:
            raise Untranslatable
    return letters


def _members(items: Sequence[tuple[Any, Any]]) -> set[str]:
    letters: set[str] = set()
    for code, argument in items:
        if code is op.LITERAL:
            letters.add(chr(argument))
        elif code is op.RANGE and argument[1] < _ASCII_END:
            letters |= {chr(letter) for letter in range(argument[0], argument[1] + 1)}
        else:
            raise Untranslatable
    return letters


class _Translation:
    """Writes the parts of a pattern for RE2; none of the characters `without` is in a text that matches."""

    def __init__(self, without: frozenset[int] = frozenset()) -> None:
        self._without = sorted(without)

    def sequence(self, items: Any) -> str:
        return "".join(self._item(code, argument) for code, argument in items)

    def _item(self, code: Any, argument: Any) -> str:
        if code is op.LITERAL:
            return _char(argument) if argument not in self._without else _NOTHING
        if code is op.NOT_LITERAL:
            return self._members(_all_but([(argument, argument)]))
        if code is op.ANY:
            return self._members(_all_but([(_LINE_FEED, _LINE_FEED)]))
        if code is op.IN:
            return self._members(_ranges(argument))
        if code is op.BRANCH:
            return "(?:" + "|".join(self.sequence(branch) for branch in argument[1]) + ")"
        if code is op.SUBPATTERN:
            return self._group(*argument)
        if code in (op.MAX_REPEAT, op.MIN_REPEAT):
            return self._repeat(*argument)
        if code is op.AT and argument in _ANCHORS:
            return _ANCHORS[argument]
        raise Untranslatable

    def _group(self, _number: Any, added: int, removed: int, items: Any) -> str:
        if added or removed:
            raise Untranslatable
        return f"(?:{self.sequence(items)})"

    def _repeat(self, least: int, most: Any, items: Any) -> str:
        endless = most is op.MAXREPEAT
        if least > _MOST_REPEATS or (not endless and most > _MOST_REPEATS):
            raise Untranslatable
        return f"(?:{self.sequence(items)}){{{least},{'' if endless else most}}}"

    def _members(self, ranges: Ranges) -> str:
        kept = _without(ranges, self._without)
        return "[" + "".join(f"{_char(first)}-{_char(last)}" for first, last in kept) + "]" if kept else _NOTHING


def _ranges(items: Sequence[tuple[Any, Any]]) -> Ranges:
    """The characters of a class, or fewer."""
    negated = items[0][0] is op.NEGATE
    members = items[1:] if negated else items
    categories = {argument for code, argument in members if code is op.CATEGORY}
    if any(set(pair) <= categories for pair in _OPPOSITES) and not negated:
        return _ANY
    inside = [span for code, argument in members for span in _span(code, argument)]
    if not negated:
        return inside
    # What a category leaves out beyond ASCII is not the same for both: nothing beyond ASCII, then.
    return _all_but([*inside, (_ASCII_END, _LAST)] if categories else inside)


def _span(code: Any, argument: Any) -> Ranges:
    if code is op.LITERAL:
        return [(argument, argument)]
    if code is op.RANGE:
        return [argument]
    if code is op.CATEGORY and argument in _ASCII:
        return _ASCII[argument]
    raise Untranslatable


def _all_but(ranges: Ranges) -> Ranges:
    """The characters of none of the ranges."""
    left, start = [], 0
    for first, last in sorted(ranges):
        if start < first:
            left.append((start, first - 1))
        start = max(start, last + 1)
    return [*left, (start, _LAST)] if start <= _LAST else left


def _without(ranges: Ranges, characters: Sequence[int]) -> Ranges:
    """The ranges less some characters."""
    return _all_but([*_all_but(ranges), *((one, one) for one in characters)]) if characters else ranges


def _char(code: int) -> str:
    return rf"\x{{{code:X}}}"
