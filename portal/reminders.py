"""Reminders: to everybody who may declare for a body that has not, once a day at most, whoever presses the button."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, campaign, coverage, mail
from portal.coverage import BodyState
from portal.database import Database
from portal.days import today
from portal.errors import Conflict
from portal.models import Account, Campaign, Grant
from portal.settings import Settings

_PIECE = 20  # bodies in one transaction: depositors must not wait for a thousand mails
_NAMED = 10  # sites named in a mail


@dataclass(frozen=True)
class Reminded:
    """What came of a round: mails written, people already reminded today, bodies without anybody to write to."""

    written: int = 0
    already: int = 0
    nobody: int = 0

    def __add__(self, other: "Reminded") -> "Reminded":
        return Reminded(self.written + other.written, self.already + other.already, self.nobody + other.nobody)


def late(states: Sequence[BodyState]) -> list[BodyState]:
    """The bodies that a reminder is for."""
    return [state for state in states if state.state != coverage.DONE]


def remind(database: Database, settings: Settings, actor: str, year: int) -> Reminded:
    """Write to everybody of the late bodies of a campaign. Raises NotFound, Conflict (the campaign is closed)."""
    with database.reading() as session:
        opened = campaign.one(session, year)
        if opened.close_le is not None:
            raise Conflict("Cette campagne est close : plus aucun rappel ne part. Rouvrez-la pour en envoyer.")
        found = late(coverage.states(session, settings, year))
    total = Reminded()
    for start in range(0, len(found), _PIECE):
        with database.session() as session:
            for state in found[start : start + _PIECE]:
                total += _remind(session, settings, actor, opened, state)
    return total


def _remind(session: Session, settings: Settings, actor: str, opened: Campaign, state: BodyState) -> Reminded:
    people = list(recipients(session, state.siren))
    if not people:
        return Reminded(nobody=1)
    written = 0
    for account, address in people:
        made = mail.queue(
            session,
            settings,
            genre=mail.REMINDER,
            to=address,
            compte_id=account,
            siren=state.siren,
            objet_id=str(opened.annee),
            **_values(settings, opened, state),
        )
        written += made is not None
    if written:
        audit.record(
            session, actor=actor, action="rappel", siren=state.siren, subject=str(opened.annee), nombre=written
        )
    return Reminded(written=written, already=len(people) - written)


def recipients(session: Session, siren: str) -> Iterator[tuple[str, str]]:
    """The accounts that may act for a body, each with its address. One that no mail reaches is left out."""
    rows = session.execute(
        select(Account.id, Account.courriel)
        .join(Grant, Grant.compte_id == Account.id)
        .where(Grant.siren == siren, Grant.revoquee_le.is_(None), Account.actif, Account.courriel.is_not(None))
        .distinct()
        .order_by(Account.id)
    )
    for identifier, address in rows.all():
        try:
            yield identifier, mail.address(address or "")
        except mail.MailError:
            continue


def example(settings: Settings, opened: Campaign, state: BodyState) -> tuple[str, str]:
    """The subject and the text of the reminder of a body, as they would leave."""
    message = mail.compose(settings, mail.REMINDER, "destinataire@exemple.fr", _values(settings, opened, state))
    return str(message["Subject"]), message.get_content()


def _values(settings: Settings, opened: Campaign, state: BodyState) -> dict[str, object]:
    return {
        "annee": opened.annee,
        "limite": opened.limite,
        "passee": opened.limite < today(),
        "organisme": state.nom,
        "sites": _named(state),
        "lien": f"{settings.address}/organismes/{state.siren}",
    }


def _named(state: BodyState) -> str:
    names = [site.nom for site in state.missing]
    more = f" et {len(names) - _NAMED} autres" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
