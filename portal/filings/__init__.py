"""Intake: a file that a body hands in, from its first octet to `raw`.

A file is received into quarantine, kept in `recus` by its sha256, checked in a process of its own, confirmed into
`raw` for the next edition, and may be superseded or withdrawn. Nothing is acknowledged before the disk has it.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO, Unpack

from portal.access import Visitor
from portal.database import Database
from portal.filings import life, receiving, recovery, verdict
from portal.filings.errors import (
    Empty,
    FilingError,
    Foreign,
    NotTaken,
    TooLarge,
    TooMany,
    UnknownTable,
    Unstored,
    WorkerFailed,
    WorkerLost,
    WrongState,
)
from portal.filings.quarantine import Arrived, arriving
from portal.filings.receipts import Receipt, edition, receipt
from portal.filings.receiving import Told
from portal.filings.shapes import Checked
from portal.filings.verdict import results
from portal.filings.workshop import Workshop
from portal.models import Filing
from portal.settings import Settings

__all__ = [
    "Arrived",
    "Checked",
    "Empty",
    "FilingError",
    "Foreign",
    "NotTaken",
    "Receipt",
    "TooLarge",
    "TooMany",
    "UnknownTable",
    "Unstored",
    "WorkerFailed",
    "WorkerLost",
    "WrongState",
    "admit",
    "arriving",
    "check",
    "confirm",
    "crew",
    "edition",
    "judged",
    "receipt",
    "receive",
    "recover",
    "results",
    "rows",
    "withdraw",
]

crew = Workshop()
"""The worker of this process, for all who call: started with the first service, ended when the process ends."""


def receive(database: Database, settings: Settings, stream: BinaryIO, **told: Unpack[Told]) -> Filing:
    """Take an open file in; see `receiving.receive`. Raises FilingError, NotFound."""
    return receiving.receive(database, settings, crew, stream, **told)


def admit(database: Database, settings: Settings, arrived: Arrived, **told: Unpack[Told]) -> tuple[Filing, bool]:
    """Take in a file that stands in quarantine (`arriving`), and whether it is new. Raises FilingError, NotFound."""
    return receiving.admit(database, settings, crew, arrived, **told)


def check(database: Database, settings: Settings, filing: Filing) -> Checked:
    """The verdict on a deposit, made in a process of its own, or found again. Raises WorkerFailed."""
    return verdict.check(database, settings, crew, filing)


def judged(content: bytes, *, name: str, table: str) -> dict[str, Any]:
    """The report on a file that is not filed, made in a process of its own. Raises FilingError."""
    return verdict.judged(crew, content, name=name, table=table)


def rows(settings: Settings, filing: Filing) -> Iterator[list[str]]:
    """The received rows as text, the header first. Raises FilingError for an unreadable file."""
    return verdict.rows(settings, crew, filing)


def confirm(
    database: Database, settings: Settings, filing: Filing, *, visitor: Visitor, comment: str | None = None
) -> Filing:
    """Hand a checked deposit to the next edition. Raises NotFound, FilingError."""
    return life.confirm(database, settings, crew, filing, visitor=visitor, comment=comment)


def withdraw(database: Database, settings: Settings, filing: Filing, *, visitor: Visitor, reason: str) -> Filing:
    """Take a deposit back. Raises NotFound, FilingError."""
    return life.withdraw(database, settings, crew, filing, visitor=visitor, reason=reason)


def recover(database: Database, settings: Settings) -> list[str]:
    """Put right what a killed service left undone, before the first request; ids of deposits that are lost."""
    lost = recovery.recover(database, settings, crew)
    crew.start()
    return lost
