"""What a deposit replaced, and what that one replaced: they follow it wherever it goes."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from portal.database import Database
from portal.models import CHECKED, CONFIRMED, RECEIVED, SUPERSEDED, UNREADABLE, Filing

_OPEN = (RECEIVED, CHECKED, UNREADABLE)


def superseded(database: Database, filing: Filing) -> list[Filing]:
    """The superseded deposits before this one, the latest first."""
    with database.reading() as session:
        return [one for one in _before(session, filing) if one.etat == SUPERSEDED]


def to_supersede(session: Session, filing: Filing) -> Iterator[Filing]:
    """What this deposit supersedes once it is confirmed: the one it names, and those that one was to supersede."""
    for known in _before(session, filing):
        if known.etat in _OPEN or known.etat == CONFIRMED:
            yield known
        if known.etat not in _OPEN:
            return


def in_the_way(database: Database, filing: Filing) -> list[Filing]:
    """All that may stand in `raw` behind this deposit once it is confirmed."""
    with database.reading() as session:
        confirmed = [one for one in to_supersede(session, filing) if one.etat == CONFIRMED]
        return confirmed + [one for one in _before(session, filing) if one.etat == SUPERSEDED]


def _before(session: Session, filing: Filing) -> Iterator[Filing]:
    seen = {filing.id}
    known: Filing | None = filing
    while known is not None and known.remplace and known.remplace not in seen:  # rows begun anew may form a ring
        seen.add(known.remplace)
        known = session.get(Filing, known.remplace)
        if known is not None:
            yield known
