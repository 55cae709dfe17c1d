"""Annual energies: declaration or readings, and the period they cover."""

import datetime as dt

import pytest

from tests.sql.inputs import Row, build, made, months, one

BOTH: Row = {"energie_totale_kwh": 12_600, "energie_it_kwh": 6000}


def test_a_declaration_with_both_energies_comes_first() -> None:
    row = one(build(declarations=[BOTH], consommations=months(2023, 1000)), "_energies_annuelles")
    assert (row["source_energie"], row["energie_totale_kwh"], row["energie_it_kwh"]) == ("declaration", 12_600, 6000)


def test_readings_that_give_both_energies_complete_a_bare_declaration() -> None:
    readings = months(2023, 1000) + months(2023, 500, poste="it", qualite_mesure="estime")
    row = one(build(declarations=[{"pue_declare": 2.1}], consommations=readings), "_energies_annuelles")
    assert (row["source_energie"], row["energie_totale_kwh"], row["energie_it_kwh"]) == ("consommations", 12_000, 6000)
    assert (row["periode"], row["date_debut"], row["date_fin"]) == ("A", dt.date(2023, 1, 1), dt.date(2023, 12, 31))
    assert row["qualite_mesure"] == "estime"  # the worst of metered total and estimated IT


@pytest.mark.parametrize("nature", ["partielle", "conception", "puissance_crete"])
def test_readings_of_the_whole_year_come_before_a_declaration_of_anything_else(nature: str) -> None:
    readings = months(2023, 1000) + months(2023, 500, poste="it")
    declared: Row = {**BOTH, "nature_valeur": nature}
    row = one(build(declarations=[declared], consommations=readings), "_energies_annuelles")
    assert (row["source_energie"], row["energie_totale_kwh"], row["periode"]) == ("consommations", 12_000, "A")
    row = one(build(declarations=[declared], consommations=months(2023, 1000)), "_energies_annuelles")
    assert (row["source_energie"], row["energie_totale_kwh"]) == ("declaration", 12_600)  # no reading of the IT


def test_energies_of_two_sources_are_never_put_together() -> None:
    con = build(declarations=[{"energie_totale_kwh": 12_600}], consommations=months(2023, 500, poste="it"))
    row = one(con, "_energies_annuelles")
    assert (row["source_energie"], row["energie_totale_kwh"], row["energie_it_kwh"]) == ("declaration", 12_600, None)


def test_readings_alone_make_a_year_only_when_they_cover_it() -> None:
    assert made(build(consommations=months(2023, 1000)[1:]), "_energies_annuelles") == []
    row = one(build(consommations=months(2023, 1000)), "_energies_annuelles")
    assert (row["declaree"], row["source_energie"], row["energie_it_kwh"]) == (False, "consommations", None)


def test_a_declared_pue_alone_has_no_source() -> None:
    row = one(build(declarations=[{"pue_declare": 1.8}]), "_energies_annuelles")
    assert (row["source_energie"], row["energie_totale_kwh"]) == (None, None)


@pytest.mark.parametrize(
    ("declared", "apart"),
    [
        (12_000, False),
        (12_630, False),  # 630 / 12,630 = 4.99 %
        (12_640, True),  # 640 / 12,640 = 5.06 %
        (11_400, True),  # 600 / 11,400 = 5.26 %
    ],
)
def test_more_than_five_per_cent_apart_is_said(declared: float, apart: bool) -> None:
    con = build(declarations=[{**BOTH, "energie_totale_kwh": declared}], consommations=months(2023, 1000))
    assert one(con, "_energies_annuelles")["ecart_consommations"] is apart


def test_a_declared_part_of_the_year_is_not_compared_with_readings_of_all_of_it() -> None:
    part = {**BOTH, "energie_totale_kwh": 6000, "energie_it_kwh": 3000, "date_debut": dt.date(2023, 7, 1)}
    assert (
        one(build(declarations=[part], consommations=months(2023, 1000)), "_energies_annuelles")["ecart_consommations"]
        is False
    )


@pytest.mark.parametrize(
    ("nature", "start", "end", "code"),
    [
        ("annuelle", "2023-01-01", "2023-12-31", "A"),
        (None, "2023-01-01", "2023-12-31", "A"),
        ("annuelle", None, None, "A"),
        ("annuelle", "2023-01-01", None, "A"),
        (None, None, None, "A"),
        (None, "2023-01-01", None, "A"),
        (None, "2023-01-02", None, "I"),
        ("annuelle", "2023-02-01", "2023-12-31", "I"),
        (None, None, "2023-11-30", "I"),
        ("partielle", "2023-01-01", "2023-12-31", "I"),
        ("intermediaire", None, None, "I"),
        ("conception", None, None, "C"),
        ("puissance_crete", "2023-01-01", "2023-12-31", "X"),
        ("puissance_instantanee", None, None, "X"),
    ],
)
def test_the_period_code(nature: str | None, start: str | None, end: str | None, code: str) -> None:
    row = {**BOTH, "nature_valeur": nature, "date_debut": start, "date_fin": end}
    assert one(build(declarations=[row]), "_energies_annuelles")["periode"] == code


@pytest.mark.parametrize(
    ("declared", "read", "expected"),
    [(0, [], False), (None, [], False), (1200, [], True), (None, [5.0], True), (None, [0.0], False)],
)
def test_back_up_generators_are_seen_wherever_they_are_given(
    declared: float | None, read: list[float], expected: bool
) -> None:
    readings = [
        {"poste": "groupes_secours", "date_debut": "2023-05-01", "date_fin": "2023-05-02", "energie_kwh": kwh}
        for kwh in read
    ]
    con = build(declarations=[{**BOTH, "energie_groupes_secours_kwh": declared}], consommations=readings)
    assert one(con, "_energies_annuelles")["groupes_secours"] is expected
