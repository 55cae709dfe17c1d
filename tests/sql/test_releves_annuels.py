"""Which readings cover a calendar year exactly."""

import datetime as dt

import pytest

from tests.sql.inputs import Row, build, made, months

JANUARY, DECEMBER = dt.date(2023, 1, 1), dt.date(2023, 12, 31)


def reading(start: dt.date, end: dt.date, kwh: float = 100, **row: object) -> Row:
    return {"date_debut": start, "date_fin": end, "energie_kwh": kwh, **row}


def test_twelve_months_are_a_year() -> None:
    (row,) = made(build(consommations=months(2023, 1000)), "_releves_annuels")
    assert (row["annee"], row["energie_kwh"], row["exacte"], row["chevauchement"]) == (2023, 12_000, True, False)


def test_items_and_years_are_apart() -> None:
    readings = months(2023, 1000) + months(2024, 10) + months(2023, 500, poste="it")
    rows = made(build(consommations=readings), "_releves_annuels")
    assert [(row["poste"], row["annee"], row["energie_kwh"]) for row in rows] == [
        ("it", 2023, 6000),
        ("total", 2023, 12_000),
        ("total", 2024, 120),
    ]


@pytest.mark.parametrize(
    ("readings", "overlap"),
    [
        (months(2023, 1000)[1:], False),  # January is missing
        (months(2023, 1000)[:-1], False),  # December is missing
        (months(2023, 1000)[:5] + months(2023, 1000)[6:], False),  # a hole in June
        # June ends on 1 July, where July begins: 366 days of readings for 365 days
        (
            [*months(2023, 1000)[:5], reading(dt.date(2023, 6, 1), dt.date(2023, 7, 1)), *months(2023, 1000)[6:]],
            True,
        ),
        # a long reading holds a short one, and a hole of the same length makes the days add up to 365
        (
            [
                reading(JANUARY, dt.date(2023, 6, 30)),
                reading(dt.date(2023, 3, 1), dt.date(2023, 3, 31)),
                reading(dt.date(2023, 8, 1), DECEMBER),
            ],
            True,
        ),
    ],
    ids=["no January", "no December", "hole", "shared day", "overlap and hole"],
)
def test_a_year_with_a_hole_or_an_overlap_is_not_exact(readings: list[Row], overlap: bool) -> None:
    (row,) = made(build(consommations=readings), "_releves_annuels")
    assert (row["exacte"], row["chevauchement"]) == (False, overlap)


def test_a_reading_across_new_year_makes_neither_year_exact() -> None:
    readings = [reading(JANUARY, dt.date(2024, 1, 15)), reading(dt.date(2024, 1, 16), dt.date(2024, 12, 31))]
    rows = made(build(consommations=readings), "_releves_annuels")
    assert [(row["annee"], row["exacte"]) for row in rows] == [(2023, False), (2024, False)]


def test_a_leap_year_has_366_days() -> None:
    halves = [reading(dt.date(2024, 1, 1), dt.date(2024, 2, 29)), reading(dt.date(2024, 3, 1), dt.date(2024, 12, 31))]
    (row,) = made(build(consommations=halves), "_releves_annuels")
    assert row["exacte"]


@pytest.mark.parametrize(
    ("qualities", "rank"),
    [
        (["mesure", "mesure"], 1),
        (["mesure", "point_change"], 2),
        (["mesure", None], 3),
        (["estime", None], 4),
        (["manquant", "estime"], 5),
    ],
)
def test_the_quality_is_the_worst_of_the_readings(qualities: list[str | None], rank: int) -> None:
    halves = [
        reading(JANUARY, dt.date(2023, 6, 30), qualite_mesure=qualities[0]),
        reading(dt.date(2023, 7, 1), DECEMBER, qualite_mesure=qualities[1]),
    ]
    (row,) = made(build(consommations=halves), "_releves_annuels")
    assert row["rang_qualite"] == rank
