"""Received texts made safe to look at: what cannot be seen is shown by a mark, what is too long is cut."""

from functools import cache

_SHOWN = {"\n": "↵", "\u00a0": "\u00a0", "\u202f": "\u202f"}


def visible(text: str, limit: int | None = None) -> str:
    """A text without control, invisible or direction-changing characters, cut to `limit` characters.

    A hostile cell could otherwise move the cursor of a terminal, or turn the words that follow it round.
    """
    cut = text if limit is None or len(text) <= limit else text[: limit - 1] + "…"
    return cut if cut.isprintable() else "".join(map(_shown, cut))


@cache
def _shown(char: str) -> str:
    return char if char.isprintable() else _SHOWN.get(char, f"[U+{ord(char):04X}]")
