"""Years of meters beside what is declared and what is deposited line by line."""

from pathlib import Path
from typing import Any

import pytest

from greencloud import warehouse
from tests.loading.meters import SITE, Desk, day, days, gap, meter, period

Row = dict[str, Any]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.site()
    desk.meter(date_debut="2025-01-01", date_fin="2025-12-31")
    return desk


def made(desk: Desk) -> list[Row]:
    con = warehouse.load(desk.verdicts)
    warehouse.aggregate(con, guarded=False)
    found = con.table("rapprochements")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def declare(desk: Desk, **told: Any) -> None:
    row = {"id_centre": SITE, "annee": 2025, "energie_totale_kwh": 7000, "energie_it_kwh": 5000}
    desk.receive("declarations", [{**row, "nature_valeur": "annuelle", "qualite_mesure": "mesure", **told}])


def test_a_whole_year_beside_its_declaration(desk: Desk) -> None:
    desk.read(days("2025-01-01", 365, 20))
    declare(desk)
    assert made(desk) == [
        {
            "id_centre": SITE,
            "annee": 2025,
            "poste": "total",
            "energie_declaree_kwh": 7000,
            "energie_lignes_kwh": None,
            "energie_compteurs_kwh": 7300,
            "completude": 1,
            "energie_ecartee_kwh": 0,
            "motifs_ecart": None,
            "ecart_pct": pytest.approx(300 / 70),
            "synthetique": False,
        }
    ]


@pytest.mark.parametrize(("number", "told"), [(362, True), (361, False)])
def test_a_hole_is_no_gap(desk: Desk, number: int, told: bool) -> None:
    desk.read(days("2025-01-01", number, 20))
    declare(desk)
    (row,) = made(desk)
    assert row["completude"] == number / 365
    assert (row["ecart_pct"] is not None) == told


@pytest.mark.parametrize("partial", [{"date_fin": "2025-06-30"}, {"nature_valeur": "partielle"}])
def test_a_declared_part_of_a_year_is_another_quantity(desk: Desk, partial: Row) -> None:
    desk.read(days("2025-01-01", 365, 20))
    declare(desk, **partial)
    assert made(desk)[0]["energie_declaree_kwh"] is None


def test_lines_of_bills_are_shared_out_by_days(desk: Desk) -> None:
    desk.read(days("2025-01-01", 365, 20))
    line = {"id_centre": SITE, "poste": "total", "date_debut": "2024-12-17", "date_fin": "2025-01-15"}
    desk.receive("consommations", [{**line, "energie_kwh": 300}])
    (row,) = made(desk)
    assert row["energie_lignes_kwh"] == 150


@pytest.mark.parametrize(("last", "told"), [("2025-12-29", True), ("2025-12-27", False), ("2025-01-31", False)])
def test_lines_stand_for_a_declaration_when_they_cover_the_year(desk: Desk, last: str, told: bool) -> None:
    """Two lines of the same days are days but once."""
    desk.read(days("2025-01-01", 365, 20))
    line = {"id_centre": SITE, "poste": "total", "date_debut": "2025-01-01", "date_fin": last}
    desk.receive(
        "consommations", [{**line, "energie_kwh": 3650}, {**line, "date_debut": "2025-01-02", "energie_kwh": 0}]
    )
    (row,) = made(desk)
    assert row["energie_lignes_kwh"] == 3650
    assert row["ecart_pct"] == (pytest.approx(100) if told else None)


def test_half_a_year_of_service_is_no_gap(desk: Desk) -> None:
    desk.meter(date_debut="2025-01-01", date_fin="2025-07-01")
    desk.read(days("2025-01-01", 182, 20))
    declare(desk)
    (row,) = made(desk)
    assert (row["completude"], row["energie_compteurs_kwh"], row["ecart_pct"]) == (182 / 365, 3640, None)


def test_a_leap_year_has_one_day_more(desk: Desk) -> None:
    desk.meter(id_compteur="B", date_debut="2024-01-01", date_fin="2024-12-30")
    desk.read(days("2024-01-01", 365, 20, compteur="B"))
    (row,) = made(desk)
    assert (row["annee"], row["completude"]) == (2024, 365 / 366)


def test_a_year_that_a_bill_leaves_is_no_gap(desk: Desk) -> None:
    """The days of a bill that crosses New Year are covered, but their energy is in neither year."""
    desk.meter(id_compteur="B", date_debut="2025-01-01", date_fin="2026-12-31")
    desk.meter(date_debut="2025-01-01", date_fin="2025-01-01")
    bills = [period("2025-01-01", "2025-11-30", 3340), period("2025-12-01", "2026-01-31", 620)]
    desk.read([day("2025-01-01", 0), *({**bill, "compteur": "B"} for bill in bills)])
    declare(desk)
    row = made(desk)[0]
    assert (row["completude"], row["energie_ecartee_kwh"]) == (335 / 366, 620)
    assert (row["motifs_ecart"], row["ecart_pct"]) == ("periode_sur_deux_annees", None)


def test_what_is_set_aside_has_its_motives_once_each(desk: Desk) -> None:
    aside = [
        gap("2025-01", "doublon_identique", 2),
        gap("2025-02", "doublon_identique", 3),
        gap("2025-02", "negatif", -1),
    ]
    desk.read([*days("2025-01-01", 3), *aside, {**gap("2025-01", "horodate_illisible", 9), "date_debut": None}])
    (row,) = made(desk)
    assert (row["energie_ecartee_kwh"], row["motifs_ecart"]) == (6, "doublon_identique|negatif")


def test_a_year_of_which_nothing_is_kept_is_told(desk: Desk) -> None:
    desk.read([gap("2025-01", "chevauchement", 2)])
    (row,) = made(desk)
    assert (row["energie_compteurs_kwh"], row["completude"], row["energie_ecartee_kwh"]) == (None, 0, 2)


def test_a_bill_that_crosses_new_year_is_of_neither_year(desk: Desk) -> None:
    desk.meter(id_compteur="B", date_debut="2020-01-01")
    desk.read([period("2024-12-01", "2025-01-31", 62, compteur="B")])
    found = [(row["annee"], row["energie_compteurs_kwh"], row["energie_ecartee_kwh"]) for row in made(desk)]
    assert found == [(2024, None, 62), (2025, None, 0)]
    assert made(desk)[0]["motifs_ecart"] == "periode_sur_deux_annees"


def test_a_meter_may_count_in_two_items(desk: Desk) -> None:
    desk.receive("compteurs", [meter(poste="refroidissement", date_debut="2025-01-01")])
    desk.read(days("2025-01-01", 2))
    assert [(row["poste"], row["energie_compteurs_kwh"]) for row in made(desk)] == [
        ("refroidissement", 48),
        ("total", 48),
    ]
