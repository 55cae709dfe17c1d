"""The national catalogue: each example file gets the verdict of the baseline, each example value that of the lint."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from greencloud import tables
from greencloud.checking import strict, values
from tests.checking import strictly

FOLDER = Path(__file__).parents[3] / "shared" / "real" / "table_schema"
LOOSE = {("irve", "date_abregee")}
"""What the baseline takes and the checker refuses: a date whose month has one digit."""


def content(name: str, key: str) -> list[dict[str, Any]]:
    path = FOLDER / name
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))[key] if path.is_file() else []
    return found


FILES: list[dict[str, Any] | None] = [*content("baseline.json", "files")] or [None]
SCHEMAS: list[dict[str, Any] | None] = [*content("catalogue_lint.json", "schemas")] or [None]


def file_id(entry: dict[str, Any] | None) -> str:
    return "-".join(entry[key] for key in ("family", "version", "file")) if entry else "absent"


def judged(entry: dict[str, Any], *, exact: bool) -> tuple[str, dict[str, int] | None, strictly.Verdict]:
    folder = FOLDER / "families" / entry["family"] / entry["version"]
    table = tables.from_file(folder / "schema.json")
    try:
        if exact:
            strict.refuse_schema(table)
    except tables.SchemaError:
        return "schema_rejected", None, []
    found = [
        (fault.code, row, fault.number, fault.name)
        for row, fault in strictly.faults(folder / entry["file"], table)
        if exact or fault.fault is None or (entry["family"], fault.fault.detail) not in LOOSE
    ]
    return "invalid" if found else "valid", dict(Counter(code for code, *_ in found)), found


@pytest.mark.parametrize("entry", FILES, ids=file_id)
def test_each_file_gets_the_strict_verdict_of_the_baseline(entry: dict[str, Any] | None) -> None:
    if entry is None:
        pytest.skip("the received files are not beside the repository (see CONTRIBUTING.md)")
    assert judged(entry, exact=True)[:2] == (entry["strict"], entry["strict_errors"])


@pytest.mark.parametrize("entry", FILES, ids=file_id)
def test_a_schema_with_a_slip_is_applied_as_it_was_meant(entry: dict[str, Any] | None) -> None:
    if entry is None:
        pytest.skip("the received files are not beside the repository (see CONTRIBUTING.md)")
    verdict, counts, found = judged(entry, exact=False)
    assert (verdict, counts) == (entry["repaired"], entry["repaired_errors"])
    first = [[row, name or "", code] for code, row, _, name in found[: len(entry["repaired_first"])]]
    assert first == [item[:3] for item in entry["repaired_first"]]


@pytest.mark.parametrize("entry", SCHEMAS, ids=lambda entry: entry["file"] if entry else "absent")
def test_each_example_value_passes_its_field_or_not_as_the_lint_says(entry: dict[str, Any] | None) -> None:
    if entry is None:
        pytest.skip("the received files are not beside the repository (see CONTRIBUTING.md)")
    table = tables.from_file(FOLDER / "catalogue" / entry["file"])
    strict.refuse_schema(table)
    failing = {item["field"]: item["errors"] for item in entry["example_failures"]}
    for field in table.fields:
        if field.example is None or not isinstance(field.example, str):
            continue
        cell = values.reader(field, table)(field.example)
        codes = [fault.code for fault in cell.faults if fault.detail not in strictly.DOUBTS]
        assert codes == failing.get(field.name, []), (field.name, field.example)
