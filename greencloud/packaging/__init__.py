"""The papers of an edition, all derived from the schemas and from the files beside them.

``datapackage.json`` (Data Package v2), ``dictionnaire.md`` (the data dictionary), ``regles.md`` (the rules and what
each code means) and ``LISEZMOI.md``.
"""

import json
from pathlib import Path

from greencloud.packaging.contents import Contents, Coverage, Resource, Synthetic, file_sha256, read
from greencloud.packaging.datapackage import LICENCE_URL, PUBLISHER, TITLE, describe
from greencloud.packaging.documents import dictionary, readme, rule_list

__all__ = [
    "LICENCE_URL",
    "PUBLISHER",
    "TITLE",
    "Contents",
    "Coverage",
    "Resource",
    "Synthetic",
    "describe",
    "dictionary",
    "file_sha256",
    "json_text",
    "read",
    "readme",
    "rule_list",
    "write_descriptions",
    "write_readme",
]


def write_descriptions(folder: Path, contents: Contents) -> None:
    """Write `datapackage.json`, `dictionnaire.md` and `regles.md` into the folder the contents were read from."""
    _write(folder / "datapackage.json", json_text(describe(contents)))
    _write(folder / "dictionnaire.md", dictionary(contents))
    _write(folder / "regles.md", rule_list(contents))


def write_readme(folder: Path, contents: Contents) -> None:
    """Write `LISEZMOI.md`; last, because it names the dashboards only when they are there."""
    has_pages = (folder / "tableaux-de-bord" / "index.html").is_file()
    _write(folder / "LISEZMOI.md", readme(contents, has_pages))


def json_text(value: object) -> str:
    """JSON as we publish it: accents as they are, two spaces, insertion order, a last line feed."""
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
