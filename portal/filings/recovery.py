"""What a killed service left undone, put right before the next one answers anybody."""

from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.orm import undefer

from portal.database import Database
from portal.filings import lineage, places, quarantine, shelf, spoken, verdict, workshop
from portal.filings.errors import FilingError
from portal.filings.workshop import Workshop
from portal.models import CONFIRMED, SUPERSEDED, WITHDRAWN, Filing
from portal.settings import Settings

_IN = (CONFIRMED, SUPERSEDED)  # a superseded deposit may stand in `raw`, a confirmed one must


def recover(database: Database, settings: Settings, crew: Workshop) -> list[str]:
    """Sweep quarantine and the workers' folders; put `raw` in accord with the database.

    Nothing is read but what must be before anybody is answered: a verdict that is gone is made again when it is asked
    for. The exception is a deposit whose row does not tell its sites and whose verdict is gone as well: restored from
    a backup older than that column, or of more sites than a row keeps.

    Gives the ids of confirmed deposits whose bytes are lost or refused: none, unless a hand or a disk failed.
    """
    quarantine.sweep(settings)
    workshop.remove_remains(places.work(settings))
    with database.reading() as session:
        known = session.scalars(select(Filing).order_by(Filing.recu_le).options(undefer(Filing.sites))).all()
    lost = []
    for filing in known:
        if filing.etat not in _IN and shelf.holds_as_ours(settings, filing):
            for one in lineage.replaced(database, filing) if filing.etat == WITHDRAWN else ():
                shelf.take_out_replaced(settings, one)
            shelf.take_out(settings, filing)
        elif filing.etat == CONFIRMED and not shelf.holds(settings, filing) and not _put(settings, crew, filing):
            lost.append(filing.id)
        elif filing.etat == CONFIRMED and not spoken.is_known(database, settings, filing):
            # Without these sites a body that has declared would be reminded.
            with suppress(FilingError):  # a program that refuses what an older one took: it names no site
                verdict.check(database, settings, crew, filing)
    return lost


def _put(settings: Settings, crew: Workshop, filing: Filing) -> bool:
    if not places.received(settings, filing.sha256).is_file():
        return False
    try:
        shelf.put(settings, crew, filing)
    except FilingError:
        return False
    return True
