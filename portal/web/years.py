"""Which year is being declared: the open campaign's, or the year before this one."""

from sqlalchemy.orm import Session

from portal import campaign, days
from portal.models import Campaign

FIRST = 2000


def declared(opened: Campaign | None) -> int:
    """The year that the pages ask for."""
    return opened.annee if opened is not None else int(days.today()[:4]) - 1


def current(session: Session) -> tuple[Campaign | None, int]:
    """The open campaign, and the year that is declared."""
    opened = campaign.current(session)
    return opened, declared(opened)


def asked(given: str | None, year: int) -> int:
    """A year that an address asks for; `year` when it asks for none that can be."""
    return (
        int(given) if given and given.isdecimal() and FIRST <= int(given[:4]) <= year + 1 and len(given) == 4 else year
    )
