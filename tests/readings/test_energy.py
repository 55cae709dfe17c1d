"""Energies are integers: every unit, every rounding, no overflow."""

from decimal import Decimal

import duckdb
import pytest

from greencloud.readings.energy import MJ_PER_KWH, MOST_MJ, excessive, kwh, millijoules


def reckoned(micro: int, unit: str, seconds: int) -> int:
    query = f"SELECT {millijoules('m', 'u', 's')} FROM (SELECT $1::BIGINT AS m, $2 AS u, $3::BIGINT AS s)"
    [(found,)] = duckdb.connect().execute(query, [micro, unit, seconds]).fetchall()
    return int(found)


@pytest.mark.parametrize(
    ("micro", "unit", "seconds", "energy"),
    [
        (10**6, "W", 600, 600_000),
        (10**6, "kW", 3600, MJ_PER_KWH),
        (10**6, "MW", 3600, 1000 * MJ_PER_KWH),
        (10**6, "Wh", 60, MJ_PER_KWH // 1000),
        (10**6, "kWh", 60, MJ_PER_KWH),
        (10**6, "MWh", 60, 1000 * MJ_PER_KWH),
        (1, "W", 499, 0),
        (1, "W", 500, 1),  # half a millijoule goes up
        (-1, "W", 500, -1),
        (1, "Wh", 60, 4),  # 3.6 mJ
        (2, "Wh", 60, 7),  # 7.2 mJ
        (10**18, "W", 9, 9 * 10**15),
        (MOST_MJ // 3600, "kWh", 60, MOST_MJ),
    ],
)
def test_units(micro: int, unit: str, seconds: int, energy: int) -> None:
    assert reckoned(micro, unit, seconds) == energy


def test_what_does_not_fit_is_told_before_it_is_reckoned() -> None:
    query = f"SELECT {excessive('m', 'u', 's')} FROM (SELECT $1::BIGINT AS m, $2 AS u, $3::BIGINT AS s)"
    for case, wanted in (
        ((10**17, "W", 3600), False),  # 100 GW
        ((10**17 + 10**6, "W", 3600), True),
        ((10**18, "MWh", 86_400 * 366), True),
    ):
        assert duckdb.connect().execute(query, list(case)).fetchall() == [(wanted,)]


def test_kwh_are_told_without_floats() -> None:
    assert kwh(0) == "0"
    assert kwh(MJ_PER_KWH * 12) == "12"
    assert kwh(-MJ_PER_KWH // 4) == "-0.25"
    assert kwh(1) == "0"
    assert kwh(MJ_PER_KWH // 3) == "0.333333333"
    assert Decimal(kwh(10**30 * MJ_PER_KWH)) == 10**30
