"""The letter to a producer: everything that helps to mend a file, nothing of what the file holds."""

from pathlib import Path

import pytest

from greencloud import checking, deposits, rules, tables
from greencloud.checking import Report
from greencloud.harvest.discovery import Announced
from greencloud.harvest.letters import letter, references
from tests.harvest.producing import CENTRES, SITE, declarations

RESOURCE = "12345678-1234-1234-1234-123456789abc"
HEADER = declarations()


def item(table: str) -> Announced:
    return Announced(
        "https://demo.data.gouv.fr", "a" * 24, RESOURCE, table, "f.csv", "Ville", None, None, None, "2026-01-01"
    )


def checked(folder: Path, text: str, table: str) -> tuple[deposits.Deposit, Report]:
    file = folder / "f.csv"
    file.write_text(text, encoding="utf-8")
    stored = deposits.store(file, table=table, emetteur="130025265", raw_dir=folder / "raw")
    report = checking.check_file(stored.path, tables.table(table), rules=rules.for_table(table)).report
    return stored, report


@pytest.mark.parametrize(
    ("text", "table", "verdict"),
    [
        (CENTRES, "centres", "accepte"),
        (declarations((SITE, 2023, 300000), (SITE, 2024, "x")), "declarations", "partiel"),
        (declarations((SITE, 2024, "x")), "declarations", "refuse"),
        (HEADER, "declarations", "refuse"),
        ("\x00\x01", "declarations", "refuse"),
        ("id_centre\nx\n", "declarations", "refuse"),
    ],
    ids=["good", "some", "none", "no row", "unreadable", "columns missing"],
)
def test_its_reference_names_resource_file_and_verdict(tmp_path: Path, text: str, table: str, verdict: str) -> None:
    stored, report = checked(tmp_path, text, table)
    written = letter(item(table), stored, report)
    assert written.reference == f"gcn-moisson {RESOURCE} {stored.short} {verdict}"
    assert written.good is (verdict == "accepte")
    assert references(item(table), written.text) == [written.reference]
    assert references(item(table), written.text + "\nP.-S.") == []


def test_every_cause_is_told_with_its_column_and_lines(tmp_path: Path) -> None:
    rows = [(SITE, 2000 + number, "Blockhaus" if number % 2 else 300000) for number in range(24)]
    stored, report = checked(tmp_path, declarations(*rows), "declarations")
    text = letter(item("declarations"), stored, report).text
    told = "- Colonne « energie_totale_kwh » : valeur mal écrite, 12 fois (lignes 3, 5, 7, 9, 11, 13, 15, 17…)"
    assert told in text.splitlines()
    assert "12 lignes acceptées, 12 rejetées" in text
    assert "Blockhaus" not in text and SITE not in text


def test_a_file_of_another_table_is_told(tmp_path: Path) -> None:
    stored, report = checked(tmp_path, CENTRES, "centres")
    text = letter(item("declarations"), stored, report).text
    assert str(tables.table("declarations").title) in text and str(tables.table("centres").title) in text
