"""An edition made by machines that share no folder, whatever happens to them, is that of one machine, byte for byte."""

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cluster.namespaces import missing
from tests.cluster.running import BUCKET, Cluster
from tests.faults.conftest import tree
from tests.udata.faults import Fault
from tests.udata.running import until

_LONGEST_S = 180
_DEPOSITS = 15  # of figures
_FIGURES = r"/depots/(declarations|consommations)-[^.]*\.csv$"


@dataclass(frozen=True)
class Trial:
    """A run of the command, with verdicts of its own on storage, and what it printed."""

    cluster: Cluster
    published: Path

    @property
    def verdicts(self) -> str:
        return f"s3://{BUCKET}/{self.published.parent.name}"

    def run(self, trouble: Callable[[], None] = lambda: None, *options: str) -> tuple[int, str]:
        """Run it; `trouble` happens meanwhile."""
        with self.cluster.started(self.published, self.verdicts, *options) as process:
            trouble()
            printed, _ = process.communicate(timeout=_LONGEST_S)
        return process.returncode, printed


@pytest.fixture
def trial(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    yield Trial(cluster, tmp_path_factory.mktemp("essai") / "published")
    cluster.proxy.behave()


def test_the_machines_share_no_folder_and_no_network(cluster: Cluster) -> None:
    """The folder of the tests is empty on a worker, and its loopback is its own."""
    if reason := missing():
        pytest.skip(reason)
    told = "; ".join((f"ls {cluster.folder}", "cat /proc/net/fib_trie"))
    for node in cluster.workers:
        command = [*node.machine.prefix, "sh", "-c", told]
        seen = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        assert node.machine.address in seen and cluster.first.address not in seen
        assert "s3.log" not in seen and (cluster.folder / "s3.log").exists()


def same(published: Path, single: Path) -> bool:
    """Every file of every edition, and the link to the current one."""
    return tree(published) == tree(single)


def test_the_edition_is_that_of_one_machine(trial: Trial, single: Path) -> None:
    """The workers alone read the figures; nothing new is given to nobody, and gives the same edition."""
    status, printed = trial.run()
    assert (status, "Traceback" in printed) == (0, False), printed
    assert same(trial.published, single)
    read = [seen for seen in trial.cluster.proxy.seen if seen.method == "GET" and re.search(_FIGURES, seen.path)]
    readers = {seen.user for seen in read}
    assert len(readers) > 1 and readers <= {node.machine.name for node in trial.cluster.workers}
    trial.cluster.proxy.behave()
    status, printed = trial.run()
    assert (status, "déjà publiée" in printed) == (0, True), printed
    assert {seen.method for seen in trial.cluster.proxy.seen} == {"GET"}
    assert not [seen.path for seen in trial.cluster.proxy.seen if re.search(_FIGURES, seen.path)]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("hold_before", "GET", r"/depots/declarations-2022\.csv$"),
        Fault("hold_after", "PUT", r"\.parquet$", skip=2),
    ],
    ids=["reading a deposit", "between the rows and their verdict"],
)
def test_a_worker_killed_on_the_way_changes_not_a_byte(fault: Fault, trial: Trial, single: Path) -> None:
    proxy = trial.cluster.proxy
    proxy.misbehave(fault)

    def kill() -> None:
        assert proxy.held.wait(_LONGEST_S)
        (held,) = [seen for seen in proxy.seen if seen.fault == fault.kind]
        trial.cluster.worker(held.user).kill()
        proxy.release()

    status, printed = trial.run(kill)
    assert status == 0, printed
    assert same(trial.published, single)


def test_storage_that_refuses_and_dawdles_changes_not_a_byte(trial: Trial, single: Path) -> None:
    """503 by the dozen, answers that drip, are cut or never come, writes that are done and not acknowledged."""
    faults = [
        Fault("status", "GET", skip=1, times=20),
        Fault("status", "PUT", skip=1, times=12),
        Fault("hold_before", "GET", r"/depots/consommations-2021\.csv$"),
        Fault("cut_after", "PUT", r"\.parquet$", skip=1, times=2),
        Fault("status_after", "PUT", r"\.json$", times=3),
        Fault("cut_body", "GET", _FIGURES, times=2),
        Fault("slow", "GET", _FIGURES, times=3, seconds=1.5),
        Fault("delay", "GET", r"\.parquet$", times=3, seconds=1),
        Fault("cut_before", "GET", r"\.json$", times=3),
    ]
    trial.cluster.proxy.misbehave(*faults)
    status, printed = trial.run()
    assert status == 0, printed
    assert {seen.fault for seen in trial.cluster.proxy.seen} >= {fault.kind for fault in faults}
    assert same(trial.published, single)


def test_a_scheduler_that_starts_again_changes_not_a_byte(trial: Trial, single: Path) -> None:
    """It has forgotten every task; its workers have left it, and come back."""
    proxy, node = trial.cluster.proxy, trial.cluster.node
    proxy.misbehave(Fault("hold_before", "GET", r"/depots/declarations-2022\.csv$"))

    def kill() -> None:
        assert proxy.held.wait(_LONGEST_S)
        before = node.pids()
        node.kill()
        until(lambda: node.pids() not in ([], before), _LONGEST_S)
        proxy.release()

    status, printed = trial.run(kill)
    assert status == 0, printed
    assert same(trial.published, single)


def test_a_scheduler_that_has_gone_is_a_sentence_and_nothing_is_published(trial: Trial, single: Path) -> None:
    """On the way, then from the start; what was done by then serves the run after that."""
    proxy, node = trial.cluster.proxy, trial.cluster.node
    proxy.misbehave(Fault("hold_before", "GET", r"/depots/declarations-2022\.csv$"))
    with ExitStack() as gone:

        def kill() -> None:
            assert proxy.held.wait(_LONGEST_S)
            gone.enter_context(node.gone())
            proxy.release()

        for trouble in (kill, lambda: None):
            status, printed = trial.run(trouble, "--patience", "3")
            assert status == 2 and printed.count("ne répond p") == 1, printed
            assert "rien n'a été publié" in printed
            assert not re.search("Traceback|distributed", printed), printed
            assert not (trial.published / "current").exists()
    proxy.behave()
    status, printed = trial.run()
    assert status == 0, printed
    assert same(trial.published, single)
    assert len([seen for seen in proxy.seen if re.search(_FIGURES, seen.path)]) < _DEPOSITS
