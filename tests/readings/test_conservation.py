"""No energy is lost and no instant counts twice, whatever intervals a file holds, in whatever order."""

import datetime as dt
import random
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greencloud.readings.sources import Convention
from tests.readings.enedis import METER, PARIS, shift, wall
from tests.readings.oracle import Reading, gaps, midnight, partials, total
from tests.readings.test_curves import asides, of_oracle
from tests.readings.written import Line, judged

START, END = midnight(dt.date(2024, 1, 1), PARIS), midnight(dt.date(2025, 1, 1), PARIS)
OTHER = "30000000000002"
settings.register_profile("readings", deadline=None, suppress_health_check=[HealthCheck.too_slow])
few = settings(settings.get_profile("readings"), max_examples=25)

watts = st.one_of(st.just(0), st.integers(-1000, 10**9)).map(lambda value: Fraction(value, 1000))


@st.composite
def partition(draw: st.DrawFn) -> list[tuple[int, int]]:
    """The year cut anywhere, to the second."""
    cuts = draw(st.sets(st.integers(START + 1, END - 1), max_size=30))
    bounds = [START, *sorted(cuts), END]
    return list(pairwise(bounds))


@st.composite
def grid(draw: st.DrawFn) -> list[tuple[int, int]]:
    """A few days of equal slots, now and then over a change of clock."""
    step = draw(st.sampled_from([600, 900, 1800, 3600, 7200]))
    day = draw(
        st.sampled_from([dt.date(2024, 3, 29), dt.date(2024, 10, 26), dt.date(2024, 2, 28), dt.date(2024, 12, 30)])
    )
    first = midnight(day, PARIS)
    count = draw(st.integers(1, 4 * 86_400 // step))
    return [(first + place * step, first + (place + 1) * step) for place in range(count)]


@st.composite
def overlaps(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Anything at all, near the grids or far from them."""
    near = st.sampled_from([midnight(dt.date(2024, 3, 30), PARIS), midnight(dt.date(2024, 10, 27), PARIS), START])
    starts = st.builds(lambda base, after: base + after, near, st.integers(0, 4 * 86_400))
    lengths = st.one_of(st.sampled_from([600, 1800, 3600, 86_400]), st.integers(1, 40 * 86_400))
    return [(start, start + length) for start, length in draw(st.lists(st.tuples(starts, lengths), max_size=6))]


@st.composite
def files(draw: st.DrawFn) -> list[Reading]:
    """Lines of two meters in any order, some of them given twice."""
    intervals = draw(st.one_of(partition(), grid())) + draw(overlaps())
    found = [
        (draw(st.sampled_from([METER, METER, OTHER])), start, end, draw(watts), draw(st.booleans()))
        for start, end in intervals
    ]
    again = draw(st.lists(st.integers(0, len(found) - 1), max_size=4))
    found += [(*found[place][:3], draw(st.sampled_from([found[place][3], Fraction(5)])), False) for place in again]
    random.Random(draw(st.integers(0, 9))).shuffle(found)
    return [
        Reading(line, meter, start, end, value, "W", estimated)
        for line, (meter, start, end, value, estimated) in enumerate(found, 2)
    ]


def written(readings: list[Reading], offset_zone: str) -> list[Line]:
    """Both ends, with the offsets of a zone: nothing is left to guess."""
    return [
        Line(
            ligne=item.line,
            compteur=item.meter,
            debut=wall(item.start, offset_zone),
            fin=wall(item.end, offset_zone),
            decalage_debut=shift(item.start, offset_zone),
            decalage_fin=shift(item.end, offset_zone),
            valeur=Decimal(item.value.numerator) / Decimal(item.value.denominator),
            unite="W",
            estime=item.estimated,
        )
        for item in readings
    ]


def read(lines: list[Line]) -> tuple[Any, list[dict[str, Any]]]:
    return judged(lines, [Convention(None, "W", "debut", PARIS)])


def span(intervals: list[tuple[int, int]]) -> int:
    """The seconds that belong to an interval."""
    covered, reached = 0, 0
    for start, end in sorted(intervals):
        covered += max(0, end - max(start, reached))
        reached = max(reached, end)
    return covered


@few
@given(files(), st.sampled_from([PARIS, "UTC", "Pacific/Noumea"]))
def test_what_is_read_is_kept_or_set_aside(readings: list[Reading], offset_zone: str) -> None:
    outcomes, found = read(written(readings, offset_zone))
    assert outcomes[0].kept_mj + outcomes[0].aside_mj == total(readings)
    kept = sum(row["secondes"] for row in found if row["nature"] != "ecart")
    assert kept <= span([(item.start, item.end) for item in readings if item.meter == METER]) + span(
        [(item.start, item.end) for item in readings if item.meter == OTHER]
    )
    assert of_oracle(found) == partials(readings, {METER: PARIS, OTHER: PARIS})
    assert asides(found) == gaps(readings)


@few
@given(grid(), st.randoms(use_true_random=False))
def test_a_grid_and_its_holes(slots: list[tuple[int, int]], chance: random.Random) -> None:
    """Labels only: the counting way on most days, whatever is missing."""
    readings = [
        Reading(line, METER, start, end, Fraction(chance.randrange(1000)), "W")
        for line, (start, end) in enumerate(slots, 2)
        if chance.random() < 0.9
    ]
    offsetless = [
        Line(ligne=item.line, compteur=item.meter, debut=wall(item.start, PARIS), pas=item.end - item.start,
             valeur=int(item.value), unite="W")
        for item in readings
    ]  # fmt: skip
    outcomes, _ = read(offsetless)
    assert outcomes[0].kept_mj == total(readings)
    assert outcomes[0].aside_mj == 0
