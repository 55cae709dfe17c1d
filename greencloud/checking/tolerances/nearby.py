"""The values of a long list that resemble a text, looked for at little cost."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from heapq import nsmallest

_COMPARED = 25
"""Values that are compared letter by letter: those that lack the fewest letters of the text."""
_BITS = 64
_ROUNDING = 1e-6


class Nearby:
    """Some texts, each with its length and with its letters as a set of bits."""

    def __init__(self, values: Iterable[str]) -> None:
        self._values = [(len(value), _letters(value), value) for value in values]

    def of(self, text: str, count: int, cutoff: float) -> list[str]:
        """The texts that `difflib` finds close, without comparing those that share too few letters to be."""
        size, letters = len(text), _letters(text)
        possible = []
        for length, others, value in self._values:
            lacking = (letters & ~others).bit_count()
            if min(size - lacking, length) + _ROUNDING >= cutoff * (size + length) / 2:
                possible.append((lacking, abs(size - length), value))
        fewest = nsmallest(_COMPARED, possible) if len(possible) > _COMPARED else possible
        return get_close_matches(text, [value for *_, value in fewest], n=count, cutoff=cutoff)


def _letters(text: str) -> int:
    """Letters as bits; two letters may share one, so that a text lacks no fewer letters than it seems to."""
    bits = 0
    for letter in text:
        bits |= 1 << (ord(letter) % _BITS)
    return bits


@lru_cache(maxsize=16)
def among(values: tuple[str, ...]) -> Nearby:
    """The search among values that are asked for again and again."""
    return Nearby(values)
