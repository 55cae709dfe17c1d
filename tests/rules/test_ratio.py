"""The partition of total / IT: one code a row at most, no gap, no overlap, every bound on the side the facts say."""

import math
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from greencloud import rules
from tests.rules.rows import judge

RATIO = {rule.code for rule in rules.for_table("declarations") if rule.famille == "rapport"}
ENERGY = st.floats(1e-3, 1e12, allow_nan=False)
BOUNDS = (
    *(1.03 / 8784, 4 / 8760, 0.00103, 0.004, 0.0858, 0.25, 0.9709, 0.9995, 1.0005, 1.03),
    *(4, 10, 12.36, 48, 1030, 4000, 1.03 * 8760, 4 * 8784),
)


def ratio_codes(pairs: list[tuple[float, float]]) -> list[list[str]]:
    """The codes of the ratio family for each (total, IT), with nothing else to say on the row."""
    rows = [{"energie_totale_kwh": total, "energie_it_kwh": it} for total, it in pairs]
    return [[hit.code for hit in hits if hit.code in RATIO] for hits in judge(rows)]


@settings(max_examples=6, deadline=None)
@given(st.lists(st.tuples(ENERGY, ENERGY), min_size=50, max_size=150))
def test_any_positive_pair_has_one_code_unless_accepted(pairs: list[tuple[float, float]]) -> None:
    for (total, it), codes in zip(pairs, ratio_codes(pairs), strict=True):
        assert len(codes) == (0 if 1.03 <= total / it <= 4 else 1), (total, it, codes)


def test_ratios_around_every_bound_have_one_code_unless_accepted() -> None:
    ratios = [near for bound in BOUNDS for near in (math.nextafter(bound, 0), bound, math.nextafter(bound, math.inf))]
    for ratio, codes in zip(ratios, ratio_codes([(ratio, 1) for ratio in ratios]), strict=True):
        assert len(codes) == (0 if 1.03 <= ratio <= 4 else 1), (ratio, codes)


INSIDE: Mapping[str, tuple[float, ...]] = {
    "total_en_kw": (1.03 / 8784, 4 / 8760),
    "total_en_mwh": (0.00103, 0.004),
    "total_mensuel": (0.0858, 0.2499),
    "colonnes_inversees": (0.25, 0.9709),
    "it_superieur_au_total": (0.971, 0.9994),
    "pue_egal_a_un": (0.9995, 1.0005),
    "pue_tres_bas": (1.0006, 1.0299),
    "pue_tres_eleve": (4.001, 10),
    "it_mensuel": (12.36, 48),
    "it_en_mwh": (1030, 4000),
    "it_en_kw": (9022.8, 35136),
    "ratio_energie_impossible": (
        *(0.000117, 0.000457, 0.001029, 0.0041, 0.0857),
        *(10.001, 12.35, 48.01, 1029.9, 4000.1, 9022.7, 35136.1),
    ),
}


def test_the_bounds_of_each_cause() -> None:
    named = [(ratio, code) for code, ratios in INSIDE.items() for ratio in ratios]
    found = ratio_codes([(ratio, 1) for ratio, _ in named])
    assert set(INSIDE) == RATIO
    assert [(ratio, codes) for (ratio, _), codes in zip(named, found, strict=True)] == [
        (ratio, [code]) for ratio, code in named
    ]


def test_swapped_columns_may_also_be_one_month_of_total() -> None:
    month = {"energie_totale_kwh": 26239, "energie_it_kwh": 80000}
    swapped = {"energie_totale_kwh": 175120, "energie_it_kwh": 314870}
    (one, *_), (other, *_) = judge([month, swapped])
    assert "un seul mois" in one.message
    assert "un seul mois" not in other.message
