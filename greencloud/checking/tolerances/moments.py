"""Times of day, dates with a time, months and years as they are typed."""

import datetime as dt
import re

from greencloud.checking.tolerances import dates, numbers
from greencloud.checking.tolerances.dates import Moment, Order
from greencloud.checking.tolerances.spelling import Outcome, Spelling, folded, narrow, unwrapped
from greencloud.checking.verdicts import Fault
from greencloud.tables import Field

_LONGEST = 40
_SECONDS = r"(?: ?(?::|mn|min|m|') ?(?P<second>[0-9]{2})?(?:[.,]0+| ?s)?)?"
_TIME = re.compile(rf"(?P<hour>[0-9]{{1,2}}) ?[:hH] ?(?P<minute>[0-9]{{2}})?{_SECONDS}")
_MONTH = re.compile(r"(?P<year>[0-9]{4})[-/. ](?P<month>[0-9]{1,2})|(?P<after>[0-9]{1,2})[-/. ](?P<last>[0-9]{4})")
_GLUED_MONTH = re.compile(r"[0-9]{6}")
_LETTERED_MONTH = re.compile(r"(?P<month>[a-z]{3,9})\.?[ .\-/]*(?P<year>[0-9]{4})")
_SEASON = re.compile(r"[0-9]{4} ?[-/–] ?[0-9]{2,4}")
_SHORT_YEAR = re.compile(r"'?[0-9]{2}")
_YEAR = re.compile(r"[0-9]{4}")
_OFFSET = re.compile(r":[0-9]{2}(?:[.,][0-9]+)? ?[+-](?P<offset>[0-9]{2}(?::?[0-9]{2}){0,2})")
_LAST_MONTH = 12
_YEARS = (1900, 2100)
_ANY_DAY = Field("", "date", "default", {}, {})
_DAY_FIRST = Order("dm", 0, 0)


def read_time(text: str) -> Outcome:
    """A trimmed text as `HH:MM:SS`."""
    found = _TIME.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    try:
        return Spelling(dt.time(hour, minute, second).isoformat(), "heure")
    except ValueError:
        return Fault("type-error", detail="heure_inexistante")


def is_shifted(text: str) -> bool:
    """Whether a time ends with an offset that moves it: it would be lost."""
    found = _OFFSET.search(text) if len(text) <= _LONGEST else None
    return found is not None and found.end() == len(text) and found["offset"].strip("0:") != ""


def read_datetime(text: str, field: Field, known: Order, dated_row: bool) -> Outcome:
    """A trimmed text as `YYYY-MM-DDTHH:MM:SS`: a day without a time is a fault, for no hour is invented."""
    found = dates.moment(text, field, known, dated_row)
    if not isinstance(found, Moment):
        return found
    if found.time is None:
        if found.tolerance == "date_tableur":
            return Spelling(f"{found.day.isoformat()}T00:00:00", found.tolerance)
        return Fault("type-error", detail="heure_absente", proposal=f"{found.day.isoformat()}T00:00:00")
    time = read_time(found.time.strip())
    if not isinstance(time, Spelling):
        return time or Fault("type-error")
    if found.zone not in (None, "Z", "+00:00"):
        return Fault("type-error", detail="decalage_horaire")
    zone = "Z" if found.zone else ""
    return Spelling(f"{found.day.isoformat()}T{time.text}{zone}", found.tolerance or "heure")


def read_month(text: str) -> Outcome:
    """A trimmed text as `YYYY-MM`."""
    if len(text) > _LONGEST:
        return None
    dressed = unwrapped(narrow(text).text)
    if _GLUED_MONTH.fullmatch(dressed.text):
        return _glued_month(dressed.text)
    if month := _MONTH.fullmatch(dressed.text):
        year, number = int(month["year"] or month["last"]), int(month["month"] or month["after"])
        return _month(year, number, "date_autre_ordre" if month["year"] else "date_francaise")
    if named := _LETTERED_MONTH.fullmatch(folded(dressed.text)):
        found = dates.month_number(named["month"])
        return None if found is None else _month(int(named["year"]), found, "date_en_lettres")
    return _of_date(text, "%Y-%m")


def _month(year: int, number: int, tolerance: str) -> Spelling | Fault:
    if not 1 <= number <= _LAST_MONTH:
        return Fault("type-error", detail="mois_inexistant")
    return Spelling(f"{year:04}-{number:02}", tolerance)


def _glued_month(text: str) -> Spelling | Fault:
    """`202302` or `022023`: the reading whose year is plausible, if only one is."""
    pairs = ((int(text[:4]), int(text[4:])), (int(text[2:]), int(text[:2])))
    found = [pair for pair in pairs if _YEARS[0] <= pair[0] <= _YEARS[1] and 1 <= pair[1] <= _LAST_MONTH]
    if len(found) == 1:
        return _month(*found[0], "date_autre_ordre")
    readings = tuple(f"{year:04}-{month:02}" for year, month in found)
    return Fault("date_ambigue", detail="chiffres_colles", readings=readings) if found else Fault("type-error")


def read_year(text: str, field: Field) -> Outcome:
    """A trimmed text as a year of four digits."""
    if len(text) > _LONGEST:
        return None
    if _SEASON.fullmatch(text):
        return Fault("type-error", detail="plage")
    if _SHORT_YEAR.fullmatch(text):
        short = text[-2:]
        return Fault("date_ambigue", detail="annee_deux_chiffres", readings=(f"20{short}", f"19{short}"))
    whole = numbers.read_whole(text, field)
    if isinstance(whole, Spelling):
        return whole if _YEAR.fullmatch(whole.text) else None
    return whole or _of_date(text, "%Y")


def _of_date(text: str, shape: str) -> Fault | None:
    """The fault of a whole date where only its year or its month is due."""
    found = dates.moment(text, _ANY_DAY, _DAY_FIRST, dated_row=False)
    if not isinstance(found, Moment) or found.tolerance == "date_tableur":
        return None
    return Fault("type-error", detail="date_pour_annee", proposal=found.day.strftime(shape))
