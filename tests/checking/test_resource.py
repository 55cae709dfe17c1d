"""Descriptors with what they describe: the verdicts of the corpus of errors, and those of Frictionless on its like."""

import gzip
import json
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from frictionless import Checklist, Package, Resource
from frictionless.exception import FrictionlessException

from greencloud.checking.resource import Verdict, check_descriptor, is_descriptor
from greencloud.checking.resource.metadata import CLASSES

gzipped = partial(gzip.compress, mtime=0)  # the same names of cases in every process of the tests

CASES = Path(__file__).parents[3] / "shared" / "cases" / "table_schema_errors"
Place = tuple[str, int | None, str | None, str]
"""Code, row, name of the field, name of the resource."""

FIELDS: list[dict[str, Any]] = [
    {"name": "code", "type": "string", "constraints": {"required": True}},
    {"name": "annee", "type": "integer", "constraints": {"minimum": 2015}},
    {"name": "kwh", "type": "number"},
    {"name": "jour", "type": "date"},
]
SCHEMA = {"fields": FIELDS}
ROWS = [
    "code;annee;kwh;jour",
    *(f"S{number};{2015 + number};{number * 10.5};2024-01-{number:02}" for number in range(1, 9)),
]
LONG = "x" * 255


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def ours(verdict: Verdict) -> list[Place]:
    found: list[Place] = [(error.code, None, None, "") for error in verdict.errors]
    found += [
        (error.code, error.row, error.field, judged.name)
        for judged in verdict.resources
        for error in judged.report.errors
    ]
    return sorted(found, key=str)


def theirs(descriptor: Mapping[str, Any], folder: Path, checks: Sequence[Mapping[str, Any]]) -> list[Place]:
    """What Frictionless says, an exception being one error without a place."""
    try:
        checklist = Checklist.from_descriptor({"checks": [dict(check) for check in checks]})
        kind = Package if "resources" in descriptor else Resource
        report = kind.from_descriptor(dict(descriptor), basepath=str(folder)).validate(checklist)
    except FrictionlessException as exception:
        return [(exception.error.type, None, None, "")]
    places: list[Place] = [(error.type, None, None, "") for error in report.errors]
    for task in report.tasks:
        for error in task.errors:
            row, field = getattr(error, "row_number", None), getattr(error, "field_name", None)
            places.append((error.type, row, field or None, task.name))
    return sorted(places, key=str)


def corpus() -> list[dict[str, Any] | None]:
    path = CASES / "expected.json"
    return json.loads(path.read_text(encoding="utf-8"))["cases"] if path.is_file() else [None]


@pytest.mark.parametrize("case", corpus(), ids=lambda case: case["id"] if case else "absent")
def test_each_case_of_the_corpus_gets_its_verdict(case: dict[str, Any] | None, tmp_path: Path) -> None:
    if case is None:
        pytest.skip("the received files are not beside the repository (see CONTRIBUTING.md)")
    folder = CASES / "files"
    if case["id"] == "505_foreign_key":
        folder = with_its_sites(tmp_path)
    verdict = check_descriptor(case["descriptor"], folder, case["checks"], trusted=True)
    if case["kind"] == "leniency":
        assert len(ours(verdict)) == 1, "a leniency of Frictionless that nothing makes up for"
        return
    expected = [
        (error["type"], error.get("row"), error.get("field"), error.get("task", "")) for error in case["errors"]
    ]
    assert ours(verdict) == sorted(expected, key=str)
    assert verdict.valid == case["valid"]


def with_its_sites(folder: Path) -> Path:
    """A folder with the file of the case and the table it refers to, which the corpus does not give: two sites."""
    content = (CASES / "files" / "505_foreign_key.csv").read_text(encoding="utf-8")
    (folder / "505_foreign_key.csv").write_text(content, encoding="utf-8")
    known = [line.split(";")[0] for line in content.splitlines()[1:3]]
    lines = ["code_site;nom", *(f"{code};Un site" for code in known)]
    (folder / "505_sites.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def resource(**changes: Any) -> dict[str, Any]:
    described = {"name": "releves", "path": "d.csv", "encoding": "utf-8", "dialect": {"csv": {"delimiter": ";"}}}
    return {key: value for key, value in {**described, "schema": SCHEMA, **changes}.items() if value is not None}


def with_row(row: str, at: int = 5) -> list[str]:
    return [*ROWS[:at], row, *ROWS[at:]]


def field(name: str, **changes: Any) -> dict[str, Any]:
    return {"fields": [{**item, **changes} if item["name"] == name else item for item in FIELDS]}


Sibling = tuple[str, dict[str, Any], list[dict[str, Any]], list[str]]
SIBLINGS: list[Sibling] = [
    ("valid", {}, [], ROWS),
    (
        "deviated",
        {},
        [{"type": "deviated-value", "fieldName": "kwh"}],
        [*ROWS, *["S;2020;11.5;"] * 20, "S;2020;9999;"],
    ),
    (
        "deviated_interval",
        {},
        [{"type": "deviated-value", "fieldName": "annee", "interval": 1, "average": "median"}],
        with_row("S;2999;1;"),
    ),
    ("deviated_float", {}, [{"type": "deviated-value", "fieldName": "kwh", "interval": 1.5}], with_row("S;2020;900;")),
    ("deviated_mode", {}, [{"type": "deviated-value", "fieldName": "kwh", "average": "mode"}], with_row("S;2020;900;")),
    ("deviated_average", {}, [{"type": "deviated-value", "fieldName": "kwh", "average": "max"}], ROWS),
    ("deviated_text", {}, [{"type": "deviated-value", "fieldName": "code"}], ROWS),
    ("deviated_unknown", {}, [{"type": "deviated-value", "fieldName": "inconnu"}], ROWS),
    ("deviated_one", {}, [{"type": "deviated-value", "fieldName": "kwh"}], ROWS[:2]),
    ("deviated_wrong_cell", {}, [{"type": "deviated-value", "fieldName": "kwh", "interval": 1}], with_row("S;2020;x;")),
    ("cell", {}, [{"type": "deviated-cell"}], with_row(f"{'x' * 9000};2020;1;")),
    ("cell_ignored", {}, [{"type": "deviated-cell", "ignoreFields": ["code"]}], with_row(f"{'x' * 9000};2020;1;")),
    ("cell_interval", {}, [{"type": "deviated-cell", "interval": 0}], with_row(f"{'x' * 5001};2020;1;")),
    ("duplicate", {}, [{"type": "duplicate-row"}], with_row(ROWS[2])),
    ("duplicate_value", {}, [{"type": "duplicate-row"}], with_row(ROWS[2].replace("21.0", "21.00"))),
    ("duplicate_thrice", {}, [{"type": "duplicate-row"}], [*with_row(ROWS[1]), ROWS[1]]),
    ("forbidden", {}, [{"type": "forbidden-value", "fieldName": "code", "values": ["S2", "S3"]}], ROWS),
    ("forbidden_number", {}, [{"type": "forbidden-value", "fieldName": "kwh", "values": [10.5, "21"]}], ROWS),
    ("forbidden_unknown", {}, [{"type": "forbidden-value", "fieldName": "x", "values": [1]}], ROWS),
    (
        "forbidden_absent",
        {},
        [{"type": "forbidden-value", "fieldName": "jour", "values": [None]}],
        with_row("S;2020;1;"),
    ),
    ("forbidden_argument", {}, [{"type": "forbidden-value", "fieldName": "code"}], ROWS),
    ("required", {}, [{"type": "required-value", "fieldName": "code", "values": ["S1", "Z", "Y"]}], ROWS),
    ("required_number", {}, [{"type": "required-value", "fieldName": "annee", "values": [2016, 1999]}], ROWS),
    ("sequential", {}, [{"type": "sequential-value", "fieldName": "annee"}], ROWS),
    ("sequential_gap", {}, [{"type": "sequential-value", "fieldName": "annee"}], with_row("S;2030;1;")),
    ("sequential_empty", {}, [{"type": "sequential-value", "fieldName": "annee"}], with_row("S;;1;", 1)),
    ("sequential_text", {}, [{"type": "sequential-value", "fieldName": "code"}], ROWS),
    (
        "sequential_zero",
        {"schema": field("annee", constraints={})},
        [{"type": "sequential-value", "fieldName": "annee"}],
        ["code;annee;kwh;jour", "a;-1;1;", "b;0;1;", "c;1;1;"],
    ),
    ("truncated_text", {}, [{"type": "truncated-value"}], with_row(f"{LONG};2020;1;")),
    ("truncated_number", {}, [{"type": "truncated-value"}], with_row("S;2147483647;65535;")),
    ("ascii", {}, [{"type": "ascii-value"}], with_row("Évry;2020;1;")),
    ("formula", {}, [{"type": "row-constraint", "formula": "kwh > 20"}], ROWS),
    ("formula_none", {}, [{"type": "row-constraint", "formula": "kwh > 20"}], with_row("S;2020;;")),
    ("formula_name", {}, [{"type": "row-constraint", "formula": "inconnu > 20"}], ROWS[:3]),
    ("formula_syntax", {}, [{"type": "row-constraint", "formula": "kwh >"}], ROWS[:3]),
    ("formula_attack", {}, [{"type": "row-constraint", "formula": "__import__('os').getcwd()"}], ROWS[:3]),
    ("formula_list", {}, [{"type": "row-constraint", "formula": "annee in [2016, 2017] and len(code) == 2"}], ROWS[:4]),
    ("rows_min", {}, [{"type": "table-dimensions", "minRows": 9}], ROWS),
    ("rows_max", {}, [{"type": "table-dimensions", "maxRows": 3}], ROWS),
    ("rows_exact", {}, [{"type": "table-dimensions", "numRows": 3}], ROWS),
    ("fields_exact", {}, [{"type": "table-dimensions", "numFields": 3, "minFields": 5, "maxFields": 3}], ROWS),
    ("fields_blank", {}, [{"type": "table-dimensions", "numRows": 8}], with_row("")),
    ("check_unknown", {}, [{"type": "inconnu"}], ROWS),
    ("check_typeless", {}, [{}], ROWS),
    ("check_kind", {}, [{"type": "table-dimensions", "minRows": "trois"}], ROWS),
    ("two_checks", {}, [{"type": "duplicate-row"}, {"type": "ascii-value"}], [*with_row("é;2020;1;"), "é;2020;1;"]),
    ("hash_sha256", {"hash": "sha256:" + "0" * 64}, [], ROWS),
    ("hash_md5", {"hash": "0" * 32}, [], ROWS),
    ("hash_md5_named", {"hash": "md5:" + "0" * 32}, [], ROWS),
    ("hash_other", {"hash": "sha1:" + "0" * 40}, [], ROWS),
    ("bytes", {"bytes": 12}, [], ROWS),
    ("fields", {"fields": 3}, [], ROWS),
    ("rows", {"rows": 3}, [], ROWS),
    ("rows_right", {"rows": 8, "fields": 4}, [], ROWS),
    ("rows_blank", {"rows": 8}, [], with_row("")),
    ("all_counts", {"rows": 1, "fields": 1, "bytes": 1, "hash": "0" * 32}, [], with_row("S;1999;1;")),
    ("missing_file", {"path": "absent.csv"}, [], ROWS),
    ("scheme", {"scheme": "gopher"}, [], ROWS),
    ("format", {"format": "xyz"}, [], ROWS),
    ("format_table", {"format": "xyz", "type": "table"}, [], ROWS),
    ("compression", {"compression": "gz"}, [], ROWS),
    ("compression_zip", {"compression": "zip"}, [], ROWS),
    ("compression_unknown", {"compression": "7z"}, [], ROWS),
    ("encoding_unknown", {"encoding": "utf-99"}, [], ROWS),
    ("encoding_wrong", {"encoding": "ascii"}, [], with_row("É;2020;1;")),
    ("empty", {}, [], []),
    ("header_only", {}, [], ROWS[:1]),
    ("unsafe", {"path": "../d.csv"}, [], ROWS),
    ("absolute", {"path": "/etc/passwd"}, [], ROWS),
    ("name", {"name": "Mes relevés"}, [], ROWS),
    ("nameless", {"name": None}, [], ROWS),
    ("pathless", {"path": None}, [], ROWS),
    ("path_and_data", {"data": [["a"]]}, [], ROWS),
    ("missing_values", {"missingValues": ["-"]}, [], ROWS),
    ("schema_type", {"schema": field("annee", type="entier")}, [], ROWS),
    ("schema_constraint", {"schema": field("annee", constraints={"minLength": 2})}, [], ROWS),
    ("schema_required", {"schema": field("annee", constraints={"required": "oui"})}, [], ROWS),
    ("schema_names", {"schema": {"fields": [*FIELDS, FIELDS[0]]}}, [], ROWS),
    ("schema_nameless", {"schema": {"fields": [{"type": "string"}]}}, [], ROWS),
    ("schema_key", {"schema": {**SCHEMA, "primaryKey": ["inconnu"]}}, [], ROWS),
    ("schema_number", {"schema": 5}, [], ROWS),
    ("no_schema", {"schema": None}, [], with_row("S;x;1;")),
    ("dialect_kind", {"dialect": {"header": "non"}}, [], ROWS),
    ("dialect_unknown", {"dialect": {"inconnu": {"a": 1}}}, [], ROWS),
    ("headless", {"dialect": {"header": False, "csv": {"delimiter": ";"}}}, [], ROWS[1:]),
    ("header_second", {"dialect": {"headerRows": [2], "csv": {"delimiter": ";"}}}, [], ["Titre", *ROWS, "S;x;1;"]),
    (
        "header_joined",
        {"dialect": {"headerRows": [1, 2], "headerJoin": "_", "csv": {"delimiter": ";"}}},
        [],
        ["code;annee;kwh;jour", "code;annee;kwh;jour", *ROWS[1:]],
    ),
    ("header_two", {"dialect": {"headerRows": [1, 2], "csv": {"delimiter": ";"}}}, [], ["a;b;c;d", *ROWS]),
    (
        "header_case",
        {"dialect": {"headerCase": False, "csv": {"delimiter": ";"}}},
        [],
        ["CODE;Annee;kwh;jour", *ROWS[1:]],
    ),
    ("comments", {"dialect": {"commentChar": "#", "csv": {"delimiter": ";"}}}, [], [*with_row("# note;x"), "S;x;1;"]),
    (
        "comment_rows",
        {"dialect": {"commentRows": [3], "csv": {"delimiter": ";"}}},
        [],
        [*ROWS[:2], "x;y;z;t", "S;x;1;"],
    ),
    ("comment_first", {"dialect": {"commentChar": "#", "csv": {"delimiter": ";"}}}, [], ["# note", *ROWS, "S;x;1;"]),
    ("blank_skipped", {"dialect": {"skipBlankRows": True, "csv": {"delimiter": ";"}}}, [], [*with_row(""), "S;x;1;"]),
    ("quote", {"dialect": {"csv": {"delimiter": ";", "quoteChar": "|"}}}, [], with_row("|a;b|;x;1;")),
    ("escape", {"dialect": {"csv": {"delimiter": ";", "escapeChar": "\\"}}}, [], with_row("a\\;b;x;1;")),
    ("padded", {"dialect": {"csv": {"delimiter": ";", "skipInitialSpace": True}}}, [], with_row("a; 2020; 1;")),
    ("unpadded", {"dialect": {"csv": {"delimiter": ";", "skipInitialSpace": False}}}, [], with_row("a; x; 1;")),
    ("delimiter_old", {"dialect": {"delimiter": ";"}}, [], with_row("a;x;1;")),
    ("delimiter_long", {"dialect": {"delimiter": ";;"}}, [], ROWS),
    ("delimiter_sniffed", {"dialect": None}, [], with_row("a;x;1;")),
    (
        "unlinked",
        {"schema": {**SCHEMA, "foreignKeys": [{"fields": ["code"], "reference": {"resource": "x", "fields": ["y"]}}]}},
        [],
        ROWS,
    ),
    (
        "inline",
        {
            "path": None,
            "encoding": None,
            "dialect": None,
            "data": [
                ["code", "annee", "kwh", "jour"],
                ["a", 2020, 1.5, None],
                ["", "x", True, "2024-01-01"],
                [5, 2001, 2, ""],
            ],
        },
        [],
        [],
    ),
    (
        "inline_keyed",
        {
            "path": None,
            "encoding": None,
            "dialect": None,
            "data": [{"code": "a", "annee": 2020, "kwh": 1, "jour": "x"}, {"code": "b", "annee": 1}],
        },
        [],
        [],
    ),
]


@pytest.mark.parametrize(
    ("changes", "checks", "lines"), [item[1:] for item in SIBLINGS], ids=[item[0] for item in SIBLINGS]
)
def test_a_resource_gets_the_verdict_of_frictionless(
    changes: dict[str, Any], checks: list[dict[str, Any]], lines: list[str], tmp_path: Path
) -> None:
    (tmp_path / "d.csv").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    descriptor = resource(**changes)
    found = check_descriptor(descriptor, tmp_path, checks, kind="resource")
    assert ours(found) == theirs(descriptor, tmp_path, checks)


def package(*resources: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"resources": list(resources), **changes}


def linked(fields: list[str], other: str, targets: list[str]) -> dict[str, Any]:
    return {**SCHEMA, "foreignKeys": [{"fields": fields, "reference": {"resource": other, "fields": targets}}]}


SITES = resource(name="sites", path="s.csv", schema={"fields": [{"name": "id"}, {"name": "an", "type": "integer"}]})
WITHOUT_DATA = package({"name": "a"})
PACKAGES: list[tuple[str, dict[str, Any], list[dict[str, Any]]]] = [
    ("linked", package(resource(schema=linked(["code"], "sites", ["id"])), SITES), []),
    ("linked_two", package(resource(schema=linked(["code", "annee"], "sites", ["id", "an"])), SITES), []),
    ("linked_types", package(resource(schema=linked(["annee"], "sites", ["id"])), SITES), []),
    ("linked_column", package(resource(schema=linked(["code"], "sites", ["absente"])), SITES), []),
    ("linked_itself", package(resource(schema=linked(["code"], "releves", ["code"])), SITES), []),
    ("linked_nowhere", package(resource(schema=linked(["code"], "ailleurs", ["id"])), SITES), []),
    (
        "linked_missing",
        package(resource(schema=linked(["code"], "sites", ["id"])), {**SITES, "path": "absent.csv"}),
        [],
    ),
    ("checked", package(resource(), SITES), [{"type": "table-dimensions", "minRows": 5}]),
    ("checked_column", package(resource(), SITES), [{"type": "forbidden-value", "fieldName": "id", "values": ["S1"]}]),
    ("same_names", package(SITES, SITES), []),
    ("wrong_resource", WITHOUT_DATA, []),
    ("wrong_name", package(SITES, name=5), []),
    ("no_resources", {"resources": "aucune"}, []),
    ("created", package(SITES, created="hier"), []),
    (
        "version_2",
        package(
            resource(schema=field("kwh", constraints={"exclusiveMinimum": 11})),
            **{"$schema": "https://datapackage.org/profiles/2.0/datapackage.json"},
        ),
        [],
    ),
    ("version_1", package(resource(schema=field("kwh", constraints={"exclusiveMinimum": 11}))), []),
]


@pytest.mark.parametrize(("descriptor", "checks"), [item[1:] for item in PACKAGES], ids=[item[0] for item in PACKAGES])
def test_a_package_gets_the_verdict_of_frictionless(
    descriptor: dict[str, Any], checks: list[dict[str, Any]], tmp_path: Path
) -> None:
    (tmp_path / "d.csv").write_text("\n".join([*ROWS, ";2020;1;", "S9;;1;", ""]), encoding="utf-8")
    (tmp_path / "s.csv").write_text("id;an\nS1;2016\nS2;2018\nS4;\nS9;\n", encoding="utf-8")
    found, expected = ours(check_descriptor(descriptor, tmp_path, checks)), theirs(descriptor, tmp_path, checks)
    if descriptor == WITHOUT_DATA:
        assert [code for code, *_ in found] == ["resource-error"], "the reason, where there is nothing else to refuse"
        return
    assert found == expected


METADATA: list[tuple[str, dict[str, Any]]] = [
    ("inquiry", {"tasks": [{}]}),
    ("inquiry", {"tasks": 5}),
    ("report", {"valid": 5}),
    ("report", {"valid": True, "stats": {}, "warnings": [], "errors": [], "tasks": [{"name": "a"}]}),
    ("pipeline", {"steps": 5}),
    ("pipeline", {"steps": [{"type": "inconnue"}]}),
    ("pipeline", {"steps": [{}]}),
    ("pipeline", {"steps": [{"type": "table-normalize"}]}),
    ("checklist", {"checks": 5}),
    ("checklist", {"checks": [{"type": "inconnu"}]}),
    ("checklist", {"checks": [{"type": "deviated-value"}]}),
    ("checklist", {"checks": [{"type": "duplicate-row"}]}),
    ("dialect", {"header": 5}),
    ("dialect", {"csv": {"delimiter": 5}}),
    ("dialect", {"delimiter": 5}),
    ("dialect", {"headerRows": [1], "commentChar": "#"}),
    ("catalog", {"datasets": 5}),
    ("catalog", {"datasets": [{}]}),
    ("schema", {"fields": 5}),
    ("schema", {"fields": [{"name": "a", "type": "entier"}]}),
    ("schema", {"fields": [{"type": "string"}]}),
    ("schema", {"fields": [{"name": "a"}], "primaryKey": ["b"]}),
    ("schema", {"fields": [{"name": "a", "constraints": {"minLength": "deux"}}]}),
    ("schema", {"fields": [{"name": "a", "example": 5}]}),
    ("schema", SCHEMA),
    ("package", {"resources": 5}),
    ("package", {"resources": [{"name": "a"}]}),
    ("resource", {"name": "a", "schema": {}}),
    ("resource", {"path": 5}),
]


@pytest.mark.parametrize(("kind", "descriptor"), METADATA)
def test_a_descriptor_alone_gets_the_verdict_of_frictionless(
    kind: str, descriptor: dict[str, Any], tmp_path: Path
) -> None:
    if kind == "report":
        expected = [error.type for error in CLASSES[kind].metadata_validate(dict(descriptor))]
    else:
        expected = [error.type for error in CLASSES[kind].validate_descriptor(dict(descriptor)).errors]
    verdict = check_descriptor(descriptor, tmp_path)
    assert verdict.kind == kind
    assert sorted(error.code for error in verdict.errors) == sorted(expected)
    assert all("n'est pas valide" in error.message for error in verdict.errors)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("d.csv.gz", gzipped("\n".join(ROWS).encode()), None),
        ("d.csv.gz", gzipped("\n".join(ROWS * 500).encode())[:60], "source-error"),
        ("d.csv.gz", "\n".join(ROWS).encode(), "compression-error"),
        ("d.csv.zip", b"PK\x03\x04 et puis rien", "compression-error"),
        ("d.csv.bz2", b"BZh9", "compression-error"),
    ],
)
def test_a_compressed_file_is_read_or_refused(name: str, content: bytes, code: str | None, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    found = ours(check_descriptor(resource(path=name), tmp_path))
    assert found == ([] if code is None else [(code, None, None, "releves")])


def test_an_archive_of_one_file_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "d.csv.zip", "w") as archive:
        archive.writestr("d.csv", "\n".join(with_row("S;x;1;")))
    descriptor = resource(path="d.csv.zip")
    assert ours(check_descriptor(descriptor, tmp_path)) == theirs(descriptor, tmp_path, [])


def test_errors_are_picked_and_skipped(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("\n".join(with_row("S;x;y;")), encoding="utf-8")
    for checklist in (
        {"pickErrors": ["duplicate-row"]},
        {"skipErrors": ["type-error"]},
        {"pickErrors": ["type-error"]},
    ):
        report = Resource.from_descriptor(resource(), basepath=str(tmp_path)).validate(
            Checklist.from_descriptor(dict(checklist))
        )
        found = check_descriptor(resource(), tmp_path, checklist)
        assert len(ours(found)) == len(report.tasks[0].errors)


def test_an_inquiry_judges_its_tasks_with_their_checks(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("\n".join([*ROWS, ROWS[1], "S;x;1;"]), encoding="utf-8")
    (tmp_path / "releves.resource.json").write_text(json.dumps(resource(name="autre")), encoding="utf-8")
    task = {key: value for key, value in resource().items() if key != "name"}
    inquiry = {
        "tasks": [{**task, "checklist": {"checks": [{"type": "duplicate-row"}]}}, {"resource": "releves.resource.json"}]
    }
    assert ours(check_descriptor(inquiry, tmp_path)) == [
        ("duplicate-row", 10, None, "tache-1"),
        ("type-error", 11, "annee", "autre"),
        ("type-error", 11, "annee", "tache-1"),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"path": "lien.csv"},
        {"schema": "../schema.json"},
        {"schema": "http://exemple.fr/schema.json"},
        {"path": "http://exemple.fr/d.csv"},
        {"path": "file:///etc/passwd"},
        {"profile": "http://exemple.fr/profil.json"},
        {"dialect": "/etc/passwd"},
        {"extrapaths": ["e.csv"]},
    ],
)
def test_nothing_is_read_outside_the_folder_nor_fetched(changes: dict[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "dedans"
    folder.mkdir()
    for place in (tmp_path / "dehors.csv", folder / "d.csv"):
        place.write_text("\n".join(ROWS), encoding="utf-8")
    (tmp_path / "schema.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    (folder / "lien.csv").symlink_to(tmp_path / "dehors.csv")
    found = ours(check_descriptor(resource(**changes), folder))
    assert [code.partition("-")[2] for code, *_ in found] == ["error"]


def test_a_descriptor_is_told_from_other_files(tmp_path: Path) -> None:
    for name, content, expected in (
        ("a.json", json.dumps(resource()), True),
        ("b.json", '{"a": 1}', False),
        ("datapackage.json", "{}", True),
        ("c.json", "[1]", False),
        ("d.json", "pas du JSON", False),
        ("e.csv", json.dumps(resource()), False),
    ):
        (tmp_path / name).write_text(content, encoding="utf-8")
        assert is_descriptor(tmp_path / name) == expected, name


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "greencloud", "check", *map(str, arguments), "--strict"]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def told(process: subprocess.CompletedProcess[str]) -> list[tuple[str, int | None, str | None]]:
    errors = json.loads(process.stdout)["errors"]
    return [(error["code"], error["row"], error["field"]) for error in errors]


def test_the_command_says_what_the_library_says(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("\n".join(with_row("S;x;y;")), encoding="utf-8")
    (tmp_path / "s.csv").write_text("id;an\nS1;2016\nS2;x\n", encoding="utf-8")
    schema, checks = tmp_path / "schema.json", tmp_path / "controles.json"
    schema.write_text(json.dumps(SCHEMA), encoding="utf-8")
    checks.write_text(json.dumps([{"type": "table-dimensions", "minRows": 50}]), encoding="utf-8")
    for descriptor in (
        resource(),
        resource(hash="0" * 32, schema="schema.json"),
        package(resource(schema=linked(["code"], "sites", ["id"])), SITES),
        {"tasks": [{"name": 5}]},
        SCHEMA,
    ):
        path = tmp_path / "descripteur.json"
        path.write_text(json.dumps(descriptor), encoding="utf-8")
        asked = json.loads(checks.read_text(encoding="utf-8")) if "path" in descriptor else ()
        verdict = check_descriptor(descriptor, tmp_path, asked)
        options: list[str | Path] = ["--checks", checks] if asked else []
        process = run(path, "--format", "json", *options)
        assert sorted(told(process), key=str) == sorted((place[:3] for place in ours(verdict)), key=str)
        assert process.returncode == (0 if verdict.valid else 1)
        assert process.stderr == ""


def test_a_table_may_be_given_with_checks_and_no_descriptor(tmp_path: Path) -> None:
    (tmp_path / "Relevés 2024.csv").write_text("\n".join([*ROWS, ROWS[1]]), encoding="utf-8")
    (tmp_path / "schema.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    (tmp_path / "controles.json").write_text('{"checks": [{"type": "duplicate-row"}]}', encoding="utf-8")
    asked = ("--schema", tmp_path / "schema.json", "--checks", tmp_path / "controles.json", "--delimiter", ";")
    process = run(tmp_path / "Relevés 2024.csv", *asked, "--format", "json")
    assert told(process) == [("duplicate-row", 10, None)]
    text = run(tmp_path / "Relevés 2024.csv", *asked)
    assert "Ligne 10 : elle répète la ligne 2." in text.stdout


def test_a_descriptor_is_told_on_the_screen(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("\n".join(ROWS), encoding="utf-8")
    (tmp_path / "s.csv").write_text("id;an\nS1;2016\nS2;x\n", encoding="utf-8")
    (tmp_path / "datapackage.json").write_text(json.dumps(package(resource(), SITES)), encoding="utf-8")
    process = run(tmp_path / "datapackage.json")
    assert "✔ d.csv : fichier valide" in process.stdout
    assert "✘ s.csv : 1 erreur" in process.stdout
    assert process.returncode == 1


@pytest.mark.parametrize(
    "arguments", [["--table", "centres"], ["--html", "rapport.html"], ["--rejects", "r.csv"], ["--accepted", "a.csv"]]
)
def test_a_descriptor_gives_nothing_but_a_report(arguments: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.resource.json"
    path.write_text(json.dumps(resource()), encoding="utf-8")
    process = run(path, *arguments)
    assert process.returncode == 2
    assert process.stderr.startswith("Un descripteur ou des contrôles")


def test_checks_ask_for_the_strict_mode(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("a\n1\n", encoding="utf-8")
    command = [sys.executable, "-m", "greencloud", "check", str(tmp_path / "d.csv"), "--checks", "c.json"]
    process = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert process.returncode == 2
    assert "--strict" in process.stderr
