"""Column labels compared as a person would: without case, accents, spaces and punctuation."""

import re
import unicodedata
from functools import lru_cache

_REMEMBERED = 100
"""Letters of a label worth remembering: a hostile one may be a million long."""
_DAMAGED_MARK = "ï»¿"
"""The byte order mark of UTF-8 as a program without it reads and saves it: nobody sees it."""
_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")


def label_key(label: str) -> str:
    """The letters and digits of a label, lower case, accents removed, words joined by one underscore."""
    return _remembered_key(label) if len(label) <= _REMEMBERED else _key(label)


def bare_key(label: str) -> str:
    """The key of a label without what stands in brackets."""
    return label_key(_BRACKETS.sub(" ", label))


def _key(label: str) -> str:
    plain = unicodedata.normalize("NFKD", label.removeprefix(_DAMAGED_MARK)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


_remembered_key = lru_cache(maxsize=4096)(_key)
