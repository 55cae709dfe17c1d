"""The portal behind a real nginx, with the example of `deploiement/`: what a browser and a script see of it."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from portal import signatures
from portal.models import Failure, Filing
from portal.settings import MIB, Settings
from tests.portal import proxy
from tests.portal.conftest import placed
from tests.portal.intake import declared
from tests.portal.proxy import NAME, Proxy
from tests.portal.service import AGENT_MAIL, PASSWORD, SIREN, Browser, Service, peopled, running

NGINX = proxy.program()
pytestmark = pytest.mark.skipif(NGINX is None, reason="no nginx on this machine (`make test` unpacks Debian's)")
DEPOSIT = f"/organismes/{SIREN}/deposer"


@dataclass(frozen=True)
class Fronted:
    """A portal and the nginx in front of it."""

    service: Service
    proxy: Proxy

    def browser(self, source: str = "127.0.0.1") -> Browser:
        """A browser that came by HTTPS, from an address of loopback."""
        browser = Browser(f"https://{NAME}", self.way(source))
        self.service.browsers.enter_context(browser.client)
        browser.client.headers["Origin"] = f"https://{NAME}"
        del browser.client.headers["Sec-Fetch-Site"]
        return browser

    def way(self, source: str) -> httpx.BaseTransport:
        """To the nginx of the test, whatever the name that is asked for; its certificate is verified."""
        trust = ssl.create_default_context(cafile=str(self.proxy.certificate))
        return Way(self.proxy.secure, httpx.HTTPTransport(verify=trust, local_address=source))


class Way(httpx.BaseTransport):
    """What a hosts file would do: the name of the example is this machine, at the port of the test."""

    def __init__(self, port: int, transport: httpx.HTTPTransport) -> None:
        self.port, self.transport = port, transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send to nginx."""
        sent = httpx.Request(
            request.method,
            request.url.copy_with(host="127.0.0.1", port=self.port),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": NAME},
        )
        return self.transport.handle_request(sent)

    def close(self) -> None:
        """Close."""
        self.transport.close()


@pytest.fixture(scope="module")
def fronted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fronted]:
    folder: Path = tmp_path_factory.mktemp("portail")
    settings: Settings = placed(folder)
    assert NGINX is not None
    with running(settings, address=f"https://{NAME}") as service, proxy.opened(NGINX, folder, service.address) as front:
        peopled(service.database)
        yield Fronted(service, front)


def test_plain_http_is_sent_to_https(fronted: Fronted) -> None:
    answer = httpx.get(f"http://127.0.0.1:{fronted.proxy.plain}/connexion?suite=/", headers={"Host": NAME})
    assert (answer.status_code, answer.headers["location"]) == (301, f"https://{NAME}/connexion?suite=/")


def test_an_agent_signs_in_and_hands_in_a_file(fronted: Fronted) -> None:
    browser = fronted.browser()
    answer = browser.sign_in(AGENT_MAIL, PASSWORD)
    assert answer.status_code == 303, answer.text
    cookie = next(kept for kept in answer.headers.get_list("set-cookie") if kept.startswith("__Host-session="))
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
    assert answer.headers["strict-transport-security"].startswith("max-age=") and "server" in answer.headers
    assert answer.headers["server"] == "nginx"  # without its version
    files = [("fichiers", ("déclaration.csv", declared(2025, 2000, 1000).encode(), "text/csv"))]
    handed = browser.post(DEPOSIT, {"table": "declarations"}, files=files)
    assert handed.status_code == 303, handed.text
    with fronted.service.database.reading() as session:
        assert handed.headers["location"] == f"/depots/{session.scalars(select(Filing.id)).one()}"


def test_a_form_of_another_site_is_refused_behind_it_too(fronted: Fronted) -> None:
    browser = fronted.browser()
    browser.client.headers["Origin"] = "https://autre.example"
    assert browser.sign_in(AGENT_MAIL).status_code == 403


def test_a_large_file_passes_as_it_comes(fronted: Fronted) -> None:
    """Far more than what nginx takes by itself (1 MiB)."""
    browser = fronted.browser()
    browser.sign_in(AGENT_MAIL)
    content = declared(2024, 2000, 1000).encode() + b"\n" * (12 * MIB)
    files = [("fichiers", ("grand.csv", content, "text/csv"))]
    assert browser.post(DEPOSIT, {"table": "declarations"}, files=files).status_code == 303
    with fronted.service.database.reading() as session:
        assert len(content) in session.scalars(select(Filing.octets)).all()


def test_what_is_too_large_is_told_in_french(fronted: Fronted) -> None:
    here = fronted.browser().client.post("/connexion", content=b"x" * (2 * MIB))  # the portal's limit, through nginx
    assert here.status_code == 413 and "Mio" in here.text and "<h1>" in here.text
    trust = ssl.create_default_context(cafile=str(fronted.proxy.certificate))
    with (
        socket.create_connection(("127.0.0.1", fronted.proxy.secure), timeout=10) as raw,
        trust.wrap_socket(raw, server_hostname=NAME) as client,
    ):
        head = f"POST {DEPOSIT} HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: {220 * MIB}\r\nConnection: close\r\n\r\n"
        client.sendall(head.encode())
        there = client.makefile("rb").read().decode()  # nginx answers without waiting for a file it will not take
    assert there.startswith("HTTP/1.1 413") and "Coupez le fichier" in there


def test_the_address_that_counts_is_the_one_that_nginx_saw(fronted: Fronted) -> None:
    browser = fronted.browser("127.0.0.2")
    browser.client.headers["X-Forwarded-For"] = "192.0.2.9"
    assert browser.sign_in(AGENT_MAIL, "faux").status_code == 422
    with fronted.service.database.reading() as session:
        counted = set(session.scalars(select(Failure.cle)))
    of = {ip: signatures.keyed(fronted.service.settings, "throttle-adresse", ip) for ip in ("127.0.0.2", "192.0.2.9")}
    assert of["127.0.0.2"] in counted and of["192.0.2.9"] not in counted


def test_the_figures_are_shown_to_this_machine_alone(fronted: Fronted) -> None:
    assert fronted.browser("127.0.0.2").get("/metrics").status_code == 403
    assert "portail_demandes_total" in fronted.browser().get("/metrics").text


def test_the_log_of_errors_holds_no_address_and_no_link(fronted: Fronted) -> None:
    """nginx tells by itself of every visit that it refuses, with its address."""
    browser = fronted.browser("127.0.0.5")
    assert any(browser.get("/mot-de-passe?jeton=secret").status_code == 429 for _ in range(600))
    told = fronted.proxy.errors.read_text(encoding="utf-8")
    assert "127.0.0.5" not in told and "secret" not in told


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[socket.socket, httpx.Client]]:
    """A place where a portal would listen, and a client of the nginx in front of it, which waits for one second."""
    hasty = tmp_path / "example.conf"
    text = proxy.EXAMPLE.read_text(encoding="utf-8")
    assert text.count("proxy_read_timeout 120s;") == 1
    hasty.write_text(text.replace("proxy_read_timeout 120s;", "proxy_read_timeout 1s;"), encoding="utf-8")
    monkeypatch.setattr(proxy, "EXAMPLE", hasty)
    assert NGINX is not None
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{place.getsockname()[1]}"
        with proxy.opened(NGINX, tmp_path, address) as front:
            trust = ssl.create_default_context(cafile=str(front.certificate))
            way = Way(front.secure, httpx.HTTPTransport(verify=trust))
            with httpx.Client(base_url=f"https://{NAME}", transport=way, timeout=30) as client:
                yield place, client


def told(answer: httpx.Response, status: int) -> str:
    """What nginx itself says, in French and as nothing but text."""
    assert answer.status_code == status and answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "nginx" not in answer.text and "<" not in answer.text
    return answer.text


def test_a_portal_that_is_away_or_silent_is_told_in_french(alone: tuple[socket.socket, httpx.Client]) -> None:
    place, client = alone
    away = client.get("/")
    assert "redémarre" in told(away, 503) and away.headers["retry-after"] == "60"
    place.listen()  # it takes the request, and never answers
    silent = client.post("/api/v1/depots", content=b"x")
    assert "dans la liste" in told(silent, 504) and silent.headers["retry-after"] == "60"


def test_what_nginx_itself_refuses_is_told_in_french(
    fronted: Fronted, alone: tuple[socket.socket, httpx.Client]
) -> None:
    _, client = alone
    assert "ne se lit pas" in told(client.request("TRACE", "/"), 400)
    assert "ne se lit pas" in told(client.get("/", headers={"Cookie": "a=" + "b" * 40_000}), 400)
    assert "ne se lit pas" in told(client.get("/" + "a" * 40_000), 400)
    assert "machine du portail" in told(fronted.browser("127.0.0.2").get("/metrics"), 403)
    plain = httpx.get(f"http://127.0.0.1:{fronted.proxy.secure}/connexion", headers={"Host": NAME})
    assert (plain.status_code, plain.headers["location"]) == (301, f"https://{NAME}/connexion")


def test_whoever_knocks_too_often_is_told_to_wait(fronted: Fronted) -> None:
    browser = fronted.browser("127.0.0.3")
    answers = (browser.get("/connexion") for _ in range(600))  # 100 at once pass, then 5 a second
    refused = next(answer for answer in answers if answer.status_code != 200)
    assert refused.status_code == 429 and "Attendez une minute" in refused.text
    assert fronted.browser("127.0.0.4").get("/connexion").status_code == 200
