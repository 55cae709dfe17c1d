"""The service over HTTP: uvicorn, with connections that may not idle and a stop that lets requests end."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import ExitStack

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from portal.app import create
from portal.filings import places
from portal.settings import Settings

PATIENCE = 10.0  # seconds that the head of a request may take
_CONNECTIONS = 1_000
_STOP = 30  # seconds for the requests under way to end
_HEAD = 32 * 1024  # octets of the head of a request


class Patient(H11Protocol):
    """Closes a connection whose request has no whole head in time: uvicorn itself would wait for ever."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait on, or no longer once the head is whole; an answered connection waits for the next one."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._met()
        elif self._waiting is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._met()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(PATIENCE, self.transport.close)

    def _met(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


class Alone(uvicorn.Server):
    """Serves only while no other service has its data folder."""

    def __init__(self, config: uvicorn.Config, settings: Settings, begin: Callable[[], None]) -> None:
        super().__init__(config)
        self._settings, self._begin = settings, begin

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until told to stop. Raises Conflict when another service runs, and SystemExit when the port is taken,
        before anything is touched."""
        with ExitStack() as held:
            listening = sockets or [held.enter_context(_bound(self.config.host, self.config.port))]
            held.enter_context(places.alone(self._settings))
            self._begin()
            super().run(listening)


def _bound(host: str, port: int) -> socket.socket:
    """A port that is ours and does not listen yet. Raises SystemExit, as uvicorn does."""
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise SystemExit(1) from error
    return made


def server(settings: Settings, host: str, port: int, begin: Callable[[], None] = lambda: None) -> uvicorn.Server:
    """A server that is not started; port 0: any free one. Raises SettingsError, OSError.

    `begin`: called when it runs, once the port and the data folder are its own.
    """
    config = uvicorn.Config(
        create(settings),
        host=host,
        port=port,
        http=Patient,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.proxies,
        limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=_STOP,
        h11_max_incomplete_event_size=_HEAD,
    )
    return Alone(config, settings, begin)
