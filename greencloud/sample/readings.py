"""The bills and meter readings of the sites that hand them in: rows of the table consommations."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from greencloud.sample.declarations import SYNTHETIC
from greencloud.sample.draw import Draw
from greencloud.sample.energy import Month
from greencloud.sample.sites import FIRST_YEAR, Site

Rhythm = Literal["none", "month", "two_months", "total_only"]
_RHYTHMS: Mapping[bool, Mapping[Rhythm, float]] = {
    True: {"none": 76, "month": 10, "two_months": 8, "total_only": 6},
    False: {"none": 62, "month": 30, "two_months": 4, "total_only": 4},
}


@dataclass(frozen=True)
class Habit:
    """How a site hands in its readings, and since when."""

    rhythm: Rhythm
    since: int


def habit(draw: Draw, site: Site, *, required: bool) -> Habit:
    """The habit of a site; `required` when its declarations rest on its monthly readings."""
    rhythm, since = draw.weighted(_RHYTHMS[site.small]), draw.whole(FIRST_YEAR, FIRST_YEAR + 3)
    return Habit("month", FIRST_YEAR) if required else Habit(rhythm, since)


def rows(draw: Draw, site: Site, habit: Habit, months: Sequence[Month], *, whole: bool) -> list[dict[str, object]]:
    """The lines of one year, oldest first; unless `whole`, one year in twelve lacks a month."""
    if habit.rhythm == "none" or months[0].first.year < habit.since:
        return []
    lost = draw.pick(months) if draw.chance(1 / 12) and not whole else None
    kept = [month for month in months if month is not lost]
    periods = _pairs(kept) if habit.rhythm == "two_months" else [[month] for month in kept]
    quality = {period[0].first: "estime" if draw.chance(0.04) else "mesure" for period in periods}
    items = ("total",) if habit.rhythm == "total_only" else ("total", "it")
    return [_line(site, item, period, quality[period[0].first]) for period in periods for item in items]


def _pairs(months: Sequence[Month]) -> list[list[Month]]:
    """Bills of two months (January and February, ...); alone when its neighbour is missing."""
    pairs: dict[int, list[Month]] = {}
    for month in months:
        pairs.setdefault((month.first.month - 1) // 2, []).append(month)
    return list(pairs.values())


def _line(site: Site, item: str, period: Sequence[Month], quality: str) -> dict[str, object]:
    first: dt.date = period[0].first
    return {
        "id_centre": site.id_centre,
        "poste": item,
        "date_debut": first,
        "date_fin": period[-1].last,
        "energie_kwh": sum(month.total if item == "total" else month.it for month in period),
        "qualite_mesure": quality,
        "commentaire": SYNTHETIC,
    }
