"""The strict mode row by row: headers, shapes, keys, refused schemas, and each deviation from Frictionless."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from frictionless import Schema

from greencloud import tables
from greencloud.checking import check_file, strict, values
from greencloud.reading.plain import read_plain
from greencloud.reading.records import Record
from greencloud.table_schema.doubts import DEVIATIONS, Deviation
from tests.checking import strictly

CASES = Path(__file__).parents[3] / "shared" / "cases" / "table_schema_errors"
BASE = {
    "fields": [
        {"name": "a", "type": "string", "constraints": {"required": True}},
        {"name": "b", "type": "integer"},
        {"name": "c", "type": "any"},
    ]
}


def table(**changes: Any) -> tables.Table:
    return tables.from_descriptor({**BASE, **changes})


def label_faults(labels: list[str], **changes: Any) -> list[tuple[str, int | None, str | None]]:
    return [(fault.code, fault.number, fault.name) for fault in strict.match(labels, table(**changes)).faults]


@pytest.mark.parametrize("deviation", DEVIATIONS, ids=lambda deviation: deviation.code)
def test_each_deviation_is_a_leniency_of_frictionless(deviation: Deviation) -> None:
    description, text = deviation.example
    descriptor = {"fields": [{"name": "c", **description}]}
    _, notes = Schema.from_descriptor(descriptor).fields[0].read_cell(text)
    assert notes is None, "Frictionless has become stricter: this deviation has no reason left"
    ours = tables.from_descriptor(descriptor)
    (fault,) = values.reader(ours.fields[0], ours)(text).faults
    assert (fault.code, fault.detail) == ("type-error", deviation.code)
    assert deviation.reason.endswith(".")


@pytest.mark.parametrize("text", ["ax", "xb", "a\n"])
def test_a_pattern_holds_for_the_whole_cell(text: str) -> None:
    ours = tables.from_descriptor({"fields": [{"name": "c", "constraints": {"pattern": "a|b"}}]})
    (fault,) = values.reader(ours.fields[0], ours)(text).faults
    assert (fault.code, fault.constraint) == ("constraint-error", "pattern")


@pytest.mark.parametrize(
    ("labels", "mode", "expected"),
    [
        (["a", "b", "c"], "exact", []),
        (["a", "b"], "exact", [("missing-label", 3, "c")]),
        (["a", "b", "c", ""], "exact", [("extra-label", 4, None)]),
        (["a", "", "c"], "exact", [("blank-label", 2, "b")]),
        (["a", "a", "c"], "exact", [("duplicate-label", 2, "b")]),
        (["b", "a", "c"], "exact", [("incorrect-label", 1, "a"), ("incorrect-label", 2, "b")]),
        (["c", "a", "b"], "equal", []),
        (["c", "a", "x"], "equal", [("extra-label", 3, None), ("missing-label", 4, "b")]),
        (["c", "a", "b", "x"], "subset", []),
        (["c", "a"], "subset", [("missing-label", 3, "b")]),
        (["a"], "superset", []),
        (["b", "x"], "superset", [("extra-label", 2, None), ("missing-label", 3, "a")]),
        (["x", "y"], "partial", [("unmatched-header", None, None), ("missing-label", 3, "a")]),
        (["a", "a"], "partial", [("error", None, None)]),
        ([], "exact", []),
    ],
)
def test_labels_pair_with_fields_as_the_schema_asks(
    labels: list[str], mode: str, expected: list[tuple[str, int | None, str | None]]
) -> None:
    assert label_faults(labels, fieldsMatch=mode) == expected


def test_a_key_to_another_table_stops_a_lone_file() -> None:
    key = {"fields": "a", "reference": {"resource": "ailleurs", "fields": "x"}}
    header = strict.match(["a", "b", "c"], table(foreignKeys=[key]))
    assert header.fatal
    assert [fault.code for fault in header.faults] == ["resource-error"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["x", "1", ""], []),
        (["x", "n", "y"], [("type-error", 2, "b")]),
        (["", "1"], [("constraint-error", 1, "a"), ("missing-cell", 3, "c")]),
        ([], [("blank-row", None, None)]),
        (["", "", "", "x"], [("blank-row", None, None)]),
        (["x", "", "", "", "y"], [("extra-cell", 4, None), ("extra-cell", 5, None)]),
    ],
)
def test_rows_are_told_cell_by_cell(cells: list[str], expected: list[tuple[str, int | None, str | None]]) -> None:
    columns = strict.match(["a", "b", "c"], table()).columns
    _, faults = strict.RowReader(table(), columns).read(Record(2, 2, 2, cells))
    assert [(fault.code, fault.number, fault.name) for fault in faults] == expected


def test_broken_quotes_are_told_only_where_nothing_else_is() -> None:
    columns = strict.match(["a", "b", "c"], table()).columns
    reader = strict.RowReader(table(), columns)
    codes = [
        [fault.code for fault in reader.read(Record(2, 2, 2, cells, fault="Guillemets."))[1]]
        for cells in (["x", "1", "y"], ["x", "n", "y"])
    ]
    assert codes == [["source-error"], ["type-error"]]


def written(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "donnees.csv"
    path.write_text(content, encoding="utf-8", newline="")
    return path


def test_keys_compare_values_and_count_absence(tmp_path: Path) -> None:
    keyed = tables.from_descriptor(
        {
            "fields": [{"name": "a", "type": "number"}, {"name": "b", "constraints": {"unique": True}}],
            "primaryKey": ["a", "b"],
            "foreignKeys": [{"fields": "b", "reference": {"resource": "", "fields": "b"}}],
        }
    )
    path = written(tmp_path, "a,b\n1,x\n1.0,x\n1,\n1,\n,\n")
    assert strictly.verdict(path, keyed, ",", "utf-8") == [
        ("unique-error", 3, 2, "b"),
        ("primary-key", 3, None, None),
        ("primary-key", 5, None, None),
        ("blank-row", 6, None, None),
        ("primary-key", 6, None, None),
    ]


def test_a_foreign_key_looks_at_every_row(tmp_path: Path) -> None:
    linked = tables.from_descriptor(
        {
            "fields": [{"name": "a"}, {"name": "b"}],
            "foreignKeys": [{"fields": "b", "reference": {"resource": "", "fields": "a"}}],
        }
    )
    path = written(tmp_path, "a,b\nx,y\ny,z\nz,\n,w\n")
    assert strictly.verdict(path, linked) == [("foreign-key", 5, None, None)]


@pytest.mark.parametrize(
    ("descriptor", "code"),
    [
        ({**BASE, "name": "Mon schéma"}, "schema-error"),
        ({**BASE, "title": 3}, "schema-error"),
        ({**BASE, "missingValues": [{"value": "ND"}]}, "schema-error"),
        ({"fields": [{"name": "a", "required": True}]}, "field-error"),
        ({"fields": [{"name": "a", "type": "integer", "example": "1, 10"}]}, "field-error"),
        ({"fields": [{"name": "a", "type": "string", "example": 3}]}, "field-error"),
        ({"fields": [{"name": "a", "type": "integer", "constraints": {"exclusiveMinimum": 1}}]}, "field-error"),
        ({"fields": [{"name": "a", "title": ["x"]}]}, "field-error"),
    ],
)
def test_a_schema_that_frictionless_refuses_is_refused_in_strict_mode_alone(
    descriptor: dict[str, Any], code: str
) -> None:
    taken = tables.from_descriptor(descriptor)
    with pytest.raises(tables.SchemaError) as refusal:
        strict.refuse_schema(taken)
    assert refusal.value.code == code
    report = Schema.validate_descriptor(descriptor)
    assert not report.valid


def test_bounds_in_another_notation_hold_by_default_and_stop_the_strict_mode() -> None:
    field = {"name": "d", "type": "date", "format": "%d/%m/%Y", "constraints": {"minimum": "2020-01-01"}}
    taken = tables.from_descriptor({"fields": [field]})
    assert values.reader(taken.fields[0], taken)("31/12/2019").faults[0].constraint == "minimum"
    with pytest.raises(tables.SchemaError, match="bornes"):
        strict.refuse_schema(taken)


@pytest.mark.parametrize(
    ("content", "header", "first"),
    [
        ("a,b\n1,2\n", ("a", "b"), 2),
        ("\ufeffa,b\n1,2\n", ("a", "b"), 2),
        ("Titre du fichier\n\na,b,c,d\n1,2,3,4\n4,5,6,7\n7,8,9,0\n", ("a", "b", "c", "d"), 4),
        (" a ; b\n1;2\n", ("a", "b"), 2),
        ("a\tb\r1\t2\r", ("a", "b"), 2),
    ],
)
def test_the_header_is_the_first_line_as_wide_as_the_others(
    tmp_path: Path, content: str, header: tuple[str, ...], first: int
) -> None:
    text = read_plain(written(tmp_path, content))
    assert text.header == header
    assert next(text.records()).number == first


def test_broken_quotes_are_faults_of_their_record(tmp_path: Path) -> None:
    text = read_plain(written(tmp_path, 'a,b\n"x"y,1\n"z""",2\n"w,3\n4,5\n'), delimiter=",", encoding="utf-8")
    assert [(record.number, record.fault is not None) for record in text.records()] == [
        (2, True),
        (3, False),
        (4, True),
    ]


def expected_cases() -> list[dict[str, Any] | None]:
    """The cases for which a file and a schema are enough, or nothing where the corpus is not there."""
    path = CASES / "expected.json"
    cases = json.loads(path.read_text(encoding="utf-8"))["cases"] if path.is_file() else []
    return [case for case in cases if _one_file(case)] or [None]


def _one_file(case: dict[str, Any]) -> bool:
    """A file and a schema are enough for it: no other resource, no check or count of Frictionless's own."""
    descriptor = case["descriptor"]
    counted = {"hash", "bytes", "fields", "rows", "resources"} & set(descriptor)
    return bool(case["schema"]) and not case["checks"] and not counted and case["oracle_mode"] == "report"


@pytest.mark.parametrize("case", expected_cases(), ids=lambda case: case["id"] if case else "absent")
def test_the_corpus_of_errors_gets_its_verdicts(case: dict[str, Any] | None) -> None:
    if case is None:
        pytest.skip("the received files are not beside the repository (see CONTRIBUTING.md)")
    path = CASES / case["file"]
    if not path.is_file() or "gopher" in str(case["descriptor"]):
        pytest.skip("a path that does not exist or an address is refused before any file is read")
    taken = tables.from_file(CASES / case["schema"])
    strict.refuse_schema(taken)
    found = list(strictly.faults(path, taken, ";", "utf-8"))
    if case["kind"] == "leniency":
        assert found, "a leniency of Frictionless that nothing makes up for"
        assert all(strictly.deviates(fault) for _, fault in found)
        return
    expected = [
        (item["type"], item.get("row"), item.get("field_position"), item.get("field")) for item in case["errors"]
    ]
    ours = [(fault.code, row, fault.number, fault.name) for row, fault in found]
    assert sorted(ours, key=str) == sorted(expected, key=str)


@pytest.mark.parametrize("case", expected_cases(), ids=lambda case: case["id"] if case else "absent")
def test_the_engine_says_what_row_after_row_says(case: dict[str, Any] | None) -> None:
    if case is None:
        pytest.skip("the received files are not beside the repository (see CONTRIBUTING.md)")
    if not (CASES / case["file"]).is_file():
        pytest.skip("a path that does not exist is refused before any file is read")
    taken = tables.from_file(CASES / case["schema"])
    report = check_file(CASES / case["file"], taken, strict=True, delimiter=";", encoding="utf-8").report
    expected = [(code, row, name) for code, row, _, name in strictly.verdict(CASES / case["file"], taken, ";", "utf-8")]
    assert sorted(((item.code, item.row, item.field) for item in report.errors), key=str) == sorted(expected, key=str)


def test_custom_checks_are_those_of_the_default_mode_alone(tmp_path: Path) -> None:
    checked = tables.from_descriptor(
        {
            "fields": [{"name": "siret"}],
            "custom_checks": [{"name": "french-siret-value", "params": {"column": "siret"}}],
        }
    )
    path = written(tmp_path, "siret\n12345678901234\n")
    assert not check_file(path, checked).report.valid
    assert check_file(path, checked, strict=True).report.valid
    unknown = tables.from_descriptor({"fields": [{"name": "siret"}], "custom_checks": [{"name": "inconnu"}]})
    assert check_file(path, unknown, strict=True).report.valid


@pytest.mark.parametrize("arguments", [["--delimiter", ";", "--encoding", "utf-8"], []])
def test_the_command_says_in_json_what_the_library_says(arguments: list[str], tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text(json.dumps({**BASE, "primaryKey": "a"}), encoding="utf-8")
    for content in ("a;b;c\nx;1;\n", "a;b;c\nx;1;\nx;n;\n;;\ny;2\nz;3;4;5\n", "b;a;c\n1;x;\n", "", "\n"):
        path = written(tmp_path, content)
        command = [sys.executable, "-m", "greencloud", "check", str(path), "--schema", str(schema), "--strict"]
        process = subprocess.run(
            [*command, "--format", "json", *arguments], capture_output=True, text=True, encoding="utf-8", check=False
        )
        delimiter, encoding = (";", "utf-8") if arguments else (None, None)
        taken = tables.from_file(schema)
        library = check_file(path, taken, strict=True, delimiter=delimiter, encoding=encoding).report
        told, notes = json.loads(process.stdout), library.to_dict()["notes"]
        assert told["notes"][: len(notes)] == notes  # the command adds a hint
        assert {**told, "notes": notes} == library.to_dict(), process.stderr
        assert process.returncode == (2 if not library.readable else 0 if library.valid else 1)
