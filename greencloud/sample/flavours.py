"""The ways in which administrations save a table: separator, encoding, decimal mark, grouping, line ends."""

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

NO_BREAK_SPACE = "\u00a0"
_GROUPED = ("_kwh", "_m2", "_m3")


@dataclass(frozen=True)
class Flavour:
    """How a program writes a table. `labels` are the column names that its users write another way."""

    delimiter: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    grouping: str = ""
    line_end: str = "\n"
    labels: Mapping[str, str] = field(default_factory=dict)

    def text(self, column: str, value: object) -> str:
        """A value as a cell; a text is left as it is."""
        if isinstance(value, dt.date):
            return value.isoformat()
        if not isinstance(value, int | float):
            return str(value)
        whole, _, decimals = str(value).partition(".")
        if self.grouping and column.endswith(_GROUPED):
            whole = f"{int(whole):,}".replace(",", self.grouping)
        return whole + (self.decimal + decimals if decimals else "")

    def encode(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
        """The header and the rows as bytes."""
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=self.delimiter, lineterminator=self.line_end)
        writer.writerow([self.labels.get(column, column) for column in columns])
        writer.writerows(rows)
        return stream.getvalue().encode(self.encoding)


STANDARD = Flavour()
EXCEL = Flavour(";", "cp1252", ",", NO_BREAK_SPACE, "\r\n", {"annee": "Année"})
EXCEL_UTF8 = Flavour(";", "utf-8-sig", ",", "", "\r\n")
LIBREOFFICE = Flavour(";", "utf-8", ",")
TABS = Flavour("\t", "utf-8", ",")

DECLARATIONS: Mapping[int, Flavour] = {
    2019: EXCEL,
    2020: STANDARD,
    2021: EXCEL_UTF8,
    2022: TABS,
    2023: EXCEL,
    2024: LIBREOFFICE,
    2025: STANDARD,
}
READINGS: Mapping[int, Flavour] = {
    2019: STANDARD,
    2020: EXCEL,
    2021: STANDARD,
    2022: LIBREOFFICE,
    2023: TABS,
    2024: EXCEL_UTF8,
    2025: EXCEL,
}
