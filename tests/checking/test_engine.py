"""Text table + Table Schema -> accepted rows and every error, through real DuckDB."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pytest

from greencloud import checking, rules, tables
from greencloud.checking import Checked, check_file

SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "site", "type": "string", "constraints": {"required": True, "pattern": "^(?:S[0-9]+)$"}},
        {"name": "annee", "type": "integer", "constraints": {"minimum": 2000, "maximum": 2100}},
        {"name": "energie_kwh", "type": "number", "constraints": {"minimum": 0}},
        {"name": "pue", "type": "number"},
        {"name": "actif", "type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]},
        {"name": "debut", "type": "date", "constraints": {"minimum": "2020-01-01"}},
        {"name": "fin", "type": "date"},
        {"name": "genre", "type": "string", "constraints": {"enum": ["a", "b"], "maxLength": 1}},
        {"name": "compteur", "type": "string", "constraints": {"unique": True, "minLength": 2}},
    ],
    "primaryKey": ["site", "annee"],
}
LABELS = [field["name"] for field in SCHEMA["fields"]]
GOOD = ["S1", "2023", "1000.5", "1.5", "oui", "2023-01-01", "2023-12-31", "a", "K1"]


def check(tmp_path: Path, text: str | bytes, schema: dict[str, Any] | None = None, **options: Any) -> Checked:
    path = tmp_path / "essai.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return check_file(path, tables.from_descriptor(schema or SCHEMA), **options)


def lines(*rows: Sequence[str], labels: Sequence[str] = LABELS, delimiter: str = ",") -> str:
    return "".join(delimiter.join(row) + "\n" for row in (labels, *rows))


def changed(**cells: str) -> list[str]:
    return [cells.get(label, good) for label, good in zip(LABELS, GOOD, strict=True)]


def found(checked: Checked) -> list[tuple[str, int | None, str | None, str | None]]:
    return [(error.code, error.row, error.field, error.value) for error in checked.report.errors]


def rows(checked: Checked, tmp_path: Path) -> list[tuple[Any, ...]]:
    path = tmp_path / "acceptees.parquet"
    checked.write_accepted(path)
    return duckdb.sql(f"SELECT * FROM '{path}'").fetchall()


def test_a_good_file_is_valid_and_its_rows_are_typed(tmp_path: Path) -> None:
    checked = check(tmp_path, lines(GOOD, changed(site="S2", compteur="", genre="", pue="")))
    assert checked.report.valid
    first, second = rows(checked, tmp_path)
    assert [str(value) for value in first] == ["S1", "2023", "1000.5", "1.5", "True", *GOOD[5:], "2"]
    assert second[3] is None and second[7:] == (None, None, 3)


@pytest.mark.parametrize(
    ("cells", "code", "field"),
    [
        ({"site": ""}, "constraint-error", "site"),
        ({"site": "X1"}, "constraint-error", "site"),
        ({"annee": "vingt"}, "type-error", "annee"),
        ({"annee": "2023.5"}, "type-error", "annee"),
        ({"annee": "1999"}, "constraint-error", "annee"),
        ({"annee": "2101"}, "constraint-error", "annee"),
        ({"energie_kwh": "-1"}, "constraint-error", "energie_kwh"),
        ({"energie_kwh": "12 MWh"}, "unite_dans_cellule", "energie_kwh"),
        ({"energie_kwh": "300-400"}, "type-error", "energie_kwh"),
        ({"energie_kwh": "Infinity"}, "type-error", "energie_kwh"),
        ({"energie_kwh": "1_000"}, "type-error", "energie_kwh"),
        ({"energie_kwh": "314.870"}, "separateur_ambigu", "energie_kwh"),
        ({"actif": "peut-être"}, "type-error", "actif"),
        ({"debut": "31/02/2023"}, "type-error", "debut"),
        ({"debut": "2023-02-30"}, "type-error", "debut"),
        ({"debut": "2019-12-31"}, "constraint-error", "debut"),
        ({"genre": "c"}, "constraint-error", "genre"),
        ({"compteur": "K"}, "constraint-error", "compteur"),
    ],
)
def test_each_wrong_cell_rejects_its_row_alone(tmp_path: Path, cells: dict[str, str], code: str, field: str) -> None:
    checked = check(tmp_path, lines(GOOD, changed(**{"site": "S2", "compteur": "K2", **cells})))
    assert found(checked) == [(code, 3, field, cells[field])]
    assert (checked.report.accepted, checked.report.rejected) == (1, 1)
    assert [row[-1] for row in rows(checked, tmp_path)] == [2]


def test_every_violated_constraint_of_a_cell_is_told(tmp_path: Path) -> None:
    checked = check(tmp_path, lines(changed(genre="zz")))
    assert found(checked) == [("constraint-error", 2, "genre", "zz")] * 2


def test_repeated_keys_and_unique_values_name_the_earlier_row(tmp_path: Path) -> None:
    checked = check(tmp_path, lines(GOOD, changed(compteur="K2"), changed(site="S2")))
    assert [(error.code, error.row, error.field) for error in checked.report.errors] == [
        ("primary-key", 3, None),
        ("unique-error", 4, "compteur"),
    ]
    assert "ligne 2" in checked.report.errors[0].message


def test_spreadsheet_spellings_give_the_same_values(tmp_path: Path) -> None:
    plain = check(tmp_path, lines(changed(energie_kwh="1234567.5"), changed(site="S2", compteur="K2")))
    expected = rows(plain, tmp_path)
    for space in (" ", "\u00a0"):
        french = changed(energie_kwh=f"1{space}234{space}567,5", pue="1,5")
        text = lines(french, changed(site=" S2", compteur="K2", actif="OUI"), delimiter=";")
        checked = check(tmp_path, text.encode("cp1252"))
        assert rows(checked, tmp_path) == expected
        assert {note.code for note in checked.report.notes} >= {"virgule_decimale"}
    narrow = check(tmp_path, lines(changed(energie_kwh="1\u202f234\u202f567,5"), delimiter=";"))
    assert rows(narrow, tmp_path)[0][2] == 1234567.5


def test_an_ambiguous_comma_is_an_error_and_a_clear_one_is_not(tmp_path: Path) -> None:
    text = lines(changed(pue="1,234"), changed(site="S2", compteur="K2", pue="0,123"), delimiter=";")
    checked = check(tmp_path, text)
    assert found(checked) == [("separateur_ambigu", 2, "pue", "1,234")]
    assert all(reading in checked.report.errors[0].message for reading in ("1234", "1,234"))


def test_the_accepted_csv_is_normalised(tmp_path: Path) -> None:
    text = lines(changed(energie_kwh="1 234,50"), changed(site="S9", annee="x"), delimiter=";")
    out = tmp_path / "sortie.csv"
    check(tmp_path, text.encode("utf-8-sig")).write_accepted(out)
    assert out.read_bytes() == (",".join(LABELS) + "\nS1,2023,1234.5,1.5,true,2023-01-01,2023-12-31,a,K1\n").encode()


def test_a_missing_required_column_is_one_error_and_refuses_every_row(tmp_path: Path) -> None:
    checked = check(tmp_path, lines(GOOD[1:], labels=LABELS[1:]))
    assert found(checked) == [("missing-label", None, "site", None)]
    assert (checked.report.rows, checked.report.accepted) == (1, 0)


def test_the_rest_is_still_checked_under_a_wrong_header(tmp_path: Path) -> None:
    checked = check(tmp_path, lines(changed(genre="z")[1:], labels=LABELS[1:]))
    assert [error.code for error in checked.report.errors] == ["missing-label", "constraint-error"]


def test_labels_are_matched_without_case_and_accents_and_said(tmp_path: Path) -> None:
    labels = ["Site", "Année", *LABELS[2:], "inconnue", ""]
    checked = check(tmp_path, lines([*GOOD, "?", ""], labels=labels))
    assert checked.report.valid
    assert [note.code for note in checked.report.notes] == [
        "intitule-tolere",
        "intitule-tolere",
        "extra-label",
        "blank-label",
    ]


def test_a_repeated_label_is_an_error(tmp_path: Path) -> None:
    checked = check(tmp_path, lines([*GOOD, "b"], labels=[*LABELS, "genre"]))
    assert found(checked) == [("duplicate-label", None, "genre", "genre, genre")]


def test_shapes_of_records(tmp_path: Path) -> None:
    text = lines([*GOOD, "trop"], ["S3", "2023"], [], [""] * 9, [*changed(site="S4", compteur="K4"), ""])
    checked = check(tmp_path, text)
    assert [(error.code, error.row) for error in checked.report.errors] == [("extra-cell", 2), ("missing-cell", 3)]
    assert (checked.report.rows, checked.report.accepted) == (3, 1)
    assert {note.code for note in checked.report.notes} >= {"blank-row", "cellules-en-trop"}


def test_an_unclosed_quote_is_one_error(tmp_path: Path) -> None:
    checked = check(tmp_path, lines(GOOD) + '"S2,2023\nS3,2023\n')
    assert [(error.code, error.row) for error in checked.report.errors] == [("source-error", 3), ("missing-cell", 4)]
    assert checked.report.accepted == 1


def test_an_unreadable_file_gives_a_report_and_no_row(tmp_path: Path) -> None:
    checked = check(tmp_path, b"%PDF-1.4")
    assert not checked.report.readable and not checked.report.valid
    assert rows(checked, tmp_path) == []
    checked.write_accepted(tmp_path / "vide.csv")
    assert (tmp_path / "vide.csv").read_text() == ",".join(LABELS) + "\n"


def test_no_fingerprint_is_invented_for_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        check_file(tmp_path / "absent.csv", tables.from_descriptor(SCHEMA))


def test_a_key_onto_the_same_table(tmp_path: Path) -> None:
    schema = {
        "fields": [{"name": "a"}, {"name": "b"}],
        "foreignKeys": [
            {"fields": "b", "reference": {"resource": "", "fields": "a"}},
            {"fields": ["a"], "reference": {"resource": "ailleurs", "fields": ["x"]}},
        ],
    }
    checked = check(tmp_path, "a,b\n1,\n2,1\n3,9\n", schema)
    assert found(checked) == [("foreign-key", 4, "b", "9")]
    assert [note.code for note in checked.report.notes] == ["cle-etrangere"]


@pytest.mark.parametrize(
    ("check_name", "params", "good", "bad"),
    [
        ("siret", {"column": "a"}, "99988877900017,", "99988877900018,"),
        ("french-siren-value", {"column": "a"}, "999888779,", "999888778,"),
        ("siret", {"column": "a"}, "35600000049837,", "35600000049838,"),
        ("code-commune-insee", {"column": "a"}, "35238,", "35000,"),
        ("one-of-required", {"column1": "a", "column2": "b"}, ",1", ","),
        ("compare-columns-value", {"column": "a", "op": ">=", "column2": "b"}, "2,1", "1,2"),
        ("cohesive-columns-value", {"column": "a", "othercolumns": ["b"]}, "1,1", "1,"),
        ("sum-columns-value", {"column": "a", "columns": ["b", "c"]}, "3,1,2", "4,1,2"),
    ],
)
def test_national_custom_checks(tmp_path: Path, check_name: str, params: dict[str, Any], good: str, bad: str) -> None:
    numeric = check_name in ("compare-columns-value", "sum-columns-value")
    schema = {
        "fields": [{"name": name, "type": "number" if numeric else "string"} for name in "abcd"],
        "custom_checks": [{"name": check_name, "params": params}],
    }
    rest = "," * (2 - good.count(",")) + ",présent"
    text = f"a,b,c,d\n{good}{rest}\n{bad}{rest}\n".replace("présent", "7")
    checked = check(tmp_path, text, schema)
    assert [(error.code, error.row) for error in checked.report.errors] == [
        (check_name.replace("french-", "").replace("-value", "") if check_name.startswith("french") else check_name, 3)
    ]


@pytest.mark.parametrize(
    "custom",
    [
        {"name": "controle-inconnu", "params": {"column": "a"}},
        {"name": "siret", "params": {"column": "zzz"}},
        {"name": "siret", "params": {}},
        {"name": "code-commune-insee", "params": {"column": "a", "cog": "1789"}},
        {"name": "compare-columns-value", "params": {"column": "a", "op": ">"}},
        {"name": "compare-columns-value", "params": {"column": "a", "column2": "d", "op": ">"}},
        {"name": "cohesive-columns-value", "params": {"column": "a", "othercolumns": "d"}},
        {"name": "sum-columns-value", "params": {"column": "a", "columns": ["d"]}},
        {"name": "siret", "params": {"column": "d"}},
        {"name": "compare-columns-value", "params": {"column": "a", "column2": "a", "op": "~"}},
    ],
)
def test_a_custom_check_that_cannot_be_applied_is_refused(tmp_path: Path, custom: dict[str, Any]) -> None:
    with pytest.raises(tables.SchemaError):
        fields = [{"name": "a"}, {"name": "d", "type": "date"}]
        check(tmp_path, "a\n1\n", {"fields": fields, "custom_checks": [custom]})


def test_a_pattern_that_duckdb_cannot_run_is_applied_by_python(tmp_path: Path) -> None:
    schema = {"fields": [{"name": "a", "constraints": {"pattern": "(?=x)x"}}]}
    assert found(check(tmp_path, "a\nx\ny\n", schema, small=0)) == [("constraint-error", 3, "a", "y")]


def test_hostile_names_and_values_stay_text(tmp_path: Path) -> None:
    name = "a\"; DROP TABLE texte; --'"
    schema = {"fields": [{"name": name, "constraints": {"enum": ["'; DROP TABLE typees; --"]}}]}
    quoted_name = '"' + name.replace('"', '""') + '"'
    checked = check(tmp_path, f"{quoted_name}\n'; DROP TABLE typees; --\n=cmd|x\n", schema, delimiter=",")
    assert [(error.row, error.value) for error in checked.report.errors] == [(3, "=cmd|x")]


@pytest.mark.parametrize("name", ["_ligne_", "ligne", "premiere", "place", "tests", "normal a", "texte a", "depot"])
def test_no_column_of_a_schema_is_taken_for_one_of_ours(tmp_path: Path, name: str) -> None:
    schema = {
        "fields": [{"name": "a"}, {"name": name, "type": "integer", "constraints": {"unique": True, "maximum": 8}}]
    }
    checked = check(tmp_path, f"a,{name}\nx,7\ny,9\nz,7\n", schema)
    assert found(checked) == [("constraint-error", 3, name, "9"), ("unique-error", 4, name, "7")]
    assert rows(checked, tmp_path) == [("x", 7, 2)]


@pytest.mark.parametrize(("missing", "valid"), [([], False), (["", "n.c."], True), (["-"], True)])
def test_only_the_missing_values_of_the_schema_are_missing(tmp_path: Path, missing: list[str], valid: bool) -> None:
    schema = {"fields": [{"name": "a", "type": "integer"}, {"name": "b"}], "missingValues": missing}
    checked = check(tmp_path, "a,b\n1,x\nn.c.,\n", schema)
    assert checked.report.valid is valid
    assert rows(checked, tmp_path)[0] == (1, "x", 2)


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ({"type": "number", "decimalChar": ","}, "1,234", 1.234),
        ({"type": "number", "decimalChar": ","}, "1.234", "separateur_ambigu"),
        ({"type": "number", "decimalChar": ","}, "1.5", 1.5),
        ({"type": "number"}, "1E400", "nombre_trop_long"),
        ({"type": "number"}, "-1.5e3", -1500.0),
        ({"type": "number"}, "+.5", 0.5),
        ({"type": "date"}, "0000-01-01", "type-error"),
        ({"type": "boolean", "trueValues": ["O"], "falseValues": ["o"]}, "o", False),
        ({"type": "boolean", "trueValues": ["O"], "falseValues": ["o"]}, "O", True),
        ({"type": "boolean"}, "tRUE", True),
        ({"type": "boolean", "trueValues": ["oui"], "falseValues": []}, "non", "type-error"),
    ],
)
def test_readings_of_one_cell(tmp_path: Path, field: dict[str, Any], text: str, expected: object) -> None:
    checked = check(tmp_path, f'a;b\n"{text}";\n', {"fields": [{"name": "a", **field}, {"name": "b"}]})
    actual = checked.report.errors[0].code if checked.report.errors else rows(checked, tmp_path)[0][0]
    assert actual == expected


def test_a_file_without_one_label_of_the_schema_is_refused(tmp_path: Path) -> None:
    checked = check(tmp_path, "x,y\n1,2\n", {"fields": [{"name": "a"}, {"name": "b"}]})
    assert (found(checked), checked.report.accepted) == ([("missing-label", None, "a", None)], 0)


def test_two_labels_for_one_field_are_refused(tmp_path: Path) -> None:
    for labels in ("PUE,Pue", "pue,PUE"):
        checked = check(tmp_path, f"{labels}\n1,2\n", {"fields": [{"name": "pue", "type": "number"}]})
        assert [error.code for error in checked.report.errors] == ["duplicate-label"]


def test_a_misspelt_column_is_one_error_of_the_header_that_names_it(tmp_path: Path) -> None:
    schema = {"fields": [{"name": "a"}, {"name": "energie_it_kwh", "type": "number"}]}
    report = check(tmp_path, "a,energi_it_kwh\nx,1\n", schema).report
    assert [(e.code, e.row, e.field, e.value) for e in report.errors] == [
        ("incorrect-label", None, "energie_it_kwh", "energi_it_kwh")
    ]
    assert (report.rows, report.accepted) == (1, 0)


def test_sums_are_compared_in_decimals(tmp_path: Path) -> None:
    schema = {
        "fields": [{"name": name, "type": "number"} for name in "abc"],
        "custom_checks": [{"name": "sum-columns-value", "params": {"column": "a", "columns": ["b", "c"]}}],
    }
    assert check(tmp_path, "a,b,c\n0.3,0.1,0.2\n", schema).report.valid


def test_a_formula_is_named_as_such(tmp_path: Path) -> None:
    schema = {"fields": [{"name": "a", "constraints": {"pattern": "^(?:[^=+@].*)$"}}]}
    assert "formule" in check(tmp_path, "a\n=1+1\n", schema).report.errors[0].fix


def test_rules_reject_warn_and_inform(tmp_path: Path) -> None:
    table = tables.table("declarations")
    path = tmp_path / "declarations.csv"
    path.write_text(
        "id_centre,annee,energie_totale_kwh,energie_it_kwh,categorie_mesure_it\n"
        "99988877900017-01,2023,175120,175120,1\n"
        "99988877900017-02,2023,500003,100001,1\n"
        "99988877900017-03,2023,314870,175121,\n"
        "99988877900017-04,2023,314871,175122,\n"
    )
    report = check_file(path, table, rules=rules.for_table("declarations")).report
    assert [(error.code, error.row) for error in report.errors] == [("pue_egal_a_un", 2)]
    assert [(warning.code, warning.row) for warning in report.warnings] == [("pue_tres_eleve", 3)]
    assert next(note.message for note in report.notes if note.code == "categorie_inconnue").endswith("dans ce cas.)")
    assert report.accepted == 3


def test_the_report_follows_its_json_schema(tmp_path: Path) -> None:
    schema = json.loads(Path(checking.__file__).with_name("rapport.schema.json").read_text(encoding="utf-8"))
    for text in (lines(GOOD), lines(changed(genre="zz"), labels=[*LABELS[1:], "x"]), b"%PDF"):
        jsonschema.validate(check(tmp_path, text).report.to_dict(), schema)


@pytest.mark.parametrize("name", tables.INPUTS + tables.PUBLISHED)
def test_each_example_of_our_schemas_gives_what_its_folder_says(name: str) -> None:
    folder = tables.schemas_dir() / name
    table, plausibility = tables.table(name), rules.for_table(name)
    good = check_file(folder / "exemple-valide.csv", table, rules=plausibility).report
    assert not good.errors and not good.warnings
    bad = check_file(folder / "exemple-invalide.csv", table, rules=plausibility).report
    with (folder / "erreurs-attendues.csv").open(encoding="utf-8", newline="") as stream:
        expected = [tuple(row.values()) for row in csv.DictReader(stream)]
    actual = [(e.code, str(e.row or 1), e.field or "", e.value or "") for e in bad.errors]
    assert actual == expected
    assert expected
