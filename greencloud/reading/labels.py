"""Column labels compared as a person would: without case, accents, spaces and punctuation."""

import re
import unicodedata


def label_key(label: str) -> str:
    """The letters and digits of a label, lower case, accents removed, words joined by one underscore."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
