"""A real OpenID provider, in a process of its own: `python provider.py PORT`, for the tests of the sign-in.

It checks all that a strict provider checks (client, address of return, PKCE, a code used once), and each of its answers
can be spoilt: `POST /_reglages` with JSON replaces what `PLAIN` holds. It signs in whom `who` says, without asking.
"""

import base64
import hashlib
import json
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

CLIENT, SECRET = "portail-test", "un secret: à encoder %"
PLAIN: dict[str, Any] = {
    "who": {"sub": "42", "email": "camille.martin@exemple.fr", "given_name": "Camille", "usual_name": "Martin"},
    "userinfo": {},  # claims that replace those of `who` there
    "claims": {},  # claims that replace those of the identity token; None: left out
    "jwt": True,  # userinfo as a signed token, as ProConnect sends it
    "auth": "client_secret_post",
    "sign": "RS256",  # or ES256, none, HS256 (with the public key as the secret), stranger (a key of nobody)
    "iss": True,  # says who it is when the browser comes back
    "error": "",
    "logout": True,  # ends its own session when asked to
}


class Provider:
    """What the process knows: its keys, the codes and tokens it gave."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.settings = dict(PLAIN)
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: set[str] = set()
        self.sessions: set[str] = set()  # subjects that are signed in here
        self.turn_keys()

    def turn_keys(self) -> None:
        self.rsa = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"})
        self.ec = ECKey.generate_key("P-256", {"kid": secrets.token_hex(4), "use": "sig"})

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/jwks",
            "token_endpoint_auth_methods_supported": [self.settings["auth"]],
            "authorization_response_iss_parameter_supported": True,
        } | ({"end_session_endpoint": f"{self.address}/fin"} if self.settings["logout"] else {})

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to. Raises ValueError for what a provider refuses."""
        wanted = {"response_type": "code", "client_id": CLIENT, "code_challenge_method": "S256"}
        if any(query.get(name) != value for name, value in wanted.items()) or "openid" not in query["scope"].split():
            raise ValueError("authorize")
        answer = {"state": query["state"]} | ({"iss": self.address} if self.settings["iss"] else {})
        if self.settings["error"]:
            answer["error"] = self.settings["error"]
        else:
            answer["code"] = secrets.token_urlsafe(16)
            self.codes[answer["code"]] = query
            self.sessions.add(self.settings["who"]["sub"])
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any]:
        """Raises ValueError: the client or the code is not good."""
        if self.settings["auth"] == "client_secret_basic":
            pair = base64.b64decode(authorization.removeprefix("Basic ")).decode().split(":")
            client, secret = map(unquote, pair)
        else:
            client, secret = form["client_id"], form["client_secret"]
        asked = self.codes.pop(form["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if asked is None or (client, secret) != (CLIENT, SECRET):
            raise ValueError("token")
        if asked["redirect_uri"] != form["redirect_uri"] or asked["code_challenge"] != challenge.decode():
            raise ValueError("token")
        access = secrets.token_urlsafe(16)
        self.tokens.add(access)
        claims = {"sub": self.settings["who"]["sub"], "nonce": asked["nonce"], **self.common()}
        spoilt = {**claims, **self.settings["claims"]}
        told = {name: value for name, value in spoilt.items() if value is not None}
        return {"access_token": access, "token_type": "Bearer", "id_token": self.signed(told)}

    def logout(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to, its session over. Raises ValueError, KeyError, JoseError."""
        keys = KeySet([self.rsa, self.ec])
        claims = jwt.decode(query["id_token_hint"], keys, algorithms=["RS256", "ES256"]).claims
        back = query["post_logout_redirect_uri"]
        if claims["iss"] != self.address or claims["aud"] != CLIENT or not back.endswith("/oidc/sortie"):
            raise ValueError("logout")
        self.sessions.remove(claims["sub"])
        return f"{back}?{urlencode({'state': query['state']})}"

    def common(self) -> dict[str, Any]:
        now = int(time.time())
        return {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300}

    def signed(self, claims: dict[str, Any]) -> str:
        way = self.settings["sign"]
        if way == "ES256":
            return jwt.encode({"alg": way, "kid": self.ec.kid}, claims, self.ec)
        if way == "none":
            parts = [json.dumps(part).encode() for part in ({"alg": "none", "kid": self.rsa.kid}, claims)]
            return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."
        if way == "HS256":
            shared = OctKey.import_key(self.rsa.as_pem(private=False))
            return jwt.encode({"alg": way, "kid": self.rsa.kid}, claims, shared, algorithms=["HS256"])
        key = RSAKey.generate_key(2048) if way == "stranger" else self.rsa
        return jwt.encode({"alg": "RS256", "kid": self.rsa.kid}, claims, key)


class Handler(BaseHTTPRequestHandler):
    """The addresses of the provider."""

    provider: Provider

    def do_GET(self) -> None:
        """Metadata, keys, sign-in, userinfo."""
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/.well-known/openid-configuration":
            self.answer(self.provider.metadata())
        elif parts.path == "/jwks":
            self.answer({"keys": [self.provider.rsa.as_dict(private=False), self.provider.ec.as_dict(private=False)]})
        elif parts.path in ("/authorize", "/fin"):
            act = self.provider.authorize if parts.path == "/authorize" else self.provider.logout
            try:
                self.send(303, b"", {"Location": act(query)})
            except (KeyError, ValueError, JoseError):
                self.send(400, b"refused", {})
        elif parts.path == "/_sessions":
            self.answer(sorted(self.provider.sessions))
        elif parts.path == "/userinfo":
            self.userinfo()
        else:
            self.send(404, b"", {})

    def do_POST(self) -> None:
        """Tokens, and the settings of the test."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/_reglages":
            given = json.loads(body)
            if given.pop("turn", False):
                self.provider.turn_keys()
            self.provider.settings = {**PLAIN, **given}
            self.provider.sessions.clear()
            self.answer({})
            return
        form = {name: values[0] for name, values in parse_qs(body).items()}
        try:
            self.answer(self.provider.token(form, self.headers.get("Authorization", "")))
        except (KeyError, ValueError):
            self.send(400, b'{"error": "invalid_grant"}', {"Content-Type": "application/json"})

    def userinfo(self) -> None:
        """Who it is, to whoever has a token."""
        if self.headers.get("Authorization", "").removeprefix("Bearer ") not in self.provider.tokens:
            self.send(401, b"", {})
            return
        claims = {**self.provider.settings["who"], **self.provider.settings["userinfo"]}
        if self.provider.settings["jwt"]:
            token = self.provider.signed({**self.provider.common(), **claims})
            self.send(200, token.encode(), {"Content-Type": "application/jwt"})
        else:
            self.answer(claims)

    def answer(self, content: object) -> None:
        """JSON."""
        self.send(200, json.dumps(content).encode(), {"Content-Type": "application/json"})

    def send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        """An answer."""
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def process() -> Iterator[str]:
    """The address of a provider in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    started = subprocess.Popen([sys.executable, str(Path(__file__)), str(port)])
    try:
        _wait(port, started)
        yield f"http://127.0.0.1:{port}"
    finally:
        started.terminate()
        started.wait(10)


def _wait(port: int, started: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 60
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert started.poll() is None and time.monotonic() < end, "the provider did not start"
            time.sleep(0.05)


if __name__ == "__main__":
    port = int(sys.argv[1])
    Handler.provider = Provider(f"http://127.0.0.1:{port}")
    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
