"""What stands for a body: the last row of each key, however its deposit came, without opening any in this process."""

import os
import time
from pathlib import Path

import pytest

from greencloud import deposits
from portal import filings, shelves, standing
from portal.database import Database
from portal.settings import Settings
from tests.portal import intake
from tests.portal.intake import OTHER_SITE, REGISTER, SITE, confirmed, declared, people
from tests.portal.service import OTHER, SIREN


def test_the_last_row_of_each_key_stands(database: Database, settings: Settings) -> None:
    agent, _ = intake.people(database)
    assert standing.rows(settings, SIREN, "declarations") == []
    intake.confirmed(database, settings, agent, declared(2024, 200, 100))
    file = settings.data / "recu-par-courriel.csv"
    file.write_text(declared(2025, 300, 200), encoding="utf-8")
    deposits.store(file, table="declarations", emetteur=SIREN, raw_dir=settings.raw)
    intake.confirmed(database, settings, agent, declared(2024, 210, 100))
    rows = standing.rows(settings, SIREN, "declarations")
    assert [(row["id_centre"], row["annee"], row["energie_totale_kwh"]) for row in rows] == [
        (SITE, "2024", "210"),
        (SITE, "2025", "300"),
    ]
    assert standing.rows(settings, OTHER, "declarations") == standing.rows(settings, SIREN, "centres") == []


def test_a_withdrawn_deposit_stands_no_more(database: Database, settings: Settings) -> None:
    agent, _ = intake.people(database)
    filing = intake.confirmed(database, settings, agent, REGISTER)
    assert [row["nom_site"] for row in standing.rows(settings, SIREN, "centres")] == ["Salle A"]
    filings.withdraw(database, settings, filing, visitor=agent, reason="Erreur.")
    assert standing.rows(settings, SIREN, "centres") == []


def test_withdrawing_says_what_counts_again(database: Database, settings: Settings) -> None:
    agent, _ = intake.people(database)
    first = intake.confirmed(database, settings, agent, declared(2024, 200, 100))
    both = declared(2024, 210, 100) + declared(2025, 300, 200).partition("\n")[2]
    second = intake.confirmed(database, settings, agent, both)
    assert standing.without(settings, SIREN, first) == (0, 0)
    assert standing.without(settings, SIREN, second) == (1, 1)
    filings.withdraw(database, settings, second, visitor=agent, reason="Erreur.")
    assert standing.without(settings, SIREN, second) is None
    assert standing.without(settings, SIREN, first) == (0, 1)


def test_a_deposit_that_cannot_be_read_keeps_nothing_of_the_others_back(database: Database, settings: Settings) -> None:
    agent, _ = intake.people(database)
    intake.confirmed(database, settings, agent, declared(2024, 200, 100))
    gone = intake.confirmed(database, settings, agent, declared(2025, 300, 200))
    [file] = [one.path for one in deposits.scan(settings.raw)[0] if one.sha256 == gone.sha256]
    away = file.rename(settings.data / "ailleurs.csv")
    assert [row["annee"] for row in standing.rows(settings, SIREN, "declarations")] == ["2024"]
    away.rename(file)  # no fault of the file: it counts as soon as it is read
    assert [row["annee"] for row in standing.rows(settings, SIREN, "declarations")] == ["2024", "2025"]


def test_a_register_that_somebody_else_gave_counts(database: Database, settings: Settings, tmp_path: Path) -> None:
    assert standing.unregistered(settings, SIREN, [SITE]) == [SITE]
    file = tmp_path / "registre.csv"
    file.write_text(REGISTER, encoding="utf-8")
    deposits.store(file, table="centres", emetteur=OTHER, raw_dir=settings.raw)
    assert standing.unregistered(settings, SIREN, [SITE, f"{SITE[:-2]}09"]) == [f"{SITE[:-2]}09"]


def test_nothing_is_said_of_rows_while_a_deposit_cannot_be_read(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, _ = people(database)
    given = confirmed(database, settings, agent, declared(2025, 150_000, 100_000))
    confirmed(database, settings, agent, REGISTER, "registre.csv")
    assert standing.held(settings, SIREN, [given]) == {given.id: 1}
    assert standing.unregistered(settings, SIREN, [OTHER_SITE]) == [OTHER_SITE]
    monkeypatch.setattr(standing, "LARGEST", 1)
    assert standing.held(settings, SIREN, [given]) == {}
    assert standing.unregistered(settings, SIREN, [OTHER_SITE]) == []


def test_a_folder_is_listed_again_when_something_is_put_in_it_or_taken_out(settings: Settings, tmp_path: Path) -> None:
    assert list(shelves.deposits(settings.raw, "centres")) == []
    file = tmp_path / "registre.csv"
    file.write_text(REGISTER, encoding="utf-8")
    kept = deposits.store(file, table="centres", emetteur=SIREN, raw_dir=settings.raw)
    assert [one.sha256 for one in shelves.deposits(settings.raw, "centres")] == [kept.sha256]
    assert list(shelves.deposits(settings.raw, "declarations")) == []
    card = next(settings.raw.rglob("*.depot.json"))
    long_ago = time.time() - 3600
    os.utime(card.parent, (long_ago, long_ago))
    assert [one.sha256 for one in shelves.deposits(settings.raw, "centres")] == [kept.sha256]
    card.unlink()
    assert list(shelves.deposits(settings.raw, "centres")) == []


def test_a_card_that_is_taken_out_meanwhile_hides_no_other(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for rank in range(2):
        file = tmp_path / f"{rank}.csv"
        file.write_text(REGISTER.replace("Salle A", f"Salle {rank}"), encoding="utf-8")
        kept = deposits.store(file, table="centres", emetteur=SIREN, raw_dir=tmp_path / str(rank))
        settings.raw.mkdir(exist_ok=True)
        for part in kept.path.parent.iterdir():
            part.rename(settings.raw / part.name)
    gone = min(settings.raw.glob("*.depot.json"))
    scan = os.scandir

    def amid(folder: Path) -> list[os.DirEntry[str]]:
        entries = list(scan(folder))
        gone.unlink(missing_ok=True)
        return entries

    monkeypatch.setattr("portal.shelves.os.scandir", amid)
    assert len(list(shelves.deposits(settings.raw, "centres"))) == 1
