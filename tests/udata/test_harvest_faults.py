"""The harvest on a bad day: answers cut, refused or late, and the program killed; then once more, undisturbed.

`make test` takes some of the faults and of the kills; with GREENCLOUD_FAULTS set, as in `make test-udata`, all.
"""

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from greencloud import deposits
from greencloud.datagouv.client import Client
from greencloud.datagouv.errors import DatagouvError
from greencloud.datagouv.pace import Pace
from greencloud.harvest import State, harvesting
from tests.harvest.producing import (
    CENTRES,
    EVERYBODY,
    READINGS,
    SITE,
    Publisher,
    cleared,
    declarations,
    mandates,
    publishers,
    workbook,
)
from tests.udata.proxy import Fault, Kind, Proxy
from tests.udata.running import Udata

ROOT = Path(__file__).parents[2]
ALL = bool(os.environ.get("GREENCLOUD_FAULTS"))
KINDS: list[Kind] = ["status", "cut_after", "cut_body", "garbage"]
ONCE = Pace(request_s=0, first_retry_s=0.01, tries=1, timeout_s=5)
PATIENT = Pace(request_s=0, first_retry_s=0.01, longest_wait_s=0.1, timeout_s=5)

Kept = set[tuple[str, str, str, str, str]]


@pytest.fixture(scope="module")
def server() -> Udata:
    """A server with three producers' files."""
    udata = cleared()
    publish(udata)
    return udata


@pytest.fixture(scope="module")
def proxy(server: Udata) -> Iterator[Proxy]:
    """The server as the harvest sees it."""
    with Proxy(server.url, rewrite=True) as between:
        yield between


@pytest.fixture
def producers(server: Udata) -> Sequence[Publisher]:
    """Those who have published."""
    return publishers(server)


def publish(server: Udata) -> None:
    """A register, declarations and a workbook of readings, and a broken file."""
    us, hospital, town = publishers(server)
    us.publish("centres.csv", CENTRES, "centres")
    hospital.publish("d.csv", declarations((SITE, 2023, 300000), (SITE, 2024, "beaucoup")), "declarations")
    hospital.publish("r.xlsx", workbook(READINGS), "consommations")
    town.publish("casse.csv", "id_centre\nx\n", "declarations")


def harvest(url: str, raw: Path, pace: Pace = PATIENT) -> list[State]:
    """A whole harvest."""
    with Client(url, pace=pace) as client, harvesting(client, raw, mandates=EVERYBODY) as current:
        return [outcome.state for outcome in current.outcomes()]


def kept(raw: Path) -> Kept:
    """What is held, but the time; every file is a deposit or its card, and every deposit has its bytes."""
    found, unfiled = deposits.scan(raw)
    assert not unfiled
    files = {path for path in raw.rglob("*") if path.is_file() and path.name not in (".moisson", ".sel")}
    assert files == {path for item in found for path in (item.path, deposits.card_path(item.path))}
    origins = [(item, item.origine) for item in found]
    assert len(found) == len({item.sha256 for item in found})
    return {
        (item.sha256, item.table, item.nom_origine, origin.ressource, origin.url) for item, origin in origins if origin
    }


@pytest.fixture(scope="module")
def undisturbed(proxy: Proxy, tmp_path_factory: pytest.TempPathFactory) -> tuple[Kept, int]:
    """What a quiet harvest keeps, and how many requests it makes."""
    proxy.behave()
    before, raw = len(proxy.seen), tmp_path_factory.mktemp("calme")
    harvest(proxy.url, raw)
    found = kept(raw)
    assert len(found) == 4
    return found, len(proxy.seen) - before


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_any_request_loses_and_doubles_nothing(
    proxy: Proxy, undisturbed: tuple[Kept, int], tmp_path: Path, kind: Kind
) -> None:
    expected, requests = undisturbed
    for number in range(requests) if ALL else range(KINDS.index(kind), requests, 2 * len(KINDS)):
        raw = tmp_path / str(number)
        proxy.misbehave(Fault(kind, skip=number))
        try:
            states = harvest(proxy.url, raw, ONCE)
        except DatagouvError:
            states = []
        disturbed = kept(raw) if raw.exists() else set()
        assert disturbed <= expected
        assert disturbed == expected or not states or State.UNAVAILABLE in states
        proxy.behave()
        harvest(proxy.url, raw)
        assert kept(raw) == expected


@pytest.mark.parametrize("kind", ["status", "cut_before", "cut_after", "cut_body"] if ALL else ["cut_body"])
def test_a_passing_fault_is_not_even_seen(
    proxy: Proxy, undisturbed: tuple[Kept, int], tmp_path: Path, kind: Kind
) -> None:
    proxy.misbehave(*(Fault(kind, path=path, times=2) for path in ("/datasets/$", "/schemas/", "/r/", "^/s/")))
    states = harvest(proxy.url, tmp_path)
    assert State.UNAVAILABLE not in states
    assert kept(tmp_path) == undisturbed[0]


def test_a_platform_that_does_not_answer_is_told_once_and_nothing_has_gone(proxy: Proxy, tmp_path: Path) -> None:
    harvest(proxy.url, tmp_path)
    before = kept(tmp_path)
    proxy.misbehave(Fault("status", path="/datasets/", times=-1))
    with pytest.raises(DatagouvError, match="503"):
        harvest(proxy.url, tmp_path)
    proxy.behave()
    assert kept(tmp_path) == before
    assert set(harvest(proxy.url, tmp_path)) == {State.UNCHANGED, State.REFUSED}


def test_what_a_list_forgets_is_asked_for_before_it_is_said_to_be_gone(
    server: Udata, proxy: Proxy, tmp_path: Path
) -> None:
    us = publishers(server)[0]
    address = {"url": "https://example.org/v1/schemas/centres/schema.json"}
    dataset = us.dataset(tags=["centre-de-donnees"])
    us.file(dataset, "f.csv", CENTRES + "\n", address)
    proxy.behave()
    harvest(proxy.url, tmp_path)
    us.untag(dataset)
    with Client(proxy.url, pace=ONCE) as client, harvesting(client, tmp_path, mandates=EVERYBODY) as current:
        outcome = list(current.outcomes())[-1]
    assert outcome.state is State.UNAVAILABLE and "existe encore" in outcome.sentence
    proxy.misbehave(Fault("status", path="/datasets/resources/"))
    assert harvest(proxy.url, tmp_path, ONCE)[-1] is State.UNAVAILABLE
    us.delete(dataset)
    proxy.behave()
    assert harvest(proxy.url, tmp_path, ONCE)[-1] is State.GONE


def test_a_full_disk_is_told_and_the_next_harvest_goes_on(
    proxy: Proxy, undisturbed: tuple[Kept, int], tmp_path: Path
) -> None:
    proxy.behave()
    least, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, most))
    try:
        states = harvest(proxy.url, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (least, most))
    assert set(states) == {State.UNAVAILABLE} and kept(tmp_path) == set()
    harvest(proxy.url, tmp_path)
    assert kept(tmp_path) == undisturbed[0]


def test_a_file_changed_on_its_way_is_not_kept(proxy: Proxy, undisturbed: tuple[Kept, int], tmp_path: Path) -> None:
    proxy.misbehave(Fault("garbage", path="^/s/", times=-1))
    assert set(harvest(proxy.url, tmp_path)) == {State.UNAVAILABLE}
    assert kept(tmp_path) == set()
    proxy.behave()
    harvest(proxy.url, tmp_path)
    assert kept(tmp_path) == undisturbed[0]


def test_two_harvests_at_once_are_refused(proxy: Proxy, undisturbed: tuple[Kept, int], tmp_path: Path) -> None:
    proxy.misbehave(Fault("hold_before", path="/r/"))
    first = threading.Thread(target=harvest, args=(proxy.url, tmp_path))
    first.start()
    assert proxy.held.wait(60)
    with pytest.raises(deposits.DepositError, match="Une autre moisson est en cours"):
        harvest(proxy.url, tmp_path)
    proxy.release()
    first.join()
    proxy.behave()
    harvest(proxy.url, tmp_path)
    assert kept(tmp_path) == undisturbed[0]


def test_killed_in_the_middle_of_a_download(
    proxy: Proxy, producers: Sequence[Publisher], undisturbed: tuple[Kept, int], tmp_path: Path
) -> None:
    raw, scratch = tmp_path / "raw", tmp_path / "scratch"
    scratch.mkdir()
    proxy.misbehave(Fault("hold_after", path="^/s/", skip=1))
    command = [sys.executable, "-m", "greencloud", "harvest", "--url", proxy.url, "--raw", str(raw)]
    command += ["--mandats", str(mandates(tmp_path, *producers))]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "TMPDIR": str(scratch)}) as process:
        assert proxy.held.wait(120)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    proxy.release()
    proxy.behave()
    assert kept(raw) < undisturbed[0]
    harvest(proxy.url, raw)
    assert kept(raw) == undisturbed[0]


KILLS = 60 if ALL else 6
KILLED_AGAIN_AND_AGAIN = """
import os, random, signal, sys, time
from pathlib import Path
import duckdb, frformat, httpx, pandas
from greencloud import checking, deposits, rules, tables
from greencloud.datagouv.client import Client
from greencloud.datagouv.pace import Pace
from greencloud.harvest import harvesting
from tests.harvest.producing import EVERYBODY

def harvest(raw):
    pace = Pace(request_s=0, timeout_s=60)
    with Client(sys.argv[1], pace=pace) as client, harvesting(client, raw, mandates=EVERYBODY) as current:
        list(current.outcomes())

def child(raw):
    pid = os.fork()
    if pid == 0:
        harvest(raw)
        os._exit(0)
    return pid

chance, killed, number = random.Random(2017), 0, 0
started = time.monotonic()
os.waitpid(child(Path(sys.argv[2], "calme")), 0)
longest = time.monotonic() - started
while killed < int(sys.argv[3]):
    raw = Path(sys.argv[2], str(number // 5))
    pid = child(raw)
    time.sleep(chance.uniform(0, longest))
    os.kill(pid, signal.SIGKILL)
    killed += os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    number += 1
print(killed)
"""


def test_killed_at_any_moment(proxy: Proxy, undisturbed: tuple[Kept, int], tmp_path: Path) -> None:
    proxy.behave()
    command = [sys.executable, "-c", KILLED_AGAIN_AND_AGAIN, proxy.url, str(tmp_path), str(KILLS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900)
    assert done.stdout.strip() == str(KILLS), done.stderr
    for raw in sorted(tmp_path.iterdir()):
        harvest(proxy.url, raw)
        assert kept(raw) == undisturbed[0]
