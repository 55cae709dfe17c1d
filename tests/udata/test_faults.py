"""A publication that is disturbed, then run again: a case of `matrix.py` for each fault, spread over the requests.

`make test` takes four of the faults; with GREENCLOUD_FAULTS set, as in `make test-udata`, all of them.
`make nightly` runs every fault at every request.
"""

import os
from pathlib import Path

import pytest

from greencloud.datagouv.errors import DatagouvError
from greencloud.datagouv.planning import Action
from tests.udata.matrix import KINDS, STEPS, Case, Ground
from tests.udata.proxy import Fault, Proxy
from tests.udata.publisher import IMPATIENT, Publisher
from tests.udata.running import Udata, until
from tests.udata.truth import as_producer

FEW = ("502 although done", "cut after", "all 503 from there on", "killed after")
CHOSEN = KINDS if os.environ.get("GREENCLOUD_FAULTS") else FEW


@pytest.fixture(scope="module")
def ground(udata: Udata, editions: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """The two publications, undisturbed."""
    return Ground(udata, tmp_path_factory.mktemp("ground"), editions).measured()


@pytest.mark.parametrize("kind", CHOSEN)
def test_a_disturbed_publication_comes_to_the_same(ground: Ground, kind: str) -> None:
    place = list(KINDS).index(kind)
    step = STEPS[place % 2]
    writes = ground.writes(step)
    case = Case(step, writes[place * len(writes) // len(KINDS)], kind)
    assert ground.run(case) == "", case


def test_the_undisturbed_publications_have_requests_to_disturb(ground: Ground) -> None:
    for step in STEPS:
        methods = {seen.method for seen in ground.undisturbed[step].seen}
        assert {"GET", "PUT", "POST"} <= methods and len(ground.writes(step)) >= 15
    assert "DELETE" in {seen.method for seen in ground.undisturbed["second"].seen}


@pytest.mark.parametrize(("path", "state"), [("/datasets/$", "kept"), ("/datasets/$", "lost"), ("/upload/$", "lost")])
def test_what_comes_after_we_gave_up_is_removed(
    ground: Ground, proxy: Proxy, editions: dict[str, Path], tmp_path: Path, path: str, state: str
) -> None:
    """Nobody can prevent that double: the platform has no key for a creation."""
    udata, truth = ground.udata, as_producer(ground.udata)
    publisher = Publisher(proxy.url, udata.token, truth.organization(), tmp_path)
    proxy.misbehave(Fault("late", method="POST", path=path, seconds=60))
    publisher.publish(editions["first"], IMPATIENT)
    assert not any(seen.fault for seen in proxy.seen)
    proxy.release()
    until(lambda: any(seen.fault == "late" and seen.status == 201 for seen in proxy.seen))
    assert truth.picture(publisher.organization, proxy.url) != ground.undisturbed["first"].picture
    if state == "lost":
        publisher.state.unlink()
    done = publisher.publish(editions["first"], IMPATIENT)
    assert [step.action for step in done] == [Action.DROP if path == "/datasets/$" else Action.REMOVE]
    assert truth.picture(publisher.organization, proxy.url) == ground.undisturbed["first"].picture


def test_a_server_that_is_not_there_is_told_in_french(udata: Udata, editions: dict[str, Path], tmp_path: Path) -> None:
    publisher = Publisher("http://127.0.0.1:9", udata.token, udata.organization, tmp_path)
    with pytest.raises(DatagouvError, match="la plateforme ne répond pas"):
        publisher.publish(editions["first"], IMPATIENT)
