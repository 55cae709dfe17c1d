"""A crowd of agents, each of a body of its own, who deposit a file of a hundred rows: at once, or over some seconds.

Every other one comes by the API with a token, the others by the pages with the cookie of their session. The service is
a process of its own; what it shows and holds afterwards is exactly what was sent.
"""

import asyncio
import hashlib
import random
import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import httpx
from sqlalchemy import select

from greencloud import deposits
from portal import accounts, audit, delegations, sessions
from portal.access import Visitor
from portal.database import Database
from portal.filings import places
from portal.models import AGENT, CHECKED, Filing
from portal.settings import Settings
from tests.portal import intake, process
from tests.portal.service import csrf

ROWS = 100
_PATIENCE = 600.0  # seconds


@dataclass
class Agent:
    """Somebody with a file: `key` is a token of the API, or that of a session."""

    siren: str
    key: str
    content: bytes
    form: str = ""
    """The key of the form, of those who come by the pages."""
    received: float = 0.0
    """Seconds from the sending to the receipt; by the API it comes with the verdict."""
    told: float = 0.0
    """Seconds from the sending to the verdict."""


@dataclass(frozen=True)
class Told:
    """Seconds, sorted, of all agents: to the receipt of those who came by the pages, to the verdict of all."""

    received: Sequence[float]
    told: Sequence[float]
    lasted: float
    """Seconds from the first sending to the last verdict."""
    used: float
    """Seconds of one core that the service, its worker and their children took for all of them."""
    checks: Mapping[str, float]
    """How many checks lasted at most so many seconds, from the start of one to its end, as the service counts them."""


def share(seconds: Sequence[float], part: float) -> float:
    """The time that a part of the agents (0.95) did not exceed."""
    return seconds[min(int(len(seconds) * part), len(seconds) - 1)]


def gathered(settings: Settings, database: Database, number: int) -> list[Agent]:
    """Agents with an account, a body, a key and a file each."""
    return [_agent(settings, database, siren, place % 2 == 0) for place, siren in enumerate(islice(_sirens(), number))]


def _agent(settings: Settings, database: Database, siren: str, by_api: bool) -> Agent:
    with database.session() as session:
        delegations.body(session, siren, f"Organisme {siren}")
        account = accounts.created(session, mail=f"a{siren}@exemple.gouv.fr", name=siren, role=AGENT, password=None)
        delegations.granted(session, account.id, siren, by=None)
        key = "" if by_api else sessions.opened(session, settings, account.id)
    if by_api:
        key = intake.token(database, Visitor(account.id, AGENT, frozenset({siren}), ""))
    return Agent(siren, key, _file(siren))


def _file(siren: str) -> bytes:
    """A year of a hundred sites, in which the check finds nothing wrong."""
    chance = random.Random(siren)
    lines = ["id_centre,annee,energie_totale_kwh,energie_it_kwh"]
    for site in islice(right(siren, 5), ROWS):
        used = chance.randrange(100_000, 900_000)
        lines.append(f"{site}-01,2025,{used * chance.randrange(130, 190) // 100 + 7},{used}")
    return "\n".join([*lines, ""]).encode()


def _sirens() -> Iterator[str]:
    return (siren for siren in right("1", 8) if deposits.is_siren(siren))


def right(start: str, digits: int) -> Iterator[str]:
    """Numbers that begin so, whose last digit is the key of Luhn."""
    for number in range(10 ** (digits - 1)):
        stem = f"{start}{number:0{digits - 1}d}"
        doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(stem))]
        yield f"{stem}{-sum(value - 9 * (value > 9) for value in doubled) % 10}"


def evening(settings: Settings, database: Database, agents: Sequence[Agent], seconds: float) -> Told:
    """Have them all deposit, each at an instant of its own within `seconds`; raises AssertionError for any error."""
    with process.served(settings) as (address, running):
        lasted, before = asyncio.run(_Crowd(settings, address, agents, running).work(seconds))
        used = process.cpu(running) - before
        counted = httpx.get(f"{address}/metrics", timeout=_PATIENCE).text
    _examine(settings, database, agents)
    return Told(
        sorted(agent.received for agent in agents if agent.form),
        sorted(agent.told for agent in agents),
        lasted,
        used,
        {seconds: float(count) for seconds, count in _CHECKED.findall(counted)},
    )


_CHECKED = re.compile(r'^portail_lecture_secondes_bucket\{le="([^"]+)",travail="controler"\} (\S+)$', re.MULTILINE)


class _Crowd:
    def __init__(
        self, settings: Settings, address: str, agents: Sequence[Agent], running: "subprocess.Popen[bytes]"
    ) -> None:
        self._settings, self._address, self._agents, self._running = settings, address, agents, running

    async def work(self, seconds: float) -> tuple[float, float]:
        """Open the form first, as one has it before one's eyes; then send.

        Gives how long that took in seconds, and what the service had used of a core before.
        """
        await self._warm()
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        async with httpx.AsyncClient(base_url=self._address, timeout=_PATIENCE, limits=limits) as client:
            for agent in self._agents:
                if not agent.key.startswith("gcn_"):
                    page = await client.get(f"/organismes/{agent.siren}/deposer", headers=self._head(agent))
                    agent.form = csrf(page.text)
            began, used = time.monotonic(), process.cpu(self._running)
            chance = random.Random(2026)
            await asyncio.gather(*(self._come(client, agent, chance.uniform(0, seconds)) for agent in self._agents))
        return time.monotonic() - began, used

    async def _warm(self) -> None:
        """The first check of a service waits for its worker, which no evening begins with."""
        agent = next(agent for agent in self._agents if agent.key.startswith("gcn_"))
        async with httpx.AsyncClient(base_url=self._address, timeout=_PATIENCE) as client:
            given = {"nom": "vide.csv", "table": "declarations"}
            answer = await client.post("/api/v1/depots", params=given, content=b"a", headers=self._head(agent))
            assert answer.status_code == 201, answer.text

    def _head(self, agent: Agent) -> dict[str, str]:
        if agent.key.startswith("gcn_"):
            return {"Authorization": f"Bearer {agent.key}"}
        return {"Cookie": f"{sessions.cookie_name(self._settings)}={agent.key}", "Sec-Fetch-Site": "same-origin"}

    async def _come(self, client: httpx.AsyncClient, agent: Agent, after: float) -> None:
        await asyncio.sleep(after)
        began = time.monotonic()
        await (self._by_form if agent.form else self._by_token)(client, agent, began)
        agent.told = time.monotonic() - began

    async def _by_token(self, client: httpx.AsyncClient, agent: Agent, began: float) -> None:
        answer = await client.post(
            "/api/v1/depots", params={"nom": "annee.csv"}, content=agent.content, headers=self._head(agent)
        )
        agent.received = time.monotonic() - began
        assert answer.status_code == 201, answer.text
        assert answer.json()["controle"]["acceptees"] == ROWS, answer.text

    async def _by_form(self, client: httpx.AsyncClient, agent: Agent, began: float) -> None:
        answer = await client.post(
            f"/organismes/{agent.siren}/deposer",
            data={"csrf": agent.form, "table": ""},
            files={"fichiers": ("annee.csv", agent.content)},
            headers=self._head(agent),
        )
        agent.received = time.monotonic() - began
        assert answer.status_code == 303, answer.text
        page = await client.get(answer.headers["location"], headers=self._head(agent))
        assert page.status_code == 200, page.text


def _examine(settings: Settings, database: Database, agents: Sequence[Agent]) -> None:
    """One deposit an agent, its bytes whole, and checked; the file that woke the worker apart."""
    with database.reading() as session:
        known = [filing for filing in session.scalars(select(Filing)) if filing.octets > 1]
        assert audit.verify(session) == []
    assert sorted((filing.siren, filing.sha256) for filing in known) == sorted(
        (agent.siren, hashlib.sha256(agent.content).hexdigest()) for agent in agents
    )
    contents = {agent.siren: agent.content for agent in agents}
    for filing in known:
        assert places.received(settings, filing.sha256).read_bytes() == contents[filing.siren]
        assert (filing.etat, filing.acceptees) == (CHECKED, ROWS)
