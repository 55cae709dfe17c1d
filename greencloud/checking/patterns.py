"""A pattern of Python's regular expressions as one of RE2 that matches no more than it does, where there is one.

DuckDB runs RE2, whose classes, case and anchors differ from Python's. The translation is not a text-to-text one: Python
parses the pattern, and each part is written anew in what means the same for both, or less. Only letters and digits of
ASCII stand for `\\d`, `\\w` and `\\s`; a cell that needs more is read by Python.
"""

import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Sequence
from string import ascii_letters, digits
from typing import Any

_MOST_REPEATS = 1000
_ASCII_END = 128
_HARMLESS = frozenset(ascii_letters + digits + "-_") - {"E"}
_ANY = r"[\x{0}-\x{10FFFF}]"
_ASCII = {
    op.CATEGORY_DIGIT: "0-9",
    op.CATEGORY_NOT_DIGIT: r"\x{0}-\x{2F}\x{3A}-\x{7F}",
    op.CATEGORY_WORD: "0-9A-Z_a-z",
    op.CATEGORY_NOT_WORD: r"\x{0}-\x{2F}\x{3A}-\x{40}\x{5B}-\x{5E}\x{60}\x{7B}-\x{7F}",
    op.CATEGORY_SPACE: r"\x{9}-\x{D}\x{1C}-\x{20}",
    op.CATEGORY_NOT_SPACE: r"\x{0}-\x{8}\x{E}-\x{1B}\x{21}-\x{7F}",
}
_OPPOSITES = (
    (op.CATEGORY_DIGIT, op.CATEGORY_NOT_DIGIT),
    (op.CATEGORY_WORD, op.CATEGORY_NOT_WORD),
    (op.CATEGORY_SPACE, op.CATEGORY_NOT_SPACE),
)
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
    try:
        parsed = parser.parse(pattern)
        if parsed.state.flags & ~re_unicode:
            raise Untranslatable
        return _sequence(parsed)
    except (Untranslatable, RecursionError, OverflowError):
        return None


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
    anything = len(rest) == 1 and rest[0][0] is op.IN and _class(rest[0][1]) == _ANY
    if first[0][0] is not op.NEGATE or (least, most) != (0, op.MAXREPEAT) or not anything:
        return None
    literals = [chr(argument) for code, argument in first[1:] if code is op.LITERAL]
    return literals if len(literals) == len(first) - 1 else None


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


def _sequence(items: Any) -> str:
    return "".join(_item(code, argument) for code, argument in items)


def _item(code: Any, argument: Any) -> str:
    if code is op.LITERAL:
        return _char(argument)
    if code is op.NOT_LITERAL:
        return f"[^{_char(argument)}]"
    if code is op.ANY:
        return r"[^\x{A}]"
    if code is op.IN:
        return _class(argument)
    if code is op.BRANCH:
        return "(?:" + "|".join(_sequence(branch) for branch in argument[1]) + ")"
    if code is op.SUBPATTERN:
        return _group(*argument)
    if code in (op.MAX_REPEAT, op.MIN_REPEAT):
        return _repeat(*argument)
    if code is op.AT and argument in _ANCHORS:
        return _ANCHORS[argument]
    raise Untranslatable


def _group(_number: Any, added: int, removed: int, items: Any) -> str:
    if added or removed:
        raise Untranslatable
    return f"(?:{_sequence(items)})"


def _repeat(least: int, most: Any, items: Any) -> str:
    endless = most is op.MAXREPEAT
    if least > _MOST_REPEATS or (not endless and most > _MOST_REPEATS):
        raise Untranslatable
    return f"(?:{_sequence(items)}){{{least},{'' if endless else most}}}"


def _class(items: Sequence[tuple[Any, Any]]) -> str:
    negated = items[0][0] is op.NEGATE
    members = items[1:] if negated else items
    categories = {argument for code, argument in members if code is op.CATEGORY}
    if any(set(pair) <= categories for pair in _OPPOSITES) and not negated:
        return _ANY
    inside = "".join(_member(code, argument) for code, argument in members)
    if not negated:
        return f"[{inside}]"
    # What a category leaves out beyond ASCII is not the same for both: nothing beyond ASCII, then.
    return f"[^{inside}" + (r"\x{80}-\x{10FFFF}]" if categories else "]")


def _member(code: Any, argument: Any) -> str:
    if code is op.LITERAL:
        return _char(argument)
    if code is op.RANGE:
        return f"{_char(argument[0])}-{_char(argument[1])}"
    if code is op.CATEGORY and argument in _ASCII:
        return _ASCII[argument]
    raise Untranslatable


def _char(code: int) -> str:
    return rf"\x{{{code:X}}}"
