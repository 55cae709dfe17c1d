"""The table of local days says what `zoneinfo` says of every day of a century."""

import datetime as dt

import duckdb
import pytest

from greencloud.readings.zones import DAY, FIRST_YEAR, LAST_YEAR, PARIS, ZONES, changes, create_days, zone_info


@pytest.mark.parametrize("zone", ZONES)
def test_days_are_as_long_as_they_are(zone: str) -> None:
    with duckdb.connect() as con:
        create_days(con, [zone])
        rows = con.execute(
            "SELECT jour, debut_utc, secondes, avant, apres FROM jours_fuseau "
            "WHERE jour BETWEEN $1 - 1 AND $2 + 1 ORDER BY jour",
            [dt.date(FIRST_YEAR, 1, 1).toordinal() - 719_163, dt.date(LAST_YEAR, 12, 31).toordinal() - 719_163],
        ).fetchall()
    info = zone_info(zone)
    start = dt.datetime(FIRST_YEAR - 1, 12, 31)
    for place, (day, debut, seconds, _, after) in enumerate(rows):
        first, last = (start + dt.timedelta(days=place + more) for more in (0, 1))
        instants = [int(moment.replace(tzinfo=info).timestamp()) for moment in (first, last)]
        assert (day * DAY, debut, seconds) == (
            int(first.replace(tzinfo=dt.UTC).timestamp()),
            instants[0],
            instants[1] - instants[0],
        )
        shift = last.replace(tzinfo=info, fold=0).utcoffset()
        assert shift == dt.timedelta(seconds=after) or seconds != DAY


def test_paris_changes_twice_a_year() -> None:
    offset, found = changes(PARIS)
    assert offset == 3600
    of_2024 = [change for change in found if dt.datetime.fromtimestamp(change.instant, dt.UTC).year == 2024]
    assert of_2024 == [(1711846800, 3600, 7200), (1729990800, 7200, 3600)]
