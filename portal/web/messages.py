"""Questions on a deposit and their answers, between the team of the campaign and the body."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from greencloud.deposits import now
from portal import access, audit, mail, reminders, throttle
from portal.access import CheckedForm, SignedIn, Visitor
from portal.errors import Refused
from portal.mail import QUESTION, queue
from portal.models import MANAGER, Account, Body, Filing, Message
from portal.settings import Settings
from portal.web import pages
from portal.web.signing import text

router = APIRouter(include_in_schema=False)

LONGEST = 4_000
TEAM = "L’équipe de la campagne"
_A_DAY, _DAY = 100, 86_400


@dataclass(frozen=True)
class Said:
    """A message as it is shown; `ours`: of the team."""

    author: str
    at: str
    text: str
    ours: bool


@router.get("/depots/{filing_id}/messages")
def show(request: Request, visitor: SignedIn, filing_id: str) -> Response:
    """What was asked and answered."""
    return _page(request, visitor, filing_id)


@router.post("/depots/{filing_id}/messages")
def say(request: Request, visitor: SignedIn, filing_id: str, form: CheckedForm) -> Response:
    """Ask or answer; the other side is told by mail that there is something to read, not what."""
    given = text(form, "texte")
    try:
        words = plain(given)
    except Refused as error:
        return _page(request, visitor, filing_id, error=str(error), typed=given[:LONGEST])
    settings = access.settings(request)
    with access.database(request).session() as session:
        filing = access.filing(visitor, session, filing_id)
        throttle.attempt(session, settings, "message", visitor.account_id, limit=_A_DAY, window=_DAY)
        message = Message(depot_id=filing.id, compte_id=visitor.account_id, texte=words, cree_le=now())
        session.add(message)
        session.flush()
        _tell(session, settings, visitor, filing, message)
        audit.record(session, actor=visitor.actor, action="message", siren=filing.siren, subject=filing.id)
    return RedirectResponse(f"/depots/{filing_id}/messages", 303)


def plain(given: str) -> str:
    """A text of several lines without hidden signs. Raises Refused when it is empty or too long."""
    lines = given.replace("\r\n", "\n").replace("\r", "\n")
    shown = "".join(sign for sign in lines if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs"))
    if not shown.strip():
        raise Refused("Votre message est vide. Écrivez-le, puis envoyez-le.")
    if len(shown) > LONGEST:
        raise Refused(f"Votre message est trop long ({len(shown)} caractères). Gardez-en {LONGEST} au plus.")
    return shown.strip()


def _page(request: Request, visitor: Visitor, filing_id: str, error: str = "", typed: str = "") -> Response:
    with access.database(request).reading() as session:
        filing = access.filing(visitor, session, filing_id)
        return pages.page(
            request,
            "messages.html.j2",
            visitor=visitor,
            status=422 if error else 200,
            depot=filing,
            organisme=session.get_one(Body, filing.siren),
            messages=_said(session, filing),
            erreur=error,
            saisi=typed,
            longueur=LONGEST,
        )


def _said(session: Session, filing: Filing) -> list[Said]:
    """To a body, the team speaks with one voice."""
    rows = session.execute(
        select(Message, Account)
        .join(Account, Account.id == Message.compte_id)
        .where(Message.depot_id == filing.id)
        .order_by(Message.id)
    )
    return [
        Said(TEAM if ours else account.nom, message.cree_le, message.texte, ours)
        for message, account in rows
        for ours in [account.role == MANAGER]
    ]


def _tell(session: Session, settings: Settings, visitor: Visitor, filing: Filing, message: Message) -> None:
    body = session.get_one(Body, filing.siren)
    answers = any(said.ours != visitor.manages for said in _said(session, filing))
    people = reminders.recipients(session, filing.siren) if visitor.manages else _team(session, filing)
    for account, address in people:
        if account == visitor.account_id:
            continue
        queue(
            session,
            settings,
            genre=QUESTION,
            to=address,
            compte_id=account,
            siren=filing.siren,
            objet_id=str(message.id),
            equipe=visitor.manages,
            reponse=answers,
            organisme=body.nom,
            lien=f"{settings.address}/depots/{filing.id}/messages",
        )


def _team(session: Session, filing: Filing) -> Iterable[tuple[str, str]]:
    """The managers who spoke of this deposit, or all of them when none has."""
    managers = select(Account).where(Account.role == MANAGER, Account.actif, Account.courriel.is_not(None))
    spoke = set(session.scalars(select(Message.compte_id).where(Message.depot_id == filing.id)))
    found = list(session.scalars(managers.order_by(Account.id)))
    asked = [account for account in found if account.id in spoke] or found
    return [(account.id, mail.address(account.courriel or "")) for account in asked]
