"""Logs for operators: one JSON object a line, by route and never by address; nothing in them names a person.

The text of an error is left out: it may repeat what somebody wrote. Its class and its places in the code are told.
"""

import json
import logging
import secrets
import sys
import time
import traceback

from fastapi import Request
from sqlalchemy.exc import InterfaceError, OperationalError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from greencloud import deposits
from portal import refusals
from portal.metrics import Metrics

LOGGER = logging.getLogger("portail")
_FRAMES = 12
_DOWN = "La base de données ne répond pas. Recommencez dans une minute ; rien de ce qui a été confirmé n’est perdu."
_FAULT = "Le portail a rencontré une erreur imprévue. Recommencez ; si elle revient, signalez la demande"


class Lines(logging.Formatter):
    """A record as one line of JSON: no text from outside can begin another line."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        line: dict[str, object] = {"le": deposits.now(), "niveau": record.levelname, "source": record.name}
        line |= getattr(record, "fields", None) or {"message": record.getMessage()}
        if record.exc_info and record.exc_info[1]:
            line |= fault(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True, default=str)


def configure(level: int = logging.INFO) -> None:
    """Have every logger of the process write such lines to stderr."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(Lines())
    logging.basicConfig(level=level, handlers=[lines], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def fault(error: BaseException) -> dict[str, object]:
    """The class of an error and where it came from."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return {
        "erreur": type(error).__name__,
        "pile": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }


def tell(event: str, *, level: int = logging.INFO, **values: object) -> None:
    """Write an event; the values name no person, no file and no address."""
    LOGGER.log(level, event, extra={"fields": {"evenement": event} | values})


class Requests:
    """Counts, times and logs each request, and answers for a fault of ours; the outermost of all."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        number, began, status = secrets.token_hex(8), time.perf_counter(), 0

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), (b"x-request-id", number.encode())]
            await send(message)

        try:
            await self.app(scope, receive, seen)
        except Exception as error:
            tell("erreur", level=logging.ERROR, demande=number, **fault(error))
            if status:
                raise  # half an answer is out: the connection is cut
            await _sorry(scope, error, number)(scope, receive, seen)
        finally:
            seconds = time.perf_counter() - began
            self.metrics.observe(scope["method"], route(scope), status, seconds)
            tell(
                "demande",
                demande=number,
                methode=scope["method"],
                route=route(scope),
                statut=status,
                ms=round(seconds * 1000),
            )


def route(scope: Scope) -> str:
    """The route of a request as it is declared, without what was asked of it."""
    path = getattr(scope.get("route"), "path", None)
    return f"{scope.get('root_path', '')}{path}" if isinstance(path, str) else "aucune"


def _sorry(scope: Scope, error: Exception, number: str) -> ASGIApp:
    request = Request(scope)
    if isinstance(error, OperationalError | InterfaceError):
        return refusals.told(request, 503, "Service momentanément indisponible", _DOWN, {"Retry-After": "60"})
    return refusals.told(request, 500, "Erreur du portail", f"{_FAULT} {number}.")
