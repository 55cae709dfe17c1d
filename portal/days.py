"""The day as its readers live it: limits of campaigns and « once a day » follow the clock of Paris."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from dashboards import french

PARIS = ZoneInfo("Europe/Paris")


def today(instant: datetime | None = None) -> str:
    """The day (AAAA-MM-JJ) in Paris at an instant with a time zone; now unless given."""
    return (instant or datetime.now(UTC)).astimezone(PARIS).date().isoformat()


def day(text: str) -> str:
    """« 15 mai 2026 » for a day or an instant (the day it was in Paris)."""
    return french.date(_paris(text).date().isoformat() if "T" in text else text)


def instant(text: str) -> str:
    """« 15 mai 2026 à 14 h 05 », Paris time, for an instant."""
    there = _paris(text)
    return f"{french.date(there.date().isoformat())} à {there:%H}{french.SPACE}h{french.SPACE}{there:%M}"


def _paris(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(PARIS)
