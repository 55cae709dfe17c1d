"""Signing in, and choosing a password: the pages that come before a session."""

import hashlib
import hmac
import secrets
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from greencloud.errors import GreencloudError
from portal import access, accounts, audit, mail, passwords, sessions, signatures, throttle
from portal.access import Guest, Visitor
from portal.errors import Forbidden, Refused, TooMany
from portal.models import Account
from portal.web import pages

router = APIRouter()
RESET_LIFETIME = 3600  # seconds
_EARLY_LIFETIME = 24 * 3600
_WRONG = "Adresse ou mot de passe inconnus. Vérifiez-les, ou demandez un nouveau mot de passe."
_RESET, _EARLY = "mot_de_passe", "avant_session"
_LONGEST_MAIL = 254


async def early_form(request: Request) -> FormData:
    """A form of somebody not signed in: its key must be the one of the browser's own cookie. Raises Forbidden."""
    given = await access.fields(request)
    key, settings = request.cookies.get(_early_cookie(request)), access.settings(request)
    expected = signatures.keyed(settings, _EARLY, key) if key else ""
    found = given.get("csrf")
    if not expected or not isinstance(found, str) or not hmac.compare_digest(found.encode(), expected.encode()):
        raise Forbidden("Cette page a expiré, ou les cookies sont refusés. Rechargez-la, puis recommencez.")
    return given


EarlyForm = Annotated[FormData, Depends(early_form)]


def early_page(request: Request, name: str, *, status: int = 200, **context: Any) -> Response:
    """A page with a form for somebody not signed in, and the cookie that goes with its key."""
    key = request.cookies.get(_early_cookie(request)) or secrets.token_urlsafe(32)
    settings = access.settings(request)
    csrf = signatures.keyed(settings, _EARLY, key)
    response = pages.page(request, name, status=status, **(context | {"csrf": csrf}))
    response.set_cookie(
        _early_cookie(request),
        key,
        max_age=_EARLY_LIFETIME,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )
    return response


@router.get("/connexion")
def ask(request: Request, guest: Guest, suite: str = "/") -> Response:
    """The sign-in page; whoever is signed in goes on."""
    if guest:
        return RedirectResponse(local(suite), 303)
    return early_page(request, "connexion.html.j2", suite=local(suite), erreur=None, courriel="")


@router.post("/connexion")
def sign_in(request: Request, form: EarlyForm) -> Response:
    """Compare the password, and open a session."""
    given, onward = text(form, "courriel").strip().lower()[:_LONGEST_MAIL], local(text(form, "suite"))
    try:
        account = _recognised(request, given, text(form, "mot_de_passe"))
    except TooMany as error:
        return _again(request, error, onward, given)
    if account is None:
        return _again(request, Refused(_WRONG, status=422), onward, given)
    return signed_in(request, account.id, onward=onward)


@router.get("/mot-de-passe")
def password_page(request: Request, guest: Guest, jeton: str = "") -> Response:
    """Ask for a link, choose a new password by a link, or change the one known."""
    if jeton:
        _owner(request, jeton)
        return early_page(request, "mot-de-passe.html.j2", etape="choisir", jeton=jeton, erreur=None)
    if guest:
        return _own_password(request, guest)
    return early_page(request, "mot-de-passe.html.j2", etape="demander", jeton="", erreur=None)


@router.post("/mot-de-passe/lien")
def send_link(request: Request, form: EarlyForm) -> Response:
    """Send a link to an address that has a password here; the answer is the same for any other."""
    try:
        address = mail.address(text(form, "courriel"))
        _throttled(request, address)
    except GreencloudError as error:
        status = error.status if isinstance(error, Refused) else 422
        return early_page(request, "mot-de-passe.html.j2", status=status, etape="demander", jeton="", erreur=str(error))
    _send_link(request, address)
    return early_page(request, "mot-de-passe.html.j2", etape="envoye", jeton="", erreur=None)


@router.post("/mot-de-passe/nouveau")
def choose(request: Request, form: EarlyForm) -> Response:
    """Take the new password of whoever holds a link, and sign in."""
    key = text(form, "jeton")
    account = _owner(request, key)
    try:
        hashed = passwords.hashed(twice(form), about=(account.courriel or "", account.nom))
    except Refused as error:
        return early_page(request, "mot-de-passe.html.j2", status=422, etape="choisir", jeton=key, erreur=str(error))
    with access.database(request).session() as session:
        fresh = session.get_one(Account, account.id)
        if fresh.mot_de_passe != account.mot_de_passe:
            raise Refused("Ce lien a déjà servi. Demandez-en un autre.")
        accounts.password_changed(session, fresh, hashed)
    return signed_in(request, account.id)


@router.post("/mot-de-passe")
def change(request: Request, visitor: access.SignedIn, form: access.CheckedForm) -> Response:
    """Change a password that is known; the other sessions of the account end."""
    with access.database(request).session() as session:
        counted = throttle.attempt(session, access.settings(request), "mot_de_passe", visitor.account_id)
        account = session.get_one(Account, visitor.account_id)
    if not passwords.matches(account.mot_de_passe, text(form, "ancien")):
        return _own_password(request, visitor, "L’ancien mot de passe n’est pas le bon. Recommencez.")
    try:
        hashed = passwords.hashed(twice(form), about=(account.courriel or "", account.nom))
    except Refused as error:
        return _own_password(request, visitor, str(error))
    with access.database(request).session() as session:
        throttle.cleared(session, counted)
        accounts.password_changed(session, session.get_one(Account, account.id), hashed)
    return signed_in(request, account.id)


def signed_in(request: Request, account_id: str, *, onward: str = "/", identity: str | None = None) -> Response:
    """Open a new session for an account, end the one that the browser had, and go on.

    `identity`: the identity token of the provider, for somebody who came by it.
    """
    settings = access.settings(request)
    with access.database(request).session() as session:
        before = sessions.cookie(request, settings)
        token = sessions.opened(session, settings, account_id, before=before, identity=identity)
        audit.record(session, actor=account_id, action="connexion")
    response = RedirectResponse(local(onward), 303)
    sessions.put(response, settings, token)
    response.delete_cookie(_early_cookie(request), path="/", secure=settings.secure, httponly=True, samesite="lax")
    return response


def local(address: str) -> str:
    """An address of the portal to go on to: a path, else the home page. Never another site's."""
    plain = address.isascii() and address.isprintable() and "\\" not in address
    if not plain or not address.startswith("/") or address.startswith("//"):
        return "/"
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc else address


def text(form: FormData, name: str) -> str:
    """A field of a form; a missing one is empty."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def twice(form: FormData) -> str:
    """A new password, typed twice. Raises Refused."""
    first = text(form, "nouveau")
    if first != text(form, "encore"):
        raise Refused("Les deux mots de passe diffèrent. Tapez deux fois le même.")
    return first


def _recognised(request: Request, given: str, password: str) -> Account | None:
    """The account that a mail and a password open. Raises TooMany."""
    database, settings = access.database(request), access.settings(request)
    with database.session() as session:
        by_name = throttle.attempt(session, settings, "compte", given)
        network = throttle.network(request.client.host if request.client else None)
        by_network = throttle.attempt(session, settings, "adresse", network, limit=throttle.PER_ADDRESS)
        account = accounts.by_mail(session, given)
    right = passwords.matches(account.mot_de_passe if account else None, password)
    with database.session() as session:
        if account is None or not right or not account.actif:
            audit.record(
                session, actor=audit.ANONYMOUS, action="connexion_refusee", subject=account.id if account else None
            )
            return None
        throttle.cleared(session, by_name)
        throttle.forgiven(session, by_network)
        if account.mot_de_passe and passwords.outdated(account.mot_de_passe):
            session.get_one(Account, account.id).mot_de_passe = passwords.renewed(password)
    return account


def _again(request: Request, error: Refused, onward: str, given: str) -> Response:
    response = early_page(
        request, "connexion.html.j2", status=error.status, suite=onward, erreur=str(error), courriel=given
    )
    response.headers.update(error.headers)
    return response


def _throttled(request: Request, address: str) -> None:
    network = throttle.network(request.client.host if request.client else None)
    with access.database(request).session() as session:
        throttle.attempt(session, access.settings(request), "lien", address, limit=3)
        throttle.attempt(session, access.settings(request), "lien_adresse", network, limit=30)


def _send_link(request: Request, address: str) -> None:
    settings = access.settings(request)
    with access.database(request).session() as session:
        account = accounts.by_mail(session, address)
        if account is None or not account.actif or not account.mot_de_passe:
            return  # an account of a provider has no password to be changed
        key = signatures.signed(settings, _RESET, {"compte": account.id, "avant": _mark(account)})
        mail.queue(
            session,
            settings,
            genre=mail.PASSWORD,
            to=address,
            compte_id=account.id,
            objet_id=hashlib.sha256(key.encode()).hexdigest()[:36],
            lien=f"{settings.address}/mot-de-passe?jeton={key}",
            expire=sessions.later(RESET_LIFETIME),
        )
        audit.record(session, actor=audit.ANONYMOUS, action="mot_de_passe_demande", subject=account.id)


def _owner(request: Request, key: str) -> Account:
    """The account that a link is for. Raises Refused once it has served or is too old."""
    found = signatures.read(access.settings(request), _RESET, key, RESET_LIFETIME)
    with access.database(request).reading() as session:
        account = session.get(Account, found.get("compte")) if found else None
    if not found or account is None or not account.actif or found.get("avant") != _mark(account):
        raise Refused("Ce lien est inconnu, a déjà servi ou a plus d’une heure. Demandez-en un autre.")
    return account


def _mark(account: Account) -> str:
    """Changes with the password: a link serves once."""
    return hashlib.sha256((account.mot_de_passe or "").encode()).hexdigest()[:16]


def _own_password(request: Request, visitor: Visitor, error: str | None = None) -> Response:
    with access.database(request).reading() as session:
        step = "changer" if session.get_one(Account, visitor.account_id).mot_de_passe else "aucun"
    return pages.page(
        request,
        "mot-de-passe.html.j2",
        visitor=visitor,
        status=422 if error else 200,
        etape=step,
        jeton="",
        erreur=error,
    )


def _early_cookie(request: Request) -> str:
    return "__Host-avant" if access.settings(request).secure else "avant"
