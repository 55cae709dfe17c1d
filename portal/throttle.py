"""Attempts that failed are counted by account and by address, under hashes, and refused beyond a number.

An attempt is counted before it is made and uncounted when it succeeds: many at once are no way around.
"""

from ipaddress import IPv6Address, ip_address

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from greencloud import deposits
from portal import sessions, signatures
from portal.database import alone
from portal.errors import TooMany
from portal.models import Failure
from portal.settings import Settings

WINDOW = 15 * 60  # seconds
PER_ACCOUNT, PER_ADDRESS = 10, 100  # a whole administration may come from one address
_KEPT = 24 * 3600  # seconds: the longest window


def attempt(
    session: Session, settings: Settings, kind: str, key: str, *, limit: int = PER_ACCOUNT, window: int = WINDOW
) -> Failure:
    """Count an attempt; gives what `forgiven` takes. `window` in seconds. Raises TooMany."""
    hashed = signatures.keyed(settings, f"throttle-{kind}", key)
    alone(session, int(hashed[:15], 16))
    session.execute(delete(Failure).where(Failure.le <= sessions.later(-_KEPT)))
    recent = select(func.count()).where(Failure.cle == hashed, Failure.le > sessions.later(-window))
    if (session.scalar(recent) or 0) >= limit:
        raise TooMany(
            f"Trop d’essais. Attendez {_told(window)}, puis recommencez.", headers={"Retry-After": str(window)}
        )
    counted = Failure(cle=hashed, le=deposits.now())
    session.add(counted)
    session.flush()
    return counted


def forgiven(session: Session, counted: Failure) -> None:
    """Uncount an attempt that succeeded."""
    session.execute(delete(Failure).where(Failure.id == counted.id))


def cleared(session: Session, counted: Failure) -> None:
    """Forget this attempt and all others under its name: whoever succeeded is who may."""
    session.execute(delete(Failure).where(Failure.cle == counted.cle))


def _told(window: int) -> str:
    return f"{window // 3600} heures" if window >= 2 * 3600 else f"{max(2, window // 60)} minutes"


def network(address: str | None) -> str:
    """What of an address is counted: of IPv6 the network of a subscriber (/64), which holds 2^64 addresses."""
    try:
        known = ip_address(address or "")
    except ValueError:
        return "inconnue"
    return str(int(known) >> 64) if isinstance(known, IPv6Address) else str(known)
