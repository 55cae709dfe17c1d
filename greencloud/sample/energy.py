"""What the meters of a fictitious site would have read, month after month."""

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from greencloud.sample.draw import Draw
from greencloud.sample.sites import FIRST_YEAR, LAST_YEAR, Site, month_end

# How far each month's cooling lies from the yearly mean: -1 in winter, +1 in summer (a shape, not a measure).
_SEASON = (-1.0, -0.9, -0.5, -0.1, 0.3, 0.8, 1.0, 0.95, 0.5, 0.0, -0.6, -0.9)
_LOWEST_PUE = 1.06
_LOADS = (0.12, 0.85)


@dataclass(frozen=True)
class Month:
    """One month of readings, kWh: `it` at the UPS output, `total` at the main meter; `last` is included."""

    first: dt.date
    last: dt.date
    it: int
    total: int


def measure(draw: Draw, site: Site) -> dict[int, Sequence[Month]]:
    """The months of each year in which the site was open, 2019 to 2025; a year without a month is left out."""
    load, pue = site.load, site.pue
    years: dict[int, Sequence[Month]] = {}
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        months = [_month(draw, site, year, month, load, pue) for month in range(1, 13) if _open(site, year, month)]
        if months:
            years[year] = months
        load = min(max(load * draw.between(0.93, 1.09), _LOADS[0]), _LOADS[1])
        pue = max(1 + (pue - 1) * draw.between(0.955, 1.01), _LOWEST_PUE)
    return years


def _open(site: Site, year: int, month: int) -> bool:
    opened = site.opened <= dt.date(year, month, 1)
    return opened and (site.closed is None or month_end(year, month) <= site.closed)


def _month(draw: Draw, site: Site, year: int, month: int, load: float, pue: float) -> Month:
    first, days = dt.date(year, month, 1), calendar.monthrange(year, month)[1]
    it = site.power_kw * load * 24 * days * draw.between(0.97, 1.03)
    overhead = (pue - 1) * (1 + _swing(site) * _SEASON[month - 1]) * draw.between(0.97, 1.03)
    return Month(first, first.replace(day=days), round(it), round(it * (1 + overhead)))


def _swing(site: Site) -> float:
    if site.overseas:
        return 0.03
    return 0.18 if site.cooling.startswith("free_cooling") else 0.10
