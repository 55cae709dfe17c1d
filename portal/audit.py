"""The audit log: who did what and when, each line sealed with the one before, written with the act or not at all.

Each hash covers the whole line and the hash of the line before: a line that is changed, removed or slipped in breaks
the chain from there on. Only the end can be cut unseen, so an operator keeps the last hash elsewhere (`head`).
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from greencloud import deposits
from portal.database import alone
from portal.models import Entry

SYSTEM, ANONYMOUS = "systeme", "anonyme"
FIRST = "0" * 64
_LOCK = 0x6772656E  # of PostgreSQL's advisory locks: ours for the log
_PIECE = 1_000

Value = str | int | float | bool | None


@dataclass(frozen=True)
class Break:
    """A place where the log does not hold; `why` is a French sentence."""

    number: int
    why: str


def record(
    session: Session, *, actor: str, action: str, siren: str | None = None, subject: str | None = None, **detail: Value
) -> None:
    """Add a line, in the transaction of the act. `actor`: id of an account or of a token; nothing names a person."""
    alone(session, _LOCK)
    last = _last(session)
    entry = Entry(
        numero=last.numero + 1 if last else 1,
        le=deposits.now(),
        acteur=actor,
        siren=siren,
        action=action,
        objet=subject,
        detail=json.dumps(detail, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False),
        precedent=last.empreinte if last else FIRST,
    )
    entry.empreinte = seal(entry)
    session.add(entry)
    session.flush()


def seal(entry: Entry) -> str:
    """The hash that a line must bear."""
    line = [
        entry.numero,
        entry.le,
        entry.acteur,
        entry.siren,
        entry.action,
        entry.objet,
        entry.detail,
        entry.precedent,
    ]
    return hashlib.sha256(json.dumps(line, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def head(session: Session) -> tuple[int, str]:
    """The number and the hash of the last line; of an empty log 0 and `FIRST`."""
    last = _last(session)
    return (last.numero, last.empreinte) if last else (0, FIRST)


def verify(session: Session, *, known: tuple[int, str] | None = None) -> list[Break]:
    """Every place where the log does not hold. `known`: number and hash of a line, noted elsewhere, to be found."""
    return list(_breaks(session, known))


def _breaks(session: Session, known: tuple[int, str] | None) -> Iterator[Break]:
    number, hash_before, met = 0, FIRST, known is None or known == (0, FIRST)
    for entry in session.scalars(select(Entry).order_by(Entry.numero).execution_options(yield_per=_PIECE)):
        if entry.numero != number + 1:
            yield Break(entry.numero, f"Il manque des lignes entre la {number} et la {entry.numero}.")
        if entry.precedent != hash_before:
            yield Break(entry.numero, f"La ligne {entry.numero} ne suit pas celle qui la précède.")
        if entry.empreinte != seal(entry):
            yield Break(entry.numero, f"La ligne {entry.numero} a été modifiée.")
        number, hash_before = entry.numero, entry.empreinte
        met = met or known == (number, hash_before)
    if not met and known is not None:
        yield Break(known[0], f"La ligne {known[0]} n’est plus celle dont vous avez gardé l’empreinte.")


def _last(session: Session) -> Entry | None:
    return session.scalar(select(Entry).order_by(Entry.numero.desc()).limit(1))
