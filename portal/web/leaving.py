"""Signing out: here, then at the provider for whoever came by it, who sends the browser back.

The provider is reached from a page, not by the answer to the form: a browser applies `form-action` to every address
that the answer to a form leads to, and a provider leads on to others that nobody knows here.
"""

import hmac
import secrets

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from portal import access, audit, sessions, signatures
from portal.oidc.errors import SignInError
from portal.oidc.routes import provider
from portal.settings import Settings
from portal.web import pages

router = APIRouter(include_in_schema=False)

_PURPOSE, _PATH = "oidc-sortie", "/oidc"
_SECONDS = 600
BACK = "/oidc/sortie"  # the address that is registered at the provider


@router.post("/deconnexion")
def sign_out(request: Request, visitor: access.SignedIn, form: access.CheckedForm) -> Response:
    """End the session, in the table, in the browser, and at the provider."""
    settings = access.settings(request)
    with access.database(request).session() as session:
        identity = sessions.ended(session, sessions.cookie(request, settings) or "")
        audit.record(session, actor=visitor.actor, action="deconnexion")
    answer = _onward(request, settings, identity) if identity else RedirectResponse("/connexion", 303)
    sessions.removed(answer, settings)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@router.get(BACK)
def back(request: Request, state: str = "") -> Response:
    """Where the provider sends back to once its own session has ended."""
    settings = access.settings(request)
    provider(request)  # without one there is no such page
    kept = signatures.read(settings, _PURPOSE, request.cookies.get(_cookie(settings)), _SECONDS)
    ended = kept is not None and hmac.compare_digest(kept["etat"].encode(), state.encode())
    answer = _page(request, "partout") if ended else RedirectResponse("/connexion", 303)
    answer.delete_cookie(_cookie(settings), path=_PATH, secure=settings.secure, httponly=True)
    return answer


def _onward(request: Request, settings: Settings, identity: str) -> Response:
    """The page that leads to the provider, or says why it does not."""
    state = secrets.token_urlsafe(32)
    try:
        address = provider(request).farewell(token=identity, back=f"{settings.address}{BACK}", state=state)
    except SignInError:
        address = None
    if address is None:
        return _page(request, "ici")
    answer = _page(request, "suite", adresse=address)
    answer.set_cookie(
        _cookie(settings),
        signatures.signed(settings, _PURPOSE, {"etat": state}),
        max_age=_SECONDS,
        path=_PATH,
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )
    return answer


def _page(request: Request, step: str, adresse: str = "") -> Response:
    return pages.page(request, "deconnexion.html.j2", visitor=None, etape=step, adresse=adresse)


def _cookie(settings: Settings) -> str:
    return "__Secure-oidc-sortie" if settings.secure else "oidc-sortie"
