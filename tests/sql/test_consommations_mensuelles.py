"""Monthly energies: bills across months shared out by days, sums kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sql.inputs import Row, build, made, months


def bill(start: str, end: str, kwh: float, **row: object) -> Row:
    return {"date_debut": start, "date_fin": end, "energie_kwh": kwh, **row}


def test_a_monthly_reading_stays_as_it_is() -> None:
    (row, *_) = made(build(consommations=months(2024, 1000.5)[1:]), "consommations_mensuelles")
    assert row == {
        "id_centre": "13002526500013-01",
        "mois": "2024-02",
        "poste": "total",
        "energie_kwh": 1000.5,
        "jours_couverts": 29,
        "jours_du_mois": 29,
        "repartition": "releve",
        "nb_releves": 1,
        "chevauchement": False,
        "qualite_mesure": "mesure",
        "synthetique": False,
    }


def test_a_bill_across_months_is_shared_out_by_days() -> None:
    # 20 January to 10 March 2023: 12 + 28 + 10 = 50 days, 1,000 kWh, 20 a day
    rows = made(build(consommations=[bill("2023-01-20", "2023-03-10", 1000)]), "consommations_mensuelles")
    assert [(row["mois"], row["energie_kwh"], row["jours_couverts"]) for row in rows] == [
        ("2023-01", 240, 12),
        ("2023-02", 560, 28),
        ("2023-03", 200, 10),
    ]
    assert {row["repartition"] for row in rows} == {"prorata"}


def test_two_bills_of_a_month_are_added() -> None:
    bills = [bill("2022-12-17", "2023-01-15", 300), bill("2023-01-16", "2023-01-31", 50, qualite_mesure="estime")]
    rows = made(build(consommations=bills), "consommations_mensuelles")
    january = rows[1]
    # 15 of the 30 days of the first, all of the second
    assert (january["mois"], january["energie_kwh"], january["nb_releves"]) == ("2023-01", 200, 2)
    assert (january["jours_couverts"], january["repartition"], january["qualite_mesure"]) == (31, "prorata", "estime")


def test_a_day_covered_twice_counts_once() -> None:
    bills = [
        bill("2023-01-01", "2023-02-28", 590),
        bill("2023-01-10", "2023-01-12", 30),
        bill("2023-02-20", "2023-03-02", 11),
    ]
    rows = made(build(consommations=bills), "consommations_mensuelles")
    # 10 kWh a day over January, and 30 more; February 280 + 9 days at 1; March 2 days at 1
    assert [(row["energie_kwh"], row["jours_couverts"]) for row in rows] == [(340, 31), (289, 28), (2, 2)]
    # 10 to 12 January, 20 to 28 February; the last bill is alone in March
    assert [row["chevauchement"] for row in rows] == [True, True, False]


def test_bills_that_follow_each_other_do_not_overlap() -> None:
    bills = [bill("2023-01-01", "2023-01-15", 10), bill("2023-01-16", "2023-02-10", 10)]
    assert [row["chevauchement"] for row in made(build(consommations=bills), "consommations_mensuelles")] == [False] * 2


def test_items_are_apart() -> None:
    bills = [bill("2023-01-01", "2023-01-31", 10), bill("2023-01-01", "2023-01-31", 4, poste="it")]
    rows = made(build(consommations=bills), "consommations_mensuelles")
    assert [(row["poste"], row["energie_kwh"]) for row in rows] == [("it", 4), ("total", 10)]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.dates(), st.integers(0, 800), st.floats(0, 1e9)).filter(lambda item: 2000 < item[0].year < 2098),
        max_size=4,
        unique_by=lambda item: item[0],
    )
)
def test_the_months_of_a_site_add_up_to_its_bills(bills: list[tuple[object, int, float]]) -> None:
    import datetime as dt

    rows = [
        {"date_debut": start, "date_fin": start + dt.timedelta(days=days), "energie_kwh": kwh}
        for start, days, kwh in bills
        if isinstance(start, dt.date)
    ]
    found = made(build(consommations=rows), "consommations_mensuelles")
    assert sum(row["energie_kwh"] for row in found) == pytest.approx(sum(kwh for *_, kwh in bills), rel=1e-9)
    assert all(1 <= row["jours_couverts"] <= row["jours_du_mois"] for row in found)
