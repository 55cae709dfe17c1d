"""The sample, whole: the auditor finds nothing in it, and does when a part of secrecy is switched off."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from greencloud import disclosure, sample, warehouse
from greencloud.deposits import scan
from tests.secrecy.auditor import Edition, audit, betrayals
from tests.secrecy.world import publish

Verdicts = Sequence[warehouse.Verdict]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("editions")


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    raw, work = tmp_path_factory.mktemp("raw"), tmp_path_factory.mktemp("work")
    sample.generate(raw)
    return [warehouse.check_deposit(deposit, work) for deposit in scan(raw)[0]]


def edition(verdicts: Verdicts, folder: Path, earlier: Sequence[Path] = ()) -> Edition:
    con = warehouse.load(verdicts)
    warehouse.compute(con)
    disclosure.protect(con, warehouse.earlier_editions(earlier, verdicts))
    warehouse.run_step(con, "secret_statistique")
    return publish(con, folder, verdicts)


@pytest.fixture(scope="module")
def first(verdicts: Verdicts, folder: Path) -> Edition:
    """Before the last deposit, which corrects some sites and brings some others back."""
    return edition(verdicts[:-1], folder / "first")


def test_two_editions_together_betray_nobody_in_any_year(verdicts: Verdicts, folder: Path, first: Edition) -> None:
    second = edition(verdicts, folder / "second", [first.folder])
    assert len({site for site, _, _ in second.secrets}) >= 15
    assert {year for _, year, _ in second.secrets} == set(range(2019, 2026))
    assert audit(first, second) == []


def test_primary_suppression_alone_would_betray_somebody(
    verdicts: Verdicts, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disclosure, "complete", lambda publication, primary, order: frozenset(primary))
    assert next(betrayals(edition(verdicts, folder / "primary")), None) is not None
