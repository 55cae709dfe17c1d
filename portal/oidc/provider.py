"""One OpenID provider: what it says of itself, its keys, and what it answers, believed only once verified.

Only asymmetric signatures count: a shared secret would let whoever reads our settings sign in as anybody.
"""

import base64
import hashlib
import hmac
import json
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from portal.oidc.errors import ProviderAway, SignInError

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
SCOPES = "openid email given_name usual_name"  # the claims of ProConnect; others ignore the scopes they do not know

_FRESH = 3600.0  # seconds for which what a provider says of itself is kept
_NEW_KEYS = 60.0  # seconds between two fetches of keys for a key that is not known
_LATE = 60  # seconds by which two clocks may differ
_OLDEST = 600  # seconds since an identity token was made
_LARGEST = 1 << 20  # octets of an answer
_TIMEOUT = httpx.Timeout(10.0)
_LOCAL = ("localhost", "127.0.0.1", "::1")
_AWAY = (
    "Le service d’identité ne répond pas comme prévu. Réessayez dans quelques minutes, ou prenez votre mot de passe."
)
_DOUBTFUL = "La réponse du service d’identité n’a pas pu être vérifiée. Recommencez la connexion depuis le début."


@dataclass(frozen=True)
class Identity:
    """Who the provider says has signed in. `verified`: it vouches for the address."""

    issuer: str
    subject: str
    address: str | None
    verified: bool
    name: str
    token: str = field(repr=False)  # as the provider signed it, for it to end its own session by


class Provider:
    """A provider by its issuer, for one client; safe to share between threads."""

    def __init__(self, issuer: str, client: str, secret: str) -> None:
        self.issuer, self._client, self._secret = issuer, client, secret
        self._lock = threading.Lock()
        self._metadata: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._read_at = self._keys_at = float("-inf")

    def authorization(self, *, redirect: str, state: str, nonce: str, verifier: str) -> str:
        """The address that the browser goes to. Raises ProviderAway."""
        digest = hashlib.sha256(verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self._client,
            "redirect_uri": redirect,
            "scope": SCOPES,
            "state": state,
            "nonce": nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return _with(self._endpoint("authorization_endpoint"), query)

    def identity(self, *, code: str, redirect: str, nonce: str, verifier: str) -> Identity:
        """Change a code for who has signed in. Raises ProviderAway, SignInError."""
        tokens = self._exchange(code, redirect, verifier)
        claims = self._verified(tokens.get("id_token"))
        self._check_identity_token(claims, nonce)
        about = self._userinfo(tokens.get("access_token"))
        if about.get("sub") != claims["sub"]:  # OpenID Core, 5.3.2: else it speaks of somebody else
            raise SignInError(_DOUBTFUL)
        return _identity(self.issuer, {**claims, **about}, str(tokens["id_token"]))

    def farewell(self, *, token: str, back: str, state: str) -> str | None:
        """The address that ends the provider's own session; None when it offers none. Raises ProviderAway.

        OpenID Connect RP-Initiated Logout; `back` is registered there, and is told `state`.
        """
        if "end_session_endpoint" not in self._known():
            return None
        return _with(
            self._endpoint("end_session_endpoint"),
            {"id_token_hint": token, "post_logout_redirect_uri": back, "state": state, "client_id": self._client},
        )

    def accepts(self, issuer: str | None) -> bool:
        """Whether an answer that says who it comes from (RFC 9207) comes from here; it must say so when it promised."""
        if issuer is None:
            return not self._known().get("authorization_response_iss_parameter_supported", False)
        return hmac.compare_digest(issuer.encode(), self.issuer.encode())

    def _exchange(self, code: str, redirect: str, verifier: str) -> dict[str, Any]:
        given = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
        ways = self._known().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        headers = {}
        if "client_secret_basic" in ways:
            pair = f"{quote(self._client, safe='')}:{quote(self._secret, safe='')}"  # RFC 6749, 2.3.1
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:  # ProConnect
            given |= {"client_id": self._client, "client_secret": self._secret}
        answer = _asked("POST", self._endpoint("token_endpoint"), data=given, headers=headers)
        if answer.status_code == 400:  # the code was used, or has expired
            raise SignInError("Cette connexion a expiré ou a déjà servi. Recommencez-la depuis le début.")
        return _object(answer)

    def _userinfo(self, token: object) -> dict[str, Any]:
        """Who it is: JSON, or a signed token of its own, as ProConnect sends it."""
        if not isinstance(token, str):
            raise SignInError(_DOUBTFUL)
        answer = _asked("GET", self._endpoint("userinfo_endpoint"), headers={"Authorization": f"Bearer {token}"})
        if answer.headers.get("content-type", "").split(";")[0].strip().lower() != "application/jwt":
            return _object(answer)
        if answer.status_code != 200:
            raise ProviderAway(_AWAY)
        claims = self._verified(answer.text.strip())
        if claims.get("iss") != self.issuer or not self._meant_for_us(claims) or _expired(claims):
            raise SignInError(_DOUBTFUL)
        return claims

    def _check_identity_token(self, claims: Mapping[str, Any], nonce: str) -> None:
        """OpenID Core, 3.1.3.7."""
        parties = claims.get("azp", self._client)
        good = (
            claims.get("iss") == self.issuer
            and self._meant_for_us(claims)
            and parties == self._client
            and isinstance(claims.get("sub"), str)
            and 0 < len(claims["sub"]) <= 255
            and isinstance(claims.get("nonce"), str)
            and hmac.compare_digest(claims["nonce"].encode(), nonce.encode())
            and "exp" in claims
            and not _expired(claims)
            and _recent(claims.get("iat"))
        )
        if not good:
            raise SignInError(_DOUBTFUL)

    def _meant_for_us(self, claims: Mapping[str, Any]) -> bool:
        audience = claims.get("aud")
        if isinstance(audience, list):
            return self._client in audience and (len(audience) == 1 or claims.get("azp") == self._client)
        return audience == self._client

    def _verified(self, token: object) -> dict[str, Any]:
        """The claims of a token whose signature is the provider's; its keys are read again when one is not known."""
        if not isinstance(token, str) or len(token) > _LARGEST:
            raise SignInError(_DOUBTFUL)
        for again in (False, True):
            try:
                return dict(jwt.decode(token, self._key_set(again), algorithms=list(ALGORITHMS)).claims)
            except (JoseError, ValueError) as error:
                if again:
                    raise SignInError(_DOUBTFUL) from error
        raise SignInError(_DOUBTFUL)

    def _key_set(self, again: bool) -> KeySet:
        with self._lock:
            age = time.monotonic() - self._keys_at
            if self._keys is None or age > _FRESH or (again and age > _NEW_KEYS):
                address = self._endpoint_of(self._read(), "jwks_uri")
                try:
                    self._keys = KeySet.import_key_set(_object(_asked("GET", address)))  # type: ignore[arg-type]
                except (JoseError, ValueError, KeyError, TypeError) as error:
                    raise ProviderAway(_AWAY) from error
                self._keys_at = time.monotonic()
            return self._keys

    def _known(self) -> dict[str, Any]:
        with self._lock:
            return self._read()

    def _read(self) -> dict[str, Any]:
        if time.monotonic() - self._read_at > _FRESH:
            _refuse_clear(self.issuer)
            found = _object(_asked("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"))
            if found.get("issuer") != self.issuer:  # OpenID Discovery, 4.3
                raise ProviderAway(_AWAY)
            self._metadata, self._read_at = found, time.monotonic()
        return self._metadata

    def _endpoint(self, name: str) -> str:
        return self._endpoint_of(self._known(), name)

    @staticmethod
    def _endpoint_of(metadata: Mapping[str, Any], name: str) -> str:
        address = metadata.get(name)
        if not isinstance(address, str):
            raise ProviderAway(_AWAY)
        _refuse_clear(address)
        return address


def _with(address: str, query: Mapping[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}"


def _identity(issuer: str, claims: Mapping[str, Any], token: str) -> Identity:
    texts = {name: value for name, value in claims.items() if isinstance(value, str)}
    parts = [texts.get("given_name", ""), texts.get("usual_name") or texts.get("family_name", "")]
    return Identity(
        issuer=issuer,
        subject=texts["sub"],
        address=texts.get("email"),
        verified=claims.get("email_verified") is True,
        name=" ".join(part for part in parts if part) or texts.get("name", ""),
        token=token,
    )


def _asked(method: str, address: str, **given: Any) -> httpx.Response:
    """An answer that is not too long; redirects are not followed: a code or a secret goes where it was sent, only."""
    try:
        client = httpx.Client(timeout=_TIMEOUT, verify=_trust())
        with client, client.stream(method, address, **given) as answer:
            body = b""
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > _LARGEST:
                    raise ProviderAway(_AWAY)
            headers = [pair for pair in answer.headers.items() if pair[0] in ("content-type",)]
            return httpx.Response(answer.status_code, headers=headers, content=body)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ProviderAway(_AWAY) from error


@cache
def _trust() -> ssl.SSLContext:
    """Whom this machine trusts, as for mails; reading it takes longer than the request."""
    return ssl.create_default_context()


def _object(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code != 200:
        raise ProviderAway(_AWAY)
    try:
        content = json.loads(answer.content)
    except (ValueError, RecursionError) as error:
        raise ProviderAway(_AWAY) from error
    if not isinstance(content, dict):
        raise ProviderAway(_AWAY)
    return content


def _refuse_clear(address: str) -> None:
    """HTTPS, or this machine for trials."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        raise ProviderAway(_AWAY)


def _expired(claims: Mapping[str, Any]) -> bool:
    """Whether a token has passed its end; one without end has not."""
    end = claims.get("exp", float("inf"))
    return not _is_number(end) or end + _LATE < time.time()


def _recent(made: object) -> bool:
    return _is_number(made) and -_LATE <= time.time() - made <= _OLDEST  # type: ignore[operator]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
