"""Coverage: who is expected, who declared, who was refused."""

import pytest

from tests.sql.inputs import SHA, SITE_A, SITE_B, SITE_C, Row, build, insert, made

BOTH: Row = {"energie_totale_kwh": 300, "energie_it_kwh": 200}


def test_every_site_stands_in_every_year_between_those_of_its_nature() -> None:
    con = build(
        centres=[{}, {"id_centre": SITE_B}, {"id_centre": SITE_C, "synthetique": True}],
        declarations=[BOTH, {**BOTH, "annee": 2025}, {**BOTH, "id_centre": SITE_C, "annee": 2019, "synthetique": True}],
    )
    rows = made(con, "couverture")
    assert [(row["id_centre"], row["annee"], row["statut"]) for row in rows] == [
        (SITE_A, 2023, "complet"),
        (SITE_A, 2024, "absent"),
        (SITE_A, 2025, "complet"),
        (SITE_B, 2023, "absent"),
        (SITE_B, 2024, "absent"),
        (SITE_B, 2025, "absent"),
        (SITE_C, 2019, "complet"),
    ]


@pytest.mark.parametrize(
    ("declaration", "status"),
    [
        (BOTH, "complet"),
        ({**BOTH, "qualite_mesure": "estime", "perimetre": None}, "complet"),
        ({"energie_totale_kwh": 300}, "partiel"),
        ({"pue_declare": 1.5}, "partiel"),
        ({**BOTH, "nature_valeur": "partielle"}, "partiel"),
    ],
)
def test_complete_or_partial(declaration: Row, status: str) -> None:
    (row,) = made(build(declarations=[declaration]), "couverture")
    assert row["statut"] == status


@pytest.mark.parametrize(
    ("opened", "closed", "expected"),
    [
        (None, None, True),
        ("2023-12", None, True),
        ("2024-01", None, False),
        (None, "2023-01-01", True),
        (None, "2022-12-31", False),
    ],
)
def test_a_site_is_expected_when_it_was_in_operation(opened: str | None, closed: str | None, expected: bool) -> None:
    centres = [{}, {"id_centre": SITE_B, "mise_en_service": opened, "date_fermeture": closed}]
    rows = made(build(centres=centres, declarations=[BOTH]), "couverture")
    assert rows[1]["attendu"] is expected


def test_refused_is_told_from_absent_and_counted() -> None:
    con = build(centres=[{}, {"id_centre": SITE_B}, {"id_centre": SITE_C}], declarations=[BOTH])
    card = {"rang": 0, "sha256": SHA, "synthetique": False}
    insert(con, "depots", card)
    for site, year, level in (
        (SITE_A, 2023, "erreur"),
        (SITE_B, 2023, "erreur"),
        (SITE_B, 2023, "erreur"),
        (SITE_B, 2023, "avertissement"),
        (SITE_C, 2022, "erreur"),
    ):
        anomaly = {"depot_sha256": SHA, "niveau": level, "ligne": 2, "id_centre": site, "annee": year}
        insert(con, "anomalies", anomaly)
    found = [row for row in made(con, "couverture") if row["annee"] == 2023]
    rows = {row["id_centre"]: (row["statut"], row["nb_rejets"]) for row in found}
    assert rows == {SITE_A: ("complet", 1), SITE_B: ("rejete", 2), SITE_C: ("absent", 0)}


@pytest.mark.parametrize(
    ("year", "years"),
    [
        (2021, [2021, 2022, 2023]),
        (2024, [2023, 2024]),
        (2027, [2023]),  # after the deposit: a typing error
        (1999, [2023]),
        (None, [2023]),
    ],
)
def test_a_refused_line_opens_its_year(year: int | None, years: list[int]) -> None:
    con = build(declarations=[BOTH])
    insert(con, "depots", {"rang": 0, "sha256": SHA, "synthetique": False, "recu_le": "2026-05-14 09:30:00"})
    anomaly = {"depot_sha256": SHA, "niveau": "erreur", "ligne": 2, "id_centre": SITE_A, "annee": year}
    insert(con, "anomalies", anomaly)
    assert [row["annee"] for row in made(con, "couverture")] == years


def test_readings_across_new_year_open_both_years() -> None:
    reading: Row = {"date_debut": "2021-12-15", "date_fin": "2022-01-14", "energie_kwh": 5}
    rows = made(build(consommations=[reading]), "couverture")
    assert [(row["annee"], row["statut"]) for row in rows] == [(2021, "partiel"), (2022, "partiel")]


def test_readings_of_a_part_of_the_year_are_a_partial_answer() -> None:
    reading: Row = {"id_centre": SITE_B, "date_debut": "2023-03-01", "date_fin": "2023-03-31", "energie_kwh": 5}
    con = build(centres=[{}, {"id_centre": SITE_B}], declarations=[BOTH], consommations=[reading])
    assert [row["statut"] for row in made(con, "couverture")] == ["complet", "partiel"]
