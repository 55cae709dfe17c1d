"""The papers of an edition, all derived from the schemas and from the files beside them.

For machines: ``datapackage.json`` (Data Package v2), ``dcat.ttl`` (DCAT-AP 3.0), ``rapport_validation.json``,
``ouvrir.sql`` (DuckDB), ``schemas/``. For people: ``dictionnaire.md``, ``regles.md``, ``rapport_validation.md`` and
``LISEZMOI.md``.
"""

import json
import shutil
from pathlib import Path

from greencloud.packaging import validation
from greencloud.packaging.annexes import copy_schemas, filed
from greencloud.packaging.arbiter import Arbiter, ArbiterError, judging
from greencloud.packaging.contents import Contents, Coverage, Resource, Synthetic, read
from greencloud.packaging.datapackage import LICENCE_URL, PUBLISHER, TITLE, describe
from greencloud.packaging.dcat import turtle
from greencloud.packaging.documents import dictionary, readme, rule_list, validation_summary
from greencloud.packaging.opening import opening_sql
from greencloud.packaging.parts import csv_files, split_large
from greencloud.packaging.validation import ask as ask_verdict

__all__ = [
    "LICENCE_URL",
    "PUBLISHER",
    "TITLE",
    "Arbiter",
    "ArbiterError",
    "Contents",
    "Coverage",
    "Resource",
    "Synthetic",
    "ask_verdict",
    "csv_files",
    "describe",
    "dictionary",
    "json_text",
    "judging",
    "read",
    "readme",
    "rule_list",
    "split_large",
    "turtle",
    "write_descriptions",
    "write_readme",
]

_REPORT = "rapport_validation"


def write_descriptions(folder: Path, contents: Contents, judge: Arbiter) -> None:
    """Write the papers of the edition, but `LISEZMOI.md`, into the folder the contents were read from.

    Whatever the data package lists must be there before: `edition.json`, `JOURNAL.md` where there is one. The verdict
    of Frictionless, which was asked (`ask_verdict`), is only told here; `editions.verify` refuses what is not valid.
    """
    report = validation.report(folder, contents, judge)
    copy_schemas(folder)
    _write(folder / "dictionnaire.md", dictionary(contents))
    _write(folder / "regles.md", rule_list(contents))
    _write(folder / "ouvrir.sql", opening_sql(contents, TITLE))
    _write(folder / f"{_REPORT}.json", json_text(report))
    _write(folder / f"{_REPORT}.md", validation_summary(contents, report))
    shutil.copyfile(Path(__file__).parent / f"{_REPORT}.schema.json", folder / f"{_REPORT}.schema.json")
    descriptor = describe(contents, filed(folder))
    _write(folder / "datapackage.json", json_text(descriptor))
    _write(folder / "dcat.ttl", turtle(descriptor))


def write_readme(folder: Path, contents: Contents) -> None:
    """Write `LISEZMOI.md`; last, because it names the dashboards only when they are there."""
    has_pages = (folder / "tableaux-de-bord" / "index.html").is_file()
    _write(folder / "LISEZMOI.md", readme(contents, has_pages, (folder / "JOURNAL.md").is_file()))


def json_text(value: object) -> str:
    """JSON as we publish it: accents as they are, two spaces, insertion order, a last line feed."""
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
