"""The flow of many machines, its tasks in threads here and its storage a folder; tests/cluster has the machines."""

from pathlib import Path

import pytest

from flows.machines import machines
from greencloud import storage
from greencloud.program import fingerprint
from greencloud.storage import OtherProgram, Place, Results, Stored
from tests.faults.conftest import store


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """The register of nine sites and the declarations of two."""
    for number in range(3):
        store(tmp_path, number)
    (tmp_path / "verdicts" / fingerprint()).mkdir(parents=True)
    return tmp_path / "raw"


@pytest.mark.usefixtures("api_url")
def test_what_cannot_be_checked_is_told_and_the_rest_published(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = storage.check

    def broken(several: list[Stored], place: Place, results: Results) -> list[str]:
        if any(stored.deposit.nom_origine == "declarations-2.csv" for stored in several):
            raise ValueError("un défaut")
        return honest(several, place, results)

    monkeypatch.setattr(storage, "check", broken)
    outcome = machines(raw.as_uri(), (tmp_path / "verdicts").as_uri(), tmp_path / "publié")
    assert outcome.exit_code == 1
    assert [(deposit.nom_origine, str(error)) for deposit, error in outcome.failures] == [
        ("declarations-2.csv", "un défaut")
    ]
    assert [verdict.deposit.nom_origine for verdict in outcome.verdicts] == ["centres-0.csv", "declarations-1.csv"]


@pytest.mark.usefixtures("api_url")
def test_a_machine_with_another_program_stops_all(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.working, "_own_program", lambda: "0" * 64)
    with pytest.raises(OtherProgram, match="n'exécute pas le même programme"):
        machines(raw.as_uri(), (tmp_path / "verdicts").as_uri(), tmp_path / "publié")
    assert not (tmp_path / "publié" / "current").exists()
