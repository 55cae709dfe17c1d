"""Zones of France and their changes of clock, from the time zone database (IANA) that the package `tzdata` brings.

The machine's own zones are not asked: the same readings give the same figures everywhere.

A label is what a clock on the wall shows, counted in seconds as if it were UTC. On a day without a change, a label and
an instant differ by the offset of that day.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import duckdb

PARIS = "Europe/Paris"
ZONES = (
    PARIS,
    "America/Guadeloupe",
    "America/Martinique",
    "America/Cayenne",
    "America/Marigot",
    "America/Miquelon",
    "America/St_Barthelemy",
    "Indian/Kerguelen",
    "Indian/Mayotte",
    "Indian/Reunion",
    "Pacific/Gambier",
    "Pacific/Marquesas",
    "Pacific/Noumea",
    "Pacific/Tahiti",
    "Pacific/Wallis",
)
"""France and its overseas zones."""

FIXED = {"UTC": 0, "UTC+1": 3600}
"""Clocks that nobody changes: universal time, and the winter time of Paris all year; their seconds east of UTC."""

KNOWN = (*ZONES, *FIXED)
"""What the stamps of readings may follow."""

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""The years of readings; what is outside is a slip of the keyboard or of a clock that was never set."""

DAY = 86_400
_STEP = 7 * DAY  # no two changes of clock are nearer


class Change(NamedTuple):
    """A change of clock: its instant (UTC seconds) and the offsets before and after it (seconds east of UTC)."""

    instant: int
    before: int
    after: int


def day_number(day: dt.date) -> int:
    """Days since 1 January 1970."""
    return (day - dt.date(1970, 1, 1)).days


FIRST_DAY, LAST_DAY = day_number(dt.date(FIRST_YEAR, 1, 1)), day_number(dt.date(LAST_YEAR, 12, 31))
_MARGIN = 8  # days of the table on both sides of the years of readings


def legal(told: str) -> str:
    """SQL: the zone whose days are those of a meter; stamps may follow a fixed clock, the law does not."""
    fixed = ", ".join(f"'{name}'" for name in FIXED)
    return f"CASE WHEN {told} IN ({fixed}) THEN '{PARIS}' ELSE {told} END"


@lru_cache
def zone_info(name: str) -> ZoneInfo:
    """A zone of `ZONES`."""
    with files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as stream:
        return ZoneInfo.from_file(stream, name)


def offset(zone: ZoneInfo, instant: int) -> int:
    """Seconds east of UTC."""
    moment = dt.datetime.fromtimestamp(instant, dt.UTC).astimezone(zone).utcoffset()
    assert moment is not None
    return int(moment.total_seconds())


@lru_cache
def changes(name: str) -> tuple[int, tuple[Change, ...]]:
    """The offset at the start of the table of a zone, and its changes of clock in their order."""
    zone = zone_info(name)
    start, end = (FIRST_DAY - _MARGIN) * DAY, (LAST_DAY + _MARGIN + 1) * DAY
    return offset(zone, start - DAY), tuple(_changes(zone, start - DAY, end + DAY))


def _changes(zone: ZoneInfo, start: int, end: int) -> Iterator[Change]:
    before = offset(zone, start)
    for low in range(start, end, _STEP):
        after = offset(zone, low + _STEP)
        if after != before:
            yield Change(_instant(zone, low, low + _STEP, before), before, after)
            before = after


def _instant(zone: ZoneInfo, low: int, high: int, before: int) -> int:
    while high - low > 1:
        middle = (low + high) // 2
        if offset(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high


def create_days(con: "duckdb.DuckDBPyConnection", zones: Iterable[str]) -> None:
    """Make `jours_fuseau`, unless it is there: one row a zone and local day, by `fuseau` and `jour` (days since 1970).

    `avant`, `apres`: offsets in the morning and in the evening; they differ on the day of a change, whose `instant` and
    whose doubtful labels, from `bas` to before `haut`, are told (NULL on other days). In spring no clock shows them, in
    autumn each twice. `debut_utc` and `secondes`: where the local day starts, and its length.
    """
    con.execute("CREATE TABLE IF NOT EXISTS bascules (fuseau VARCHAR, instant BIGINT, avant INTEGER, apres INTEGER)")
    known = {zone for (zone,) in con.execute("SELECT DISTINCT fuseau FROM bascules").fetchall()}
    missing = sorted(set(zones) - known)
    if known and not missing:
        return
    for zone in missing:
        first, found = changes(zone)
        rows = [(FIRST_DAY * DAY - 400 * DAY, first, first), *found]
        values = ", ".join(f"('{zone}', {instant}, {before}, {after})" for instant, before, after in rows)
        con.execute(f"INSERT INTO bascules VALUES {values}")
    con.execute(
        f"""
        CREATE OR REPLACE TABLE jours_fuseau AS
        WITH jours AS (
            SELECT fuseau, jour
            FROM (SELECT DISTINCT fuseau FROM bascules),
                range({FIRST_DAY - _MARGIN}, {LAST_DAY + _MARGIN + 1}) AS r (jour)
        ),
        -- Of the changes whose doubtful labels do not all come later, the last one: the label of 0 h has its offset.
        derniers AS (
            SELECT jours.fuseau, jours.jour, bascules.apres AS decalage
            FROM jours ASOF JOIN bascules
            ON jours.fuseau = bascules.fuseau
            AND jours.jour * {DAY} >= bascules.instant + greatest(bascules.avant, bascules.apres)
        ),
        -- The day in which the doubtful labels of a change begin.
        changeants AS (
            SELECT fuseau, (instant + least(avant, apres)) // {DAY} AS jour, instant, avant, apres
            FROM bascules WHERE avant <> apres
        ),
        poses AS (
            SELECT
                d.fuseau, d.jour,
                coalesce(c.avant, d.decalage) AS avant,
                coalesce(c.apres, d.decalage) AS apres,
                c.instant,
                c.instant + least(c.avant, c.apres) AS bas,
                c.instant + greatest(c.avant, c.apres) AS haut,
                CASE WHEN c.instant IS NULL OR d.jour * {DAY} < c.instant + least(c.avant, c.apres)
                    THEN d.jour * {DAY} - coalesce(c.avant, d.decalage)
                    ELSE least(d.jour * {DAY} - c.avant, c.instant) END AS debut_utc
            FROM derniers d LEFT JOIN changeants c USING (fuseau, jour)
        )
        SELECT *, lead(debut_utc) OVER (PARTITION BY fuseau ORDER BY jour) - debut_utc AS secondes
        FROM poses
        """
    )
