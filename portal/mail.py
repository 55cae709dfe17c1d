"""Mails: written when something happens, in the same transaction as the act, and sent afterwards by a courier.

A row of `courriel` says that a mail is to go; its text waits in a file of its own, `courriels/<id>.eml`, that only the
service reads: it may hold the link of an invitation, which no database and no backup should keep. The file is removed
once the mail has left. Without an SMTP server the files wait there, and nothing is sent; none stays for longer than
`KEPT`, sent or not, for it holds an address.
"""

import re
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Select, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from dashboards import french
from greencloud import durable
from greencloud.deposits import visible
from greencloud.errors import GreencloudError
from portal import days
from portal.days import today
from portal.models import Account, Body, Filing, Mail
from portal.settings import Settings

REMINDER, RECEIPT, QUESTION, INVITATION, PASSWORD = "rappel", "recu", "question", "invitation", "mot_de_passe"
WAITING = ".eml"
KEPT = timedelta(days=15)  # a day more than an invitation counts

_TEMPLATES = Path(__file__).parent / "templates" / "courriels"
_LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}")


class MailError(GreencloudError):
    """A mail that cannot be written or sent; the text is a French sentence with the cause and the fix."""


def address(text: str) -> str:
    """An address as mails are sent to it: one, plain, in ASCII, in lower case. Raises MailError."""
    plain = text.strip()
    if len(plain) > _LONGEST_ADDRESS or _ADDRESS.fullmatch(plain) is None or ".." in plain:
        raise MailError(
            f"« {visible(text)[:80]} » n'est pas une adresse électronique. "
            "Donnez une seule adresse, sans espace ni accent, comme prenom.nom@commune.fr."
        )
    return plain.lower()


def queue(
    session: Session,
    settings: Settings,
    *,
    genre: str,
    to: str,
    compte_id: str | None = None,
    siren: str | None = None,
    objet_id: str | None = None,
    **values: object,
) -> Mail | None:
    """Write a mail that leaves once the caller's transaction is committed.

    Its text is `templates/courriels/<genre>.txt.j2`, filled with `values`. None when this kind of mail about this
    object already goes today to this account. Raises MailError (address), OSError (the folder cannot be written).
    """
    recipient, day = address(to), today()
    key = {"genre": genre, "compte_id": compte_id, "siren": siren, "objet_id": objet_id, "jour": day}
    if session.scalar(_same(key)) is not None:
        return None
    message = compose(settings, genre, recipient, values)
    identifier = _inserted(session, key)
    if identifier is None:  # another transaction was faster
        return None
    _keep(folder(settings), identifier, message)
    return session.get_one(Mail, identifier)


def compose(settings: Settings, genre: str, recipient: str, values: dict[str, Any]) -> EmailMessage:
    """A mail as it will be sent: plain text, whose first line in the template is its subject.

    Headers are made of an address and a subject that hold no line break, whatever the values hold.
    """
    shown = {name: _shown(value) for name, value in values.items()}
    text = _templates().get_template(f"{genre}.txt.j2").render(portail=settings.address, **shown)
    subject, _, body = french.typography(text).partition("\n")
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Portail Green Cloud Nation", addr_spec=address(settings.sender))
    message["To"] = Address(addr_spec=recipient)
    message["Subject"] = visible(subject)
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=settings.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office answers stay home
    message.set_content(body.strip() + "\n")
    return message


def receipt(session: Session, settings: Settings, filing: Filing, account: Account | None) -> Mail | None:
    """The receipt of a confirmed deposit, to the account that handed it in; None when it has no address any more."""
    if account is None or account.courriel is None:
        return None
    body = session.get_one(Body, filing.siren)
    return queue(
        session,
        settings,
        genre=RECEIPT,
        to=account.courriel,
        compte_id=account.id,
        siren=filing.siren,
        objet_id=filing.id,
        organisme=body.nom,
        fichier=filing.nom_fichier,
        sha256=filing.sha256,
        recu_le=filing.recu_le,
        acceptees=filing.acceptees or 0,
        lien=f"{settings.address}/depots/{filing.id}/recu",
    )


def folder(settings: Settings) -> Path:
    """Where mails wait; made when missing, for the service's eyes only."""
    place = settings.data / "courriels"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def pending(session: Session) -> int:
    """How many mails wait to leave."""
    waiting = select(func.count()).select_from(Mail).where(Mail.envoye_le.is_(None), Mail.abandonne_le.is_(None))
    return session.scalar(waiting) or 0


def unsent(session: Session, settings: Settings, account_id: str) -> list[Path]:
    """The files of the mails to an account that have not left, or were refused: they hold its address."""
    names = session.scalars(select(Mail.id).where(Mail.compte_id == account_id, Mail.envoye_le.is_(None)))
    return [file for name in names for file in folder(settings).glob(f"{name}.*")]


def _same(key: dict[str, str | None]) -> Select[tuple[int]]:
    # `IS NULL` where a part is missing: a constraint of SQL takes two NULLs for different.
    return select(Mail.id).where(*(getattr(Mail, name) == value for name, value in key.items())).limit(1)


def _inserted(session: Session, key: dict[str, str | None]) -> int | None:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    return session.scalar(insert(Mail).values(**key).on_conflict_do_nothing().returning(Mail.id))


def _keep(place: Path, identifier: int, message: EmailMessage) -> None:
    """On disk before the row is committed. A transaction that fails leaves a file that no row names: never sent."""
    with durable.passing(place) as aside:
        aside.chmod(0o600)
        aside.write_bytes(message.as_bytes())
        durable.flush(aside)
        aside.replace(place / f"{identifier}{WAITING}")
    durable.flush(place)


def _shown(value: object) -> object:
    """A text of somebody else's in a mail: one line, no sign that changes the direction of writing."""
    return visible(value) if isinstance(value, str) else value


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    environment.filters.update(
        jour=french.date, instant=days.instant, nombre=french.integer, ligne=lambda count: french.count(count, "ligne")
    )
    return environment
