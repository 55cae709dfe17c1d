"""Workbooks checked whole: what a workbook knows as a number or a date is not read again as a text."""

from pathlib import Path

from greencloud import tables
from greencloud.checking import Checked, check_file, corrected
from tests.reading.workbook_files import DATE, xlsx

SCHEMA = {
    "fields": [
        {"name": "code_site", "constraints": {"required": True}},
        {"name": "siret"},
        {"name": "energie_kwh", "title": "Énergie (kWh)", "type": "number", "decimalChar": ",", "groupChar": " "},
        {"name": "jour", "title": "Date du relevé", "type": "date", "format": "%d/%m/%Y"},
    ],
    "missingValues": [""],
}


def text(place: str, value: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


def number(place: str, value: str, style: int = 0) -> str:
    return f'<c r="{place}" s="{style}"><v>{value}</v></c>'


def check(tmp_path: Path, *rows: str, strict: bool = False) -> Checked:
    path = tmp_path / "classeur.xlsx"
    path.write_bytes(xlsx("".join(f'<row r="{place}">{row}</row>' for place, row in enumerate(rows, 1))))
    return check_file(path, tables.from_descriptor(SCHEMA), strict=strict)


def labels(row: int, *names: str) -> str:
    return "".join(text(f"{letter}{row}", name) for letter, name in zip("ABCD", names, strict=True))


NAMES = ("code_site", "siret", "energie_kwh", "jour")


def row(place: int, energy: str) -> str:
    return text(f"A{place}", "S1") + number(f"B{place}", "13002526500013") + energy + number(f"D{place}", "44958", DATE)


def test_numbers_and_dates_of_a_workbook_are_taken_as_they_are(tmp_path: Path) -> None:
    checked = check(tmp_path, labels(1, *NAMES), row(2, number("C2", "314.875")))
    assert checked.report.valid and checked.report.notes == []
    checked.write_accepted(tmp_path / "lu.csv")
    assert (tmp_path / "lu.csv").read_text().splitlines()[1] == "S1,13002526500013,314.875,2023-02-01"


def test_a_text_spelt_like_a_number_of_its_column_keeps_its_two_readings(tmp_path: Path) -> None:
    checked = check(tmp_path, labels(1, *NAMES), row(2, number("C2", "314.875")), row(3, text("C3", "314.875")))
    assert [(error.code, error.row) for error in checked.report.errors] == [("separateur_ambigu", 3)]


def test_the_corrected_file_of_a_workbook_is_read_as_the_same_values(tmp_path: Path) -> None:
    checked = check(tmp_path, labels(1, *NAMES), row(2, number("C2", "314.875")))
    path = tmp_path / "corrige.csv"
    corrected.write_corrected(checked, path, tmp_path / "changements.csv")
    assert path.read_text().splitlines()[1] == 'S1,13002526500013,"314,8750",01/02/2023'
    again = check_file(path, tables.from_descriptor(SCHEMA))
    assert again.report.valid and again.report.notes == []


def test_titles_below_a_preamble_are_the_header(tmp_path: Path) -> None:
    titles = labels(3, "Code du site", "SIRET", "Énergie (kWh)", "Date du relevé")
    found = check(tmp_path, text("A1", "Relevé annuel des centres de données"), "", titles, row(4, number("C4", "12")))
    assert found.text is not None and found.text.header_row == 3
    assert [error.code for error in found.report.errors] == ["missing-label"]  # « Code du site » is no title of ours


def test_many_rows_of_a_workbook_are_kept_in_either_mode(tmp_path: Path) -> None:
    many = [row(place, number(f"C{place}", f"{place}.5")) for place in range(2, 20_103)]
    assert check(tmp_path, labels(1, *NAMES), *many).report.accepted == 20_101
    strictly = check(tmp_path, labels(1, *NAMES), *many, strict=True).report
    assert (strictly.rows, {error.field for error in strictly.errors}) == (20_101, {"siret"})
