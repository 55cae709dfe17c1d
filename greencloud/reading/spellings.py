"""The canonical text of a workbook's values: one for each date, number or truth value, whatever the file format."""

import datetime
import math
import re
from decimal import Decimal

from greencloud.reading.native import Native

_EXACT_LIMIT = 1e16
_TINY = 1e-15
_DAY = 86_400
_FIRST_DAY = {False: datetime.datetime(1899, 12, 30), True: datetime.datetime(1904, 1, 1)}
_LAST_SERIAL = {False: 2_958_466, True: 2_957_004}  # 9999-12-31 included
_FALSE_LEAP_DAY = 60  # 1900 was no leap year, but spreadsheets count its 29 February
_ROUNDING = datetime.timedelta(milliseconds=1)
_CODE = re.compile("0{2,30}")
_DURATION = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:\.(\d+))?S")


def spelled(value: Native) -> str:
    """The canonical text of a value as a workbook library gives it."""
    if isinstance(value, float):  # nearly all of them
        return number(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return number(value)
    if isinstance(value, datetime.timedelta):
        return elapsed(value / datetime.timedelta(seconds=1))
    if isinstance(value, datetime.datetime):
        return moment(value)
    return value.isoformat() if isinstance(value, datetime.date) else _time(value)


def number(value: float) -> str:
    """The shortest exact decimal: integers without a point, 15 significant digits as spreadsheets show, no exponent."""
    if not math.isfinite(value):
        return "#NUM!"
    if float(value).is_integer() and abs(value) < _EXACT_LIMIT:
        return str(int(value))
    shown = f"{value:.15g}"
    if "e" not in shown or abs(value) >= _EXACT_LIMIT or abs(value) < _TINY:
        return shown
    return f"{Decimal(shown):f}"


def moment(value: datetime.datetime) -> str:
    """A date, with its time unless it is midnight; to the second, unless a fraction of it was typed."""
    rounded = _rounded(value)
    if rounded.time() == datetime.time():
        return rounded.date().isoformat()
    return rounded.isoformat(timespec="milliseconds" if rounded.microsecond else "seconds")


def serial(value: float, since_1904: bool) -> str:
    """The date, date and time or time that a spreadsheet shows for a serial number; the number itself if none."""
    if not 0 <= value < _LAST_SERIAL[since_1904] or (int(value) == _FALSE_LEAP_DAY and not since_1904):
        return number(value)
    if value < 1:
        return _time((_FIRST_DAY[True] + datetime.timedelta(days=value)).time()) if value else "00:00:00"
    days = value + 1 if value < _FALSE_LEAP_DAY and not since_1904 else value
    return moment(_FIRST_DAY[since_1904] + datetime.timedelta(days=days))


def code_digits(number_format: str) -> int:
    """How many digits a format of zeros alone (`00000`) shows, zeros before the number included; 0 for any other."""
    return len(number_format) if _CODE.fullmatch(number_format) else 0


def elapsed(seconds: float) -> str:
    """A length of time as hours, which may be more than 24, minutes and seconds."""
    sign, whole = ("-" if seconds < 0 else ""), round(abs(seconds))
    return f"{sign}{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def duration(text: str) -> str:
    """The same, from the duration that OpenDocument writes (`PT10H30M00S`); any other text as it is."""
    match = _DURATION.fullmatch(text)
    if not match:
        return text
    hours, minutes, seconds = (int(part) for part in match.groups()[:3])
    return elapsed(hours * 3600 + minutes * 60 + seconds)


def _rounded(value: datetime.datetime) -> datetime.datetime:
    whole = value.replace(microsecond=0)
    if value - whole <= _ROUNDING:
        return whole
    following = whole + datetime.timedelta(seconds=1) if whole < datetime.datetime.max.replace(microsecond=0) else value
    return following if following - value <= _ROUNDING else value


def _time(value: datetime.time) -> str:
    rounded = _rounded(datetime.datetime.combine(_FIRST_DAY[True], value)).time()
    return rounded.isoformat(timespec="milliseconds" if rounded.microsecond else "seconds")
