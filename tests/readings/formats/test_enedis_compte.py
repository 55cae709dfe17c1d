"""Workbooks of the customer account: preamble rows, data on a later sheet, kW as texts with a comma, NA."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import openpyxl

from tests.readings.formats.seen import rows_of

PRM = "30001234567890"
PREAMBLE = [
    ["", "Mes données de consommation"],
    [],
    ["", "Récapitulatif de ma consommation"],
    ["", "Période", "du 01/01/2024 au 02/01/2024"],
    ["", "Les données sont celles du compteur, en heure légale."],
    [],
]


def workbook(folder: Path, name: str = "export.xlsx", above: str = PRM, first: str = "", *, days: bool = False) -> Path:
    book = openpyxl.Workbook()
    cover = book["Sheet"]
    cover.title = "Description"
    cover.append(["Identifiant", first])
    for _ in range(40):
        cover.append(["Une ligne de mentions", "qui tient", "plus de place", "que les données", "elles-mêmes"])
    sheet = book.create_sheet("Export Consommation Quotidienne" if days else "Consommation Horaire")
    for row in PREAMBLE:
        sheet.append(row)
    sheet.append(["", "Point de livraison", above])
    if days:
        for row in (["", "Date", "Valeur (en kWh)"], ["", "31/03/2024", "12,5"], ["", "01/04/2024", "NA"]):
            sheet.append(row)
    else:
        sheet.append(["", "", "Début", "Fin", "Valeur (en kW)", ""])
        for place, value in enumerate(("0,432", "NA", "1,5", "x")):
            start = dt.datetime(2024, 1, 1) + place * dt.timedelta(minutes=30)
            ends = (moment.strftime("%d/%m/%Y %H:%M:%S") for moment in (start, start + dt.timedelta(minutes=30)))
            sheet.append(["", "", *ends, value, ""])
    book.save(folder / name)
    return folder / name


def test_the_load_curve(tmp_path: Path) -> None:
    rows = rows_of(workbook(tmp_path))
    assert [(row["ligne"], row["valeur"], row["probleme"]) for row in rows] == [
        *((9, Decimal("0.432"), None), (10, None, "valeur_absente"), (11, Decimal("1.5"), None)),
        (12, None, "valeur_illisible"),
    ]
    first = rows[0]
    assert (first["compteur"], first["unite"], first["sens"], first["estime"]) == (PRM, "kW", "CONS", False)
    assert (first["debut"], first["fin"]) == (dt.datetime(2024, 1, 1), dt.datetime(2024, 1, 1, 0, 30))


def test_the_days(tmp_path: Path) -> None:
    first, second = rows_of(workbook(tmp_path, days=True))
    assert (first["debut"], first["fin"], first["valeur"], first["unite"]) == (
        *(dt.datetime(2024, 3, 31), dt.datetime(2024, 4, 1), Decimal("12.5"), "kWh"),
    )
    assert second["probleme"] == "valeur_absente"


def test_the_meter_may_stand_on_another_sheet(tmp_path: Path) -> None:
    assert {row["compteur"] for row in rows_of(workbook(tmp_path, above="voir", first=PRM))} == {PRM}


def test_of_two_meters_or_none_none_is_taken(tmp_path: Path) -> None:
    assert {row["compteur"] for row in rows_of(workbook(tmp_path, above=f"{PRM} {PRM[::-1]}"))} == {None}
    assert {row["compteur"] for row in rows_of(workbook(tmp_path, above="voir", first="ailleurs"))} == {None}


def test_several_workbooks_have_each_their_meter(tmp_path: Path) -> None:
    paths = [workbook(tmp_path, f"{digit}.xlsx", above=digit * 14) for digit in "123"]
    meters = {row["fichier"]: row["compteur"] for row in rows_of(*paths)}
    assert meters == {0: "1" * 14, 1: "2" * 14, 2: "3" * 14}
