"""One HTTP request at a time, repeated only where nothing can double.

GET, PUT and DELETE are repeated on a failed connection and on the answers of `AGAIN`. A POST is repeated only when
nothing was sent; when its answer is lost, `Ambiguous` tells the caller to look before trying again.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from greencloud.datagouv import messages
from greencloud.datagouv.comparing import size
from greencloud.datagouv.errors import Ambiguous, BadAnswer, Refused, TooLarge, Unfit, Unreachable
from greencloud.datagouv.pace import Pace, retry_after_s
from greencloud.datagouv.token import Token

_T = TypeVar("_T")

AGAIN = frozenset({408, 425, 429, 502, 503, 504})
"""The answers after which a request that changes nothing twice is sent again. A creation they leave in doubt."""

ANSWER_MAX = 16 * 1024 * 1024  # bytes of one JSON answer
ANSWER_MAX_S = 300.0  # seconds for one whole answer, however it trickles in
_NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_SHOWN = 200  # characters of an address that a message repeats
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Ask:
    """A request. `what` opens the message if it fails, as « Créer le jeu de données »; `body` is made for each try.

    `fields`: a mask (`data{id}`) that leaves only these in the answer; empty, what the platform gives by itself.
    """

    what: str
    method: str
    path: str
    params: Mapping[str, Any] | None = None
    body: Callable[[], Mapping[str, Any]] = dict
    repeatable: bool = True
    read_s: float = 0.0  # more patience than usual, for large files
    fields: str = ""


class Again(Exception):
    """A try that failed in a way that time may mend."""

    def __init__(self, reason: str, nothing_sent: bool = False, after_s: float | None = None) -> None:
        super().__init__(reason)
        self.nothing_sent = nothing_sent
        self.after_s = after_s


class Transport:
    """A session with one platform. Close it, or use it in a `with` block."""

    def __init__(self, base: str, token: Token | None, pace: Pace) -> None:
        """`base`: the root of the site, without `/api`. Raises Unfit where a token would travel in clear."""
        self.base = _checked(base)
        self.pace = pace
        self._token = token
        self._last = float("-inf")
        # No connection is kept: one that the server closes while idle would leave a creation in doubt.
        self.http = httpx.Client(
            headers={"User-Agent": f"greencloud/{version('greencloud')}", "Accept-Encoding": "identity"},
            limits=httpx.Limits(max_keepalive_connections=0),
            timeout=pace.timeout_s,
            trust_env=not is_loopback(httpx.URL(self.base).host),  # what is on this machine goes through no proxy
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.http.close()

    def ask(self, ask: Ask) -> Any:
        """The JSON answer of a request, None when it has no body.

        Raises Refused, BadAnswer, Unreachable, and Ambiguous for a request that is not repeatable.
        """
        return self.insist(ask.what, lambda: self._try(ask), repeatable=ask.repeatable, url=ask.path)

    def insist(self, what: str, attempt: Callable[[], _T], *, repeatable: bool, url: str) -> _T:
        """Try until it works, as often and as slowly as the pace says."""
        for number in range(1, self.pace.tries + 1):
            self._slow_down()
            try:
                return attempt()
            except Again as again:
                if not (repeatable or again.nothing_sent):
                    raise Ambiguous(
                        f"{what} : la réponse n'est pas arrivée ({again}). C'est peut-être fait, peut-être pas : "
                        "relancez la même commande, elle regarde avant de recommencer.",
                        again.after_s,
                    ) from again
                if number == self.pace.tries:
                    raise Unreachable(
                        f"{what} : la plateforme ne répond pas ({again}), après {number} essais. Vérifiez l'adresse "
                        "et la connexion, ou réessayez plus tard : ce qui est fait ne sera pas refait."
                    ) from again
                self.pace.wait(what, number, url, again.after_s)
        raise AssertionError  # the last try returned or raised

    def open(self, method: str, url: str, **options: Any) -> "_Opened":
        """An answer whose body is still to be read, as a context manager; failures of the network are `Again`."""
        return _Opened(self.http, method, url, options)

    def _try(self, ask: Ask) -> Any:
        headers = {"X-API-KEY": self._token.reveal()} if self._token else {}
        if ask.fields:
            headers["X-Fields"] = ask.fields
        timeout = httpx.Timeout(self.pace.timeout_s, read=self.pace.timeout_s + ask.read_s)
        options = {**ask.body(), "headers": headers, "params": ask.params, "timeout": timeout}
        with self.open(ask.method, self.base + ask.path, **options) as answer:
            if not answer.is_success:
                self._refuse(ask, answer)
            content = b"".join(bounded(answer, ANSWER_MAX, ask.what))
            return self._decoded(ask, answer, content)

    def _refuse(self, ask: Ask, answer: httpx.Response) -> None:
        status = answer.status_code
        if answer.is_redirect:
            target = self._hidden(messages.plain(answer.headers.get("Location", "?")))[:_SHOWN]
            raise BadAnswer(f"{ask.what} : la plateforme renvoie vers « {target} ». Vérifiez l'option --url.")
        detail = self._hidden(messages.detail(_error_body(answer, ask.what)))
        if status in AGAIN or (status >= 500 and not ask.repeatable):
            raise Again(f"réponse {status}{f', « {detail} »' if detail else ''}", after_s=retry_after_s(answer))
        raise Refused(messages.refusal(ask.what, status, detail), status, detail)

    def _decoded(self, ask: Ask, answer: httpx.Response, content: bytes) -> Any:
        if not content and answer.status_code == httpx.codes.NO_CONTENT:
            return None
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        try:
            if kind == "application/json" or kind.endswith("+json"):
                return json.loads(content)
        except (ValueError, RecursionError):
            kind = "du JSON abîmé"
        reason = f"au lieu d'une réponse de l'API, {kind or 'un contenu sans type'}"
        if not ask.repeatable:
            raise Again(reason)
        raise BadAnswer(
            f"{ask.what} : {reason}. Le site est peut-être en maintenance, ou l'adresse n'est pas celle d'une "
            "plateforme udata. Vérifiez l'option --url ou réessayez plus tard."
        )

    def _hidden(self, text: str) -> str:
        return text.replace(self._token.reveal(), "•••") if self._token else text

    def _slow_down(self) -> None:
        wait = self._last + self.pace.request_s - time.monotonic()
        if wait > 0:
            self.pace.sleep(wait)
        self._last = time.monotonic()


class _Opened:
    """`httpx.Client.stream` whose network failures, while opening or reading, are `Again`."""

    def __init__(self, http: httpx.Client, method: str, url: str, options: Mapping[str, Any]) -> None:
        self._stream = http.stream(method, url, **options)

    def __enter__(self) -> httpx.Response:
        try:
            return self._stream.__enter__()
        except httpx.TransportError as error:
            raise _again(error) from error

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._stream.__exit__(kind, error, tb)
        if isinstance(error, httpx.TransportError):
            raise _again(error) from error


def bounded(answer: httpx.Response, limit: int, what: str, limit_s: float = ANSWER_MAX_S) -> Iterator[bytes]:
    """The bytes of an answer. Raises BadAnswer above `limit` bytes or `limit_s` seconds, or if they are compressed."""
    if answer.headers.get("Content-Encoding", "identity").lower() not in ("", "identity"):
        raise BadAnswer(f"{what} : la réponse est compressée alors que rien ne le demandait. Prévenez la plateforme.")
    octets, end = 0, time.monotonic() + limit_s
    for piece in answer.iter_raw():
        octets += len(piece)
        if octets > limit:
            raise TooLarge(f"{what} : la réponse dépasse {size(limit)}, la limite. Elle n'a pas été lue.")
        if time.monotonic() > end:
            raise BadAnswer(
                f"{what} : la réponse n'est pas complète après {limit_s:.0f} secondes. Réessayez plus tard."
            )
        yield piece


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine, where a token may travel in clear and tests take place."""
    return host in _LOOPBACK


def _checked(base: str) -> str:
    try:
        url = httpx.URL(base)
    except httpx.InvalidURL as error:
        raise Unfit(f"« {base} » n'est pas une adresse. Écrivez par exemple https://demo.data.gouv.fr.") from error
    safe = url.scheme == "https" or (url.scheme == "http" and is_loopback(url.host))
    if not safe or not url.host or url.query or url.fragment or url.userinfo:
        raise Unfit(
            "L'adresse de la plateforme doit être celle d'un site en https, sans mot de passe ni paramètre "
            "(http n'est admis que sur cette machine) : le jeton ne voyage pas en clair."
        )
    return str(url).rstrip("/").removesuffix("/api/1").removesuffix("/api/2").removesuffix("/api")


def _again(error: httpx.TransportError) -> Again:
    nothing_sent = isinstance(error, _NOTHING_SENT)
    if isinstance(error, httpx.TimeoutException):
        return Again("délai dépassé", nothing_sent)
    return Again("connexion impossible" if nothing_sent else "connexion coupée", nothing_sent)


def _error_body(answer: httpx.Response, what: str) -> Any:
    """What an error says, if it can be read: its status is enough to go by."""
    try:
        return json.loads(b"".join(bounded(answer, ANSWER_MAX, what)))
    except (httpx.TransportError, BadAnswer, ValueError, RecursionError):
        return None
