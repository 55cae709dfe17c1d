"""Files that a resource only points to: on another server, which may do anything."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from greencloud import deposits
from greencloud.datagouv.client import Client
from greencloud.datagouv.pace import Pace
from greencloud.harvest import LIMIT, Outcome, State, harvesting
from tests.harvest.producing import CENTRES, EVERYBODY, READINGS, SITE, cleared, declarations, publishers
from tests.udata.running import Udata

FAST = Pace(request_s=0, first_retry_s=0.01, longest_wait_s=0.1, tries=2, timeout_s=5)


@dataclass
class Elsewhere:
    """A web server of somebody else: path -> status, headers and body; a body of None never ends."""

    url: str
    pages: dict[str, tuple[int, dict[str, str], bytes | None]] = field(default_factory=dict)


@pytest.fixture
def platform() -> Udata:
    """The server without a dataset."""
    return cleared()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    """Another server on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = site.pages.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body or b"")
            while body is None:
                try:
                    self.wfile.write(b"x" * 65536)
                except OSError:
                    return

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        site = Elsewhere(f"http://127.0.0.1:{http.server_address[1]}")
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield site
        http.shutdown()


def harvest(url: str, raw: Path, limit: int = LIMIT) -> list[Outcome]:
    """A whole harvest."""
    with Client(url, pace=FAST) as client, harvesting(client, raw, limit, EVERYBODY) as current:
        return list(current.outcomes())


def csv(text: str) -> tuple[int, dict[str, str], bytes]:
    return 200, {"Content-Type": "text/csv"}, text.encode()


def test_it_is_fetched_each_time_and_kept_when_it_has_changed(
    platform: Udata, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    us = publishers(platform)[0]
    us.link(us.dataset(), f"{elsewhere.url}/d.csv?jeton=secret", "declarations")
    elsewhere.pages["/d.csv?jeton=secret"] = csv(declarations((SITE, 2023, 300000)))
    assert [item.state for item in harvest(platform.url, tmp_path)] == [State.NEW]
    assert [item.state for item in harvest(platform.url, tmp_path)] == [State.UNCHANGED]
    elsewhere.pages["/d.csv?jeton=secret"] = csv(declarations((SITE, 2023, 310000)))
    assert [item.state for item in harvest(platform.url, tmp_path)] == [State.REPLACED]
    found, _ = deposits.scan(tmp_path)
    assert [item.nom_origine for item in found] == ["d.csv", "d.csv"]
    assert "secret" not in "".join(card.read_text() for card in tmp_path.rglob("*.depot.json"))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((404, {}, b""), "404"),
        ((500, {}, b""), "500"),
        ((302, {"Location": "file:///etc/passwd"}, b""), "http"),
        ((302, {"Location": "/d.csv"}, b""), "redirections"),
        ((302, {"Location": "gopher://127.0.0.1:1/x"}, b""), "http"),
        ((302, {"Location": "http://[::1"}, b""), "adresse"),
        ((302, {"Location": "http://127.0.0.1:1/a\tb"}, b""), "adresse"),
        ((200, {"Content-Encoding": "gzip"}, b"\x1f\x8b"), "compress"),
    ],
    ids=["missing", "down", "file", "ring", "gopher", "no address", "control character", "compressed"],
)
def test_an_address_that_gives_no_file_is_told(
    platform: Udata, elsewhere: Elsewhere, tmp_path: Path, answer: tuple[int, dict[str, str], bytes], told: str
) -> None:
    us = publishers(platform)[0]
    us.link(us.dataset(), f"{elsewhere.url}/d.csv", "centres")
    us.publish("centres.csv", CENTRES, "centres")
    elsewhere.pages["/d.csv"] = answer
    outcomes = {item.state: item for item in harvest(platform.url, tmp_path)}
    assert set(outcomes) == {State.NEW, State.UNAVAILABLE}
    assert told in outcomes[State.UNAVAILABLE].sentence
    assert len(deposits.scan(tmp_path)[0]) == 1


def test_a_server_that_is_no_more_is_told(platform: Udata, tmp_path: Path) -> None:
    us = publishers(platform)[0]
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    us.link(us.dataset(), f"http://127.0.0.1:{port}/d.csv", "centres")
    (outcome,) = harvest(platform.url, tmp_path)
    assert outcome.state is State.UNAVAILABLE and outcome.failed


def test_a_web_page_is_no_file(platform: Udata, elsewhere: Elsewhere, tmp_path: Path) -> None:
    us = publishers(platform)[0]
    us.link(us.dataset(), f"{elsewhere.url}/d.csv", "centres")
    elsewhere.pages["/d.csv"] = (200, {"Content-Type": "text/html; charset=utf-8"}, b"<p>Page introuvable</p>")
    (outcome,) = harvest(platform.url, tmp_path)
    assert outcome.state is State.REFUSED and "page web" in outcome.sentence
    assert deposits.scan(tmp_path)[0] == []


def test_a_file_without_end_is_left_at_the_limit(platform: Udata, elsewhere: Elsewhere, tmp_path: Path) -> None:
    us = publishers(platform)[0]
    us.link(us.dataset(), f"{elsewhere.url}/d.csv", "consommations")
    elsewhere.pages["/d.csv"] = (200, {"Content-Type": "text/csv"}, None)
    (outcome,) = harvest(platform.url, tmp_path, limit=1_000_000)
    assert outcome.state is State.TOO_LARGE and "1 Mo" in outcome.sentence
    assert deposits.scan(tmp_path)[0] == []


def test_a_file_elsewhere_and_here_is_one_deposit(platform: Udata, elsewhere: Elsewhere, tmp_path: Path) -> None:
    us, hospital, _ = publishers(platform)
    us.link(us.dataset(), f"{elsewhere.url}/r.csv", "consommations")
    elsewhere.pages["/r.csv"] = csv(READINGS)
    hospital.publish("r.csv", READINGS, "consommations")
    assert {item.state for item in harvest(platform.url, tmp_path)} == {State.NEW, State.KNOWN}
    assert len(deposits.scan(tmp_path)[0]) == 1
