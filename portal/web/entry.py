"""What a form gives becomes a small CSV, filed like any other file: one way in, one check, one history."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import Request

from greencloud import tables
from portal import access, filings
from portal.access import Visitor
from portal.models import Filing
from portal.web import wording

Row = Mapping[str, str]

LONGEST = 2_000
"""Characters of one cell of a form; the rest is cut before anything reads it."""


@dataclass(frozen=True)
class Problem:
    """Why a form cannot be filed: the field it is about (None: the form as a whole), and what to do."""

    field: str | None
    message: str


def text(given: object) -> str:
    """One line of text from a field of a form, without the spaces around it."""
    return " ".join(given[:LONGEST].split()) if isinstance(given, str) else ""


def as_csv(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    """Rows as the schema writes them: UTF-8, comma, LF."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([[row.get(name, "") for name in columns] for row in rows])
    return written.getvalue().encode()


def problems(table: str, rows: Sequence[Row]) -> list[Problem]:
    """What the check would refuse in rows that a form gave, in the words of a form rather than of a file.

    The worker reads them, as it reads all that strangers write. Raises filings.FilingError.
    """
    report = filings.judged(as_csv(tables.table(table).column_names, rows), name=_name(table), table=table)
    said = [(found["field"], f"{found['message']} {found['fix']}", found["code"]) for found in report["errors"]]
    return [Problem(field, wording.told(table, message, code=code)) for field, message, code in said]


def filed(request: Request, visitor: Visitor, siren: str, table: str, rows: Sequence[Row], year: int | None) -> Filing:
    """Hand in rows that a form gave. Raises filings.FilingError."""
    content = as_csv(tables.table(table).column_names, rows)
    return filings.receive(
        access.database(request),
        access.settings(request),
        io.BytesIO(content),
        name=_name(table),
        table=table,
        siren=siren,
        visitor=visitor,
        annee=year,
    )


def _name(table: str) -> str:
    return f"saisie-{table}.csv"
