"""What guards every request whatever its route: headers of the answers, origin of the forms, size and pace of bodies.

Plain ASGI, so that a body is counted while it streams and nothing of it is gathered.
"""

import asyncio
import time
from contextlib import suppress
from urllib.parse import urlsplit

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards import french
from portal import refusals
from portal.errors import Forbidden, Refused, TooLarge
from portal.filings import room
from portal.filings.errors import Unstored
from portal.settings import MIB, Settings

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: a browser would then post forms with `Origin: null`.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}
_HSTS = "max-age=31536000; includeSubDomains"
_SAFE = ("GET", "HEAD", "OPTIONS")
_FILED = ("/deposer", "/depots", "/corriger")  # how the paths end that take files
_ORDINARY = MIB  # octets of any other request
_SILENCE = 30.0  # seconds without an octet of a body
_GRACE = 60.0  # seconds before the pace counts
_PACE = 4096  # octets a second that a body must then have kept
# After a refusal, what is still read for the sender to see it: at most so long, so long without an octet, so much.
_LINGER, _QUIET = 30.0, 2.0
_DRAINED = 256 * MIB


class SafeHeaders:
    """Adds the headers that a route did not set itself."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.headers = HEADERS | ({"Strict-Transport-Security": _HSTS} if settings.secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, guarded)


class SameOrigin:
    """Refuses a form that another site had a browser send; the API takes no cookie and needs no such guard."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.address = settings.address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http" or scope["method"] in _SAFE or scope["path"].startswith(refusals.API):
            await self.app(scope, receive, send)
        elif self._foreign(Headers(scope=scope)):
            error = Forbidden("Cet envoi vient d’un autre site. Ouvrez le portail, puis recommencez depuis sa page.")
            await refusals.answer(Request(scope), error)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _foreign(self, headers: Headers) -> bool:
        """Whether a browser says so; without either header the key of the form alone decides."""
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None:
            return site not in ("same-origin", "none")
        if origin is None or origin == self.address:
            return False
        return urlsplit(origin).netloc != headers.get("host", "") or origin == "null"


class Limits:
    """Ends a body that is too large or too slow; the route sees a client that went away, and keeps nothing.

    A file is refused before any of it is read when the disk has no room to spare.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, its body counted."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = _Body(receive, send, self._limit(scope))
        body.refused = await self._at_once(scope, body.limit)
        if body.refused is None:
            try:
                await self.app(scope, body.receive, body.send)
            except ClientDisconnect:
                if body.refused is None:
                    return  # nobody is left to be answered
        if body.refused and not body.started:
            await body.refuse(refusals.answer(Request(scope), body.refused), scope, send)

    def _limit(self, scope: Scope) -> int:
        return self.settings.largest_file + MIB if _takes_files(scope) else _ORDINARY

    async def _at_once(self, scope: Scope, limit: int) -> Refused | None:
        """Why a body is refused by its head alone."""
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and int(declared) > limit:
            return _too_large(limit)
        if scope["method"] not in _SAFE and _takes_files(scope):
            try:
                await run_in_threadpool(room.refuse_full, self.settings)
            except Unstored as full:
                return full
        return None


def _takes_files(scope: Scope) -> bool:
    return bool(scope["path"].rstrip("/").endswith(_FILED))


class _Body:
    """One request's body as it comes in, and whether the answer has begun."""

    def __init__(self, receive: Receive, send: Send, limit: int) -> None:
        self.limit = limit
        self.refused: Refused | None = None
        self.started = False
        self._receive, self._send = receive, send
        self._size, self._since, self._whole = 0, time.monotonic(), False

    async def receive(self) -> Message:
        """The next piece; a disconnection once the body is refused."""
        if self.refused:
            return {"type": "http.disconnect"}
        if self._whole:
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), _SILENCE)
        except TimeoutError:
            self.refused = _too_slow()
            return {"type": "http.disconnect"}
        self._count(message)
        return {"type": "http.disconnect"} if self.refused else message

    async def send(self, message: Message) -> None:
        """Send on, unless the body was refused before the answer began."""
        if self.refused and not self.started:
            return
        self.started = True
        await self._send(message)

    async def refuse(self, response: Response, scope: Scope, send: Send) -> None:
        """Answer, and hang up once the sender could read it: a connection closed on unread octets is reset."""

        async def unfinished(message: Message) -> None:
            await send({**message, "more_body": True} if message["type"] == "http.response.body" else message)

        response.headers["Connection"] = "close"
        await response(scope, self._receive, unfinished)
        if not self._whole and "expect" not in Headers(scope=scope):  # who asks first sends nothing after a refusal
            with suppress(TimeoutError):
                async with asyncio.timeout(_LINGER):
                    await self._drain()
        await send({"type": "http.response.body", "body": b""})

    async def _drain(self) -> None:
        """Read what is still being sent, and keep nothing of it."""
        left = _DRAINED
        while left > 0 and not self._whole:
            message = await asyncio.wait_for(self._receive(), _QUIET)
            left -= len(message.get("body", b""))
            self._whole = not message.get("more_body", False)

    def _count(self, message: Message) -> None:
        self._size += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        late = time.monotonic() - self._since - _GRACE
        if self._size > self.limit:
            self.refused = _too_large(self.limit)
        elif late > 0 and self._size < late * _PACE and not self._whole:
            self.refused = _too_slow()


def _too_large(limit: int) -> Refused:
    size = french.number(limit // MIB)
    return TooLarge(f"Cet envoi dépasse {size} Mio. Coupez le fichier en plusieurs, ou retirez ce qui n’y sert pas.")


def _too_slow() -> Refused:
    return Refused("L’envoi s’est interrompu ou dure trop. Rien n’a été gardé : recommencez.", status=408)
