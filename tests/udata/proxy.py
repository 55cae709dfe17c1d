"""A proxy on loopback that passes requests on, and does wrong where it is told to.

    with Proxy(udata.url) as proxy:
        proxy.misbehave(Fault("cut_after", method="POST", path="/datasets/$"))
        ...                             # the publisher, with proxy.url as its platform
        assert proxy.seen[-1].fault == "cut_after"

What each fault does, and whether the server has done the work by then:

    status        not done: a status (with Retry-After if asked)     status_after  done, then the same
    cut_before    not done: connection reset without an answer       cut_after     done, then the same
    hold_before   not done: no answer until `release`                hold_after    done, then the same
    late          done, but `seconds` after it was asked, or at `release`
    delay         done: the whole answer comes `seconds` late        slow          done: its body drips over `seconds`
    cut_body      done: half of the body, then a reset               garbage       done: 200, and a page of HTML

Addresses inside answers name the server itself; with `rewrite=True` they name the proxy, so that downloads pass here.
"""

import http.client
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.udata.faults import NOT_DONE, Answer, Fault, Kind, Seen

__all__ = ["NOT_DONE", "Fault", "Kind", "Proxy", "Seen"]

_BETWEEN_NEIGHBOURS = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "content-length"}
_PAGE = "<!doctype html><title>Maintenance</title><p>Le site revient bientôt.".encode()
_LONGEST = 120.0
_SIGNED = re.compile(r"Credential=([^/,]+)/")


class Proxy:
    """The running proxy: `url` to give to a client, `seen` to look at afterwards."""

    def __init__(
        self,
        target: str,
        *,
        rewrite: bool = False,
        host: str = "127.0.0.1",
        inside: "Callable[[Callable[[], _Server]], _Server]" = lambda make: make(),
    ) -> None:
        """`inside` makes the socket that listens, perhaps in another network: requests are passed on from this one."""
        self.target = target
        self.rewrite = rewrite
        self.seen: list[Seen] = []
        self.held = threading.Event()
        self._free = threading.Event()
        self._faults: tuple[Fault, ...] = ()
        self._lock = threading.Lock()
        handler = type("BoundHandler", (_Handler,), {"proxy": self})
        self._server = inside(lambda: _Server((host, 0), handler))
        self.url = f"http://{host}:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def misbehave(self, *faults: Fault) -> None:
        """From now on, these faults and no other; what was seen before is forgotten."""
        with self._lock:
            self._faults = faults
            self.seen = []
            self.held.clear()
            self._free.clear()

    def behave(self) -> None:
        """No fault from now on; what was seen before is forgotten."""
        self.release()
        self.misbehave()

    def release(self) -> None:
        """Let the requests that are held or late go."""
        self._free.set()

    def hold(self) -> None:
        """Tell that a request is held, and hold it."""
        self.held.set()
        self.wait(_LONGEST)

    def wait(self, seconds: float) -> None:
        """Until `release`, and no longer than these seconds."""
        self._free.wait(seconds)

    def fault_for(self, method: str, path: str) -> Fault | None:
        with self._lock:
            return next((fault for fault in self._faults if fault.meets(method, path)), None)

    def note(self, seen: Seen) -> None:
        with self._lock:
            self.seen.append(seen)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Proxy

    def handle_request(self) -> None:
        came = time.monotonic()
        body = self._body()
        fault = self.proxy.fault_for(self.command, self.path)
        kind = fault.kind if fault else None
        if fault is not None and kind == "late":
            self.proxy.wait(fault.seconds)
        answer = None if kind in NOT_DONE else self._ask(body)
        signed = _SIGNED.search(self.headers.get("Authorization", ""))
        status, user = answer.status if answer else None, signed[1] if signed else ""
        self.proxy.note(Seen(self.command, self.path, status, kind, came, user))
        if fault is None and answer is not None:
            self._give(answer)
        elif fault is not None:
            self._misbehave(fault, answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_request

    def _misbehave(self, fault: Fault, answer: Answer | None) -> None:
        if fault.kind in ("cut_before", "cut_after"):
            self._reset()
        elif fault.kind in ("status", "status_after"):
            self._give(_refusal(fault))
        elif fault.kind == "garbage":
            self._give(Answer(200, [("Content-Type", "text/html; charset=utf-8")], _PAGE))
        elif fault.kind in ("hold_before", "hold_after"):
            self.proxy.hold()
            self._reset()
        elif answer is not None:
            self._give_badly(fault, answer)

    def _give_badly(self, fault: Fault, answer: Answer) -> None:
        if fault.kind == "delay":
            time.sleep(fault.seconds)
            self._give(answer)
        elif fault.kind == "slow":
            self._give(answer, seconds=fault.seconds)
        elif fault.kind == "late":
            self._give(answer)
        else:
            self._give(answer, share=0.5)
            self._reset()

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            continue
        return b"".join(parts)

    def _ask(self, body: bytes) -> Answer:
        """The server's answer; 502 if it gives none, as a gateway does."""
        host = urlsplit(self.proxy.target).netloc
        link = http.client.HTTPConnection(host, timeout=_LONGEST)
        own = {
            name: value for name, value in self.headers.items() if name.lower() not in _BETWEEN_NEIGHBOURS | {"host"}
        }
        try:
            link.request(self.command, self.path, body or None, {**own, "Host": host})
            response = link.getresponse()
            return self._rewritten(Answer(response.status, response.getheaders(), response.read()))
        except (OSError, http.client.HTTPException) as error:
            return Answer(502, [("Content-Type", "text/plain")], str(error).encode())
        finally:
            link.close()

    def _rewritten(self, answer: Answer) -> Answer:
        kept = [(name, value) for name, value in answer.headers if name.lower() not in _BETWEEN_NEIGHBOURS]
        if not self.proxy.rewrite:
            return Answer(answer.status, kept, answer.body)
        old, new = self.proxy.target, self.proxy.url
        text = any(name.lower() == "content-type" and "json" in value for name, value in kept)
        body = answer.body.replace(old.encode(), new.encode()) if text else answer.body
        return Answer(answer.status, [(name, value.replace(old, new)) for name, value in kept], body)

    def _give(self, answer: Answer, *, share: float = 1.0, seconds: float = 0.0) -> None:
        """Send an answer: a share of its body only, or in ten pieces over some seconds."""
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        sent = b"" if self.command == "HEAD" else answer.body[: int(len(answer.body) * share)]
        step = len(sent) if not seconds else max(1, len(sent) // 10)
        for start in range(0, len(sent), step or 1):
            self.wfile.write(sent[start : start + step])
            self.wfile.flush()
            time.sleep(seconds / 10)

    def _reset(self) -> None:
        """Close with a TCP reset: a crashed server, a lost link."""
        self.close_connection = True
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: `seen` tells it all."""


def _refusal(fault: Fault) -> Answer:
    headers = [("Content-Type", "application/json")]
    if fault.retry_after is not None:
        headers.append(("Retry-After", str(fault.retry_after)))
    return Answer(fault.status, headers, json.dumps({"message": "panne voulue"}).encode())
