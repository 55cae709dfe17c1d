"""4,000 plausible sites, and the same with one known mistake: is the right cause named, and only that one?

Draw of the facts: PUE 1.1 to 3.5, load factor 8 to 90 %, installed IT power 2 to 5,000 kW, seeded.
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

import pytest

from tests.rules.rows import Cells, judge

SITES = 4000
HOURS = 8760


class Site(NamedTuple):
    """Energies in kWh, installed IT power in kW."""

    total: float
    it: float
    power: float


def draw_sites() -> list[Site]:
    draw = random.Random(20240517)
    sites = []
    for _ in range(SITES):
        power = round(draw.uniform(2, 5000), 1)
        it = round(draw.uniform(0.08, 0.90) * power * HOURS)
        sites.append(Site(round(draw.uniform(1.1, 3.5) * it), it, power))
    return sites


def cells(site: Site) -> Cells:
    return {
        "energie_totale_kwh": site.total,
        "energie_it_kwh": site.it,
        "puissance_it_installee_kw": site.power,
    }


def water_in_litres(site: Site) -> Cells:
    """A WUE of 1 L/kWh, the water typed in litres."""
    return {**cells(site), "eau_totale_m3": site.it}


MISTAKES: Mapping[str, tuple[Callable[[Site], Cells], Mapping[str, float]]] = {
    "total in MWh": (lambda site: cells(site._replace(total=site.total / 1000)), {"total_en_mwh": 1}),
    "IT in MWh": (lambda site: cells(site._replace(it=site.it / 1000)), {"it_en_mwh": 1}),
    "total in kW": (lambda site: cells(site._replace(total=site.total / HOURS)), {"total_en_kw": 1}),
    "IT in kW": (lambda site: cells(site._replace(it=site.it / HOURS)), {"it_en_kw": 1}),
    "both in kW": (
        lambda site: cells(site._replace(total=site.total / HOURS, it=site.it / HOURS)),
        {"energies_en_kw": 1},
    ),
    "swap": (lambda site: cells(site._replace(total=site.it, it=site.total)), {"colonnes_inversees": 1}),
    "litres": (water_in_litres, {"eau_en_litres": 1}),
    "one month of IT": (lambda site: cells(site._replace(it=site.it / 12)), {"it_mensuel": 1}),
    "power in MW": (lambda site: cells(site._replace(power=site.power / 1000)), {"puissance_en_mw": 0.998}),
    "both in MWh": (
        lambda site: cells(site._replace(total=site.total / 1000, it=site.it / 1000)),
        {"energies_en_mwh": 0.955, "energies_en_kw": 0.02},
    ),
    "one month of total": (
        lambda site: cells(site._replace(total=site.total / 12)),
        {"total_mensuel": 0.78, "colonnes_inversees": 0.18},
    ),
}
"""Each mistake, with the causes that must be named and the least share of the sites for each."""


def error_codes(rows: list[Cells]) -> list[list[str]]:
    """The codes of the errors of each row."""
    return [[hit.code for hit in hits if hit.niveau == "erreur"] for hits in judge(rows)]


def test_no_plausible_site_is_refused() -> None:
    assert error_codes([cells(site) for site in draw_sites()]) == [[]] * SITES


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_cause_is_named(mistake: str) -> None:
    make, causes = MISTAKES[mistake]
    found = error_codes([make(site) for site in draw_sites()])
    assert all(len(codes) == 1 for codes in found)
    shares = {code: count / SITES for code, count in Counter(code for [code] in found).items()}
    assert set(shares) == set(causes)
    assert all(shares[code] >= least for code, least in causes.items()), shares
