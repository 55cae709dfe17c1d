"""Days as they are typed: ISO, day first, month in letters, spreadsheet serials.

Where day and month can be swapped, the schema's format or the other cells of the column decide; when they do not, or
when they contradict each other, the text is an error that shows both readings.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from greencloud.checking.tolerances.spelling import SPACES, Outcome, Spelling, folded, has_digit, narrow, unwrapped
from greencloud.checking.verdicts import Fault
from greencloud.tables import Field

_LONGEST = 60
_GAP = rf"[{SPACES}]*"
_CLOCK = r"[0-9]{1,2}[:hH][0-9:.,hHmin ]*"
_ZONE = r"Z|[+-][0-9]{2}:?[0-9]{2}"
_TIME = rf"(?:(?:T|{_GAP}à{_GAP}|[{SPACES}]+)(?P<time>{_CLOCK})(?P<zone>{_ZONE})?)?"
_ISO = re.compile(rf"(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{1,2}})-(?P<day>[0-9]{{1,2}}){_TIME}")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEAR_FIRST = re.compile(
    rf"(?P<year>[0-9]{{4}})(?P<mark>[/.\- _])(?P<month>[0-9]{{1,2}})(?P=mark)(?P<day>[0-9]{{1,2}}){_TIME}"
)
_YEAR_LAST = re.compile(
    rf"(?P<first>[0-9]{{1,2}}){_GAP}(?P<mark>[/.\- _]){_GAP}(?P<second>[0-9]{{1,2}}){_GAP}(?P=mark){_GAP}"
    rf"(?P<year>[0-9]{{4}}|[0-9]{{2}}){_TIME}"
)
_LETTERED = re.compile(
    r"(?P<day>[0-9]{1,2})(?:er|e)?[ .\-/]*(?:de )?(?P<month>[a-z]{3,9})\.?[ ,.\-/]*"
    rf"(?P<year>[0-9]{{4}}|[0-9]{{2}}){_TIME}"
)
_MONTH_IN_FRONT = re.compile(
    rf"(?P<month>[a-z]{{3,9}})\.? (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,? (?P<year>[0-9]{{4}}){_TIME}"
)
_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_WEEKDAY = re.compile(
    rf"(?:le )?(?:(?P<weekday>(?:{'|'.join(_WEEKDAYS)}|(?:{'|'.join(name[:3] for name in _WEEKDAYS)})\.?)),? )?"
    "(?:le )?(?=[0-9])",
)
_THREE_NUMBERS = re.compile(r"[0-9]+[^0-9]+[0-9]+[^0-9]+[0-9]")
_GLUED = re.compile(r"[0-9]{8}")
_SERIAL = re.compile(r"(?P<whole>[0-9]{1,7})(?:[.,](?P<part>[0-9]{1,15}))?")
_NO_DAY = re.compile(r"[0-9]{4}|[0-9]{4}[-/][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{4}|[0-9]{6}|[a-z]{3,9}\.?[ -][0-9]{2,4}")
_NO_YEAR = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}(?:er)? [a-z]{3,9}\.?")
_SPAN = re.compile(r"(?:du )?[0-9/.-]{6,10}(?: ?(?:-|–|—|au|a|/|to) ?)[0-9/.-]{6,10}")
_NUMERIC_ORDER = {"dm": re.compile(r"%d.*%m"), "md": re.compile(r"%m.*%d")}
_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "janvier janv jan january",
            "fevrier fevr fev feb february",
            "mars mar march",
            "avril avr apr april",
            "mai may",
            "juin jun june",
            "juillet juil jul july",
            "aout aou aug august",
            "septembre sept sep september",
            "octobre oct october",
            "novembre nov november",
            "decembre dec december",
        ),
        start=1,
    )
    for word in words.split()
}
_LAST_MONTH, _LAST_DAY = 12, 31
_NO_SUCH_MONTH = Fault("type-error", detail="mois_inexistant")
_NO_SUCH_DAY = Fault("type-error", detail="jour_inexistant")
_EPOCH = dt.date(1899, 12, 30)
_SYSTEMS_APART = 1462
"""Days between the two systems of serial dates: 1900 (usual) and 1904 (old Macintosh workbooks)."""
_PLAUSIBLE = (dt.date(1990, 1, 1), dt.date(2060, 12, 31))
_CENTURY_PIVOT = 70
_MOSTLY = 2


@dataclass(frozen=True)
class Order:
    """How the days of a column are written: what its schema says, and what its other cells prove."""

    declared: str | None
    day_first: int
    month_first: int

    @cached_property
    def decided(self) -> str:
        """`dm`, `md`, `ambigu` (nothing decides between them) or `contradictoire` (no such date can be read)."""
        usual, other = self.day_first, self.month_first
        if self.declared == "md":
            usual, other = other, usual
        if other and usual <= _MOSTLY * other:
            return "contradictoire"
        if self.declared:
            return self.declared
        return "dm" if usual and not other else "ambigu"

    def declared_as(self, declared: str | None) -> "Order":
        """What the same cells prove to a column whose schema says otherwise."""
        return Order(declared, self.day_first, self.month_first)


UNKNOWN = Order(None, 0, 0)


def order(field: Field, texts: Iterable[str]) -> Order:
    """What the distinct texts of a column prove of the order of day and month: a number above 12 is a day."""
    day_first = month_first = 0
    for text in texts:
        seen = narrow(text.strip()).text if len(text) <= _LONGEST else ""
        numbers = None if _starts_with_year(seen) else _YEAR_LAST.fullmatch(seen)
        if numbers and len(numbers["year"]) == len("2023"):
            first, second = int(numbers["first"]), int(numbers["second"])
            day_first += _LAST_MONTH < first <= _LAST_DAY and second <= _LAST_MONTH
            month_first += _LAST_MONTH < second <= _LAST_DAY and first <= _LAST_MONTH
    return Order(declared_order(field), day_first, month_first)


def declared_order(field: Field) -> str | None:
    """`dm` or `md` when the schema's format says which comes first, None when it does not."""
    for name, shape in _NUMERIC_ORDER.items():
        if shape.search(field.format) and not field.format.startswith("%Y"):
            return name
    return None


def is_swappable(text: str) -> bool:
    """Whether a text is a date of two small numbers before a year, whose order has to be known."""
    return len(text) <= _LONGEST and _YEAR_LAST.fullmatch(text) is not None


def may_be_iso(text: str) -> bool:
    """Whether a text may be a day as the standard writes it: any other is not worth a try."""
    return text[4:5] == "-"


def iso_day(text: str) -> str | None:
    """The text when it is a day alone, as the standard writes it."""
    return text if _ISO_DAY.fullmatch(text) else None


def together(orders: Iterable[Order]) -> Order:
    """What the cells of several columns prove together; what each schema says is left out."""
    known = list(orders)
    return Order(None, sum(each.day_first for each in known), sum(each.month_first for each in known))


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, the time of day that follows it as it was written, and what was tolerated to read them."""

    day: dt.date
    tolerance: str | None
    time: str | None = None
    zone: str | None = None


def read(text: str, field: Field, known: Order, dated_row: bool) -> Outcome:
    """A trimmed text as an ISO day. `dated_row`: the row has a year of its own, by which a century is confirmed."""
    found = moment(text, field, known, dated_row)
    if not isinstance(found, Moment):
        return found
    if found.time is None:
        return Spelling(found.day.isoformat(), found.tolerance)
    return _midnight(found)


def moment(text: str, field: Field, known: Order, dated_row: bool) -> Moment | Fault | None:
    """A trimmed text as a day and perhaps a time, or its fault, None when it is no date at all."""
    if len(text) > _LONGEST:
        return None
    dressed = unwrapped(text)
    digits = narrow(dressed.text)
    if not has_digit(digits.text):
        return None
    found = _numeric(digits.text, field, known, dated_row)
    if found is None:
        plain = folded(digits.text)
        found = _named(plain, field, known, dated_row) or _partial(plain)
    tolerance = dressed.tolerance or digits.tolerance
    if isinstance(found, Moment) and tolerance:
        return Moment(found.day, tolerance, found.time, found.zone)
    return found


def _numeric(text: str, field: Field, known: Order, dated_row: bool) -> Moment | Fault | None:
    if not text[0].isdigit():
        return None
    if not _starts_with_year(text):
        last = _YEAR_LAST.fullmatch(text)
        return _serial(text) if last is None else _swappable(last, field, known, dated_row)
    if iso := _ISO.fullmatch(text):
        padded = len(iso["month"]) == len(iso["day"]) == len("01")
        tolerance = None if field.format in ("default", "any", "%Y-%m-%d") else "date_iso"
        return _dated(iso, tolerance if padded else "date_autre_ordre")
    if first := _YEAR_FIRST.fullmatch(text):
        return _dated(first, "date_autre_ordre")
    if _GLUED.fullmatch(text):
        return _glued(text)
    return _serial(text)


def _starts_with_year(text: str) -> bool:
    """Whether four digits stand in front: a day or a month has two."""
    return text[:4].isdigit() and len(text) > len("2023")


def _dated(match: re.Match[str], tolerance: str | None) -> Moment | Fault:
    day = calendar(int(match["year"]), int(match["month"]), int(match["day"]))
    return day if isinstance(day, Fault) else Moment(day, tolerance, match["time"], match["zone"])


def calendar(year: int, month: int, day: int) -> dt.date | Fault:
    """The day of that name, or the fault that says which part does not exist."""
    if not 1 <= month <= _LAST_MONTH:
        return _NO_SUCH_MONTH
    try:
        return dt.date(year, month, day)
    except ValueError:
        return _NO_SUCH_DAY


def _swappable(match: re.Match[str], field: Field, known: Order, dated_row: bool) -> Moment | Fault:
    first, second = int(match["first"]), int(match["second"])
    if len(match["year"]) == len("23"):
        return _short_year(match, known, dated_row)
    year = int(match["year"])
    by_day, by_month = calendar(year, second, first), calendar(year, first, second)
    decided = known.decided
    if isinstance(by_day, Fault) and isinstance(by_month, Fault):
        return by_month if decided == "md" else by_day
    days = (by_day, by_month)
    if decided == "contradictoire":
        return Fault("date_ambigue", detail="ordre_contradictoire", readings=_readings(days))
    chosen, other = (by_month, by_day) if decided == "md" else (by_day, by_month)
    if isinstance(chosen, Fault):
        return Fault("date_ambigue", detail="mois_jour", proposal=_readings(days)[0])
    if decided == "ambigu" and isinstance(other, dt.date) and other != chosen:
        return Fault("date_ambigue", detail="ordre", readings=_readings(days))
    as_declared = match["mark"] == "/" if match["time"] else chosen.strftime(field.format) == match.string
    tolerance = None if decided == known.declared and as_declared else "date_francaise"
    return Moment(chosen, tolerance, match["time"], match["zone"])


def _short_year(match: re.Match[str], known: Order, dated_row: bool) -> Moment | Fault:
    """`15/02/23`: the century is a guess, which only the row's own year can confirm."""
    first, second, short = int(match["first"]), int(match["second"]), int(match["year"])
    month, day = (first, second) if known.decided == "md" else (second, first)
    days = [*_centuries(short, month, day), calendar(2000 + first, second, short)]
    readings = _readings(days)
    if not readings:
        return days[0] if isinstance(days[0], Fault) else _NO_SUCH_DAY
    if isinstance(days[0], Fault) or not dated_row or known.decided not in ("dm", "md"):
        return Fault("date_ambigue", detail="annee_deux_chiffres", readings=readings)
    return Moment(days[0], "annee_deux_chiffres", match["time"], match["zone"])


def _centuries(short: int, month: int, day: int) -> list[dt.date | Fault]:
    """The days of a year in two digits, the nearer century first."""
    centuries = (2000, 1900) if short < _CENTURY_PIVOT else (1900, 2000)
    return [calendar(century + short, month, day) for century in centuries]


def _readings(days: Iterable[dt.date | Fault]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(day.isoformat() for day in days if isinstance(day, dt.date)))


def _glued(text: str) -> Moment | Fault:
    """`20230215` or `15022023`: the reading whose year is plausible, if only one is."""
    first = calendar(int(text[:4]), int(text[4:6]), int(text[6:]))
    last = calendar(int(text[4:]), int(text[2:4]), int(text[:2]))
    earliest, latest = dt.date(1900, 1, 1), _PLAUSIBLE[1]
    days = [day for day in (first, last) if isinstance(day, dt.date) and earliest <= day <= latest]
    if len(days) == 1:
        return Moment(days[0], "date_autre_ordre" if days[0] == first else "date_francaise")
    if days:
        return Fault("date_ambigue", detail="chiffres_colles", readings=tuple(day.isoformat() for day in days))
    return first if isinstance(first, Fault) and earliest.year <= int(text[:4]) <= latest.year else Fault("type-error")


def _serial(text: str) -> Moment | Fault | None:
    """The number of a day in a spreadsheet, of the usual system (1900), when it is a plausible day."""
    serial = _SERIAL.fullmatch(text)
    if serial is None or _NO_DAY.fullmatch(text):
        return None
    first, last = ((day - _EPOCH).days for day in _PLAUSIBLE)
    if not first <= int(serial["whole"]) <= last:
        return Fault("type-error", detail="numero_de_serie")
    day = _EPOCH + dt.timedelta(days=int(serial["whole"]))
    fraction = (serial["part"] or "").rstrip("0")
    return Moment(day, "date_tableur", _clock(fraction) if fraction else None)


def _clock(fraction: str) -> str:
    """The time of day that a fraction of a day stands for, to the second."""
    seconds = min(round(float(f"0.{fraction}") * 86_400), 86_399)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def other_system(day: dt.date) -> dt.date:
    """The day that the same serial names in a workbook of the 1904 system."""
    return day + dt.timedelta(days=_SYSTEMS_APART)


def both_centuries(day: dt.date) -> tuple[str, ...]:
    """The day, and the same day of the other century that two digits may name."""
    other = 2000 if day.year < 2000 else 1900
    return _readings((dt.date(day.year, day.month, day.day), calendar(other + day.year % 100, day.month, day.day)))


def month_number(word: str) -> int | None:
    """The number of a month named in French or English, abbreviated or not, None for any other word."""
    return _MONTHS.get(folded(word).rstrip("."))


def _named(text: str, field: Field, known: Order, dated_row: bool) -> Moment | Fault | None:
    """A folded text that names the month or the day of the week, which must be that of the date."""
    front = _WEEKDAY.match(text) if text[:1].isalpha() else None
    if front is None:
        return _worded(text, dated_row)
    plain, said = text[front.end() :], front["weekday"]
    found = _worded(plain, dated_row)
    if found is None and said and _THREE_NUMBERS.match(plain):
        found = _numeric(plain, field, known, dated_row)
        if isinstance(found, Moment):
            found = replace(found, tolerance=found.tolerance or "date_autre_ordre")
    if isinstance(found, Moment) and said:
        real = _WEEKDAYS[found.day.weekday()]
        if not real.startswith(said.rstrip(".")):
            return Fault("date_ambigue", detail="jour_de_semaine", readings=(_whole_name(said), real))
    return found


def _whole_name(weekday: str) -> str:
    return next(name for name in _WEEKDAYS if name.startswith(weekday.rstrip(".")))


def _worded(plain: str, dated_row: bool) -> Moment | Fault | None:
    match = _LETTERED.fullmatch(plain) or _MONTH_IN_FRONT.fullmatch(plain)
    month = _MONTHS.get(match["month"]) if match else None
    if match is None or month is None:
        return None
    short = len(match["year"]) == len("23")
    year, day = int(match["year"]), int(match["day"])
    days = _centuries(year, month, day) if short else [calendar(year, month, day)]
    if isinstance(days[0], Fault):
        return days[0]
    if short and not dated_row:
        return Fault("date_ambigue", detail="annee_deux_chiffres", readings=_readings(days))
    return Moment(days[0], "annee_deux_chiffres" if short else "date_en_lettres", match["time"], match["zone"])


def _partial(text: str) -> Fault | None:
    for shape, detail in ((_NO_DAY, "jour_absent"), (_NO_YEAR, "annee_absente"), (_SPAN, "plage")):
        if shape.fullmatch(text):
            return Fault("type-error", detail=detail)
    return None


def _midnight(found: Moment) -> Outcome:
    """A day followed by a time: midnight says nothing more, any other time would be lost."""
    clock = re.sub(r"[^0-9]", "", found.time or "")
    if found.zone not in (None, "") and clock.strip("0"):
        days = (found.day, found.day + dt.timedelta(days=1))
        return Fault("type-error", detail="decalage_horaire", readings=tuple(day.isoformat() for day in days))
    if clock.strip("0"):
        return Fault("type-error", detail="heure_en_trop", proposal=found.day.isoformat())
    return Spelling(found.day.isoformat(), "date_avec_minuit")
