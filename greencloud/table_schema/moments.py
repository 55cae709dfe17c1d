"""Dates, times, months and durations: a text, or a value of a JSON schema, read as Frictionless reads it."""

import datetime as dt
import re
import warnings
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from greencloud.table_schema.fields import Field
from greencloud.table_schema.unfit import Unfit

_DATE = "%Y-%m-%d"
_ANY_DAYS = (dt.datetime(2000, 1, 1), dt.datetime(2011, 12, 28, 23, 57, 59))


class YearMonth(NamedTuple):
    """A month of a year; months are ordered in time."""

    year: int
    month: int


def date(field: Field) -> Callable[[Any], dt.date]:
    """The parser of a `date`: ISO, any spelling, or a strptime pattern."""
    moment = _by_format(field.format, lambda text: dt.datetime.strptime(text, _DATE))

    def parse(value: Any) -> dt.date:
        if isinstance(value, dt.datetime):
            if value.time().replace(microsecond=0, tzinfo=None) != dt.time():
                raise Unfit
            return value.date()
        if isinstance(value, dt.date):
            return value
        return moment(value).date()

    return parse


def datetime(field: Field) -> Callable[[Any], dt.datetime]:
    """The parser of a `datetime`: ISO with its seconds, any spelling, or a strptime pattern."""
    moment = _by_format(field.format, _iso_datetime)

    def parse(value: Any) -> dt.datetime:
        return value if isinstance(value, dt.datetime) else moment(value)

    return parse


def time(field: Field) -> Callable[[Any], dt.time]:
    """The parser of a `time`: ISO with its seconds, any spelling, or a strptime pattern."""
    moment = _by_format(field.format, _iso_time)

    def parse(value: Any) -> dt.time:
        return value if isinstance(value, dt.time) else moment(value).timetz()

    return parse


def yearmonth(_field: Field) -> Callable[[Any], YearMonth]:
    """The parser of a `yearmonth`."""

    def parse(value: Any) -> YearMonth:
        if isinstance(value, list | tuple) and len(value) == 2:
            return YearMonth(*value)
        if not isinstance(value, str):
            raise Unfit
        try:
            year, month = (int(part) for part in value.split("-"))
        except ValueError as error:
            raise Unfit from error
        if not 1 <= month <= 12:
            raise Unfit
        return YearMonth(year, month)

    return parse


def duration(_field: Field) -> Callable[[Any], Any]:
    """The parser of a `duration`: ISO 8601, `P1Y2M10DT2H30M`."""
    import isodate

    def parse(value: Any) -> Any:
        if isinstance(value, isodate.Duration | dt.timedelta):
            return value
        if not isinstance(value, str):
            raise Unfit
        try:
            return isodate.parse_duration(value)
        except (ValueError, OverflowError, TypeError, AttributeError) as error:
            raise Unfit from error

    return parse


def _by_format(pattern: str, iso: Callable[[str], dt.datetime]) -> Callable[[Any], dt.datetime]:
    if pattern == "default":
        read = iso
    elif pattern == "any":
        read = _any_spelling
    else:

        def read(text: str) -> dt.datetime:
            return dt.datetime.strptime(text, pattern)

    def parse(value: Any) -> dt.datetime:
        if not isinstance(value, str):
            raise Unfit
        try:
            return read(value)
        except (ValueError, OverflowError, re.error, KeyError, IndexError) as error:
            raise Unfit from error

    return parse


def _any_spelling(
    text: str, default: dt.datetime | None = None, unknown_zones: Literal["ignore", "error"] = "ignore"
) -> dt.datetime:
    from dateutil import parser

    try:
        with warnings.catch_warnings():
            warnings.simplefilter(unknown_zones, parser.UnknownTimezoneWarning)
            moment: dt.datetime = parser.parse(text, default=default)
    except (TypeError, AttributeError, ArithmeticError, parser.UnknownTimezoneWarning) as error:
        raise ValueError(text) from error  # dateutil's own, on texts that are no moment
    return moment


def determined(text: str, kind: str) -> bool:
    """Whether a text alone tells its moment.

    What it leaves out, dateutil takes from the day on which it runs; a time zone that it does not know, it leaves out.
    """
    parts = {"date": ("date",), "time": ("timetz",)}.get(kind, ("date", "timetz"))
    try:
        first, second = (_any_spelling(text, default, "error") for default in _ANY_DAYS)
    except ValueError:
        return False
    return all(getattr(first, part)() == getattr(second, part)() for part in parts)


def _iso_datetime(text: str) -> dt.datetime:
    if len(text) < 19 or text[16] != ":":
        raise ValueError(text)
    return _iso(text)


def _iso_time(text: str) -> dt.datetime:
    if len(text) < 8 or text[5] != ":":
        raise ValueError(text)
    return _iso(f"2000-01-01T{text}")


def _iso(text: str) -> dt.datetime:
    from dateutil import parser

    moment: dt.datetime = parser.isoparse(text)
    return moment
