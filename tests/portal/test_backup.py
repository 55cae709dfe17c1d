"""A backup holds everything, and gives it back; one that is damaged gives back nothing."""

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import select

from greencloud import deposits, durable
from portal import audit, backup, campaign, coverage, filings
from portal.database import Database
from portal.models import Base
from portal.settings import Settings
from tests.portal import intake
from tests.portal.intake import REGISTER, declared
from tests.portal.service import NAMES, OTHER, SIREN

SKIPPED = {"session", "echec"}
_HELD = ("tables", "recus", "retires", "raw", "secret", "sauvegarde.json", "SHA256SUMS")


@pytest.fixture
def saved(database: Database, settings: Settings, tmp_path: Path) -> Path:
    agent, _ = intake.people(database)
    old = intake.confirmed(database, settings, agent, REGISTER)
    new = intake.hand_in(database, settings, agent, REGISTER + "\n", table="centres", supersedes=old.id)
    filings.check(database, settings, new)
    filings.confirm(database, settings, new, visitor=agent)
    gone = intake.confirmed(database, settings, agent, declared(2025, 200, 100))
    filings.withdraw(database, settings, gone, visitor=agent, reason="Essai.")
    path = tmp_path / "portail.tar"
    told = backup.save(database, settings, path)
    assert told.files > 0 and told.rows > 0
    return path


@pytest.fixture
def empty(tmp_path: Path) -> tuple[Database, Settings]:
    """Another portal, on SQLite whatever the first one is on."""
    settings = Settings(data=tmp_path / "autre", raw=tmp_path / "autre-raw", published=tmp_path / "published")
    return Database(settings), settings


def rows(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
            if table.name not in SKIPPED
        }


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in intake.files(folder)}


def test_what_is_restored_is_what_was_saved(
    database: Database, settings: Settings, saved: Path, empty: tuple[Database, Settings]
) -> None:
    other, elsewhere = empty
    backup.restore(other, elsewhere, saved)
    assert rows(other) == rows(database)
    for name in ("recus", "retires"):
        assert contents(elsewhere.data / name) == contents(settings.data / name)
    assert contents(elsewhere.raw) == contents(settings.raw)
    with other.reading() as session:
        assert audit.verify(session) == []
    assert filings.recover(other, elsewhere) == []
    assert contents(elsewhere.raw) == contents(settings.raw)
    other.close()


def test_who_has_declared_has_still_declared_after_a_restoration(
    database: Database, settings: Settings, empty: tuple[Database, Settings], tmp_path: Path
) -> None:
    """`travail`, where the sites of a deposit are written, is in no backup."""
    agent, _ = intake.people(database)
    intake.confirmed(database, settings, agent, REGISTER)
    intake.confirmed(database, settings, agent, declared(2025, 200, 100))
    with database.session() as session:
        campaign.open_year(session, "essai", "2025", "2026-05-15")
        campaign.expect(session, "essai", 2025, [campaign.Line(siren, "") for siren in NAMES])
        before = coverage.states(session, settings, 2025)
    backup.save(database, settings, tmp_path / "portail.tar")
    other, elsewhere = empty
    backup.restore(other, elsewhere, tmp_path / "portail.tar")
    assert filings.recover(other, elsewhere) == []
    with other.reading() as session:
        after = coverage.states(session, elsewhere, 2025)
    assert {state.siren: state.state for state in after} == {SIREN: coverage.DONE, OTHER: coverage.NOTHING}
    assert after == before
    other.close()


def test_what_a_withdrawal_moves_amid_a_backup_is_left_out_and_put_right(
    database: Database, settings: Settings, empty: tuple[Database, Settings], tmp_path: Path
) -> None:
    agent, _ = intake.people(database)
    filing = intake.confirmed(database, settings, agent, REGISTER)
    path, listed = tmp_path / "portail.tar", backup.listed
    with tarfile.open(path, "w") as archive:
        writing = backup.Writing(archive)
        with backup.snapshot(database) as connection:
            writing.tables(connection, settings)
            found = list(listed(settings))
            filings.withdraw(database, settings, filing, visitor=agent, reason="Essai.")
        writing.files(found)
        writing.sums()
    other, elsewhere = empty
    backup.restore(other, elsewhere, path)
    assert filings.recover(other, elsewhere) == []
    assert [one.sha256 for one in deposits.scan(elsewhere.raw)[0]] == [filing.sha256]  # as the tables said at the time
    other.close()


def test_two_backups_at_once_are_both_whole_and_leave_nothing(
    database: Database, settings: Settings, empty: tuple[Database, Settings], tmp_path: Path
) -> None:
    intake.people(database)
    (settings.data / f".0123456789abcdef{durable.PASSING}").touch()  # of one that was killed
    outer, inner = tmp_path / "1.tar", tmp_path / "2.tar"
    with tarfile.open(outer, "w") as archive, backup.snapshot(database) as connection:
        writing, added = backup.Writing(archive), archive.addfile

        def amid(info: tarfile.TarInfo, stream: IO[bytes] | None = None) -> None:
            if info.name == "tables/compte.jsonl":
                backup.save(database, settings, inner)
            added(info, stream)

        archive.addfile = amid  # type: ignore[method-assign,assignment]
        writing.tables(connection, settings)
        writing.sums()
    assert not list(settings.data.glob(f"*{durable.PASSING}"))
    other, elsewhere = empty
    backup.restore(other, elsewhere, outer)
    assert rows(other) == rows(database)
    other.close()


def test_where_no_portal_is_nothing_is_saved_or_made(settings: Settings, tmp_path: Path) -> None:
    never = Database(settings)
    with pytest.raises(backup.BackupError, match="Aucun portail dans"):
        backup.save(never, settings, tmp_path / "portail.tar")
    never.close()
    assert not intake.files(settings.data) and not (tmp_path / "portail.tar").exists()


def test_a_folder_with_the_secret_of_a_portal_is_not_filled(saved: Path, empty: tuple[Database, Settings]) -> None:
    other, elsewhere = empty
    elsewhere.data.mkdir()
    (elsewhere.data / "secret").write_text("x" * 43, encoding="ascii")
    with pytest.raises(backup.BackupError, match="pas vide"):
        backup.restore(other, elsewhere, saved)
    assert [path.name for path in intake.files(elsewhere.data)] == ["secret"] and not elsewhere.raw.exists()


def test_a_damaged_or_cut_backup_restores_nothing(
    saved: Path, empty: tuple[Database, Settings], tmp_path: Path
) -> None:
    other, elsewhere = empty
    for number, damaged in enumerate(_damaged(saved)):
        path = tmp_path / f"{number}.tar"
        path.write_bytes(damaged)
        with pytest.raises(backup.BackupError):
            backup.restore(other, elsewhere, path)
    assert not elsewhere.raw.exists()
    assert not any(rows(other).values())
    other.close()


def _damaged(saved: Path) -> Iterator[bytes]:
    """The backup cut at several places, and with one bit turned at several others."""
    whole = saved.read_bytes()
    with tarfile.open(saved) as archive:
        *_, last = archive.getmembers()
        largest = max(archive.getmembers(), key=lambda member: member.size)
    for place in (0.2, 0.5, 0.9):
        yield whole[: int(last.offset_data * place) // 512 * 512]
        at = largest.offset_data + int(largest.size * place)
        yield whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]


def test_a_backup_is_its_owner_s_and_goes_over_nothing(database: Database, settings: Settings, saved: Path) -> None:
    assert saved.stat().st_mode & 0o077 == 0
    with pytest.raises(backup.BackupError, match="existe déjà"):
        backup.save(database, settings, saved)
    with pytest.raises(backup.BackupError, match="pas vide"):
        backup.restore(database, settings, saved)
    with tarfile.open(saved) as archive:
        names = archive.getnames()
    assert "tables/depot.jsonl" in names and "raw/.sel" in names
    assert not {f"tables/{name}.jsonl" for name in SKIPPED} & set(names)
    assert intake.files(settings.data / "courriels")  # they hold links that open accounts
    assert {name.partition("/")[0] for name in names} <= {*_HELD}
