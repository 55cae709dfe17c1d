"""What guards every request: headers, forms of other sites, size and pace of bodies, objects of other bodies."""

import json
import logging
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import select, text

from portal import delegations, filings, logs, security, serving
from portal.app import ROUTERS, create
from portal.models import Filing, Grant, Invitation, Message, Token
from portal.settings import MIB, Settings
from portal.web.signing import local
from tests.portal import intake
from tests.portal.intake import OTHER_SITE
from tests.portal.service import (
    AGENT_MAIL,
    MANAGER_MAIL,
    OTHER,
    OTHER_MAIL,
    SIREN,
    Browser,
    Service,
    csrf,
    person,
    running,
)

ACCESS = f"/organismes/{SIREN}/acces"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NOBODYS = "00000000-0000-4000-8000-000000000000"
ROUTES = [
    (method, route.path)
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods or ())
]
BEFORE_SESSION = ("/connexion", "/mot-de-passe/lien", "/mot-de-passe/nouveau", "/invitation/{jeton}/compte")
OPEN = ("/", "/connexion", "/mot-de-passe", "/donnees-personnelles", "/sante/", "/metrics", "/invitation/", "/oidc/")


@pytest.fixture(scope="module")
def other_settings() -> dict[str, Any]:
    return {"largest_file": 2 * MIB}


@pytest.fixture(scope="module")
def service(shared: Service) -> Service:
    return shared


@pytest.fixture(scope="module")
def agent(service: Service) -> Browser:
    return service.browser(AGENT_MAIL)


@pytest.mark.parametrize("path", ["/", "/connexion", "/nulle-part", "/static/portail.css", "/api/v1/depots", ACCESS])
def test_every_answer_bears_the_headers(agent: Browser, path: str) -> None:
    headers = agent.get(path).headers
    assert {name: headers.get(name) for name in security.HEADERS} == security.HEADERS
    assert "unsafe" not in headers["content-security-policy"] and "server" not in headers
    assert "strict-transport-security" not in headers


def test_over_https_cookies_are_of_this_host_alone_and_the_browser_remembers(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "p", tmp_path / "r", tmp_path / "e", address="https://depot.exemple.fr")
    with running(settings, address="https://depot.exemple.fr") as service:
        answer = service.browser().get("/connexion")
        assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
        (cookie,) = answer.headers.get_list("set-cookie")
        assert cookie.startswith("__Host-avant=") and {"HttpOnly", "Secure", "Path=/"} <= set(cookie.split("; "))


def test_whoever_is_signed_in_stays_so_on_a_page_that_does_not_exist(service: Service, agent: Browser) -> None:
    assert "Se déconnecter" in agent.get("/nulle-part").text
    assert "Se déconnecter" not in service.browser().get("/nulle-part").text


def test_no_page_holds_a_script_or_a_style_inside(agent: Browser) -> None:
    for path in ("/", "/connexion", ACCESS, "/mot-de-passe", "/donnees-personnelles"):
        page = agent.client.get(path, follow_redirects=True).text
        assert not re.search(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=|javascript:", page), path


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if route[0] == "POST"])
def test_a_form_without_its_key_does_nothing(agent: Browser, method: str, path: str) -> None:
    filled = _filled(path, SIREN)
    for key in ({}, {"csrf": ""}, {"csrf": "é"}, {"csrf": "x" * 43}):
        assert agent.client.post(filled, data=key).status_code in (403, 404), path


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://autre.example"},
        {"Origin": "null"},
        {"Origin": "é"},
    ],
)
def test_a_form_that_another_site_sends_does_nothing(service: Service, headers: dict[str, str]) -> None:
    browser = service.browser()
    key = csrf(browser.get("/connexion").text)
    del browser.client.headers["sec-fetch-site"]
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    answer = browser.client.post("/connexion", data={"csrf": key, "courriel": AGENT_MAIL}, headers=raw)
    assert answer.status_code == 403 and "autre site" in answer.text


def test_the_key_of_one_session_does_not_count_in_another(service: Service, agent: Browser) -> None:
    other = service.browser(MANAGER_MAIL)
    key = csrf(other.get("/mot-de-passe").text)
    assert agent.client.post(f"{ACCESS}/inviter", data={"csrf": key, "courriel": "x@y.fr"}).status_code == 403


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_whoever_is_not_signed_in_sees_nothing(service: Service, method: str, path: str) -> None:
    answer = service.browser().client.request(method, _filled(path, SIREN))
    if path == "/" or path.startswith(OPEN[1:]):
        assert answer.status_code < 500
    else:
        assert answer.status_code == 303 and answer.headers["location"].startswith("/connexion"), path


@pytest.fixture(scope="module")
def theirs(service: Service) -> dict[str, str]:
    """What the other body has, by the name of the part of an address: a deposit, a right, a key, an invitation."""
    owner = intake.agent(service.database, OTHER_MAIL, OTHER)
    filing = intake.hand_in(service.database, service.settings, owner, intake.declared(2025, 200, 100, OTHER_SITE))
    filings.check(service.database, service.settings, filing)
    intake.token(service.database, owner)
    colleague = person(service.database, "collegue@b.gouv.fr", OTHER)
    with service.database.session() as session:
        delegations.invited(session, mail="invite@b.gouv.fr", siren=OTHER, by=owner.account_id)
        (token,) = session.scalars(select(Token.id).where(Token.siren == OTHER))
        (invitation,) = delegations.pending(session, OTHER)
    ids = {"filing_id": filing.id, "account_id": colleague.id, "token_id": token, "hashed": invitation.jeton}
    return {"id_centre": OTHER_SITE, **ids}


def standing(service: Service) -> list[tuple[object, ...]]:
    """The rows that somebody else could want to read or change."""
    with service.database.reading() as session:
        tables = [model.__table__ for model in (Filing, Grant, Token, Invitation, Message)]
        return [tuple(row) for table in tables for row in session.execute(table.select().order_by(*table.primary_key))]


THEIRS = [(method, path, OTHER) for method, path in ROUTES if "{" in path or "/gestion" in path]
OURS = [(method, path, SIREN) for method, path in ROUTES if path.startswith("/organismes/") and path.count("{") > 1]


@pytest.mark.parametrize(("method", "path", "siren"), [*THEIRS, *OURS])
def test_what_is_another_bodys_does_not_exist(
    service: Service, agent: Browser, theirs: dict[str, str], method: str, path: str, siren: str
) -> None:
    """Neither at its own address, nor under the visitor's own body."""
    before, key = standing(service), csrf(agent.get("/mot-de-passe").text)
    filled = _filled(path, siren, theirs)
    answer = agent.client.request(method, filled, data=_form(key) if method == "POST" else None)
    assert answer.status_code in (403, 404), (filled, answer.status_code)
    assert "Ville de Paris" not in answer.text and OTHER_SITE not in answer.text.replace(filled, "")
    assert standing(service) == before


@pytest.mark.parametrize("path", [path for method, path in ROUTES if method == "GET" and "{filing_id}" in path])
def test_what_is_a_bodys_own_exists(service: Service, theirs: dict[str, str], path: str) -> None:
    """What the test above refuses is there for whoever has the right: it would see a page that asks for none."""
    answer = service.browser(OTHER_MAIL).get(_filled(path, OTHER, theirs))
    assert answer.status_code in (200, 303), path  # 303: what is not confirmed yet has no receipt


def _form(key: str) -> dict[str, str]:
    """What the forms of all routes ask for."""
    return {"csrf": key, "courriel": "x@y.fr", "texte": "x", "motif": "x", "nom": "x", "portee": "depot", "duree": "90"}


@pytest.mark.parametrize("siren", ["%00", "..%2f..", "1300252650", "é", "' OR 1=1 --", "x" * 3000])
def test_a_hostile_address_finds_nothing(agent: Browser, siren: str) -> None:
    for path in (f"/organismes/{siren}/acces", f"/depots/{siren}", f"/invitation/{siren}"):
        assert agent.get(path).status_code == 404


def test_a_null_character_in_a_form_is_refused(agent: Browser) -> None:
    assert agent.post(f"{ACCESS}/inviter", {"courriel": "a\0@b.fr"}, page=ACCESS).status_code == 400


def pieces(numbers: Iterable[int]) -> Iterator[bytes]:
    """A body that does not say how long it is: one MiB for each number."""
    piece = b"x" * MIB
    for _ in numbers:
        yield piece


@pytest.mark.parametrize(
    "body",
    [lambda: b"x" * (2 * MIB), lambda: b"x" * (64 * MIB), lambda: pieces(range(16))],
    ids=["little", "much", "unsaid"],
)
def test_a_body_that_is_too_large_is_refused_and_its_sender_reads_why(
    agent: Browser, body: Callable[[], bytes | Iterator[bytes]]
) -> None:
    answer = agent.client.post(f"{ACCESS}/inviter", content=body(), headers=FORM)
    assert answer.status_code == 413 and "dépasse 1 Mio" in answer.text.replace("\xa0", " ").replace("\u202f", " ")
    assert agent.get(ACCESS).status_code == 200


def test_a_body_that_never_ends_is_hung_up_on(agent: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security, "_DRAINED", 8 * MIB)
    left = iter(range(10_000))
    with suppress(httpx.TransportError):  # it may have read the answer before the connection was reset, or not
        assert agent.client.post(f"{ACCESS}/inviter", content=pieces(left), headers=FORM).status_code == 413
    assert len(list(left)) > 9_900
    assert agent.get(ACCESS).status_code == 200


def test_who_asks_before_sending_is_answered_at_once(service: Service) -> None:
    host, port = service.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as client:
        began = time.monotonic()
        client.sendall(
            b"POST /connexion HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\nExpect: 100-continue\r\n\r\n"
        )
        assert client.makefile("rb").read().startswith(b"HTTP/1.1 413") and time.monotonic() - began < 2


def test_a_head_that_never_ends_is_hung_up_on(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "PATIENCE", 0.5)
    host, port = service.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as slow:
        began = time.monotonic()
        slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        assert slow.recv(100) == b"" and time.monotonic() - began < 5


def test_a_body_that_never_comes_is_answered_and_hung_up_on(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security, "_SILENCE", 0.5)
    host, port = service.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as slow:
        slow.sendall(
            b"POST /connexion HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n\r\ncsrf="
        )
        assert slow.recv(100).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize(
    ("given", "onward"),
    [
        ("/depots/x?a=b", "/depots/x?a=b"),
        ("//autre.example", "/"),
        ("https://autre.example", "/"),
        ("/\\autre.example", "/"),
        ("/x\r\nSet-Cookie: a=b", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_nobody_is_sent_to_another_site_after_signing_in(given: str, onward: str) -> None:
    assert local(given) == onward


def test_the_figures_are_for_this_machine_alone(service: Service) -> None:
    assert "portail_demandes_total" in service.browser().get("/metrics").text
    assert service.browser().get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 404


def test_ready_tells_of_a_database_that_is_behind(tmp_path: Path) -> None:
    with running(Settings(tmp_path / "p", tmp_path / "r", tmp_path / "e")) as service:
        assert service.browser().get("/sante/pret").json()["etat"] == "pret"
        with service.database.session() as session:
            session.execute(text("DELETE FROM alembic_version"))
        answer = service.browser().get("/sante/pret")
        assert answer.status_code == 503 and answer.json()["base"] is False


def test_a_fault_is_answered_in_french_and_its_text_kept_out_of_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with running(Settings(tmp_path / "p", tmp_path / "r", tmp_path / "e")) as service:
        with service.database.session() as session:
            session.execute(text("DROP TABLE courriel"))
        with caplog.at_level(logging.INFO, "portail"):
            page, figures = (
                service.browser().get("/connexion?suite=/secret-de-jeanne"),
                service.browser().get("/metrics"),
            )
    assert page.status_code == 200 and figures.status_code in (500, 503)
    assert "no such table" not in figures.text and "x-request-id" in figures.headers
    lines = [logs.Lines().format(record) for record in caplog.records if record.name == "portail"]
    assert any(json.loads(line)["evenement"] == "erreur" for line in lines)
    assert any(json.loads(line).get("route") == "/connexion" for line in lines)
    assert "jeanne" not in "".join(lines) and "SELECT" not in "".join(lines)


def test_what_a_file_holds_is_kept_out_of_the_log_of_its_reading(tmp_path: Path) -> None:
    data = {"chemin": str(tmp_path / "parti"), "nom": "jeanne.csv", "table": "centres"}
    job = {"numero": 1, "travail": "controler", "dossier": str(tmp_path), "donnees": data, "secondes": 60}
    command = [sys.executable, "-m", "portal.worker"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as worker:
        assert worker.stdin and worker.stdout and worker.stderr
        worker.stdin.write(json.dumps(job).encode() + b"\n")
        worker.stdin.flush()
        assert json.loads(worker.stdout.readline()) == [1, 1]
        worker.stdin.close()
        line = worker.stderr.read().decode()
    told = json.loads(line)
    assert (told["evenement"], told["erreur"]) == ("controle_interrompu", "FileNotFoundError")
    assert "jobs.py" in told["pile"][-1] and "jeanne" not in line


def test_a_log_line_stays_one_line() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, 'a\n{"niveau":"faux"}\u2028', None, None)
    assert len(logs.Lines().format(record).splitlines()) == 1


def test_the_application_describes_itself_nowhere_but_in_the_api(settings: Settings) -> None:
    app = create(replace(settings))
    assert app.openapi_url is None and app.docs_url is None
    app.state.database.close()


def _filled(path: str, siren: str, known: Mapping[str, str] = MappingProxyType({})) -> str:
    """A route with the parts of an address: a body's, and what is known of its things; the rest is nobody's."""
    parts = {"siren": siren, "annee": "2025", **known}
    return re.sub(r"\{([^}]*)\}", lambda part: parts.get(part[1], NOBODYS), path)
