"""Who acts for a body: invitations, rights and keys of the API; and the page an invitation leads to."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from greencloud import deposits
from portal import access, accounts, delegations, mail, passwords, throttle, tokens
from portal.access import Guest, Visitor
from portal.errors import NotFound, Refused
from portal.models import Account, Body, Invitation, Token
from portal.web import pages
from portal.web.signing import EarlyForm, early_page, signed_in, text, twice

router = APIRouter()
_INVITATIONS_A_DAY, _OF_A_MANAGER = 50, 2_000  # of one account; whoever opens a campaign invites all its bodies
_DAY = 86_400
_DONE = {
    "invitation": "L’invitation part par courriel. Elle vaut 14 jours.",
    "renvoyee": "L’invitation repart par courriel, avec un nouveau lien : l’ancien n’ouvre plus rien.",
    "annulee": "L’invitation est annulée : son lien n’ouvre plus rien.",
    "retire": "Le droit de cette personne est retiré.",
    "revoque": "Le jeton est révoqué : il n’ouvre plus rien.",
}


@router.get("/organismes/{siren}/acces")
def show(request: Request, visitor: access.SignedIn, siren: str, fait: str = "") -> Response:
    """Who may act for the body, who was invited, which keys its tools have."""
    with access.database(request).reading() as session:
        found = access.body(visitor, session, siren)
        return _page(request, session, visitor, found, fait=_DONE.get(fait, ""))


@router.post("/organismes/{siren}/acces/inviter")
def invite(request: Request, visitor: access.SignedIn, siren: str, form: access.CheckedForm) -> Response:
    """Send an invitation by mail."""
    settings, given = access.settings(request), text(form, "courriel")

    def send(session: Session, host: Account) -> None:
        delegations.sent(session, settings, mail=mail.address(given), siren=siren, by=host)

    return _sent(request, visitor, siren, send, "invitation", given)


@router.post("/organismes/{siren}/acces/invitations/{hashed}/renvoyer")
def send_again(
    request: Request, visitor: access.SignedIn, siren: str, hashed: str, form: access.CheckedForm
) -> Response:
    """Send an invitation that was not taken up once more."""
    settings = access.settings(request)

    def send(session: Session, host: Account) -> None:
        delegations.sent_again(session, settings, siren=siren, hashed=hashed, by=host)

    return _sent(request, visitor, siren, send, "renvoyee")


@router.post("/organismes/{siren}/acces/invitations/{hashed}/annuler")
def cancel(request: Request, visitor: access.SignedIn, siren: str, hashed: str, form: access.CheckedForm) -> Response:
    """End an invitation that was not taken up."""
    with access.database(request).session() as session:
        found = access.body(visitor, session, siren)
        delegations.cancelled(session, actor=visitor.actor, siren=found.siren, hashed=hashed)
    return _back(siren, "annulee")


@router.post("/organismes/{siren}/acces/comptes/{account_id}/retirer")
def withdraw(
    request: Request, visitor: access.SignedIn, siren: str, account_id: str, form: access.CheckedForm
) -> Response:
    """Take somebody's right over the body back."""
    with access.database(request).session() as session:
        found = access.body(visitor, session, siren)
        delegations.revoked(session, actor=visitor.actor, siren=found.siren, account_id=_plain(account_id))
    return RedirectResponse("/", 303) if account_id == visitor.account_id else _back(siren, "retire")


@router.post("/organismes/{siren}/acces/jetons")
def create_key(request: Request, visitor: access.SignedIn, siren: str, form: access.CheckedForm) -> Response:
    """Make a key of the API, shown this once."""
    with access.database(request).session() as session:
        found = access.body(visitor, session, siren, acting=True)
        key = tokens.created(
            session,
            account_id=visitor.account_id,
            siren=found.siren,
            name=text(form, "nom"),
            scope=text(form, "portee"),
            days=tokens.LIFETIMES.get(text(form, "duree"), 0),
        )
        return _page(request, session, visitor, found, status=201, cle=key)


@router.post("/organismes/{siren}/acces/jetons/{token_id}/revoquer")
def revoke_key(
    request: Request, visitor: access.SignedIn, siren: str, token_id: str, form: access.CheckedForm
) -> Response:
    """End a key of the API."""
    with access.database(request).session() as session:
        found = access.body(visitor, session, siren)
        tokens.revoked(session, actor=visitor.actor, siren=found.siren, token_id=_plain(token_id))
    return _back(siren, "revoque")


@router.get("/invitation/{jeton}")
def invitation(request: Request, guest: Guest, jeton: str) -> Response:
    """What an invitation offers, and how to take it up: signed in, with an account, or by making one."""
    with access.database(request).reading() as session:
        found = delegations.invitation(session, jeton)
        return _invitation(request, session, guest, found, jeton)


@router.post("/invitation/{jeton}/accepter")
def accept(request: Request, visitor: access.SignedIn, jeton: str, form: access.CheckedForm) -> Response:
    """Take it up with the account that is signed in."""
    with access.database(request).session() as session:
        found = delegations.invitation(session, jeton)
        delegations.accepted(session, found, session.get_one(Account, visitor.account_id))
    return RedirectResponse(f"/organismes/{found.siren}" if found.siren else "/gestion", 303)


@router.post("/invitation/{jeton}/compte")
def join(request: Request, form: EarlyForm, jeton: str) -> Response:
    """Make an account at the address that was invited, take the invitation up and sign in."""
    with access.database(request).reading() as session:
        found = delegations.invitation(session, jeton)
    try:
        name = accounts.display_name(form.get("nom"))
        hashed = passwords.hashed(twice(form), about=(found.courriel, name))
    except Refused as error:
        with access.database(request).reading() as session:
            return _invitation(request, session, None, found, jeton, error=str(error), name=text(form, "nom"))
    with access.database(request).session() as session:
        account = accounts.created(session, mail=found.courriel, name=name, password=hashed)
        delegations.accepted(session, delegations.invitation(session, jeton), account)
    return signed_in(request, account.id)


def _sent(
    request: Request,
    visitor: Visitor,
    siren: str,
    send: Callable[[Session, Account], None],
    done: str,
    typed: str = "",
) -> Response:
    """Send an invitation unless its sender has sent too many today; what is refused is told beside its field."""
    with access.database(request).reading() as session:
        found = access.body(visitor, session, siren)
    limit = _OF_A_MANAGER if visitor.manages else _INVITATIONS_A_DAY
    try:
        with access.database(request).session() as session:
            settings = access.settings(request)
            throttle.attempt(session, settings, "invitation", visitor.account_id, limit=limit, window=_DAY)
            send(session, session.get_one(Account, visitor.account_id))
    except NotFound:
        raise
    except (mail.MailError, Refused) as error:
        with access.database(request).reading() as session:
            return _page(request, session, visitor, found, status=422, erreur=str(error), saisi=typed)
    return _back(siren, done)


def _page(
    request: Request, session: Session, visitor: Visitor, body: Body, *, status: int = 200, **told: str
) -> Response:
    """`told`: what happened (`fait`), a new key (`cle`), what is wrong with what was typed (`erreur`, `saisi`)."""
    keys = select(Token).where(Token.siren == body.siren).order_by(Token.cree_le)
    return pages.page(
        request,
        "acces.html.j2",
        visitor=visitor,
        status=status,
        organisme=body,
        personnes=delegations.people(session, body.siren),
        invitations=delegations.pending(session, body.siren),
        jetons=list(session.scalars(keys)),
        maintenant=deposits.now(),
        portees=tokens.SCOPES,
        durees=tokens.LIFETIMES,
        agit=body.siren in visitor.sirens,
        **{"fait": "", "cle": "", "erreur": "", "saisi": ""} | told,
    )


def _invitation(
    request: Request,
    session: Session,
    guest: Visitor | None,
    found: Invitation,
    key: str,
    *,
    error: str | None = None,
    name: str = "",
) -> Response:
    context: dict[str, Any] = {
        "invitation": found,
        "organisme": session.get(Body, found.siren) if found.siren else None,
        "jeton": key,
        "erreur": error,
        "nom": name,
        "connu": accounts.by_mail(session, found.courriel) is not None,
    }
    if guest:
        return pages.page(request, "invitation.html.j2", visitor=guest, **context)
    return early_page(request, "invitation.html.j2", status=422 if error else 200, **context)


def _plain(identifier: str) -> str:
    """An identifier of the address as the database may be asked for it: PostgreSQL refuses the null character."""
    return identifier.replace("\0", "")


def _back(siren: str, fait: str) -> Response:
    return RedirectResponse(f"/organismes/{siren}/acces?fait={fait}", 303)
