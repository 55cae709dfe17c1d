"""Every fault at every request of a publication, then the same again without it: nothing lost, nothing doubled.

    python -m tests.udata.matrix [--every N] [--first N] [--threads N] [--only KIND]

Two publications are disturbed: the first of an edition, and that of the edition after it (a row changed, a file gone,
a file come, a title mended). A case is one of them, one of its requests and one fault. `--every 1`, the default, runs
them all, which takes an hour or more; `--every 20` runs one in twenty. `tests/udata/test_faults.py` runs a few.
"""

import argparse
import subprocess
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from greencloud.datagouv.errors import DatagouvError
from tests.udata import small, truth
from tests.udata.proxy import Fault, Proxy, Seen
from tests.udata.publisher import IMPATIENT, PATIENCE_S, Publisher
from tests.udata.running import Udata, environment, missing, running

_LONG = PATIENCE_S + 0.5  # seconds after which the publisher has surely given up waiting
KINDS: Mapping[str, Fault] = {
    "500": Fault("status", status=500),
    "502": Fault("status", status=502),
    "503": Fault("status", status=503),
    "429, retry after 1 s": Fault("status", status=429, retry_after=1),
    "500 although done": Fault("status_after", status=500),
    "502 although done": Fault("status_after", status=502),
    "503 although done": Fault("status_after", status=503),
    "429 although done": Fault("status_after", status=429),
    "cut before": Fault("cut_before"),
    "cut after": Fault("cut_after"),
    "cut in the answer": Fault("cut_body"),
    "answer too late": Fault("delay", seconds=_LONG),
    "answer late": Fault("delay", seconds=0.3),
    "answer in drops": Fault("slow", seconds=0.5),
    "HTML instead": Fault("garbage"),
    "all cut from there on": Fault("cut_before", times=-1),
    "all 503 from there on": Fault("status", status=503, times=-1),
    "all done but 502 from there on": Fault("status_after", status=502, times=-1),
    "killed before": Fault("hold_before"),
    "killed after": Fault("hold_after"),
}
"""What is done to a request. The last two hold it until the publisher's process is killed, before or after its work."""
STEPS = ("first", "second")
_RUNS, _UNMET = 4, "the fault met no request"


@dataclass(frozen=True)
class Case:
    """The fault `kind` at request `number` (from 0) of the publication `step`."""

    step: str
    number: int
    kind: str


@dataclass(frozen=True)
class Undisturbed:
    """A publication without a fault: its requests, and what the server holds afterwards."""

    seen: Sequence[Seen]
    picture: Sequence[truth.Json]


@dataclass(frozen=True)
class Ground:
    """A server, two editions, and what their publications should come to."""

    udata: Udata
    folder: Path
    editions: Mapping[str, Path]
    undisturbed: Mapping[str, Undisturbed] = field(default_factory=dict)

    def cases(self) -> list[Case]:
        """All of them, in an order that mixes publications, requests and faults."""
        every = [
            Case(step, number, kind)
            for step in STEPS
            for number in range(len(self.undisturbed[step].seen))
            for kind in KINDS
        ]
        return sorted(every, key=lambda case: zlib.crc32(repr(case).encode()))

    def writes(self, step: str) -> list[int]:
        """The numbers of the requests that change something."""
        return [number for number, seen in enumerate(self.undisturbed[step].seen) if seen.method != "GET"]

    def run(self, case: Case) -> str:
        """Empty when the server holds in the end what an undisturbed publication leaves; else what is wrong.

        On a machine that is busy the publisher may give up before it comes to the fault: such a case is run again.
        """
        told = [self._once(case)]
        while told[-1] == _UNMET and len(told) < _RUNS:
            told.append(self._once(case))
        return told[-1]

    def _once(self, case: Case) -> str:
        with self._alone() as (proxy, publisher):
            edition = self.editions[case.step]
            if case.step == "second":
                publisher.publish(self.editions["first"])
            proxy.misbehave(replace(KINDS[case.kind], skip=case.number))
            wrong = _killed(publisher, edition, proxy) if "kill" in case.kind else _disturbed(publisher, edition)
            if not any(seen.fault for seen in proxy.seen):
                return _UNMET
            proxy.behave()
            if case.number % 2:
                publisher.state.unlink(missing_ok=True)
            _next_second()
            return wrong or self._afterwards(case.step, publisher, proxy)

    def _afterwards(self, step: str, publisher: Publisher, proxy: Proxy) -> str:
        try:
            publisher.publish(self.editions[step])
            left = publisher.plan(self.editions[step])
        except DatagouvError as error:
            return f"the second run does not succeed: {error}"
        if left:
            return f"the plan is not empty: {[(step.action.name, step.subject) for step in left]}"
        found = truth.as_producer(self.udata).picture(publisher.organization, proxy.url)
        return "" if found == self.undisturbed[step].picture else difference(self.undisturbed[step].picture, found)

    def measured(self) -> "Ground":
        """The same ground, its undisturbed publications known."""
        known = {}
        with self._alone() as (proxy, publisher):
            for step in STEPS:
                proxy.behave()
                _next_second()
                publisher.publish(self.editions[step])
                seen = tuple(proxy.seen)
                known[step] = Undisturbed(
                    seen, truth.as_producer(self.udata).picture(publisher.organization, proxy.url)
                )
        return replace(self, undisturbed=known)

    @contextmanager
    def _alone(self) -> Iterator[tuple[Proxy, Publisher]]:
        """A proxy, and a publisher whose organisation and state are its own."""
        organization = truth.as_producer(self.udata).organization()
        with Proxy(self.udata.url) as proxy:
            yield proxy, Publisher(proxy.url, self.udata.token, organization, self.folder / str(uuid4()))


def difference(wanted: Sequence[truth.Json], found: Sequence[truth.Json]) -> str:
    """What two pictures do not share, told shortly."""
    told = [f"{len(found)} datasets instead of {len(wanted)}"] if len(found) != len(wanted) else []
    for one, other in zip(wanted, found, strict=False):
        titles = [[item["title"] for item in dataset["resources"]] for dataset in (one, other)]
        if titles[0] != titles[1]:
            told.append(f"resources {titles[1]} instead of {titles[0]}")
        told += [f"{key}: {other[key]!r:.200} instead of {one[key]!r:.200}" for key in one if _differs(key, one, other)]
        for mine, theirs in zip(one["resources"], other["resources"], strict=False):
            told += [
                f"{mine['title']}, {key}: {theirs[key]!r:.200} instead of {mine[key]!r:.200}"
                for key in mine
                if mine[key] != theirs[key]
            ]
    return "; ".join(told)


def _differs(key: str, one: truth.Json, other: truth.Json) -> bool:
    return key != "resources" and bool(one[key] != other[key])


def _disturbed(publisher: Publisher, edition: Path) -> str:
    """Publish; a refusal in French is as good as a success, the token in it is not."""
    try:
        publisher.publish(edition, IMPATIENT)
    except DatagouvError as error:
        return "the token is shown" if publisher.token in f"{error!r} {error}" else ""
    return ""


def _killed(publisher: Publisher, edition: Path, proxy: Proxy) -> str:
    """Publish in a process of its own, which is killed while its request is held."""
    order = publisher.order(edition)
    asked = [publisher.url, publisher.token, publisher.organization, str(publisher.folder), str(order.folder)]
    program = [sys.executable, "-m", "tests.udata.publisher", *asked]
    with subprocess.Popen(program, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        held = proxy.held.wait(120)
        process.kill()
        proxy.release()
        said = process.stderr.read().decode() if process.stderr else ""
    return "" if held else f"the publisher did not come to that request: {said[-500:]}"


def _next_second() -> None:
    """Two uploads of one file name within one second of the clock are refused by the server itself."""
    now = time.time()
    time.sleep(1 - now % 1 + 0.01)


def _told(place: Ground, chosen: Sequence[Case], threads: int) -> int:
    """Run the cases, print each one that is wrong at once and a count every ten; how many are wrong."""
    wrong = 0
    with ThreadPoolExecutor(threads) as pool:
        for done, (case, said) in enumerate(zip(chosen, pool.map(place.run, chosen), strict=True), 1):
            wrong += bool(said)
            if said:
                print(f"{case.step}, request {case.number}, {case.kind}: {said}", flush=True)
            if done % 10 == 0:
                print(f"{done} of {len(chosen)} cases, {wrong} wrong", flush=True)
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="run one case in so many")
    parser.add_argument("--first", type=int, default=0, help="and leave out so many before the first")
    parser.add_argument("--threads", type=int, default=2, help="cases at once")
    parser.add_argument("--only", choices=KINDS, help="one kind of fault")
    asked = parser.parse_args()
    if reason := missing():
        raise SystemExit(reason)
    start = time.monotonic()
    with TemporaryDirectory() as folder, running(Path(folder) / "udata") as udata:
        place = Ground(
            udata, Path(folder), small.both(small.whole(Path(folder) / "published"), Path(folder))
        ).measured()
        chosen = [case for case in place.cases() if asked.only in (None, case.kind)][asked.first :: asked.every]
        wrong = _told(place, chosen, asked.threads)
    counted = Counter(case.kind for case in chosen)
    print("\n".join(f"{number:6} {kind}" for kind, number in sorted(counted.items())))
    requests = ", ".join(f"{step}: {len(place.undisturbed[step].seen)}" for step in STEPS)
    print(f"{len(chosen)} cases ({requests} requests), {wrong} wrong, {time.monotonic() - start:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
