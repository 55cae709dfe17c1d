"""The sites of a deposit that no register holds: told wherever it is shown, for no edition takes their rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal import coverage, models, standing
from portal.database import Database
from portal.models import Filing
from portal.settings import Settings
from portal.web import home


@dataclass(frozen=True)
class Lost:
    """`sites` are in no register; `waiting`: the register that would add one of them, once it is confirmed."""

    sites: Sequence[str]
    waiting: Filing | None


def lost(database: Database, settings: Settings, filing: Filing) -> Lost | None:
    """What the next edition would leave out of a deposit for want of a register; None when that is nothing.

    Outside any session: registers may have to be read first.
    """
    if filing.table_visee == "centres" or filing.etat in (models.WITHDRAWN, models.SUPERSEDED):
        return None
    sites = standing.unregistered(
        settings, filing.siren, (site for site, _ in coverage.spoken(settings, filing) if site[:9] == filing.siren)
    )
    return Lost(sites, _waiting(database, settings, filing.siren, set(sites))) if sites else None


def _waiting(database: Database, settings: Settings, siren: str, sites: set[str]) -> Filing | None:
    with database.reading() as session:
        registers = home.registers(session, siren)
    return next((one for one in registers if sites & {site for site, _ in coverage.spoken(settings, one)}), None)
