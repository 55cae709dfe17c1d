"""Who is asking, and what is theirs: every route takes its objects through here.

What belongs to another body is NotFound, never forbidden: an answer must not tell that it exists.
"""

import hmac
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from portal import models, sessions, tokens
from portal.database import Database
from portal.errors import Forbidden, NotFound, Refused, SignedOut, Unauthorized
from portal.models import Account, Body, Filing, Grant
from portal.settings import Settings

DEPOSIT, READ = "depot", "lecture"
_SIREN = re.compile(r"[0-9]{9}")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FIELDS, _FILES = 2_000, 50  # of one form


@dataclass(frozen=True)
class Visitor:
    """Somebody signed in, or a token of the API. `sirens`: the bodies it acts for."""

    account_id: str
    role: str
    sirens: frozenset[str]
    session_csrf: str = field(repr=False)
    token_id: str | None = None
    scope: str = DEPOSIT  # what a token may do: `lecture`, or `depot`
    name: str = field(default="", repr=False)  # for the head of the page; never logged

    @property
    def manages(self) -> bool:
        """Whether it is of the ministry's team, who see every body."""
        return self.role == models.MANAGER

    @property
    def actor(self) -> str:
        """How the audit log names it."""
        return self.token_id or self.account_id


def settings(request: Request) -> Settings:
    """The settings of the service."""
    found: Settings = request.app.state.settings
    return found


def database(request: Request) -> Database:
    """The database of the service."""
    found: Database = request.app.state.database
    return found


def guest(request: Request) -> Visitor | None:
    """Whoever is signed in, or None: for pages that both may see."""
    token = sessions.cookie(request, settings(request))
    if not token:
        return None
    with database(request).reading() as session:
        opened = sessions.found(session, settings(request), token)
        known = _known(session, opened.compte_id, opened.csrf) if opened else None
        stale = opened is not None and sessions.stale(opened)
    if known and stale:
        with database(request).session() as session:
            sessions.touch(session, token)
    request.state.visitor = known
    return known


def visitor(request: Request, known: Annotated[Visitor | None, Depends(guest)]) -> Visitor:
    """Whoever is signed in. Raises SignedOut, which leads to the sign-in page and back."""
    if known is None:
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        raise SignedOut(f"/connexion?suite={quote(back, safe='/')}" if request.method == "GET" else "/connexion")
    return known


def manager(known: Annotated[Visitor, Depends(visitor)]) -> Visitor:
    """A manager. Raises NotFound for anybody else: what managers see is not told to exist."""
    if not known.manages:
        raise NotFound
    return known


def token_visitor(request: Request) -> Visitor:
    """The token of `Authorization: Bearer`, as a visitor of one body. Raises Unauthorized."""
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    challenge = {"WWW-Authenticate": 'Bearer realm="portail"'}
    if kind.lower() != "bearer" or not given.strip():
        raise Unauthorized(
            "Cette adresse demande un jeton : envoyez l’en-tête « Authorization: Bearer » suivi du vôtre.",
            headers=challenge,
        )
    with database(request).session() as session:
        token = tokens.used(session, given.strip())
    if token is None:
        raise Unauthorized(
            "Ce jeton est inconnu, expiré ou révoqué. Faites-en un autre à la page Accès de votre organisme.",
            headers=challenge,
        )
    return Visitor(token.compte_id, models.AGENT, frozenset({token.siren}), "", token.id, token.portee)


def may_deposit(known: Annotated[Visitor, Depends(token_visitor)]) -> Visitor:
    """A token that may hand in. Raises Forbidden for one that only reads."""
    if known.scope != DEPOSIT:
        raise Forbidden("Ce jeton ne permet que la lecture. Faites-en un de portée « depot » à la page Accès.")
    return known


async def form(request: Request, known: Annotated[Visitor, Depends(visitor)]) -> AsyncIterator[FormData]:
    """The fields and files of a POST that bears the key of the session. Raises Forbidden, Refused."""
    try:
        given = await fields(request)
        check_csrf(known, given.get("csrf"))
        yield given
    finally:
        await request.close()  # its files, which would stay open as long as somebody holds the request


async def fields(request: Request) -> FormData:
    """The fields and files of a form whatever its key. Raises Refused for what no browser sends."""
    try:
        given = await request.form(max_files=_FILES, max_fields=_FIELDS)
    except (ValueError, KeyError, UnicodeError) as error:
        raise Refused("Ce formulaire ne se lit pas. Rechargez la page, puis recommencez.") from error
    if any("\0" in name or (isinstance(value, str) and "\0" in value) for name, value in given.multi_items()):
        raise Refused("Ce formulaire contient un caractère nul. Retirez-le, puis recommencez.")
    return given


def check_csrf(known: Visitor, given: object) -> None:
    """Compare the key of a form with the session's. Raises Forbidden."""
    expected = known.session_csrf.encode()
    if not expected or not isinstance(given, str) or not hmac.compare_digest(given.encode(), expected):
        raise Forbidden("Cette page a expiré, ou vient d’une autre session. Rechargez-la, puis recommencez.")


def body(known: Visitor, session: Session, siren: str, *, acting: bool = False) -> Body:
    """A body that is the visitor's; managers see all. `acting`: to change something of it. Raises NotFound."""
    allowed = siren in known.sirens or (known.manages and not acting)
    found = session.get(Body, siren) if allowed and _SIREN.fullmatch(siren) else None
    if found is None:
        raise NotFound
    return found


def filing(known: Visitor, session: Session, filing_id: str, *, acting: bool = False) -> Filing:
    """A deposit of a body of the visitor's; managers see all. `acting`: to change it. Raises NotFound."""
    found = session.get(Filing, filing_id) if _ID.fullmatch(filing_id) else None
    if found is None or not (found.siren in known.sirens or (known.manages and not acting)):
        raise NotFound
    return found


def _known(session: Session, account_id: str, csrf: str) -> Visitor | None:
    account = session.get(Account, account_id)
    if account is None or not account.actif:
        return None
    sirens = session.scalars(select(Grant.siren).where(Grant.compte_id == account_id, Grant.revoquee_le.is_(None)))
    return Visitor(account.id, account.role, frozenset(sirens), csrf, name=account.nom)


SignedIn = Annotated[Visitor, Depends(visitor)]
Guest = Annotated[Visitor | None, Depends(guest)]
Managing = Annotated[Visitor, Depends(manager)]
ByToken = Annotated[Visitor, Depends(token_visitor)]
MayDeposit = Annotated[Visitor, Depends(may_deposit)]
CheckedForm = Annotated[FormData, Depends(form)]
