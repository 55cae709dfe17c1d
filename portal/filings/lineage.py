"""What a deposit replaced, and what that one replaced: they follow it wherever it goes."""

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.database import Database
from portal.filings.errors import WrongState
from portal.models import CONFIRMED, OPEN, Filing

CHANGED = "Ce dépôt vient de changer. Rechargez la page, puis recommencez."


def held(session: Session, filing_id: str) -> Filing:
    """A deposit as it is now; its row and those of all before it stay as they are to the end of the transaction.

    Raises WrongState when what it replaces changed while its rows were being taken.
    """
    first = session.get_one(Filing, filing_id)
    rows = taken(session, [filing_id, *(one.id for one in _before(session, first))])
    if any(one.id not in rows for one in _before(session, first)):
        raise WrongState(CHANGED)
    return rows[filing_id]


def taken(session: Session, ids: Iterable[str]) -> dict[str, Filing]:
    """These rows by id, locked. Always before `audit.record`, which makes everybody else wait, and in one order: two
    that take the same rows wait for each other and never in a ring.

    Not `FOR UPDATE`: a new deposit that names one of these as what it replaces has nothing to wait for.
    """
    rows = select(Filing).where(Filing.id.in_(set(ids))).order_by(Filing.id).with_for_update(key_share=True)
    return {one.id: one for one in session.scalars(rows.execution_options(populate_existing=True))}


def replaced(database: Database, filing: Filing) -> list[Filing]:
    """The deposits before this one that count no more, the latest first; one that was handed in again since too."""
    with database.reading() as session:
        return [one for one in _before(session, filing) if one.etat != CONFIRMED]


def to_supersede(session: Session, filing: Filing) -> Iterator[Filing]:
    """What this deposit supersedes once it is confirmed: the one it names, and those that one was to supersede."""
    for known in _before(session, filing):
        if known.etat in OPEN or known.etat == CONFIRMED:
            yield known
        if known.etat not in OPEN:
            return


def in_the_way(database: Database, filing: Filing) -> list[Filing]:
    """All that may stand in `raw` behind this deposit once it is confirmed."""
    with database.reading() as session:
        confirmed = [one for one in to_supersede(session, filing) if one.etat == CONFIRMED]
        return confirmed + [one for one in _before(session, filing) if one.etat != CONFIRMED]


def _before(session: Session, filing: Filing) -> Iterator[Filing]:
    seen = {filing.id}
    known: Filing | None = filing
    while known is not None and known.remplace and known.remplace not in seen:  # rows begun anew may form a ring
        seen.add(known.remplace)
        known = session.get(Filing, known.remplace)
        if known is not None:
            yield known
