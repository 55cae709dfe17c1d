"""The portal as a real service on loopback, and people with accounts who use it as browsers do."""

import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from html import unescape

import httpx
import uvicorn
from fastapi import FastAPI

from portal import accounts, delegations, filings, passwords, serving, sessions
from portal.database import FILE, Database
from portal.models import AGENT, MANAGER, Account
from portal.settings import Settings

PASSWORD = "quatre chevaux bleus dehors"
SIREN, OTHER = "130025265", "217500016"  # the bodies of tests.published.SITE_A and SITE_B
NAMES = {SIREN: "Direction interministérielle du numérique", OTHER: "Ville de Paris"}
AGENT_MAIL, OTHER_MAIL, MANAGER_MAIL = "agent@a.gouv.fr", "agent@b.gouv.fr", "gestion@c.gouv.fr"
_CSRF = re.compile(r'name="csrf" value="([^"]*)"')


@dataclass(frozen=True)
class Service:
    """A portal that answers at `address`."""

    address: str
    settings: Settings
    app: FastAPI
    browsers: ExitStack

    @property
    def database(self) -> Database:
        """The database it uses."""
        found: Database = self.app.state.database
        return found

    def browser(self, mail: str | None = None) -> "Browser":
        """A browser, signed in as somebody unless None: as the form does it, without the work of the password."""
        browser = Browser(self.address)
        self.browsers.enter_context(browser.client)
        if mail:
            browser.keep(sessions.cookie_name(self.settings), self.session_of(mail))
        return browser

    def session_of(self, mail: str) -> str:
        """The cookie of a new session of somebody."""
        with self.database.session() as session:
            account = accounts.by_mail(session, mail)
            assert account is not None, mail
            return sessions.opened(session, self.settings, account.id)


class Browser:
    """Keeps cookies and fills forms; follows no redirection by itself."""

    def __init__(self, address: str, transport: httpx.BaseTransport | None = None) -> None:
        """`transport`: the way there, when it is not that of the address."""
        self.client = httpx.Client(
            base_url=address,
            timeout=120,
            headers={"Sec-Fetch-Site": "same-origin"},
            verify=False,  # plain HTTP: nothing to verify, and reading whom to trust takes longer than a page
            transport=transport,
        )

    def get(self, path: str, **given: object) -> httpx.Response:
        """A page."""
        return self.client.get(path, **given)  # type: ignore[arg-type]

    def post(
        self, path: str, fields: dict[str, str] | None = None, *, page: str | None = None, **given: object
    ) -> httpx.Response:
        """Send the form of a page (`path` itself unless told), with the key it holds."""
        key = csrf(self.client.get(page or path).text)
        return self.client.post(path, data={"csrf": key} | (fields or {}), **given)  # type: ignore[arg-type]

    def keep(self, name: str, value: str) -> None:
        """Have a cookie, as if the service had set it."""
        host = self.client.base_url.host
        self.client.cookies.set(name, value, domain=host)

    def sign_in(self, mail: str, password: str = PASSWORD) -> httpx.Response:
        """Sign in by the form."""
        return self.post("/connexion", {"courriel": mail, "mot_de_passe": password})


def csrf(page: str) -> str:
    """The key of the last form of a page: the one of the page itself, after that of its head."""
    found = _CSRF.findall(page)
    return unescape(found[-1]) if found else ""


@contextmanager
def running(settings: Settings, address: str = "") -> Iterator[Service]:
    """A service on a free port of loopback, in a thread; `address`: what it believes browsers see, unless that."""
    listening = socket.create_server(("127.0.0.1", 0))
    here = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = replace(settings, address=address or here)
    server = serving.server(settings, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        _wait(server, thread)
        with ExitStack() as browsers:
            yield Service(here, settings, server.config.app, browsers)  # type: ignore[arg-type]
    finally:
        server.should_exit = True
        thread.join(30)
        listening.close()


def peopled(database: Database) -> None:
    """Two bodies with an agent each, and a manager; all have PASSWORD."""
    with database.session() as session:
        for siren, name in NAMES.items():
            delegations.body(session, siren, name)
    person(database, AGENT_MAIL, SIREN)
    person(database, OTHER_MAIL, OTHER)
    person(database, MANAGER_MAIL, role=MANAGER)


def emptied(service: Service) -> None:
    """Everything gone that the service was given: its tables made anew, its folders empty, its secret kept."""
    service.database.migrate("base")
    service.database.migrate()
    for folder in (service.settings.data, service.settings.raw, service.settings.published):
        for place in folder.iterdir() if folder.exists() else ():
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place)
            elif not place.name.startswith((FILE, "secret")):
                place.unlink()
    filings.recover(service.database, service.settings)


def person(database: Database, mail: str, *sirens: str, role: str = AGENT, name: str = "") -> Account:
    """Somebody who can sign in with PASSWORD and acts for these bodies, which exist."""
    with database.session() as session:
        account = accounts.created(session, mail=mail, name=name or mail, role=role, password=hashed())
        for siren in sirens:
            delegations.granted(session, account.id, siren, by=None)
    return account


@cache
def hashed() -> str:
    """PASSWORD as the table keeps it."""
    return passwords.hashed(PASSWORD)


def _wait(server: uvicorn.Server, thread: threading.Thread) -> None:
    end = time.monotonic() + 30
    while not server.started:
        assert thread.is_alive() and time.monotonic() < end, "the portal did not start"
        time.sleep(0.01)
