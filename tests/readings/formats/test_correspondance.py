"""Exports of any shape, read through a mapping."""

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from greencloud.reading import Unreadable
from greencloud.readings.formats.mapping import load, understood
from tests.readings.formats.seen import Row, refused, rows_of

REAL = Path(__file__).parents[4] / "shared" / "real"
RTE = {
    "colonnes": {"date": "Date", "heure": "Heures", "valeur": "Consommation"},
    "unite": "MW",
    "horodate": "debut",
    "pas": "PT30M",
    "fuseau": "Europe/Paris",
    "compteur": "france",
}
TWO = {"colonnes": {"horodate": "Horodate", "valeur": "kWh"}, "compteur": "C1", "unite": "kWh", "pas": "PT1H"}


def read(folder: Path, text: str, mapping: Mapping[str, Any], name: str = "f.csv") -> list[Row]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return rows_of(path, mapping=mapping)


def change(**more: object) -> dict[str, Any]:
    return {**TWO, **more}


@pytest.mark.parametrize(
    ("file", "form"),
    [
        ("grid/rte_2018.csv", None),
        ("grid/rte_2018.csv", "JJ/MM/AAAA"),
        ("grid/eCO2mix_RTE_Annuel-Definitif_2019.xls", "%d/%m/%Y"),
        ("grid/eCO2mix_RTE_En-cours-TR.xls", None),
    ],
)
def test_the_real_exports_of_the_grid_give_their_truth(file: str, form: str | None) -> None:
    path = REAL / file
    if not path.is_file():
        pytest.skip("the received files are not beside the repository (see CONTRIBUTING.md)")
    truths = json.loads((REAL / "truth.json").read_text(encoding="utf-8"))["files"]
    truth = next(entry for entry in truths if entry["file"] == file)
    rows = rows_of(path, mapping=RTE if form is None else {**RTE, "format_date": form})
    values = [row["valeur"] for row in rows if row["probleme"] is None]
    assert (sum(values), len(values)) == (truth["sums"]["Consommation"], truth["numeric_cells"]["Consommation"])
    asides = [row["probleme"] for row in rows if row["probleme"] not in (None, "ligne_illisible")]
    assert asides == ["valeur_absente"] * (truth["rows"] - len(values))
    assert len([row for row in rows if row["probleme"] == "ligne_illisible"]) == truth.get("other_rows", {}).get(
        "footer", 0
    )
    first = rows[0]
    assert (first["ligne"], first["pas"], first["compteur"], first["fin"]) == (2, 1800, "france", None)
    assert first["debut"].time() == dt.time(0, 0)


def test_one_stamp_a_constant_meter_and_a_decimal_comma(tmp_path: Path) -> None:
    [row] = read(tmp_path, "Horodate;kWh\n2024-01-01 10:00;1,5\n", change(decimale=","))
    assert (row["compteur"], row["debut"], row["fin"], row["pas"], row["valeur"], row["unite"]) == (
        *("C1", dt.datetime(2024, 1, 1, 10), None, 3600, Decimal("1.5"), None),
    )


def test_a_stamp_at_the_end_with_an_offset(tmp_path: Path) -> None:
    [row] = read(tmp_path, "Horodate;kWh\n2024-01-01T10:00:00+01:00;1\n", change(horodate="fin"))
    assert (row["debut"], row["fin"], row["decalage_fin"]) == (None, dt.datetime(2024, 1, 1, 10), 3600)


@pytest.mark.parametrize(
    ("mark", "text", "value"),
    [
        (",", "1.234,5", "1234.5"),
        (",", "1 234,5", "1234.5"),
        (",", "12,345", "12.345"),
        (",", "1234", "1234"),
        (",", "12.5", None),
        (".", "12.5", "12.5"),
        (".", "1,234.5", "1234.5"),
        (".", "12,5", None),
        (None, "12,5", "12.5"),
        (None, "12.5", "12.5"),
    ],
)
def test_decimal_marks(tmp_path: Path, mark: str | None, text: str, value: str | None) -> None:
    [row] = read(tmp_path, f"Horodate;kWh\n2024-01-01 10:00;{text}\n", change(decimale=mark))
    assert row["valeur"] == (None if value is None else Decimal(value))
    assert row["probleme"] == (None if value else "valeur_illisible")


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("JJ/MM/AAAA HH:MM", "05/01/2024 10:30"),
        ("MM/JJ/AAAA HH:MM:SS", "01/05/2024 10:30:00"),
        ("AAAAMMJJ HHMM", "20240105 1030"),
        ("jj/mm/aaaa hh:mm", "05/01/2024 10:30"),
        ("JJ/MM/AAAA HHhMM", "05/01/2024 10h30"),
        ("%d.%m.%y %H:%M", "05.01.24 10:30"),
        ("JJ/MM/AAAA HH:MM", "2024-01-05 10:30:00"),
    ],
)
def test_date_formats(tmp_path: Path, form: str, text: str) -> None:
    [row] = read(tmp_path, f"Horodate;kWh\n{text};1\n", change(format_date=form))
    assert row["debut"] == dt.datetime(2024, 1, 5, 10, 30)


def test_a_date_of_another_format_is_told_and_not_guessed(tmp_path: Path) -> None:
    [row] = read(tmp_path, "Horodate;kWh\n13/13/2024 10:30;1\n", change(format_date="JJ/MM/AAAA HH:MM"))
    assert (row["probleme"], row["brut"]) == ("horodate_illisible", "13/13/2024 10:30")


def test_the_midnight_that_ends_a_day(tmp_path: Path) -> None:
    text = "Horodate;kWh\n31/12/2024 24:00;1\n"
    [row] = read(tmp_path, text, change(format_date="JJ/MM/AAAA HH:MM", horodate="fin"))
    assert row["fin"] == dt.datetime(2025, 1, 1)


@pytest.mark.parametrize("hour", ["10:30", "10:30:00", "10h30", "1899-12-31 10:30:00"])
def test_dates_and_hours_in_two_columns(tmp_path: Path, hour: str) -> None:
    mapping = {**TWO, "colonnes": {"date": "Jour", "heure": "Heure", "valeur": "kWh"}}
    for form in (None, "JJ/MM/AAAA"):
        [row] = read(tmp_path, f"Jour;Heure;kWh\n05/01/2024;{hour};1\n", {**mapping, "format_date": form})
        assert row["debut"] == dt.datetime(2024, 1, 5, 10, 30)
    [row] = read(tmp_path, "Jour;Heure;kWh\n05/01/2024;;1\n", mapping)
    assert (row["probleme"], row["brut"]) == ("horodate_illisible", "05/01/2024")


@pytest.mark.parametrize("hour", ["00h00 - 01h00", "10:30-11:00", "10:30+02:00", "à 10:30"])
def test_an_hour_is_the_whole_of_its_cell(tmp_path: Path, hour: str) -> None:
    """The end of a span, or an offset, would be taken for the hour."""
    mapping = {**TWO, "colonnes": {"date": "Jour", "heure": "Heure", "valeur": "kWh"}}
    [row] = read(tmp_path, f"Jour;Heure;kWh\n05/01/2024;{hour};1\n", mapping)
    assert (row["debut"], row["probleme"]) == (None, "horodate_illisible")


def test_an_offset_that_the_format_does_not_tell_is_not_dropped(tmp_path: Path) -> None:
    text = "Horodate;kWh\n05/01/2024 10:30;1\n2024-01-05T10:30:00Z;1\n2024-01-05 11:30:00;1\n"
    rows = read(tmp_path, text, change(format_date="JJ/MM/AAAA HH:MM"))
    assert [row["probleme"] for row in rows] == [None, "horodate_illisible", None]


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("2024-01-05 10:30:00 UTC", 0),
        ("2024-01-05T10:30:00.500-04:00", -14_400),
        ("2024-01-05 10:30:00-09:30:00", -34_200),
        ("05/01/2024 10h30-04:00", -14_400),
        ("05/01/2024 10:30 UTC", 0),
    ],
)
def test_no_offset_is_dropped(tmp_path: Path, text: str, offset: int) -> None:
    """Read as an hour of Paris, it would be another instant."""
    [row] = read(tmp_path, f"Horodate;kWh\n{text};1\n", TWO)
    assert (row["debut"].replace(microsecond=0), row["decalage_debut"]) == (dt.datetime(2024, 1, 5, 10, 30), offset)


def test_a_step_beyond_all_measure_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    mapping = {"colonnes": {"horodate": "Horodate", "valeur": "kWh", "pas": "Pas"}, "compteur": "C1", "unite": "kWh"}
    text = (
        "Horodate;kWh;Pas\n05/01/2024 10:30;1;P999999D\n05/01/2024 10:30;1;PT99999999999M\n05/01/2024 10:30;1;PT1H30M\n"
    )
    rows = read(tmp_path, text, mapping)
    assert [(row["pas"], row["probleme"]) for row in rows] == [(None, "pas_illisible")] * 2 + [(5400, None)]


def test_whole_hours_may_be_numbers(tmp_path: Path) -> None:
    mapping = {**TWO, "colonnes": {"date": "Jour", "heure": "Heure", "valeur": "kWh"}}
    rows = read(tmp_path, "Jour;Heure;kWh\n05/01/2024;0;1\n05/01/2024;13h;1\n05/01/2024;24;1\n", mapping)
    assert [row["debut"] for row in rows] == [
        *(dt.datetime(2024, 1, 5), dt.datetime(2024, 1, 5, 13), dt.datetime(2024, 1, 6)),
    ]


def test_days_and_months_follow_the_calendar(tmp_path: Path) -> None:
    text = "Horodate;kWh\n31/03/2024;1\n"
    [day] = read(tmp_path, text, change(pas="P1D"))
    assert (day["debut"], day["fin"], day["pas"]) == (dt.datetime(2024, 3, 31), dt.datetime(2024, 4, 1), None)
    [month] = read(tmp_path, "Horodate;kWh\n01/03/2024;1\n", change(pas="P1M"))
    assert (month["debut"], month["fin"]) == (dt.datetime(2024, 3, 1), dt.datetime(2024, 4, 1))
    [before] = read(tmp_path, "Horodate;kWh\n01/03/2024;1\n", change(pas="P1M", horodate="fin"))
    assert (before["debut"], before["fin"]) == (dt.datetime(2024, 2, 1), dt.datetime(2024, 3, 1))


def test_a_month_that_is_stamped_with_its_last_day(tmp_path: Path) -> None:
    """It is that month, or one that nobody's calendar has: whoever exports it says which."""
    text = "Horodate;kWh\n31/01/2025;1\n2025-02-28 00:00;2\n31/03/2025 23:59;3\n30/04/2025;4\n"
    told = read(tmp_path, text, change(pas="P1M", horodate="fin", fin_incluse=True))
    firsts = [dt.datetime(2025, month, 1) for month in range(1, 6)]
    assert [(row["debut"], row["fin"]) for row in told] == list(pairwise(firsts))
    assert {row["probleme"] for row in told} == {None}
    for end in ("debut", "fin"):
        rows = read(tmp_path, text + "infinity;5\n15/05/2025;6\n", change(pas="P1M", horodate=end))
        assert [row["probleme"] for row in rows] == ["dernier_jour"] * 4 + ["horodate_illisible", None]
        assert rows[0]["brut"] == "31/01/2025"
    literal = read(tmp_path, text, change(pas="P1M", horodate="fin", fin_incluse=False))[3]
    assert (literal["debut"], literal["probleme"]) == (dt.datetime(2025, 3, 30), None)


def test_bills_with_two_ends_meters_and_units_of_their_own(tmp_path: Path) -> None:
    columns = {"debut": "Du", "fin": "Au", "valeur": "Quantité", "unite": "Unité", "compteur": "PDL"}
    text = "PDL;Du;Au;Quantité;Unité\nA;01/01/2024;31/01/2024;1 250,5;MWh\nB;01/02/2024;29/02/2024;3;litres\n"
    bill, other = read(tmp_path, text, {"colonnes": columns, "fin_incluse": True})
    assert (bill["compteur"], bill["debut"], bill["fin"], bill["unite"], bill["valeur"]) == (
        *("A", dt.datetime(2024, 1, 1), dt.datetime(2024, 2, 1), "MWh", Decimal("1250.5")),
    )
    assert (other["compteur"], other["probleme"], other["brut"]) == ("B", "unite_inconnue", "litres")


def test_spare_columns_are_left_alone(tmp_path: Path) -> None:
    text = "A;B;C;Horodate;D;kWh;;\n" + "".join(f"x;;y;2024-01-01 {h:02}:00;;{h};;\n" for h in range(24))
    assert [int(row["valeur"]) for row in read(tmp_path, text, TWO)] == list(range(24))


def test_a_workbook_whose_numbers_are_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book["Sheet"]
    sheet.append(["Site", "Horodate", "kWh"])
    sheet.append(["x", dt.datetime(2024, 1, 1, 10), 1.234])
    sheet.append(["x", dt.datetime(2024, 1, 1, 11), "2,5"])
    sheet.append(["x", dt.datetime(2024, 1, 1, 12), None])
    book.save(tmp_path / "f.xlsx")
    rows = rows_of(tmp_path / "f.xlsx", mapping=change(decimale=",", format_date="JJ/MM/AAAA HH:MM"))
    assert [(row["ligne"], row["debut"].hour, row["valeur"], row["probleme"]) for row in rows] == [
        *((2, 10, Decimal("1.234"), None), (3, 11, Decimal("2.5"), None), (4, 12, None, "valeur_absente")),
    ]


def test_columns_without_a_name(tmp_path: Path) -> None:
    mapping = change(colonnes={"horodate": "colonne_1", "valeur": "colonne_2"})
    rows = read(tmp_path, "".join(f"2024-01-01 {hour:02}:00;{hour}\n" for hour in range(24)), mapping)
    assert [(row["ligne"], int(row["valeur"])) for row in rows] == [(hour + 1, hour) for hour in range(24)]


def test_several_files_of_one_mapping_are_one_group(tmp_path: Path) -> None:
    paths = []
    for place in range(3):
        path = tmp_path / f"{place}.csv"
        path.write_text(f"Horodate;kWh\n2024-01-0{place + 1} 00:00;{place}\n")
        paths.append(path)
    assert [(row["fichier"], int(row["valeur"])) for row in rows_of(*paths, mapping=TWO)] == [(0, 0), (1, 1), (2, 2)]


def test_a_missing_column_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("Horodate;MWh\n2024-01-01 10:00;1\n2024-01-01 11:00;1\n")
    assert refused(path, TWO) == (
        "Le fichier n'a pas la colonne « kWh » que nomme sa correspondance ; il a « Horodate », « MWh ». "
        "Corrigez le fichier de lecture, ou refaites-le avec greencloud map."
    )


@pytest.mark.parametrize(
    "wrong",
    [
        *([], "x", {}, {"colonnes": {}}, {"colonnes": {"valeur": "v"}}, {"colonnes": {"horodate": "h"}}),
        {"colonnes": {"horodate": "h", "date": "d", "valeur": "v"}},
        {"colonnes": {"heure": "h", "horodate": "d", "valeur": "v"}},
        {"colonnes": {"debut": "h", "valeur": "v"}},
        {"colonnes": {"horodate": "h", "valeur": "v", "index": "i"}},
        {"colonnes": {"debut": "h", "fin": "f", "index": "i"}},
        {"colonnes": {"horodate": "h", "valeur": 3}},
        {"colonnes": {"horodate": "h", "valeur": "v", "autre": "x"}},
        *(
            change(autre=1),
            change(unite="litre"),
            change(unite=3),
            change(horodate="milieu"),
            change(pas="PT"),
            change(pas="x"),
        ),
        *(change(pas="P1DT1H"), change(fuseau="Europe/Berlin"), change(fuseau="../x"), change(decimale=";")),
        *(
            change(format_date="le jour"),
            change(format_date="%Q"),
            change(format_date="%d/%m/%Y%"),
            change(fin_incluse="oui"),
            change(fin_incluse=True),
            change(fin_incluse=True, pas="P1M"),
            change(chiffres="six"),
        ),
        *(
            change(chiffres=0),
            change(chiffres=True),
            change(compteur="  "),
            change(separateur=";;"),
            change(separateur=3),
        ),
    ],
)
def test_a_mapping_that_is_not_understood_is_refused(wrong: object) -> None:
    with pytest.raises(Unreadable) as refusal:
        understood(wrong)
    assert refusal.value.message.endswith(".") and refusal.value.fix


def test_a_mapping_is_loaded_from_json_or_toml(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(TWO), encoding="utf-8")
    (tmp_path / "a.toml").write_text(
        'compteur = "C1"\nunite = "kWh"\npas = "PT1H"\n[colonnes]\nhorodate = "Horodate"\nvaleur = "kWh"\n'
    )
    assert load(tmp_path / "a.json") == load(tmp_path / "a.toml") == TWO
    for name, content in (("b.json", b"\xff\xfe"), ("c.json", b"[" * 100_000), ("d.json", b"3"), ("e.toml", b"= 1")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Unreadable):
            load(tmp_path / name)
    with pytest.raises(Unreadable):
        load(tmp_path / "absent.json")
