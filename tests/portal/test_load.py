"""Many agents at once: no error, no deposit lost or doubled (`tests.bench.bench_portal crowd`: two hundred)."""

from portal.database import Database
from portal.settings import Settings
from tests.portal import crowd

_AGENTS = 16


def test_a_crowd_deposits_at_once(database: Database, settings: Settings) -> None:
    agents = crowd.gathered(settings, database, _AGENTS)
    told = crowd.evening(settings, database, agents, seconds=0)
    assert (len(told.received), len(told.told)) == (_AGENTS // 2, _AGENTS)
