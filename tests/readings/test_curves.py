"""Load curves of the grid operator, to the millijoule, against the oracle: each trap writes one curve otherwise."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Literal

import pytest

from greencloud.readings.sources import Convention
from tests.readings.enedis import METER, PARIS, Curve, Custom, curve, lines
from tests.readings.oracle import Reading, gaps, partials, total
from tests.readings.written import PARIS_ENDS, Line, judged

OTHER = "30000000000002"
YEAR = (dt.date(2024, 1, 1), dt.date(2024, 12, 31))  # a leap year
AUTUMN = (dt.date(2024, 10, 25), dt.date(2024, 10, 29))
SPRING = (dt.date(2024, 3, 29), dt.date(2024, 4, 2))
QUIET = (dt.date(2024, 6, 1), dt.date(2024, 6, 9))
CUSTOMS = (
    Custom("debut"),
    Custom("fin", "instant"),
    Custom("fin", "depart"),
    Custom("fin", offsets=True),
    Custom("debut", offsets=True),
)


def held(readings: Sequence[Reading], custom: Custom, unit: str = "W") -> None:
    """The partials and the gaps of the readings, written in a custom, are those of the oracle."""
    told = [Convention(None, unit, custom.stamped, custom.zone)]
    outcomes, found = judged(lines(readings, custom), told)
    zones = dict.fromkeys({reading.meter for reading in readings}, custom.zone)
    assert of_oracle(found) == partials(readings, zones)
    assert asides(found) == gaps(readings)
    assert outcomes[0].kept_mj + outcomes[0].aside_mj == total(readings)
    assert outcomes[0].rows == len(readings)
    assert outcomes[0].accepted == len(readings) - sum(count for count, _ in gaps(readings).values())


def of_oracle(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The days and periods, as the oracle tells them."""
    rows = [
        {name: value for name, value in row.items() if name not in ("fichier", "motif")}
        for row in found
        if row["nature"] != "ecart"
    ]
    return sorted(rows, key=lambda row: (row["nature"], row["compteur"], row["date_debut"], row["debut_utc"]))


def asides(found: Sequence[dict[str, Any]]) -> dict[tuple[str, str], tuple[int, int]]:
    """(meter, motive) -> lines and energy of the gaps, months together."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for row in found:
        if row["nature"] == "ecart":
            lines, energy = sums.get((row["compteur"], row["motif"]), (0, 0))
            sums[row["compteur"], row["motif"]] = (lines + row["creneaux"], energy + row["energie_mj"])
    return sums


@pytest.mark.parametrize("custom", CUSTOMS, ids=str)
@pytest.mark.parametrize("step", [600, 1800, 3600])
@pytest.mark.parametrize("days", [AUTUMN, SPRING, QUIET], ids=["autumn", "spring", "quiet"])
def test_every_custom_on_every_kind_of_day(days: tuple[dt.date, dt.date], step: int, custom: Custom) -> None:
    held(curve(*days, [(days[0], step)]).readings, custom)


@pytest.mark.parametrize("custom", CUSTOMS, ids=str)
@pytest.mark.parametrize("step", [2700, 5400, 7200, 10_800, 21_600])
@pytest.mark.parametrize("days", [AUTUMN, SPRING], ids=["autumn", "spring"])
@pytest.mark.parametrize("backwards", [False, True])
def test_slots_that_do_not_divide_the_hour(
    days: tuple[dt.date, dt.date], step: int, custom: Custom, backwards: bool
) -> None:
    """No label comes twice, or none at the change: the jump of the labels tells which time is which."""
    slots = curve(*days, [(days[0], step)])
    held((slots.reversed() if backwards else slots).readings, custom)


@pytest.mark.parametrize("custom", CUSTOMS, ids=str)
def test_the_newest_line_may_come_first(custom: Custom) -> None:
    held(curve(*AUTUMN, [(AUTUMN[0], 1800)]).reversed().readings, custom)


@pytest.mark.parametrize("custom", CUSTOMS, ids=str)
def test_a_leap_year_of_changing_steps_with_all_faults(custom: Custom) -> None:
    steps = [(YEAR[0], 600), (dt.date(2024, 3, 10), 1800), (dt.date(2024, 9, 1), 3600), (dt.date(2024, 11, 1), 600)]
    first = curve(*YEAR, steps, seed=1)
    faulty = (
        first.missing(5, 6, 20_000)
        .changed(100, value=Fraction(-50))
        .changed(300, value=Fraction(0))
        .changed(400, estimated=True)
        .added(1000)
        .added(2000, value=Fraction(123_456))
        .changed(3000, estimated=True)
        .added(3000, value=Fraction(1), estimated=False)
        .added(12_000, start=first.readings[12_000].start + 300, end=first.readings[12_000].end + 300)
        .added(500, production=True, value=Fraction(777))
    )
    other = curve(dt.date(2024, 2, 27), dt.date(2024, 3, 2), [(dt.date(2024, 2, 27), 600)], meter=OTHER, seed=2)
    both = faulty.and_then(other)
    assert {motive for _, motive in gaps(both.readings)} == {
        *("negatif", "doublon_identique", "doublon_different", "chevauchement", "production")
    }
    held(both.readings, custom)


def test_lines_in_any_order_say_the_same() -> None:
    """Shuffled, the two hours of autumn cannot be told apart without offsets; their sum can."""
    ordered = curve(*YEAR, [(YEAR[0], 1800)])
    held(ordered.shuffled(3).readings, Custom("fin", offsets=True))
    told = [Convention(None, "W", "fin", PARIS)]
    (_, one), (_, other) = (
        judged(lines(several.readings, Custom("fin")), told) for several in (ordered, ordered.shuffled(4))
    )
    wanted = ("compteur", "date_debut", "energie_mj", "creneaux", "secondes", "debut_utc", "fin_utc", "energie_nuit_mj")
    assert [[row[name] for name in wanted] for row in one] == [[row[name] for name in wanted] for row in other]


@pytest.mark.parametrize("zone", ["Indian/Reunion", "America/Miquelon", "Pacific/Noumea", "Pacific/Marquesas"])
@pytest.mark.parametrize("offsets", [False, True])
def test_overseas(zone: str, offsets: bool) -> None:
    custom = Custom("fin", "instant", offsets, zone)
    for days in ((dt.date(2024, 11, 1), dt.date(2024, 11, 5)), (dt.date(2024, 3, 8), dt.date(2024, 3, 12))):
        held(curve(*days, [(days[0], 1800)], zone=zone).readings, custom)


@pytest.mark.parametrize(("told", "zone"), [("UTC", "UTC"), ("UTC+1", "Etc/GMT-1")])
@pytest.mark.parametrize("stamped", ["debut", "fin"])
@pytest.mark.parametrize("days", [AUTUMN, SPRING, QUIET], ids=["autumn", "spring", "quiet"])
def test_a_clock_that_nobody_changes(
    days: tuple[dt.date, dt.date], stamped: Literal["debut", "fin"], told: str, zone: str
) -> None:
    """Its instants are exact, and the days are those of the law."""
    readings = curve(*days, [(days[0], 1800)]).readings
    outcomes, found = judged(lines(readings, Custom(stamped, zone=zone)), [Convention(METER, "W", stamped, told)])
    assert of_oracle(found) == partials(readings, {METER: PARIS})
    assert outcomes[0].aside_mj == 0


def test_an_offset_says_more_than_a_fixed_clock() -> None:
    readings = curve(*AUTUMN, [(AUTUMN[0], 600)]).readings
    for end in ("debut", "fin"):
        found = judged(lines(readings, Custom(end, offsets=True)), [Convention(None, "W", end, "UTC")])[1]
        assert of_oracle(found) == partials(readings, {METER: PARIS})


def test_a_day_of_universal_time_is_two_of_the_law() -> None:
    """A day of the calendar, or a slot of 24 hours: as long as it is, from two o'clock to two o'clock in summer."""
    start = dt.datetime(2024, 6, 1)
    one = Line(debut=start, fin=start + dt.timedelta(days=1), valeur=24, unite="kWh")
    other = Line(debut=start, pas=86_400, valeur=24, unite="kWh")
    for line in (one, other):
        [row] = judged([line], [Convention(None, None, "debut", "UTC")])[1]
        assert (row["nature"], row["date_debut"], row["date_fin"]) == (
            *("periode", dt.date(2024, 6, 1), dt.date(2024, 6, 2)),
        )
        assert (row["secondes"], row["debut_utc"]) == (86_400, start.replace(tzinfo=dt.UTC).timestamp())


@pytest.mark.parametrize("unit", ["W", "kW", "MW", "Wh", "kWh", "MWh"])
def test_units(unit: str) -> None:
    """To the sixth decimal, rounded line by line."""
    readings = [
        replace(item, value=item.value / 10**4 + Fraction(item.line, 10**6))
        for item in curve(*AUTUMN, [(AUTUMN[0], 600)], unit=unit).readings
    ]
    held(readings, Custom("fin"), unit)


def test_watts_are_not_watt_hours() -> None:
    """The same numbers: half as much energy when half an hour of mean power is meant."""
    readings = curve(*QUIET, [(QUIET[0], 1800)]).readings
    sums = {}
    for unit in ("W", "Wh"):
        outcomes, _ = judged(lines(readings, Custom("fin")), [Convention(None, unit, "fin", PARIS)])
        sums[unit] = outcomes[0].kept_mj
    assert sums["Wh"] == 2 * sums["W"] == 2 * total(readings)


def test_the_start_and_the_end_of_a_slot_are_not_the_same_day() -> None:
    """A slot that ends at midnight belongs to the day before."""
    readings = curve(*QUIET, [(QUIET[0], 1800)]).readings
    right, wrong = (
        {
            row["date_debut"]: row["energie_mj"]
            for row in judged(lines(readings, Custom("fin")), [Convention(METER, "W", end, PARIS)])[1]
        }
        for end in ("fin", "debut")
    )
    assert right == {row["date_debut"]: row["energie_mj"] for row in partials(readings, {METER: PARIS})}
    assert len(wrong) == len(right) + 1


def test_a_step_that_changes_in_a_file_is_each_lines_own() -> None:
    readings = curve(*QUIET, [(QUIET[0], 600), (dt.date(2024, 6, 4), 3600)]).readings
    held(readings, Custom("fin"))
    one_step = [item for item in lines(readings, Custom("fin")) if item.pas == 600]
    assert 0 < len(one_step) < len(readings)


def test_a_step_may_change_within_a_day() -> None:
    morning, evening = curve(*QUIET, [(QUIET[0], 600)]), curve(*QUIET, [(QUIET[0], 3600)], seed=9)
    noon = morning.readings[72].start
    mixed = Curve([item for item in morning.readings if item.end <= noon]).and_then(
        Curve([item for item in evening.readings if item.start >= noon])
    )
    held(mixed.readings, Custom("fin"))


def test_lines_say_more_than_the_register_and_the_register_than_the_mapping() -> None:
    readings = curve(*QUIET, [(QUIET[0], 1800)]).readings
    register, mapping = Convention(METER, "kW", "fin", PARIS), Convention(None, "MWh", "debut", "Indian/Reunion")
    for said, told in (("W", [register, mapping]), (None, [Convention(METER, "W", "fin", PARIS), mapping])):
        outcomes, found = judged(lines(readings, Custom("fin"), said), told)
        assert of_oracle(found) == partials(readings, {METER: PARIS})
        assert outcomes[0].aside_mj == 0
    _, found = judged(lines(readings, Custom("fin"), "W"), [], PARIS_ENDS)
    assert of_oracle(found) == partials(readings, {METER: PARIS})
