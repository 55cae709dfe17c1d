"""Meters of a few fictitious sites and their load curves of one year: a file of the grid operator, one of our own form.

The energy of each month is spread over its hours by a shape of the day and the week. A few faults are put in, as a
logger makes them: missing slots, a slot given twice, two that overlap, a value that is no number.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from greencloud.sample.declarations import SYNTHETIC
from greencloud.sample.energy import Month
from greencloud.sample.sites import LAST_YEAR, Site

SITES = 2
_HALF_HOUR = dt.timedelta(minutes=30)
_WINTER, _SUMMER = dt.timedelta(hours=1), dt.timedelta(hours=2)
# The changes of clock of Europe/Paris in the year of the curves, UTC.
_SPRING, _AUTUMN = dt.datetime(LAST_YEAR, 3, 30, 1), dt.datetime(LAST_YEAR, 10, 26, 1)
# How far each hour of the day lies from the mean: low at night, high in the afternoon (a shape, not a measure).
_HOURS = (-6, -7, -8, -8, -7, -5, -3, 0, 3, 5, 6, 7, 8, 8, 9, 9, 8, 6, 4, 1, -2, -4, -6, -8)
_ENEDIS = (
    "Identifiant PRM;Date de début;Date de fin;Grandeur physique;Grandeur métier;Etape métier;Unité;Horodate;Valeur;"
    "Nature;Pas;Indice de vraisemblance;Etat complémentaire"
)


@dataclass(frozen=True)
class Curve:
    """One meter: what it measures, and the mean power of each of its slots in watts (start in UTC, watts)."""

    number: str
    site: str
    item: str
    slots: Sequence[tuple[dt.datetime, int]]


def curves(sites: Sequence[Site], months: Mapping[str, Mapping[int, Sequence[Month]]]) -> list[Curve]:
    """The main meter and the IT meter of the first of these sites, on the mainland, that were open all year."""
    mainland = [site for site in sites if not site.overseas]
    whole = [site for site in mainland if len(months[site.id_centre].get(LAST_YEAR, ())) == 12]
    return [
        Curve(f"999{place:04d}{number:07d}", site.id_centre, item, _slots(months[site.id_centre][LAST_YEAR], item))
        for place, site in enumerate(whole[:SITES], start=1)
        for number, item in enumerate(("total", "it"), start=1)
    ]


def register(made: Sequence[Curve]) -> list[dict[str, object]]:
    """The rows of the register of meters."""
    return [
        {
            "id_compteur": curve.number,
            "id_centre": curve.site,
            "poste": curve.item,
            "point_mesure": "arrivee_generale" if curve.item == "total" else "sortie_onduleur",
            "date_debut": dt.date(LAST_YEAR, 1, 1),
            "commentaire": SYNTHETIC,
        }
        for curve in made
    ]


def operator(made: Sequence[Curve]) -> bytes:
    """The load curves of the main meters as the grid operator exports them: watts, the end of the slot, local time."""
    lines = [_ENEDIS]
    for curve in made:
        if curve.item == "total":
            lines += _exported(curve)
    return "\n".join([*lines, ""]).encode()


def own(made: Sequence[Curve]) -> bytes:
    """The load curves of the IT meters in our own form: kWh, start and end with their offset."""
    lines = ["id_compteur,debut,fin,energie_kwh"]
    for curve in made:
        if curve.item == "it":
            lines += _written(curve)
    return "\n".join([*lines, ""]).encode()


def _slots(months: Sequence[Month], item: str) -> list[tuple[dt.datetime, int]]:
    found = []
    for month in months:
        start = _utc(month.first)
        count = (_utc(month.last + dt.timedelta(days=1)) - start) // _HALF_HOUR
        mean = (month.total if item == "total" else month.it) * 2000 / count
        found += [(start + place * _HALF_HOUR, _power(mean, start + place * _HALF_HOUR)) for place in range(count)]
    return found


def _power(mean: float, start: dt.datetime) -> int:
    """Watts; the shape comes from whole numbers, the same on any machine."""
    local = start + _offset(start)
    ripple = (local.timetuple().tm_yday * 48 + local.hour * 2 + local.minute // 30) * 7919 % 61 - 30
    return round(mean * (1000 + 10 * _HOURS[local.hour] + (15 if local.weekday() < 5 else -35) + ripple) / 1000)


def _utc(day: dt.date) -> dt.datetime:
    """The midnight with which a day begins; the clock never changes at midnight."""
    midnight = dt.datetime(day.year, day.month, day.day)
    return midnight - _offset(midnight - _WINTER)


def _offset(instant: dt.datetime) -> dt.timedelta:
    return _SUMMER if _SPRING <= instant < _AUTUMN else _WINTER


def _exported(curve: Curve) -> Iterator[str]:
    head = f"{curve.number};{LAST_YEAR}-01-01;{LAST_YEAR}-12-31;PA;CONS;BRUT;W"
    for place, (start, power) in enumerate(curve.slots):
        if place % 5003 == 5002:  # lost between the meter and the file
            continue
        end = start + _HALF_HOUR
        stamp = (end + _offset(end)).isoformat(" ")
        yield f"{head};{stamp};{power if place % 7001 != 7000 else 'NA'};B;PT30M;;"
        if place % 8009 == 8008:
            yield f"{head};{stamp};{power};B;PT30M;;"


def _written(curve: Curve) -> Iterator[str]:
    for place, (start, power) in enumerate(curve.slots):
        if place % 6007 == 6006:
            continue
        end = start + (2 * _HALF_HOUR if place % 9001 == 9000 else _HALF_HOUR)  # the latter overlaps the next one
        first, last = (moment + _offset(moment) for moment in (start, end))
        stamps = f"{first.isoformat()}{_mark(start)},{last.isoformat()}{_mark(end)}"
        yield f"{curve.number},{stamps},{power // 2000}.{power % 2000 * 5:04d}"


def _mark(instant: dt.datetime) -> str:
    return f"+{_offset(instant) // dt.timedelta(hours=1):02d}:00"
