"""Load curves as the grid operator writes them, with the faults that real ones have, and what they truly say.

A curve is made of instants first (`Reading`, what the oracle reads), then written: labels of a clock on the wall, the
start or the end of the slot, one of the two customs of the autumn hour, with or without offsets.
"""

import datetime as dt
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal
from zoneinfo import ZoneInfo

from tests.readings.oracle import Reading, midnight
from tests.readings.written import Line

HEADER = (
    "Identifiant PRM;Date de début;Date de fin;Grandeur physique;Grandeur métier;Etape métier;Unité;Horodate;Valeur;"
    "Nature;Pas;Indice de vraisemblance;Etat complémentaire"
)
PARIS = "Europe/Paris"
METER = "30000000000001"


@dataclass(frozen=True)
class Custom:
    """How a curve is written. `autumn`: the end of a slot is what a clock shows then (`instant`), or start + length."""

    stamped: Literal["debut", "fin"] = "fin"
    autumn: Literal["instant", "depart"] = "instant"
    offsets: bool = False
    zone: str = PARIS


@dataclass
class Curve:
    """A year or less of one meter; every method adds a fault and returns the curve."""

    readings: list[Reading] = field(default_factory=list)

    def missing(self, *places: int) -> "Curve":
        """Lines that never came."""
        return Curve([reading for place, reading in enumerate(self.readings) if place not in places])

    def changed(self, place: int, **changes: object) -> "Curve":
        """One line with other values."""
        changed = replace(self.readings[place], **changes)  # type: ignore[arg-type]
        return Curve([*self.readings[:place], changed, *self.readings[place + 1 :]])

    def added(self, place: int, **changes: object) -> "Curve":
        """One more line at the end, like another one but for what is told."""
        line = max(reading.line for reading in self.readings) + 1
        return Curve([*self.readings, replace(self.readings[place], line=line, **changes)])  # type: ignore[arg-type]

    def shuffled(self, seed: int) -> "Curve":
        """The same lines in another order."""
        lines = [reading.line for reading in self.readings]
        random.Random(seed).shuffle(lines)
        found = (replace(reading, line=line) for reading, line in zip(self.readings, lines, strict=True))
        return Curve(sorted(found, key=lambda reading: reading.line))

    def reversed(self) -> "Curve":
        """The newest line first."""
        lines = [reading.line for reading in reversed(self.readings)]
        found = (replace(reading, line=line) for reading, line in zip(self.readings, lines, strict=True))
        return Curve(sorted(found, key=lambda reading: reading.line))

    def and_then(self, other: "Curve") -> "Curve":
        """Another curve below this one, in the same file."""
        last = max((reading.line for reading in self.readings), default=1)
        return Curve(
            [*self.readings, *(replace(item, line=last + number) for number, item in enumerate(other.readings, 1))]
        )


def curve(
    first: dt.date,
    last: dt.date,
    steps: Sequence[tuple[dt.date, int]],
    *,
    meter: str = METER,
    zone: str = PARIS,
    unit: str = "W",
    seed: int = 0,
) -> Curve:
    """All slots from the first local day to the last; `steps`: from which day on which length holds (s)."""
    chance = random.Random(seed)
    readings: list[Reading] = []
    now, end = midnight(first, zone), midnight(last + dt.timedelta(days=1), zone)
    bounds = [(midnight(day, zone), step) for day, step in steps]
    while now < end:
        step = next(length for bound, length in reversed(bounds) if bound <= now)
        value = Fraction(0) if chance.random() < 0.02 else Fraction(chance.randrange(1, 90_000))
        readings.append(Reading(len(readings) + 2, meter, now, now + step, value, unit))
        now += step
    return Curve(readings)


def wall(instant: int, zone: str) -> dt.datetime:
    """What a clock on the wall shows."""
    return dt.datetime.fromtimestamp(instant, ZoneInfo(zone)).replace(tzinfo=None)


def shift(instant: int, zone: str) -> int:
    """The offset from UTC, in seconds."""
    moment = dt.datetime.fromtimestamp(instant, ZoneInfo(zone)).utcoffset()
    assert moment is not None
    return int(moment.total_seconds())


def stamp(reading: Reading, custom: Custom) -> tuple[dt.datetime, int | None]:
    """The one stamp of a line, and its offset if it is written."""
    instant = reading.start if custom.stamped == "debut" else reading.end
    offset = shift(instant, custom.zone) if custom.offsets else None
    if custom.stamped == "fin" and custom.autumn == "depart" and not custom.offsets:
        return wall(reading.start, custom.zone) + dt.timedelta(seconds=reading.end - reading.start), None
    return wall(instant, custom.zone), offset


def lines(readings: Iterable[Reading], custom: Custom, unit: str | None = None, place: int = 0) -> Iterator[Line]:
    """The lines as the view `lues` gives them; `unit`: what the file says of it, nothing when None."""
    for reading in readings:
        label, offset = stamp(reading, custom)
        ends = custom.stamped == "fin"
        yield Line(
            fichier=place,
            ligne=reading.line,
            compteur=reading.meter,
            sens="PROD" if reading.production else "CONS",
            debut=None if ends else label,
            fin=label if ends else None,
            decalage_debut=None if ends else offset,
            decalage_fin=offset if ends else None,
            pas=reading.end - reading.start,
            valeur=Decimal(reading.value.numerator) / Decimal(reading.value.denominator),
            unite=unit,
            estime=reading.estimated,
        )


def text(readings: Sequence[Reading], custom: Custom) -> str:
    """The file of the operator's portal."""
    first, last = (wall(pick(item.start for item in readings), custom.zone).date() for pick in (min, max))
    written = [HEADER]
    for item in readings:
        label, offset = stamp(item, custom)
        shown = label.isoformat()
        if offset is not None:
            shown += f"{'+' if offset >= 0 else '-'}{abs(offset) // 3600:02d}:{abs(offset) % 3600 // 60:02d}"
        value = f"{Decimal(item.value.numerator) / Decimal(item.value.denominator):f}"
        trade = "PROD" if item.production else "CONS"
        step = f"PT{(item.end - item.start) // 60}M"
        nature = "E" if item.estimated else "B"
        written.append(f"{item.meter};{first};{last};PA;{trade};BEST;{item.unit};{shown};{value};{nature};{step};0;0")
    return "\n".join(written) + "\n"
