"""A strict linter of Table Schemas: what every reader accepts and then silently ignores is named here, in French.

Of the 60 latest Table Schemas of the French national catalogue, 21 lose constraints without a word (`contraints`, or a
constraint written beside the type) and 7 give an example that their own field refuses.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from greencloud.descriptors import SchemaError
from greencloud.schema_lint import fields, folder, links, root
from greencloud.schema_lint.findings import LintFinding

__all__ = ["LintFinding", "lint", "lint_file", "lint_folder"]


def lint(descriptor: Mapping[str, Any]) -> list[LintFinding]:
    """Every defect of a Table Schema, in the order of the schema; an empty list when there is none."""
    return [*root.findings(descriptor), *fields.findings(descriptor), *links.findings(descriptor)]


def lint_file(path: Path) -> list[LintFinding]:
    """Every defect of a schema's file. Raises SchemaError when it holds no JSON object."""
    descriptor, defects = folder.read(path)
    if descriptor is None:
        raise SchemaError(defects[0].message)
    return [*defects, *lint(descriptor)]


def lint_folder(path: Path) -> list[LintFinding]:
    """Every defect of a schema's folder: its `schema.json`, then the files that go with it."""
    descriptor, defects = folder.read(path / "schema.json")
    if descriptor is None:
        return defects
    return [*defects, *lint(descriptor), *folder.files(path, descriptor)]
