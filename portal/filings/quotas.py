"""How much a body may hand in: a script gone wild fills neither the disk nor anybody else's queue.

What counts is in the audit log: a deposit that is withdrawn and handed in again has come twice.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from dashboards import french
from portal import sessions
from portal.filings.errors import TooMany
from portal.models import OPEN, WITHDRAWN, Entry, Filing
from portal.settings import MIB, Settings

ACTS = NEW, AGAIN = "depot_recu", "depot_repris"
"""How the audit log names a deposit that comes for the first time, and one that begins anew."""
_DAY = 24 * 3600  # seconds
_LATER = 3600  # seconds: somebody is to confirm or to withdraw


def refuse_excess(session: Session, settings: Settings, filing: Filing) -> None:
    """Raise TooMany when a deposit that comes is beyond what its body may hand in."""
    waiting = _waiting(session, filing)
    if waiting >= settings.open_filings:
        raise _too_many(
            f"Votre organisme a déjà {french.number(waiting)} dépôts ni confirmés ni retirés, le plus que le "
            "portail garde ainsi. Confirmez-en ou retirez-en, puis recommencez.",
            _LATER,
        )
    last = _last(_handed_in(session, filing.siren), settings, filing.octets)
    if last is not None:
        raise _too_many(
            "Votre organisme a atteint ce que le portail reçoit de lui en 24 heures : "
            f"{french.number(settings.daily_filings)} dépôts, {french.number(settings.daily_octets // MIB)} Mio. "
            "Recommencez plus tard, ou groupez vos lignes : un fichier peut tenir tous vos sites.",
            max(1, _DAY - int((datetime.now(UTC) - datetime.fromisoformat(last)).total_seconds())),
        )


def _waiting(session: Session, filing: Filing) -> int:
    """How many open deposits a body will have beside one that comes; what another one corrects waits for nobody."""
    other = aliased(Filing)
    corrected = select(other.remplace).where(
        other.siren == filing.siren, other.remplace.is_not(None), other.etat != WITHDRAWN
    )
    waiting = select(func.count()).where(
        Filing.siren == filing.siren, Filing.etat.in_(OPEN), Filing.id.not_in(corrected)
    )
    if filing.remplace:
        waiting = waiting.where(Filing.id != filing.remplace)
    return session.scalar(waiting) or 0


def _handed_in(session: Session, siren: str) -> list[tuple[str, int]]:
    """When a body handed in within a day, and how many octets, the oldest first."""
    found = session.execute(
        select(Entry.le, Entry.detail)
        .where(Entry.siren == siren, Entry.le > sessions.later(-_DAY), Entry.action.in_(ACTS))
        .order_by(Entry.numero)
    )
    return [(instant, json.loads(detail)["octets"]) for instant, detail in found]


def _last(handed_in: Sequence[tuple[str, int]], settings: Settings, octets: int) -> str | None:
    """The instant of the last deposit that must be a day old before another may come; None: it may come now."""
    many, much = len(handed_in), octets + sum(size for _, size in handed_in)
    last = None
    for instant, size in handed_in:
        if many < settings.daily_filings and much <= settings.daily_octets:
            break
        many, much, last = many - 1, much - size, instant
    return last


def _too_many(sentence: str, seconds: int) -> TooMany:
    return TooMany(sentence, headers={"Retry-After": str(seconds)})
