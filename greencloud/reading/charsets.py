"""Which 8-bit encoding makes sense of a text: each reading of its high bytes is judged by the letters around them."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache

CANDIDATES = ("cp1252", "iso-8859-15", "mac-roman", "cp850")
NAMES = {
    "cp1252": "Windows-1252",
    "iso-8859-15": "ISO-8859-15",
    "mac-roman": "Mac Roman",
    "cp850": "DOS 850",
}

_JUDGED_BYTES = 100_000
_CHUNK = 1 << 16
_HIGH_BYTE = re.compile(rb"(?s)(?<=(.))([\x80-\xff])(?=(.))")
_FRENCH = frozenset("àâæçéèêëîïôœùûüÀÂÆÇÉÈÊËÎÏÔŒÙÛÜ")
_NEIGHBOURS = frozenset(
    "áãäåíìñóòõöøúßýÁÃÄÅÍÌÑÓÒÕÖØÚŠšŽžÿŸ"
)  # letters of the neighbouring languages, and of a few names
_WORDS = frozenset("àÀ")
_SIGNS = frozenset("’‘“”«»…–—•°²³¹€£§½¼¾™®©·±×µªº\u00a0")
_SIGNS_INSIDE_WORDS = frozenset("’–—·\u00a0")
_ABSURD = -3


@dataclass(frozen=True, slots=True)
class Sense:
    """How much sense one reading makes: the sum over its high bytes, and whether one of them is absurd."""

    total: int
    doubtful: bool
    absurd: bool

    @property
    def likely(self) -> bool:
        return self.total > 0 and not self.absurd


def guess(content: bytes) -> str | None:
    """The encoding in which the high bytes make most sense, cp1252 unless it makes little; None if none does."""
    contexts = _contexts(content)
    usual = _sense(contexts, "cp1252")
    if usual.total > 0 and not usual.doubtful:
        return "cp1252"
    senses = {charset: _sense(contexts, charset) for charset in CANDIDATES[1:]}
    best = max(senses, key=lambda charset: senses[charset].total)
    if senses[best].total > usual.total:
        return best if senses[best].total > 0 else None
    return "cp1252" if usual.total > 0 else None


def sense(content: bytes, charset: str) -> Sense:
    """Judge the reading of `content` in `charset`."""
    return _sense(_contexts(content), charset)


def _contexts(content: bytes) -> Counter[bytes]:
    """Each high byte between its two neighbours, and how often it stands so; a hundred thousand are evidence enough."""
    contexts: Counter[bytes] = Counter()
    for start in range(0, len(content), _CHUNK):
        piece = b" " + content[start : start + _CHUNK] + b" "
        contexts.update(map(b"".join, _HIGH_BYTE.findall(piece)))
        if contexts.total() > _JUDGED_BYTES:
            break
    return contexts


def _sense(contexts: Counter[bytes], charset: str) -> Sense:
    scores = {context: _score(*context.decode(charset, "replace")) for context in contexts}
    worst = min(scores.values(), default=0)
    total = sum(score * contexts[context] for context, score in scores.items())
    return Sense(total, worst < 0, worst <= _ABSURD)


@cache
def _score(before: str, char: str, after: str) -> int:
    if char == "\ufffd" or unicodedata.category(char) == "Cc":
        return -5
    if char in _SIGNS:
        return _score_of_sign(before, char, after)
    if unicodedata.category(char) in ("Ll", "Lu"):
        return _score_of_letter(before, char, after)
    return _ABSURD if before.isalpha() and after.isalpha() else -1


def _score_of_sign(before: str, char: str, after: str) -> int:
    if not (before.isalpha() and after.isalpha()):
        return 1
    return 0 if char in _SIGNS_INSIDE_WORDS else -2


def _score_of_letter(before: str, char: str, after: str) -> int:
    if char.isupper() and before.islower():
        return _ABSURD
    if not (before.isalpha() or after.isalpha()):
        return 2 if char in _WORDS else int(char in _FRENCH)
    if not any(letter.isascii() and letter.isalpha() for letter in (before, after)):
        return -1  # words of such letters alone are those of another alphabet
    if char in _FRENCH:
        return 2
    if char.islower() and before.isupper() and after.isupper():
        return _ABSURD
    return 1 if char in _NEIGHBOURS else -1
