"""The audit log: a chain that tells each change, whole under a crowd, gone with an act that fails."""

import sys
import threading

import pytest
from sqlalchemy import text

from greencloud import cli
from portal import audit
from portal.database import Database
from portal.settings import Settings


def filled(database: Database, lines: int = 5) -> None:
    for number in range(lines):
        with database.session() as session:
            audit.record(session, actor="a", action="essai", siren="130025265", subject=f"é{number}", rang=number)


def tampered(database: Database, statement: str) -> list[int]:
    """The lines that `verify` tells of once somebody with every right has changed the table."""
    locks = (
        ["DROP TRIGGER journal_immuable", "DROP TRIGGER journal_ineffacable"]
        if database.embedded
        else ["ALTER TABLE journal DISABLE TRIGGER USER"]
    )
    with database.session() as session:
        for lock in [*locks, statement]:
            session.execute(text(lock))
    with database.reading() as session:
        return [found.number for found in audit.verify(session)]


def test_an_untouched_log_holds(database: Database) -> None:
    with database.reading() as session:
        assert audit.verify(session) == [] and audit.head(session) == (0, audit.FIRST)
    filled(database)
    with database.reading() as session:
        number, hashed = audit.head(session)
        assert number == 5 and audit.verify(session, known=(number, hashed)) == []


@pytest.mark.parametrize(
    ("statement", "numbers"),
    [
        ("UPDATE journal SET acteur = 'b' WHERE numero = 3", [3]),
        ("UPDATE journal SET detail = '{}' WHERE numero = 1", [1]),
        ("UPDATE journal SET le = '2026-05-15T10:00:00.000000Z' WHERE numero = 5", [5]),
        ("DELETE FROM journal WHERE numero = 2", [3, 3]),
        ("DELETE FROM journal WHERE numero = 1", [2, 2]),
        ("UPDATE journal SET empreinte = 'x' WHERE numero = 4", [4, 5]),
    ],
)
def test_a_change_is_told(database: Database, statement: str, numbers: list[int]) -> None:
    filled(database)
    assert tampered(database, statement) == numbers


def test_a_cut_end_is_told_to_whoever_kept_the_last_hash(database: Database) -> None:
    filled(database)
    with database.reading() as session:
        kept = audit.head(session)
    assert tampered(database, "DELETE FROM journal WHERE numero = 5") == []
    with database.reading() as session:
        assert [found.number for found in audit.verify(session, known=kept)] == [5]


def test_a_failed_act_leaves_no_line(database: Database) -> None:
    with pytest.raises(RuntimeError), database.session() as session:
        audit.record(session, actor="a", action="essai")
        raise RuntimeError
    with database.reading() as session:
        assert audit.head(session) == (0, audit.FIRST)


def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """The status of the command, and what it says."""
    monkeypatch.setattr(sys, "argv", ["greencloud", "audit", "verify", *words])
    with pytest.raises(SystemExit) as end:
        cli.main()
    said = capsys.readouterr()
    return int(str(end.value.code)), said.out + said.err


def test_the_command_tells_whether_the_log_holds(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GREENCLOUD_PORTAIL_DATA", str(settings.data))
    monkeypatch.setenv("GREENCLOUD_PORTAIL_DATABASE", settings.database)
    filled(database)
    status, said = told(monkeypatch, capsys)
    kept = said.split()[-1]
    assert status == 0 and "5 lignes" in said and kept.startswith("5:")
    tampered(database, "DELETE FROM journal WHERE numero = 5")
    assert told(monkeypatch, capsys)[0] == 0  # a cut end is only seen by whoever kept the last line
    status, said = told(monkeypatch, capsys, "--connue", kept)
    assert status == 1 and "La ligne 5" in said
    assert told(monkeypatch, capsys, "--connue", "x")[0] == 2


def test_the_command_names_what_it_cannot_reach(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GREENCLOUD_PORTAIL_DATA", str(settings.data))
    status, said = told(monkeypatch, capsys)
    assert status == 2 and "Aucun portail" in said
    monkeypatch.setenv("GREENCLOUD_PORTAIL_DATABASE", "postgresql://portail@127.0.0.1:1/x")
    status, said = told(monkeypatch, capsys)
    assert status == 2 and "ne répond pas" in said


def test_a_crowd_makes_one_chain(database: Database) -> None:
    threads = [threading.Thread(target=filled, args=(database, 10)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with database.reading() as session:
        assert audit.head(session)[0] == 80 and audit.verify(session) == []
