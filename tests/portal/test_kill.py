"""kill -9 of the real service at chance instants of a load: every acknowledged deposit is there, and no other.

`python -m tests.bench.bench_portal kills` does it a hundred times.
"""

from portal.database import Database
from portal.settings import Settings
from tests.portal import killing


def test_nothing_is_lost_to_a_kill(database: Database, settings: Settings) -> None:
    told = killing.series(settings, database, kills=3, seed=7)
    assert told.kills == 3 and told.acknowledged > 0 and told.confirmed > 0
