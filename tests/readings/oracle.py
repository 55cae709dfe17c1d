"""What must become of readings, reckoned one by one in plain Python: integers, `zoneinfo` and no database."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

MILLIJOULES = {"Wh": 3_600_000, "kWh": 3_600_000_000, "MWh": 3_600_000_000_000}
POWERS = {"W": 1000, "kW": 1_000_000, "MW": 1_000_000_000}
EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True)
class Reading:
    """One line, with the instants (UTC seconds) of its slot as they truly are."""

    line: int
    meter: str
    start: int
    end: int
    value: Fraction
    unit: str
    estimated: bool = False
    production: bool = False

    @property
    def energy(self) -> int:
        """In mJ, rounded half away from zero."""
        if self.unit in POWERS:
            exact = self.value * POWERS[self.unit] * (self.end - self.start)
        else:
            exact = self.value * MILLIJOULES[self.unit]
        size = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
        return size if exact >= 0 else -size


def local(instant: int, zone: str) -> dt.datetime:
    return dt.datetime.fromtimestamp(instant, ZoneInfo(zone))


def midnight(day: dt.date, zone: str) -> int:
    """The first instant of a local day."""
    return int(dt.datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp())


def motives(readings: Sequence[Reading]) -> dict[int, str | None]:
    """Line -> why it is set aside, None when it is kept."""
    found: dict[int, str | None] = {}
    slots: dict[str, dict[tuple[int, int], list[Reading]]] = defaultdict(lambda: defaultdict(list))
    for reading in readings:
        if reading.production:
            found[reading.line] = "production"
        elif reading.value < 0:
            found[reading.line] = "negatif"
        else:
            slots[reading.meter][reading.start, reading.end].append(reading)
    for positions in slots.values():
        overlapped = _overlapped(list(positions))
        for position, same in positions.items():
            found |= (
                dict.fromkeys([item.line for item in same], "chevauchement") if position in overlapped else _one(same)
            )
    return found


def _overlapped(positions: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of which an instant belongs to another one too; each pair looked at while the first is open."""
    found = set()
    opened: list[tuple[int, int]] = []
    for position in sorted(positions):
        opened = [other for other in opened if other[1] > position[0]]
        if opened:
            found |= {position, *opened}
        opened.append(position)
    return found


def _one(same: Sequence[Reading]) -> dict[int, str | None]:
    """Which of the lines of one slot stands for it."""
    if len(same) == 1:
        return {same[0].line: None}
    metered = {item.energy for item in same if not item.estimated}
    energies = {item.energy for item in same}
    if len(energies) > 1 and len(metered) != 1:
        return {item.line: "doublon_different" for item in same}
    chosen = min(same, key=lambda item: (item.estimated, item.line))
    return {
        item.line: None
        if item is chosen
        else "doublon_identique"
        if item.energy == chosen.energy
        else "doublon_different"
        for item in same
    }


def partials(readings: Sequence[Reading], zones: Mapping[str, str]) -> list[dict[str, Any]]:
    """The days and the periods of the readings that are kept; `zones`: meter -> its zone."""
    found = motives(readings)
    days: dict[tuple[str, dt.date], list[Reading]] = defaultdict(list)
    rows = []
    for reading in readings:
        if found[reading.line] is None:
            zone = zones[reading.meter]
            first, last = local(reading.start, zone).date(), local(reading.end - 1, zone).date()
            if reading.end - reading.start < 86_400 or first == last:
                days[reading.meter, first].append(reading)
            else:
                rows.append(_row("periode", [reading], first, last, zone))
    rows += [_row("jour", several, day, day, zones[meter]) for (meter, day), several in days.items()]
    return sorted(rows, key=lambda row: (row["nature"], row["compteur"], row["date_debut"], row["debut_utc"]))


def _row(nature: str, kept: Sequence[Reading], first: dt.date, last: dt.date, zone: str) -> dict[str, Any]:
    day = nature == "jour"
    powers = [item.energy // (item.end - item.start) for item in kept]
    night = [item.energy for item in kept if not 6 <= local(item.start, zone).hour < 22]
    return {
        "nature": nature,
        "compteur": kept[0].meter,
        "date_debut": first,
        "date_fin": last,
        "energie_mj": sum(item.energy for item in kept),
        "creneaux": len(kept),
        "creneaux_nuls": sum(item.energy == 0 for item in kept),
        "creneaux_estimes": sum(item.estimated for item in kept),
        "secondes": sum(item.end - item.start for item in kept),
        "secondes_attendues": midnight(last + dt.timedelta(days=1), zone) - midnight(first, zone),
        "debut_utc": min(item.start for item in kept),
        "fin_utc": max(item.end for item in kept),
        "energie_nuit_mj": sum(night) if day else None,
        "puissance_min_mw": min(powers) if day else None,
        "puissance_max_mw": max(powers) if day else None,
        "pas_min": min(item.end - item.start for item in kept),
        "pas_max": max(item.end - item.start for item in kept),
        "depot_ligne": min(item.line for item in kept),
    }


def gaps(readings: Sequence[Reading]) -> dict[tuple[str, str], tuple[int, int]]:
    """(meter, motive) -> lines and energy that are set aside."""
    lines: Counter[tuple[str, str]] = Counter()
    energy: Counter[tuple[str, str]] = Counter()
    found = motives(readings)
    for reading in readings:
        motive = found[reading.line]
        if motive is not None:
            lines[reading.meter, motive] += 1
            energy[reading.meter, motive] += reading.energy
    return {key: (lines[key], energy[key]) for key in lines}


def total(readings: Iterable[Reading]) -> int:
    """The energy of all lines, in mJ."""
    return sum(reading.energy for reading in readings)
