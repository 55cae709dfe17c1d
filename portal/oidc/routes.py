"""The two addresses of a sign-in through the provider: going there, and coming back.

Between the two, the browser keeps a signed cookie with the state, the nonce and the verifier: only the browser that
left can come back, once, within ten minutes.
"""

import hmac
import secrets

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from portal import access, signatures
from portal.access import Guest, Visitor
from portal.errors import NotFound
from portal.oidc.accounts import account_for
from portal.oidc.errors import SignInError
from portal.oidc.provider import Provider
from portal.settings import Settings
from portal.web import signing

router = APIRouter(include_in_schema=False)

_PURPOSE, _LINKING = "oidc", "oidc-relier"
_PATH = (
    "/oidc"  # the cookie goes to the two addresses below only; so it cannot be `__Host-`, which wants the whole site
)
_SECONDS = 600  # a sign-in at a provider with a code sent by mail
_LATER = "Cette connexion a expiré, ou a été commencée dans un autre navigateur. Recommencez-la depuis le début."


def linking(settings: Settings, visitor: Visitor) -> str:
    """The address by which somebody signed in ties their account to their identity; void in another session."""
    proof = signatures.signed(settings, _LINKING, {"session": _mark(settings, visitor), "compte": visitor.account_id})
    return f"/oidc/depart?relier={proof}"


@router.get("/oidc/depart")
def leave(request: Request, known: Guest, suite: str = "/", relier: str = "") -> Response:
    """Send the browser to the provider."""
    settings = access.settings(request)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    address = provider(request).authorization(redirect=_back(settings), state=state, nonce=nonce, verifier=verifier)
    kept = {"state": state, "nonce": nonce, "verifier": verifier, "suite": signing.local(suite)}
    if relier:
        kept["compte"] = _linked(settings, known, relier)
    answer = RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})
    _keep(answer, settings, signatures.signed(settings, _PURPOSE, kept))
    return answer


@router.get("/oidc/retour")
def back(request: Request, known: Guest) -> Response:
    """Verify what the provider answers, and sign in."""
    settings, given = access.settings(request), request.query_params
    asked = provider(request)
    kept = signatures.read(settings, _PURPOSE, request.cookies.get(_cookie(settings)), _SECONDS)
    if kept is None or not hmac.compare_digest(kept["state"].encode(), given.get("state", "").encode()):
        raise SignInError(_LATER)
    if not asked.accepts(given.get("iss")):
        raise SignInError("Cette réponse ne vient pas du service d’identité attendu. Recommencez depuis le début.")
    if "error" in given or not given.get("code"):
        raise SignInError(
            "Le service d’identité n’a pas confirmé la connexion. Recommencez, ou prenez un mot de passe."
        )
    who = asked.identity(code=given["code"], redirect=_back(settings), nonce=kept["nonce"], verifier=kept["verifier"])
    tied = _still(known, kept.get("compte"))
    with access.database(request).session() as session:
        account = account_for(session, who, linking=tied, onward=kept["suite"]).id
    answer = signing.signed_in(request, account, onward=kept["suite"], identity=who.token)
    answer.delete_cookie(_cookie(settings), path=_PATH, secure=settings.secure, httponly=True)
    return answer


def provider(request: Request) -> Provider:
    """The provider of the settings, one for the life of the service. Raises NotFound when there is none."""
    settings = access.settings(request)
    if not settings.oidc_issuer:
        raise NotFound
    if not hasattr(request.app.state, "provider"):
        request.app.state.provider = Provider(settings.oidc_issuer, settings.oidc_client, settings.oidc_secret)
    found: Provider = request.app.state.provider
    return found


def _linked(settings: Settings, known: Visitor | None, proof: str) -> str:
    """The account to tie: the one whose own page, in this very session, bore the link."""
    read = signatures.read(settings, _LINKING, proof, _SECONDS)
    if known is None or read != {"session": _mark(settings, known), "compte": known.account_id}:
        raise SignInError("Ce lien a expiré. Rechargez la page Données personnelles, puis recommencez.")
    return known.account_id


def _still(known: Visitor | None, account: str | None) -> str | None:
    if account is not None and (known is None or known.account_id != account):
        raise SignInError(_LATER)
    return account


def _mark(settings: Settings, visitor: Visitor) -> str:
    return signatures.keyed(settings, _LINKING, visitor.session_csrf)


def _back(settings: Settings) -> str:
    return f"{settings.address}/oidc/retour"


def _cookie(settings: Settings) -> str:
    return "__Secure-oidc" if settings.secure else "oidc"


def _keep(answer: Response, settings: Settings, value: str) -> None:
    answer.set_cookie(
        _cookie(settings),
        value,
        max_age=_SECONDS,
        path=_PATH,
        secure=settings.secure,
        httponly=True,
        samesite="lax",  # it comes back from the provider's site
    )
