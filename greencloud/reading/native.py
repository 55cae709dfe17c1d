"""Cells of a workbook that are more than texts: the workbook itself knows them as numbers, dates or truth values."""

import datetime as dt

Native = bool | int | float | dt.date | dt.time | dt.timedelta


class TypedText(str):
    """The canonical text of a cell that a workbook keeps as a number, a date, a time or a truth value.

    It has one reading: `314.875` is no thousand there, and the way in which the spreadsheet shows it is not its own.
    """

    __slots__ = ()


class NativeText(str):
    """The text of a cell that is a number, a date or a truth value, with that value.

    Only the strict mode asks: there a number in a column of texts is wrong, for its leading zeros may be gone.
    """

    __slots__ = ("native",)
    native: Native

    def __new__(cls, native: Native) -> "NativeText":
        """A whole number keeps no decimals: a workbook has only floats."""
        value = int(native) if isinstance(native, float) and native.is_integer() else native
        text = super().__new__(cls, str(value))
        text.native = value
        return text
