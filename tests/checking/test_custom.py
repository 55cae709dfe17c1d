"""The custom checks of the national catalogue: each carries its own values that pass and that fail."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import frformat
import pytest

from greencloud import tables
from greencloud.checking import custom
from greencloud.checking.custom import columns, names, single
from greencloud.checking.report import Finding
from greencloud.checking.sql import ROW
from greencloud.schema_lint import vocabulary
from greencloud.tables import SchemaError, quote

CATALOGUE = Path(__file__).parents[3] / "shared" / "real" / "table_schema" / "catalogue"

PROOFS = [
    (name, value, passes)
    for name, check in single.CHECKS.items()
    for passes, values in ((True, check.passes), (False, check.fails))
    for value in values
]


def table_of(fields: dict[str, str], *checks: tuple[str, dict[str, Any]]) -> tables.Table:
    return tables.from_descriptor(
        {
            "fields": [{"name": name, "type": kind} for name, kind in fields.items()],
            "custom_checks": [{"name": name, "params": params} for name, params in checks],
        }
    )


def found(
    table: tables.Table, rows: Sequence[Sequence[Any]], errors: Sequence[Finding] = (), present: Any = None
) -> list[Finding]:
    """The findings of the checks on typed rows, numbered from 2."""
    connection = duckdb.connect()
    listed = ", ".join([f"{ROW} BIGINT", *(f"{quote(field.name)} {field.duckdb_type}" for field in table.fields)])
    connection.execute(f"CREATE TABLE typees ({listed})")
    for number, row in enumerate(rows, start=2):
        connection.execute(f"INSERT INTO typees VALUES ({', '.join('?' for _ in (number, *row))})", [number, *row])
    custom.refuse_unknown_checks(table)
    return custom.check(connection, table, errors, present)


@pytest.mark.parametrize(("name", "value", "passes"), PROOFS)
def test_each_check_carries_values_that_pass_and_values_that_fail(name: str, value: Any, passes: bool) -> None:
    kind = single.CHECKS[name].types[0]
    findings = found(table_of({"a": kind}, (name, {"column": "a"})), [[value], [None]])
    assert [(finding.code, finding.row, finding.field) for finding in findings] == [] if passes else [(name, 2, "a")]
    for finding in findings:
        assert finding.message.startswith("Ligne 2, colonne « a » : « ")
        assert finding.fix.endswith(".")


def test_every_check_has_both() -> None:
    assert all(check.passes and check.fails for check in single.CHECKS.values())


@pytest.mark.parametrize("name", [name for name, check in single.CHECKS.items() if check.proof != "FALSE"])
def test_a_proof_holds_for_no_value_that_fails(name: str) -> None:
    check, connection = single.CHECKS[name], duckdb.connect()
    values = [
        *check.passes,
        *check.fails,
        "00000000000000",
        "000000000",
        "99988877900017 ",
        "٩٩٩٨٨٨٧٧٩",
        "",
        "35600000000048",
    ]
    for value in values:
        row = connection.execute(f"SELECT {check.proof.format('v')} FROM (SELECT ?::VARCHAR AS v)", [value]).fetchone()
        assert row is not None and (not row[0] or single.judge(name, {})(value) is None)


MULTIPLE: list[tuple[str, dict[str, str], dict[str, Any], list[list[Any]], list[list[Any]]]] = [
    (
        "compare-columns-value",
        {"a": "number", "b": "integer"},
        {"column": "a", "op": ">=", "column2": "b"},
        [[2.5, 2], [2, 2], [None, 2], [1, None]],
        [[1.5, 2]],
    ),
    (
        "compare-columns-value",
        {"a": "date", "b": "date"},
        {"column": "a", "op": "<", "column2": "b"},
        [["2025-01-01", "2025-01-02"]],
        [["2025-01-02", "2025-01-02"]],
    ),
    # Two texts that are both numbers compare as numbers, any others letter by letter.
    (
        "compare-columns-value",
        {"a": "string", "b": "string"},
        {"column": "a", "op": ">", "column2": "b"},
        [["10", "9"], ["b", "a"], ["b", "10"]],
        [["9", "10"], ["a", "b"], ["10", "b"]],
    ),
    (
        "compare-columns-value",
        {"a": "number", "b": "string"},
        {"column": "a", "op": "==", "column2": "b"},
        [[10, "10.0"], [10, None]],
        [[10, "dix"], [9, "10"]],
    ),
    (
        "one-of-required",
        {"a": "string", "b": "number"},
        {"column1": "a", "column2": "b"},
        [["x", None], [None, 0], ["x", 1]],
        [[None, None]],
    ),
    (
        "cohesive-columns-value",
        {"a": "string", "b": "integer", "c": "date"},
        {"column": "a", "othercolumns": ["b", "c"]},
        [[None, None, None], ["x", 0, "2025-01-01"]],
        [["x", None, None], [None, 1, "2025-01-01"]],
    ),
    (
        "sum-columns-value",
        {"a": "number", "b": "number", "c": "number"},
        {"column": "a", "columns": ["b", "c"]},
        [[0.3, 0.1, 0.2], [None, 1, 2], [3, None, 2], [2e35, 1e35, 1e35]],
        [[0.31, 0.1, 0.2], [3e35, 1e35, 1e35], [4, 1, 2]],
    ),
    (
        "year-interval-value",
        {"a": "string"},
        {"column": "a", "allow-year-only": "yes"},
        [["2017"], ["2017/2018"]],
        [["17"], ["2018/2017"]],
    ),
    ("commune", {"a": "string"}, {"column": "a", "cog": "2023"}, [["Rennes"]], [["Sainte-Nulle-Part"]]),
]


@pytest.mark.parametrize(("name", "fields", "params", "good", "bad"), MULTIPLE)
def test_checks_with_parameters(
    name: str, fields: dict[str, str], params: dict[str, Any], good: list[list[Any]], bad: list[list[Any]]
) -> None:
    table = table_of(fields, (name, params))
    assert found(table, good) == []
    findings = found(table, bad)
    assert [(finding.code, finding.row) for finding in findings] == [(name, row) for row in range(2, len(bad) + 2)]


def test_each_check_of_several_columns_is_tried() -> None:
    assert {name for name, *_ in MULTIPLE} >= names.NAMES - set(single.CHECKS)


def test_causes_are_told() -> None:
    wrong = {
        ("siret", "99988877900018"): "la clé de contrôle des 14 chiffres est fausse",
        ("siret", "99988877800017"): "la clé de contrôle des 9 premiers chiffres (SIREN) est fausse",
        ("siret", "9998887790001"): "il compte 13 chiffres",
        ("siren", "1"): "il compte 1 chiffre.",
        ("nomenclature-acte", "Urbanisme"): "la barre oblique (/) manque",
        ("nomenclature-acte", "Urbanisme /x"): "une espace",
        ("coordonnees-gps-francaises", "48.85837,2.294481"): "échangées",
        ("year-interval-value", "2017/2017"): "la même année",
    }
    for (name, value), told in wrong.items():
        [finding] = found(table_of({"a": single.CHECKS[name].types[0]}, (name, {"column": "a"})), [[value]])
        assert told in finding.message


def test_the_sum_and_the_empty_columns_are_told() -> None:
    [finding] = found(
        table_of(dict.fromkeys("abc", "integer"), ("sum-columns-value", {"column": "a", "columns": ["b", "c"]})),
        [[4, 12000, 345]],
    )
    assert "« b » et « c » (12\u202f345)" in finding.message
    [finding] = found(
        table_of(
            dict.fromkeys("abc", "string"), ("cohesive-columns-value", {"column": "a", "othercolumns": ["b", "c"]})
        ),
        [["x", None, "y"]],
    )
    assert finding.message.endswith("« b » est vide.")


def test_deprecated_names_give_the_findings_of_the_current_ones() -> None:
    for old, new in {**vocabulary.DEPRECATED_CHECKS, "numero-departement": "code-departement"}.items():
        [finding] = found(table_of({"a": "string"}, (old, {"column": "a"})), [["?"]])
        assert finding.code == custom.canonical(old) == new


def test_a_cell_that_is_already_wrong_is_not_judged() -> None:
    table = table_of({"a": "string"}, ("siret", {"column": "a"}))
    error = Finding("constraint-error", 2, "a", "1", "", "")
    assert [finding.row for finding in found(table, [["1"], ["2"]], [error])] == [3]


def test_columns_that_lack_are_one_error_for_the_file() -> None:
    table = table_of(
        dict.fromkeys("abcd", "string"),
        ("one-of-required", {"column1": "a", "column2": "b"}),
        ("cohesive-columns-value", {"column": "c", "othercolumns": ["d"]}),
    )
    rows = [[None, None, "x", None]]
    assert [finding.code for finding in found(table, rows)] == ["one-of-required", "cohesive-columns-value"]
    assert found(table, rows, present=["c"]) == []
    absent = custom.absent_columns(table, ["c"])
    assert [(finding.code, finding.row, finding.field) for finding in absent] == [
        ("one-of-required", None, "a"),
        ("cohesive-columns-value", None, "d"),
    ]
    # One of two is enough; a group that lacks whole says nothing.
    assert custom.absent_columns(table, ["b"]) == []


def test_more_wrong_values_than_are_named_in_one_query() -> None:
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE typees AS SELECT range AS {ROW}, (range * 2)::VARCHAR AS a FROM range(2, 2002)")
    table = table_of({"a": "string"}, ("siren", {"column": "a"}))
    assert [finding.row for finding in custom.check(connection, table, [])] == list(range(2, 2002))


BAD: list[tuple[str, dict[str, Any]]] = [
    ("controle-inconnu", {"column": "a"}),
    ("siret", {"column": "zzz"}),
    ("siret", {}),
    ("siret", {"column": "a", "colonne": "a"}),
    ("siret", {"column": "a", "cog": "latest"}),
    ("siret", {"column": "d"}),
    ("longitude-l93", {"column": "a"}),
    ("code-commune-insee", {"column": "a", "cog": "1789"}),
    ("commune", {"column": "a", "cog": "2015"}),
    ("compare-columns-value", {"column": "a", "op": ">"}),
    ("compare-columns-value", {"column": "a", "column2": "d", "op": ">"}),
    ("compare-columns-value", {"column": "a", "column2": "a", "op": "~"}),
    ("cohesive-columns-value", {"column": "a", "othercolumns": "d"}),
    ("cohesive-columns-value", {"column": "a", "othercolumns": []}),
    ("sum-columns-value", {"column": "a", "columns": ["d"]}),
    ("year-interval-value", {"column": "a", "allow-year-only": "parfois"}),
]


@pytest.mark.parametrize(("name", "params"), BAD)
def test_a_check_that_cannot_be_applied_is_refused(name: str, params: dict[str, Any]) -> None:
    with pytest.raises(SchemaError, match="contrôle"):
        custom.refuse_unknown_checks(table_of({"a": "string", "d": "date"}, (name, params)))


def test_every_name_is_known_to_the_checker_to_validata_and_to_frformat() -> None:
    assert (
        set(single.CHECKS)
        | {
            "compare-columns-value",
            "one-of-required",
            "cohesive-columns-value",
            "sum-columns-value",
        }
        == names.NAMES
    )
    assert set(vocabulary.CHECKS) <= {*names.REQUIRED}
    kebab = {"CodePaysISO2": "code-pays-iso2", "CodePaysISO3": "code-pays-iso3", "IdRNB": "id-rnb"}
    kebab |= {"CoordonneesGPSFrancaises": "coordonnees-gps-francaises"}
    for known in frformat.all_formats:
        name = "".join(f"-{char.lower()}" if char.isupper() else char for char in known.__name__).strip("-")
        assert kebab.get(known.__name__, name) in names.NAMES


def test_operators_are_those_of_the_vocabulary() -> None:
    assert columns.OPERATORS == vocabulary.OPERATORS


@pytest.mark.skipif(
    not CATALOGUE.is_dir(), reason="the received files are not beside the repository (see CONTRIBUTING.md)"
)
def test_every_check_of_the_national_catalogue_is_applied() -> None:
    used = 0
    for path in sorted(CATALOGUE.glob("*.json")):
        descriptor = json.loads(path.read_text(encoding="utf-8"))
        checks = descriptor.get("custom_checks") or []
        fields = [{"name": item["name"], "type": item.get("type", "string")} for item in descriptor["fields"]]
        custom.refuse_unknown_checks(tables.from_descriptor({"fields": fields, "custom_checks": checks}))
        used += len(checks)
    assert used == 127
