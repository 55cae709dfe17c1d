import datetime as dt

import pytest

from greencloud.sample.flavours import EXCEL, EXCEL_UTF8, LIBREOFFICE, STANDARD, TABS, Flavour


@pytest.mark.parametrize(
    ("flavour", "column", "value", "text"),
    [
        (STANDARD, "energie_it_kwh", 1234567, "1234567"),
        (STANDARD, "pue_declare", 1.8, "1.8"),
        (EXCEL, "energie_it_kwh", 1234567, "1\u00a0234\u00a0567"),
        (EXCEL, "energie_it_kwh", -1234.5, "-1\u00a0234,5"),
        (EXCEL, "energie_it_kwh", 999, "999"),
        (EXCEL, "annee", 2023, "2023"),
        (EXCEL, "nb_serveurs_physiques", 1200, "1200"),
        (EXCEL_UTF8, "pue_declare", 1.85, "1,85"),
        (TABS, "date_debut", dt.date(2022, 3, 1), "2022-03-01"),
        (LIBREOFFICE, "commentaire", "120 000 kWh", "120 000 kWh"),
    ],
)
def test_a_cell_is_written_as_the_program_writes_it(flavour: Flavour, column: str, value: object, text: str) -> None:
    assert flavour.text(column, value) == text


@pytest.mark.parametrize(
    ("flavour", "content"),
    [
        (STANDARD, 'annee,nom\n2023,"é, è"\n'.encode()),
        (EXCEL, "Année;nom\r\n2023;é, è\r\n".encode("cp1252")),
        (EXCEL_UTF8, b"\xef\xbb\xbf" + "annee;nom\r\n2023;é, è\r\n".encode()),
        (LIBREOFFICE, "annee;nom\n2023;é, è\n".encode()),
        (TABS, "annee\tnom\n2023\té, è\n".encode()),
    ],
)
def test_a_file_has_the_bytes_of_its_program(flavour: Flavour, content: bytes) -> None:
    assert flavour.encode(["annee", "nom"], [["2023", "é, è"]]) == content
