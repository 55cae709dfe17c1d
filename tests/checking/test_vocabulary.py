"""What many rows write otherwise is learnt once: the report is the one that Python gives row by row."""

from pathlib import Path
from typing import Any

import pytest

from greencloud import tables
from greencloud.checking import Checked, check_file

ALL_PYTHON = 1 << 40
SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "site", "constraints": {"required": True}},
        {"name": "jour", "type": "date"},
        {"name": "energie_kwh", "type": "number", "constraints": {"minimum": 0}},
        {"name": "mesure", "type": "boolean"},
        {"name": "genre", "constraints": {"enum": ["compteur", "facture"]}},
    ],
    "primaryKey": ["site"],
}
DAYS = {
    "day first": [f"{day:02}/03/2024" for day in range(1, 29)],
    "month first": [f"03/{day:02}/2024" for day in range(1, 29)],
    "undecided": [f"{day:02}/03/2024" for day in range(1, 13)],
}


def assert_same(path: Path, tmp_path: Path, schema: dict[str, Any] | None = None, **options: Any) -> Checked:
    """The report and the accepted rows of both ways are the same; that of SQL is given."""
    table = tables.from_descriptor(schema or SCHEMA)
    proven, read = (check_file(path, table, small=small, **options) for small in (0, ALL_PYTHON))
    assert proven.report.to_dict() == read.report.to_dict()
    written = []
    for number, checked in enumerate((proven, read)):
        checked.write_accepted(tmp_path / f"{number}.csv")
        written.append((tmp_path / f"{number}.csv").read_bytes())
    assert written[0] == written[1]
    return proven


def french_file(path: Path, days: list[str], odd: tuple[str, ...] = ()) -> Path:
    rows = [
        f"S{number};{days[number % len(days)]};{number},5;{'Oui' if number % 2 else 'Non'};Compteur"
        for number in range(600)
    ]
    rows[300:300] = odd
    path.write_text("\r\n".join(["site;jour;energie_kwh;mesure;genre", *rows, ""]), encoding="cp1252", newline="")
    return path


@pytest.mark.parametrize("order", DAYS)
def test_a_french_spreadsheet(tmp_path: Path, order: str) -> None:
    odd = ("S9;01/02/2024;3,25;Oui;Compteur", "T1;x;-1,5;peut-être;rien", "Total;;1234,5;;", "T2;;1,234;Oui;n.c.")
    checked = assert_same(french_file(tmp_path / "essai.csv", DAYS[order], odd), tmp_path)
    notes = [note.code for note in checked.report.notes]
    assert "virgule_decimale" in notes
    days = [note.message for note in checked.report.notes if note.code == "date_francaise"]
    # « 03/03/2024 » is the same day in both orders; but where the file contradicts itself, nothing is read.
    known = {"day first": ["601 cellules"], "month first": [], "undecided": ["50 cellules"]}[order]
    assert [message.partition(" écrites")[0].partition(" : ")[2] for message in days] == known


def test_the_rows_of_a_french_spreadsheet_do_not_reach_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr("greencloud.checking.pending.Pending.add", lambda _self, record: seen.append(record.number))
    path = french_file(tmp_path / "essai.csv", DAYS["day first"])
    report = check_file(path, tables.from_descriptor(SCHEMA), small=0).report
    assert (report.rows, seen) == (600, [])


@pytest.mark.parametrize("strict", [False, True])
def test_a_field_without_a_proof(tmp_path: Path, strict: bool) -> None:
    fields = [{"name": "site"}, {"name": "lieu", "type": "geopoint"}, {"name": "duree", "type": "duration"}]
    path = tmp_path / "essai.csv"
    lines = [f'S{number},"{number % 90},{number}.5",P{number % 3}D' for number in range(170)]
    lines[20:20] = ['S1,"900,1",P1D', "S2,,", "S3,nord,P1D"]
    path.write_text("\n".join(["site,lieu,duree", *lines, ""]), encoding="utf-8")
    schema = {"fields": fields, "primaryKey": ["site", "lieu"]}
    assert len(assert_same(path, tmp_path, schema, strict=strict).report.errors) > 0


def test_a_decimal_comma_that_the_schema_asks_for(tmp_path: Path) -> None:
    fields = [{"name": "site"}, {"name": "poids", "type": "number", "decimalChar": ","}]
    path = tmp_path / "essai.csv"
    rows = [f"S{number};{number},{number % 100}" for number in range(300)]
    path.write_text("\n".join(["site;poids", *rows, "S;1.5", "T;1,234", ""]), encoding="utf-8")
    for strict in (False, True):
        assert_same(path, tmp_path, {"fields": fields}, strict=strict, delimiter=";")


@pytest.mark.parametrize("word", ["Total", "T O T A L", "Sous-total Paris", "\u00a0TOTAL\u202fGÉNÉRAL"])
def test_a_total_is_told_by_a_column_that_is_not_of_the_schema(tmp_path: Path, word: str) -> None:
    names = ["eau_m3", "energie_kwh", "puissance_kw", "surface_m2", "annee"]
    schema = {"fields": [{"name": name, "type": "number"} for name in names]}
    rows = [f"Site {number};{number};{number};{number};{number};2024" for number in range(400)]
    rows[200:200] = [f"{word};1;2;3;4;2024"]
    path = tmp_path / "essai.csv"
    path.write_text("\n".join([";".join(["libelle", *names]), *rows, ""]), encoding="utf-8")
    checked = assert_same(path, tmp_path, schema)
    assert [(error.code, error.row) for error in checked.report.errors] == [("ligne_total", 202)]
