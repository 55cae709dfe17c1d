"""Kills the service at chance instants of a load, starts it again, and looks at what is left: all of it, no more.

A sender whose answer was cut cannot know whether its deposit was taken: it sends the file again, as a person would, and
that must give one deposit. What is visible is then exactly what was sent and acknowledged.
"""

import hashlib
import random
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import httpx
from sqlalchemy import select

from greencloud import deposits
from portal import audit
from portal.database import Database
from portal.filings import places
from portal.models import CONFIRMED, Filing
from portal.settings import Settings
from tests.portal import intake, process

_SENDERS = 4
_SLICES = 5
_LONGEST = 60.0  # seconds that a sender waits for an answer


@dataclass
class Told:
    """What a series of kills met: counts, over all of them."""

    kills: int = 0
    acknowledged: int = 0
    confirmed: int = 0
    cut: int = 0
    """Files whose answer was cut by a kill."""
    taken: int = 0
    """Those of them that the service had recorded."""


@dataclass
class Sender:
    """Hands in files of its own, one after the other, and confirms every other one."""

    number: int
    key: str
    acknowledged: dict[str, bytes] = field(default_factory=dict)
    """Id of a deposit -> its bytes."""
    confirmed: set[str] = field(default_factory=set)
    doubtful: list[bytes] = field(default_factory=list)
    sent: int = 0

    def work(self, address: str, chance: random.Random, first: threading.Event) -> None:
        """Send until the service is gone. A refusal is a failure of the test."""
        with self._client(address) as client, suppress(httpx.TransportError):
            while True:
                content = self._next()
                self.doubtful.append(content)
                self.send(client, content, chance.random() < 0.3)
                first.set()

    def again(self, address: str) -> None:
        """Send once more what was cut."""
        with self._client(address) as client:
            for content in list(self.doubtful):
                self.send(client, content, False)

    def send(self, client: httpx.Client, content: bytes, slowly: bool) -> None:
        """Hand in a file; perhaps confirm it."""
        given = {"nom": f"{self.number}-{self.sent}.csv", "table": "declarations"}
        answer = client.post("/depots", params=given, content=_slowly(content) if slowly else content)
        assert answer.status_code in (200, 201), answer.text
        told = answer.json()
        assert told["sha256"] == hashlib.sha256(content).hexdigest()
        self.acknowledged[told["id"]] = content
        self.doubtful.remove(content)
        if len(self.acknowledged) % 2:
            done = client.post(f"/depots/{told['id']}/confirmation", json={})
            assert done.status_code == 200, done.text
            self.confirmed.add(told["id"])

    def _next(self) -> bytes:
        self.sent += 1
        rows = [intake.declared(2001 + row, 150_000 + self.sent, 100_000).splitlines()[1] for row in range(20)]
        header = "id_centre,annee,energie_totale_kwh,energie_it_kwh,commentaire"
        return "\n".join([header, *(f"{row},envoi {self.number}-{self.sent}" for row in rows), ""]).encode()

    def _client(self, address: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.key}"}
        return httpx.Client(base_url=f"{address}/api/v1", headers=headers, timeout=_LONGEST)


def _slowly(content: bytes) -> Iterator[bytes]:
    size = len(content) // _SLICES + 1
    for start in range(0, len(content), size):
        time.sleep(0.05)
        yield content[start : start + size]


def series(settings: Settings, database: Database, kills: int, seed: int) -> Told:
    """Kill the service that many times; raises AssertionError at the first thing lost, doubled or invented."""
    agent, _ = intake.people(database)
    senders = [Sender(number, intake.token(database, agent)) for number in range(_SENDERS)]
    chance, told = random.Random(seed), Told()
    for _ in range(kills):
        _one(settings, senders, chance)
        told.kills += 1
        told.cut += sum(len(sender.doubtful) for sender in senders)
        told.taken += _examine(settings, database, senders)
    with process.served(settings) as (address, _):
        for sender in senders:
            sender.again(address)
        _same(address, senders)
    _examine(settings, database, senders)
    told.acknowledged = sum(len(sender.acknowledged) for sender in senders)
    told.confirmed = sum(len(sender.confirmed) for sender in senders)
    return told


def _one(settings: Settings, senders: list[Sender], chance: random.Random) -> None:
    """Start the service, which puts right what the kill before has left; send again, send on, kill."""
    first = threading.Event()
    with process.served(settings) as (address, running):
        if chance.random() < 0.8:  # else killed before it has acknowledged anything
            for sender in senders:
                sender.again(address)
            _same(address, senders)
        threads = [
            threading.Thread(target=sender.work, args=(address, random.Random(chance.random()), first))
            for sender in senders
        ]
        for thread in threads:
            thread.start()
        if chance.random() < 0.8:
            first.wait(_LONGEST)
        time.sleep(chance.random() * 1.5)
        process.kill(running)
        for thread in threads:
            thread.join()


def _same(address: str, senders: list[Sender]) -> None:
    """What the service shows is what it has acknowledged, and no more."""
    with senders[0]._client(address) as client:
        shown, path = [], "/depots"
        while path:
            answer = client.get(path.removeprefix("/api/v1")).json()
            shown += [(one["id"], one["sha256"]) for one in answer["depots"]]
            path = answer["suivant"]
    sent = {
        key: hashlib.sha256(content).hexdigest() for sender in senders for key, content in sender.acknowledged.items()
    }
    assert len(shown) == len(set(shown)) and dict(shown) == sent


def _examine(settings: Settings, database: Database, senders: list[Sender]) -> int:
    """Rows, bytes, `raw`, the audit log, while nothing runs; how many cut files had been recorded."""
    with database.reading() as session:
        known = {filing.id: filing for filing in session.scalars(select(Filing))}
        assert audit.verify(session) == []
    cut = {hashlib.sha256(content).hexdigest() for sender in senders for content in sender.doubtful}
    acknowledged = {key: content for sender in senders for key, content in sender.acknowledged.items()}
    for key, content in acknowledged.items():
        assert places.received(settings, known[key].sha256).read_bytes() == content
    others = [filing for key, filing in known.items() if key not in acknowledged]
    assert {filing.sha256 for filing in others} <= cut
    confirmed = {filing.sha256 for filing in known.values() if filing.etat == CONFIRMED}
    assert {known[key].sha256 for sender in senders for key in sender.confirmed} <= confirmed
    held = {one.sha256 for one in deposits.scan(settings.raw)[0]} if settings.raw.is_dir() else set()
    assert confirmed <= held
    return len(others)
