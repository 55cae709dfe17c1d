"""Names that the platform keeps as they are, since it makes its own of any other."""

import re
import unicodedata

_TEXTS = frozenset({"", "md", "sql", "txt"})  # what may go as .txt where its own extension is not accepted


def file_name(path: str, extensions: frozenset[str]) -> str | None:
    """The name of a file on the platform, `[a-z0-9-]+.ext`; a text goes as .txt, None if nothing else is accepted."""
    path = re.sub(r"^schemas/([^/]+)/schema\.json$", r"schema-\1.json", path)
    stem, dot, extension = path.rpartition(".")
    stem, extension = (stem, extension.lower()) if dot else (path, "")
    if extension not in extensions:
        if extension not in _TEXTS:
            return None
        extension = "txt"
    return f"{slug(stem)}.{extension}"


def slug(text: str) -> str:
    """Lower case, without accents, words joined by hyphens: what the platform would make of it, so that it stays."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
