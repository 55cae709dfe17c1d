"""The proxy itself: what each fault lets through, what the client sees, and that it stops when told."""

import http.server
import threading
from collections.abc import Iterator
from typing import get_args

import httpx
import pytest

from tests.udata.proxy import NOT_DONE, Fault, Kind, Proxy
from tests.udata.running import until

BODY = '{"url": "http://HOST", "said": "' + "x" * 1000 + '"}'


class _Counter(http.server.BaseHTTPRequestHandler):
    done: list[bytes]

    def do_POST(self) -> None:
        self.done.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(BODY.replace("HOST", self.headers["Host"]).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def counter() -> Iterator[tuple[str, list[bytes]]]:
    """A server that counts what it was asked, and answers with its own address."""
    done: list[bytes] = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Counter,), {"done": done}))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", done
    server.shutdown()
    server.server_close()


def _post(url: str, timeout: float = 5.0) -> httpx.Response | str:
    """The answer, or the name of what went wrong."""
    try:
        return httpx.post(f"{url}/a/b", content=b"work", timeout=timeout)
    except httpx.TransportError as error:
        return type(error).__name__


FAULTS: tuple[tuple[Fault, int | str], ...] = (
    (Fault("status", status=503, retry_after=7), 503),
    (Fault("status_after", status=500), 500),
    (Fault("cut_before"), "ReadError"),
    (Fault("cut_after"), "ReadError"),
    (Fault("hold_before"), "ReadTimeout"),
    (Fault("hold_after"), "ReadTimeout"),
    (Fault("late", seconds=0.8), "ReadTimeout"),
    (Fault("delay", seconds=0.8), "ReadTimeout"),
    (Fault("slow", seconds=0.3), 201),
    (Fault("cut_body"), "ReadError"),
    (Fault("garbage"), 200),
)


@pytest.mark.parametrize(("fault", "expected"), FAULTS, ids=[fault.kind for fault, _ in FAULTS])
def test_each_fault_does_what_it_says(counter: tuple[str, list[bytes]], fault: Fault, expected: int | str) -> None:
    target, done = counter
    with Proxy(target) as proxy:
        proxy.misbehave(fault)
        answer = _post(proxy.url, timeout=0.5)
        seen = answer.status_code if isinstance(answer, httpx.Response) else answer
        assert seen == expected or (fault.kind == "cut_body" and seen == "RemoteProtocolError")
        assert fault.kind == "late" or done == ([] if fault.kind in NOT_DONE else [b"work"])
        proxy.behave()
        again = _post(proxy.url)
        assert isinstance(again, httpx.Response) and again.status_code == 201
        until(lambda: len(done) == (1 if fault.kind in NOT_DONE else 2))


def test_every_kind_of_fault_is_tried_above() -> None:
    assert {fault.kind for fault, _ in FAULTS} == set(get_args(Kind))


def test_a_fault_lets_some_pass_then_meets_some_and_is_over(counter: tuple[str, list[bytes]]) -> None:
    with Proxy(counter[0]) as proxy:
        proxy.misbehave(Fault("status", path="/b$", skip=1, times=2, status=429, retry_after=3))
        answers = [_post(proxy.url) for _ in range(4)]
        assert [answer.status_code for answer in answers if isinstance(answer, httpx.Response)] == [201, 429, 429, 201]
        assert isinstance(answers[1], httpx.Response) and answers[1].headers["Retry-After"] == "3"
        assert [(seen.method, seen.path, seen.status, seen.fault) for seen in proxy.seen[:2]] == [
            ("POST", "/a/b", 201, None),
            ("POST", "/a/b", None, "status"),
        ]
        assert len(counter[1]) == 2


def test_another_method_or_path_meets_nothing(counter: tuple[str, list[bytes]]) -> None:
    with Proxy(counter[0]) as proxy:
        proxy.misbehave(Fault("status", method="PUT"), Fault("status", path="^/other"))
        assert isinstance(answer := _post(proxy.url), httpx.Response) and answer.status_code == 201


def test_a_held_request_tells_and_goes_when_released(counter: tuple[str, list[bytes]]) -> None:
    with Proxy(counter[0]) as proxy:
        proxy.misbehave(Fault("hold_after"))
        answers: list[httpx.Response | str] = []
        client = threading.Thread(target=lambda: answers.append(_post(proxy.url, timeout=30)))
        client.start()
        assert proxy.held.wait(10) and not answers and counter[1] == [b"work"]
        proxy.release()
        client.join(10)
        assert answers == ["ReadError"]


def test_addresses_are_rewritten_when_asked(counter: tuple[str, list[bytes]]) -> None:
    with Proxy(counter[0]) as plain, Proxy(counter[0], rewrite=True) as rewriting:
        for proxy, named in ((plain, counter[0]), (rewriting, rewriting.url)):
            assert isinstance(answer := _post(proxy.url), httpx.Response) and answer.json()["url"] == named


def test_a_dead_server_is_a_502() -> None:
    with Proxy("http://127.0.0.1:9") as proxy:
        assert isinstance(answer := _post(proxy.url), httpx.Response) and answer.status_code == 502
