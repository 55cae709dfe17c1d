"""The template of a deposit: read back by the check itself, filled in beforehand, and never run by a spreadsheet."""

import io
from pathlib import Path

import openpyxl
import pytest

from greencloud import rules, tables
from greencloud.checking import Report, check_file
from portal import taken, workbook

SITE, CLOSED = "99988877900017-01", "99988877900017-02"
REGISTER = [
    {"id_centre": SITE, "nom_site": "Salle A", "secnumcloud": "false", "puissance_it_installee_kw": "40.5"},
    {"id_centre": CLOSED, "nom_site": "Salle B", "date_fermeture": "2024-03-01"},
]
BEFORE = [
    {"id_centre": SITE, "annee": "2024", "energie_totale_kwh": "322400", "perimetre": "dedie"},
    {"id_centre": SITE, "annee": "2023", "energie_totale_kwh": "1", "perimetre": "inconnu"},
]


def given(table: str, register: list[dict[str, str]] = REGISTER) -> workbook.Template:
    return workbook.template(tables.table(table), 2025, register, BEFORE)


def checked(path: Path, table: str, content: bytes) -> Report:
    path.write_bytes(content)
    return check_file(path, tables.table(table), rules=rules.for_table(table)).report


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_register_is_accepted_as_it_is_given(tmp_path: Path, form: str) -> None:
    content = workbook.to_xlsx(given("centres")) if form == "xlsx" else workbook.to_csv(given("centres"))
    report = checked(tmp_path / f"modele.{form}", "centres", content)
    assert (report.rows, report.accepted, list(report.errors)) == (2, 2, [])


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_declaration_that_was_not_filled_in_is_told_to_be_empty(tmp_path: Path, form: str) -> None:
    template = given("declarations")
    content = workbook.to_xlsx(template) if form == "xlsx" else workbook.to_csv(template)
    report = checked(tmp_path / f"modele.{form}", "declarations", content)
    assert [(error.code, error.field) for error in report.errors] == [("one-of-required", "energie_totale_kwh")]


def test_a_workbook_that_was_filled_in_is_accepted(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook.to_xlsx(given("declarations"))))
    sheet = book["declarations"]
    names = [cell.value for cell in sheet[2]]
    for name, value in {"energie_totale_kwh": 314870, "energie_it_kwh": 175120, "date_debut": None}.items():
        sheet.cell(3, names.index(name) + 1, value)
    filled = io.BytesIO()
    book.save(filled)
    report = checked(tmp_path / "rempli.xlsx", "declarations", filled.getvalue())
    assert (report.rows, report.accepted, list(report.errors)) == (1, 1, [])
    assert report.file.sheet == "declarations"


def test_what_seldom_changes_is_carried_over_and_the_energies_are_not() -> None:
    [row] = given("declarations").rows
    assert (row["id_centre"], row["annee"], row["perimetre"]) == (SITE, "2025", "dedie")
    assert "energie_totale_kwh" not in row


def test_last_year_stands_beside_and_not_the_year_before_it() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook.to_xlsx(given("declarations"))))
    past = {row[0]: row[1:] for row in book["Déclaré pour 2024"].values}
    assert past["Énergie totale du centre (kWh)"] == (322400,)


def test_the_readings_of_a_year_are_its_months() -> None:
    rows = given("consommations").rows
    assert [row["date_debut"] for row in rows][:2] == ["2025-01-01", "2025-02-01"]
    assert [row["date_fin"] for row in rows][1::10] == ["2025-02-28", "2025-12-31"]
    assert {row["id_centre"] for row in rows} == {SITE}


def written(table: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook.to_xlsx(given(table))))


@pytest.mark.parametrize("table", taken.TABLES)
def test_a_column_is_as_wide_as_its_identifiers_and_their_example(table: str) -> None:
    sheet = written(table)[table]
    assert sheet["A3"].value == SITE
    assert sheet.column_dimensions["A"].width >= len(f"ex. : {SITE}") + 1
    widths = [each.width for each in sheet.column_dimensions.values()]
    assert widths and max(widths) <= 35


@pytest.mark.parametrize(
    ("table", "row", "already"),
    [
        ("centres", "une ligne par centre ;", "avec sa date de fermeture"),
        ("declarations", "une ligne par centre et par année ;", "déjà rempli : relisez-le. Les chiffres de l’an"),
        ("consommations", "une ligne par relevé de compteur ou par facture", "Les douze mois de chaque centre"),
    ],
)
def test_the_help_says_what_one_row_of_its_table_is(table: str, row: str, already: str) -> None:
    sheet = written(table)["Mode d’emploi"]
    said = " ".join(str(sheet.cell(line, 1).value) for line in range(2, 7))
    assert row in said and already in said and ("l’an dernier" in said) == (table == "declarations")


def test_the_help_has_room_for_its_longest_description() -> None:
    """LibreOffice makes none by itself."""
    sheet = written("declarations")["Mode d’emploi"]
    for line in range(9, sheet.max_row + 1):
        letters = len(str(sheet.cell(line, 3).value))
        assert (sheet.row_dimensions[line].height or 15) >= 15 * letters / 95


def test_every_list_of_the_schema_is_a_list_of_the_sheet() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook.to_xlsx(given("declarations"))))
    lists = {column[0]: [text for text in column[1:] if text] for column in zip(*book["Listes"].values, strict=True)}
    enums = {
        field.name: field.constraints["enum"]
        for field in tables.table("declarations").fields
        if "enum" in field.constraints
    }
    assert lists == enums
    rules_of = [rule for rule in book["declarations"].data_validations.dataValidation if rule.type == "list"]
    assert len(rules_of) == len(enums)


@pytest.mark.parametrize("hostile", ['=HYPERLINK("http://x","y")', "+1+1", "@SUM(A1)", "-cmd|' /C calc'!A0", "\t=1"])
def test_no_text_of_a_body_becomes_a_formula(hostile: str) -> None:
    template = given("centres", [{"id_centre": SITE, "nom_site": hostile}])
    cell = openpyxl.load_workbook(io.BytesIO(workbook.to_xlsx(template)))["centres"]["B3"]
    assert (cell.data_type, cell.value, cell.hyperlink) == ("s", hostile, None)
    assert f"'{hostile.splitlines()[0][:4]}" in workbook.to_csv(template).decode("utf-8-sig")


def test_the_same_rows_give_the_same_bytes() -> None:
    assert workbook.to_xlsx(given("declarations")) == workbook.to_xlsx(given("declarations"))
