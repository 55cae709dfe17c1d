"""Intake: nothing acknowledged is lost, nothing counts twice, and nobody touches another body's deposits."""

import errno
import hashlib
import io
import json
import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, inspect, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from greencloud import deposits
from portal import audit, filings
from portal.access import Visitor
from portal.database import Database
from portal.errors import NotFound
from portal.filings import life, lineage, places, quarantine, quotas, receiving, room, shelf, spoken, verdict
from portal.models import Entry, Filing, Message
from portal.settings import Settings
from portal.worker import __main__ as worker
from portal.worker.names import TOO_MUCH
from tests.portal import intake
from tests.portal.intake import REGISTER, SITE, declared, hand_in
from tests.portal.service import OTHER, SIREN

_REFUSING = {
    True: "CREATE TRIGGER refus BEFORE UPDATE OF confirme_le ON depot BEGIN SELECT RAISE(ABORT, 'non'); END",
    False: "ALTER TABLE depot ADD CONSTRAINT refus CHECK (confirme_le IS NULL) NOT VALID",
}


@pytest.fixture
def agents(database: Database) -> tuple[Visitor, Visitor]:
    return intake.people(database)


@pytest.fixture
def agent(agents: tuple[Visitor, Visitor]) -> Visitor:
    return agents[0]


def in_raw(settings: Settings) -> list[deposits.Deposit]:
    return deposits.scan(settings.raw)[0] if settings.raw.is_dir() else []


def count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Filing)) or 0


def test_what_is_received_is_on_the_disk_under_its_own_fingerprint(
    database: Database, settings: Settings, agent: Visitor
) -> None:
    filing = hand_in(database, settings, agent, REGISTER, "../../etc/passwd\x00.csv")
    assert filing.sha256 == hashlib.sha256(REGISTER.encode()).hexdigest()
    assert places.received(settings, filing.sha256).read_text(encoding="utf-8") == REGISTER
    assert (filing.table_visee, filing.nom_fichier, filing.etat) == ("centres", "passwd.csv", "recu")
    assert intake.files(places.quarantine(settings)) == []


def test_the_same_bytes_give_the_same_deposit(database: Database, settings: Settings, agent: Visitor) -> None:
    first = hand_in(database, settings, agent, REGISTER, "a.csv")
    again = hand_in(database, settings, agent, REGISTER, "b.csv")
    assert (again.id, again.nom_fichier, count(database)) == (first.id, "a.csv", 1)


def test_the_same_bytes_at_once_give_one_deposit(database: Database, settings: Settings, agent: Visitor) -> None:
    found: list[str] = []

    def send() -> None:
        found.append(hand_in(database, settings, agent, REGISTER, table="centres").id)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), len(set(found)), count(database)) == (8, 1, 1)


def test_the_same_bytes_of_two_bodies_are_two_deposits(
    database: Database, settings: Settings, agents: tuple[Visitor, Visitor]
) -> None:
    ours, theirs = (hand_in(database, settings, visitor, REGISTER) for visitor in agents)
    assert ours.id != theirs.id
    assert filings.check(database, settings, ours).folder != filings.check(database, settings, theirs).folder


@pytest.mark.parametrize(("content", "error"), [(b"", filings.Empty), (b"x" * 2048, filings.TooLarge)])
def test_what_cannot_be_taken_leaves_nothing(
    database: Database, tmp_path: Path, agent: Visitor, settings: Settings, content: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        hand_in(database, replace(settings, largest_file=1024), agent, content, table="centres")
    assert (intake.files(settings.data / "quarantaine"), intake.files(settings.data / "recus")) == ([], [])
    assert count(database) == 0


def test_an_interrupted_upload_leaves_nothing(database: Database, settings: Settings, agent: Visitor) -> None:
    class Cut(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise ConnectionResetError

    with pytest.raises(filings.Unstored):
        filings.receive(database, settings, Cut(b"x"), name="a.csv", table="centres", siren=SIREN, visitor=agent)
    assert intake.files(settings.data / "quarantaine") == []


def test_a_deposit_for_another_body_is_not_found(database: Database, settings: Settings, agent: Visitor) -> None:
    with pytest.raises(NotFound):
        filings.receive(database, settings, io.BytesIO(b"x"), name="a.csv", table="centres", siren=OTHER, visitor=agent)


def test_superseding_another_body_s_deposit_is_not_found(
    database: Database, settings: Settings, agents: tuple[Visitor, Visitor]
) -> None:
    theirs = hand_in(database, settings, agents[1], REGISTER)
    with pytest.raises(NotFound):
        hand_in(database, settings, agents[0], REGISTER + "\n", supersedes=theirs.id)


def test_a_header_of_no_table_asks_for_the_table(database: Database, settings: Settings, agent: Visitor) -> None:
    with pytest.raises(filings.UnknownTable):
        hand_in(database, settings, agent, "a,b\n1,2\n")


@pytest.mark.parametrize(
    ("content", "table"),
    [
        ("id_compteur,debut,fin,energie_kwh\nA,2025-01-01T00:00,2025-01-01T01:00,1\n", "releves"),
        ("id_compteur,horodate,index_kwh\nA,2025-01-01,1\nA,2025-02-01,9\n", "releves"),
        ("id_compteur,id_centre,poste,date_debut\nA,99988877900017-01,total,2020-01-01\n", "compteurs"),
    ],
)
@pytest.mark.parametrize("named", [False, True])
def test_readings_of_meters_are_told_where_they_go(
    database: Database, settings: Settings, agent: Visitor, content: str, table: str, named: bool
) -> None:
    with pytest.raises(filings.NotTaken, match=f"greencloud deposit FICHIER --table {table}"):
        hand_in(database, settings, agent, content, table=table if named else None)
    assert count(database) == 0


def test_a_check_tells_errors_rows_sites_and_a_corrected_file(
    database: Database, settings: Settings, agent: Visitor
) -> None:
    content = declared(2025, 200_000, 100_000) + f"{SITE},2024,beaucoup,1\n"
    filing = hand_in(database, settings, agent, content)
    checked = filings.check(database, settings, filing)
    assert (filing.etat, filing.lignes, filing.acceptees, filing.rejetees) == ("controle", 2, 1, 1)
    assert checked.report["errors"][0]["row"] == 3
    assert checked.cells[3][2] == "beaucoup"
    assert checked.sites == [(SITE, 2025)]
    assert checked.foreign == []
    assert checked.corrected is not None
    assert list(filings.rows(settings, filing))[2] == [SITE, "2024", "beaucoup", "1"]
    assert filings.results(settings, filing) is not None


def test_a_file_that_is_no_table_is_kept_and_unreadable(database: Database, settings: Settings, agent: Visitor) -> None:
    filing = hand_in(database, settings, agent, b"%PDF-1.7 \x00\x01\x02" * 50, "a.pdf", table="centres")
    assert not filings.check(database, settings, filing).readable
    assert filing.etat == "illisible"
    with pytest.raises(filings.WrongState):
        filings.confirm(database, settings, filing, visitor=agent)


def test_a_confirmed_deposit_stands_in_raw_with_its_instant_and_sender(
    database: Database, settings: Settings, agent: Visitor
) -> None:
    filing = intake.confirmed(database, settings, agent, REGISTER, "registre.csv")
    [deposit] = in_raw(settings)
    assert (deposit.sha256, deposit.emetteur, deposit.recu_le) == (filing.sha256, SIREN, filing.recu_le)
    assert (deposit.nom_origine, filing.etat) == ("registre.csv", "confirme")
    again = filings.confirm(database, settings, filing, visitor=agent)
    assert again.confirme_le == filing.confirme_le


def test_sites_of_another_body_are_refused_at_confirmation(
    database: Database, settings: Settings, agent: Visitor
) -> None:
    filing = hand_in(database, settings, agent, declared(2025, 2, 1, intake.OTHER_SITE))
    filings.check(database, settings, filing)
    with pytest.raises(filings.Foreign, match=intake.OTHER_SITE):
        filings.confirm(database, settings, filing, visitor=agent)
    assert in_raw(settings) == []


def test_another_body_can_neither_confirm_nor_withdraw(
    database: Database, settings: Settings, agents: tuple[Visitor, Visitor]
) -> None:
    filing = hand_in(database, settings, agents[0], REGISTER)
    filings.check(database, settings, filing)
    with pytest.raises(NotFound):
        filings.confirm(database, settings, filing, visitor=agents[1])
    with pytest.raises(NotFound):
        filings.withdraw(database, settings, filing, visitor=agents[1], reason="non")


def test_a_withdrawn_deposit_leaves_raw_and_is_never_deleted(
    database: Database, settings: Settings, agent: Visitor
) -> None:
    filing = intake.confirmed(database, settings, agent, REGISTER)
    gone = filings.withdraw(database, settings, filing, visitor=agent, reason="Mauvaise année.\x1b[2J")
    assert (gone.etat, in_raw(settings)) == ("retire", [])
    assert len(intake.files(settings.data / "retires")) == 2
    assert places.received(settings, filing.sha256).is_file()
    with database.reading() as session:
        assert session.scalars(select(Message.texte)).all() == ["Mauvaise année.[2J"]


def test_a_withdrawn_file_may_be_handed_in_again(database: Database, settings: Settings, agent: Visitor) -> None:
    first = intake.confirmed(database, settings, agent, REGISTER)
    filings.withdraw(database, settings, first, visitor=agent, reason="Erreur.")
    again = intake.confirmed(database, settings, agent, REGISTER)
    assert (again.id, again.etat, again.retire_le) == (first.id, "confirme", None)
    assert [deposit.recu_le for deposit in in_raw(settings)] == [again.recu_le]
    assert again.recu_le > first.recu_le


def test_a_confirmed_deposit_supersedes_the_one_it_names(
    database: Database, settings: Settings, agent: Visitor
) -> None:
    old = intake.confirmed(database, settings, agent, declared(2025, 200, 100))
    new = hand_in(database, settings, agent, declared(2025, 210, 100), supersedes=old.id)
    filings.check(database, settings, new)
    filings.confirm(database, settings, new, visitor=agent)
    with database.reading() as session:
        assert session.get_one(Filing, old.id).etat == "remplace"
    assert len(in_raw(settings)) == 2  # the old values stay in the public history
    filings.withdraw(database, settings, new, visitor=agent, reason="Erreur.")
    assert in_raw(settings) == []  # what was replaced does not come back by itself


def test_a_superseded_deposit_with_rows_that_the_new_one_lacks_leaves_raw(
    database: Database, settings: Settings, agent: Visitor
) -> None:
    first = intake.confirmed(database, settings, agent, declared(2024, 200, 100))
    both = declared(2024, 200, 100) + f"{SITE},2025,210,100\n"
    second = intake.confirmed(database, settings, agent, both, supersedes=first.id)
    assert len(in_raw(settings)) == 2
    third = intake.confirmed(database, settings, agent, declared(2025, 220, 100), supersedes=second.id)
    assert [deposit.sha256 for deposit in in_raw(settings)] == [third.sha256]  # nor does 2024 come back from the first
    assert len(intake.files(settings.data / "retires")) == 4
    assert filings.recover(database, settings) == []
    assert [deposit.sha256 for deposit in in_raw(settings)] == [third.sha256]


def test_a_file_that_was_corrected_before_it_was_confirmed_is_superseded_too(
    database: Database, settings: Settings, agent: Visitor
) -> None:
    old = intake.confirmed(database, settings, agent, declared(2025, 200, 100))
    faulty = hand_in(database, settings, agent, declared(2025, 20, 100), supersedes=old.id)
    filings.check(database, settings, faulty)
    new = intake.confirmed(database, settings, agent, declared(2025, 220, 100), supersedes=faulty.id)
    with database.reading() as session:
        states = {filing.id: filing.etat for filing in session.scalars(select(Filing))}
    assert states == {old.id: "remplace", faulty.id: "remplace", new.id: "confirme"}


def test_a_confirmation_that_fails_leaves_what_it_would_have_superseded(
    database: Database, settings: Settings, agent: Visitor
) -> None:
    old = intake.confirmed(database, settings, agent, declared(2024, 200, 100))
    new = hand_in(database, settings, agent, declared(2025, 210, 100), supersedes=old.id)
    filings.check(database, settings, new)
    with database.session() as session:  # as if the tables refused the confirmation
        session.execute(text(_REFUSING[database.embedded]))
    with pytest.raises(DBAPIError):
        filings.confirm(database, settings, new, visitor=agent)
    assert [deposit.sha256 for deposit in in_raw(settings)] == [old.sha256]


def test_recovery_puts_raw_in_accord_with_the_database(database: Database, settings: Settings, agent: Visitor) -> None:
    kept = intake.confirmed(database, settings, agent, REGISTER)
    unsaid = hand_in(database, settings, agent, declared(2025, 200, 100))
    filings.check(database, settings, unsaid)
    shelf.put(settings, filings.crew, unsaid)  # as if killed before the row was written
    shelf.take_out(settings, kept)  # as if raw had lost it
    (settings.data / "quarantaine" / ".0123456789abcdef.partiel").write_bytes(b"half")
    assert filings.recover(database, settings) == []
    assert [deposit.sha256 for deposit in in_raw(settings)] == [kept.sha256]
    assert intake.files(settings.data / "quarantaine") == []


def test_every_act_is_in_the_audit_log(database: Database, settings: Settings, agent: Visitor) -> None:
    filing = intake.confirmed(database, settings, agent, REGISTER)
    filings.withdraw(database, settings, filing, visitor=agent, reason="Erreur.")
    with database.reading() as session:
        acts = session.scalars(select(Entry.action).where(Entry.objet == filing.id).order_by(Entry.numero)).all()
        assert audit.verify(session) == []
    assert acts == ["depot_recu", "depot_confirme", "depot_retire"]


def test_a_reader_that_fails_by_no_fault_of_the_file_condemns_it_not(
    database: Database, settings: Settings, agent: Visitor
) -> None:
    filing = hand_in(database, settings, agent, REGISTER)
    place = places.received(settings, filing.sha256)
    away = place.rename(place.with_name("ailleurs"))
    with pytest.raises(filings.WorkerLost):
        filings.check(database, settings, filing)
    assert filing.etat == "recu"
    away.rename(place)
    assert filings.check(database, settings, filing).readable
    assert filing.etat == "controle"


def test_a_child_that_its_limits_stop_condemns_the_file(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(filings.WorkerFailed):  # ended by the clock: the job reads a pipe that nobody fills
        data = {"chemin": str(_pipe(settings.data)), "nom": "d.csv"}
        with filings.crew.made("reconnaitre", places.work(settings), data, seconds=1):
            pass
    for error, code in (
        (MemoryError(), TOO_MUCH),
        (OSError(errno.EFBIG, ""), TOO_MUCH),
        (OSError(errno.ENOSPC, ""), 1),
    ):

        def ends(*_: object, how: Exception = error) -> None:
            raise how

        monkeypatch.setattr(worker, "_confine", ends)
        assert worker._run({"dossier": "", "secondes": 1}) == code


def _pipe(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    os.mkfifo(folder / "tuyau")
    return folder / "tuyau"


def test_a_withdrawal_that_the_disk_refused_is_finished_by_the_next(
    database: Database, settings: Settings, agent: Visitor
) -> None:
    old = intake.confirmed(database, settings, agent, declared(2025, 200, 100))
    new = intake.confirmed(database, settings, agent, declared(2025, 210, 100), supersedes=old.id)
    settings.data.joinpath("retires").write_text("", encoding="utf-8")  # no folder can be made there
    with pytest.raises(OSError):
        filings.withdraw(database, settings, new, visitor=agent, reason="Erreur.")
    assert len(in_raw(settings)) == 2
    settings.data.joinpath("retires").unlink()
    assert filings.withdraw(database, settings, new, visitor=agent, reason="Erreur.").etat == "retire"
    assert in_raw(settings) == []
    with database.reading() as session:
        assert len(session.scalars(select(Message)).all()) == 1


def test_a_withdrawal_waits_for_the_confirmation_that_is_being_written(
    database: Database, settings: Settings, agent: Visitor
) -> None:
    old = intake.confirmed(database, settings, agent, declared(2025, 200, 100))
    new = hand_in(database, settings, agent, declared(2025, 210, 100), supersedes=old.id)
    filings.check(database, settings, new)
    shelf.put(settings, filings.crew, new)
    told = {"visitor": agent, "reason": "Erreur."}
    withdrawing = threading.Thread(target=filings.withdraw, args=(database, settings, new), kwargs=told)
    with database.session() as session:
        life._confirmed(session, settings, new, filings.check(database, settings, new), agent, None, True, [])
        session.flush()
        withdrawing.start()
        withdrawing.join(1)  # long enough to read the row: only the lock makes it wait
        assert withdrawing.is_alive()
    withdrawing.join(30)
    with database.reading() as session:
        states = {filing.id: filing.etat for filing in session.scalars(select(Filing))}
    assert (states, in_raw(settings)) == ({old.id: "remplace", new.id: "retire"}, [])


def test_a_confirmation_and_a_withdrawal_of_what_it_replaces_end_both(
    database: Database, settings: Settings, agent: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each once held what the other waited for: the older row, and the log."""
    old = intake.confirmed(database, settings, agent, declared(2025, 200, 100))
    new = hand_in(database, settings, agent, declared(2025, 210, 100), supersedes=old.id)
    filings.check(database, settings, new)
    record, confirming, failed = audit.record, threading.Event(), Failed()

    def recorded(session: Session, **told: Any) -> None:
        """The confirmation begins once the withdrawal holds its row, and has all the time it needs to take the log."""
        if told["action"] == "depot_retire":
            confirming.set()
            confirmation.join(1)
        record(session, **told)

    monkeypatch.setattr(audit, "record", recorded)
    confirmation = failed.thread(lambda: filings.confirm(database, settings, new, visitor=agent), confirming)
    withdrawal = failed.thread(lambda: filings.withdraw(database, settings, old, visitor=agent, reason="Erreur."))
    for thread in (confirmation, withdrawal):
        thread.start()
    for thread in (confirmation, withdrawal):
        thread.join(60)
    assert failed.errors == []
    assert states(database) == {old.id: "retire", new.id: "confirme"}
    assert [one.sha256 for one in in_raw(settings)] == [new.sha256]


def test_deposits_that_replace_the_same_one_at_once_are_confirmed_without_a_deadlock(
    database: Database, settings: Settings, agent: Visitor
) -> None:
    old = intake.confirmed(database, settings, agent, declared(2025, 200, 100))
    new = [hand_in(database, settings, agent, declared(2025, 210 + n, 100), supersedes=old.id) for n in range(4)]
    for filing in new:
        filings.check(database, settings, filing)
    failed, together = Failed(), threading.Barrier(2 * len(new))

    def confirm(filing: Filing) -> None:
        together.wait(60)
        filings.confirm(database, settings, filing, visitor=agent)

    threads = [failed.thread(partial(confirm, filing)) for filing in (*new, *new)]  # two browsers each
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed.errors == []
    assert states(database) == {old.id: "remplace"} | {filing.id: "confirme" for filing in new}
    assert acts(database).count("depot_confirme") == 5 and acts(database).count("depot_remplace") == 1


def test_rows_that_name_each_other_are_taken_in_one_order(
    database: Database, settings: Settings, agent: Visitor
) -> None:
    """A file handed in again may replace the one that replaced it."""
    first = intake.confirmed(database, settings, agent, declared(2025, 200, 100))
    second = intake.confirmed(database, settings, agent, declared(2025, 210, 100), supersedes=first.id)
    hand_in(database, settings, agent, declared(2025, 200, 100), supersedes=second.id)
    failed, together = Failed(), threading.Barrier(2)

    def hold(filing: Filing) -> None:
        for _ in range(50):
            together.wait(60)
            with database.session() as session:
                assert lineage.held(session, filing.id).id == filing.id

    threads = [failed.thread(partial(hold, filing)) for filing in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed.errors == []


def test_a_deposit_withdrawn_while_it_is_confirmed_is_not_in_raw(
    database: Database, settings: Settings, agent: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is what it replaced, when that was withdrawn meanwhile too."""
    old = intake.confirmed(database, settings, agent, declared(2024, 200, 100))
    new = hand_in(database, settings, agent, declared(2025, 210, 100), supersedes=old.id)
    filings.check(database, settings, new)
    confirmed, failed = life._confirmed, Failed()
    withdrawals = [
        failed.thread(partial(filings.withdraw, database, settings, filing, visitor=agent, reason="Erreur."))
        for filing in (old, new)
    ]

    def late(*given: Any) -> Filing:
        for thread in withdrawals:
            thread.start()
            thread.join(1)  # long enough to end, were it not for the turn
        return confirmed(*given)

    monkeypatch.setattr(life, "_confirmed", late)
    filings.confirm(database, settings, new, visitor=agent)
    for thread in withdrawals:
        thread.join(60)
    assert (failed.errors, states(database)) == ([], {old.id: "retire", new.id: "retire"})
    assert in_raw(settings) == []


def test_a_deposit_confirmed_again_while_what_replaced_it_is_withdrawn_stays_in_raw(
    database: Database, settings: Settings, agent: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = intake.confirmed(database, settings, agent, declared(2025, 200, 100))
    new = intake.confirmed(database, settings, agent, declared(2025, 210, 100), supersedes=old.id)
    again = hand_in(database, settings, agent, declared(2025, 200, 100))
    filings.check(database, settings, again)
    replaced, failed = lineage.replaced, Failed()
    confirmation = failed.thread(lambda: filings.confirm(database, settings, again, visitor=agent))

    def slow(*given: Any) -> list[Filing]:
        found = replaced(*given)
        confirmation.start()
        confirmation.join(2)  # long enough to end, were it not for the turn
        return found

    monkeypatch.setattr(lineage, "replaced", slow)
    filings.withdraw(database, settings, new, visitor=agent, reason="Erreur.")
    confirmation.join(60)
    assert (failed.errors, states(database)) == ([], {old.id: "confirme", new.id: "retire"})
    assert [one.recu_le for one in in_raw(settings)] == [again.recu_le]


def test_a_withdrawal_takes_nothing_but_its_older_reception_from_what_is_open_again(
    database: Database, settings: Settings, agent: Visitor
) -> None:
    """Its new one is for its own confirmation to judge, or for the next start after a kill."""
    old = intake.confirmed(database, settings, agent, declared(2025, 200, 100))
    new = intake.confirmed(database, settings, agent, declared(2025, 210, 100), supersedes=old.id)
    again = hand_in(database, settings, agent, declared(2025, 200, 100))
    filings.check(database, settings, again)
    shelf.put(settings, filings.crew, again)
    filings.withdraw(database, settings, new, visitor=agent, reason="Erreur.")
    assert [one.recu_le for one in in_raw(settings)] == [again.recu_le]
    assert filings.recover(database, settings) == []
    assert in_raw(settings) == []


def test_a_second_confirmation_does_not_put_back_what_was_replaced_during_its_check(
    database: Database, settings: Settings, agent: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = declared(2024, 200, 100) + f"{SITE},2025,210,100\n"
    known = hand_in(database, settings, agent, both)
    filings.check(database, settings, known)

    def meanwhile() -> None:
        filings.confirm(database, settings, known, visitor=agent)
        intake.confirmed(database, settings, agent, declared(2025, 220, 100), supersedes=known.id)

    _during_the_check(monkeypatch, meanwhile)
    assert filings.confirm(database, settings, known, visitor=agent).etat == "remplace"
    assert [one.sha256 for one in in_raw(settings)] == [hashlib.sha256(declared(2025, 220, 100).encode()).hexdigest()]


@pytest.mark.parametrize("again", [False, True])
def test_a_deposit_withdrawn_during_the_check_of_its_confirmation_never_comes_to_raw(
    database: Database, settings: Settings, agent: Visitor, monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    """Not even when it was handed in again, and checked."""
    known = hand_in(database, settings, agent, declared(2025, 200, 100))
    filings.check(database, settings, known)

    def meanwhile() -> None:
        filings.withdraw(database, settings, known, visitor=agent, reason="Erreur.")
        if again:
            filings.check(database, settings, hand_in(database, settings, agent, declared(2025, 200, 100)))

    _during_the_check(monkeypatch, meanwhile)
    with pytest.raises(filings.WrongState):
        filings.confirm(database, settings, known, visitor=agent)
    assert states(database) == {known.id: "controle" if again else "retire"}
    assert (in_raw(settings), intake.files(settings.data / "retires")) == ([], [])


def _during_the_check(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Have something happen while the next confirmation is in its check."""
    check = verdict.check

    def slow(*given: Any) -> filings.Checked:
        monkeypatch.setattr(verdict, "check", check)
        act()
        return check(*given)

    monkeypatch.setattr(verdict, "check", slow)


@pytest.mark.parametrize("place", [(shelf, "put"), (shelf, "take_out"), (receiving, "_settle")])
def test_nobody_who_writes_waits_for_the_disk_or_for_the_worker(
    database: Database,
    settings: Settings,
    agents: tuple[Visitor, Visitor],
    monkeypatch: pytest.MonkeyPatch,
    place: tuple[Any, str],
) -> None:
    """A confirmation that fails, a withdrawal, a reception: SQLite has one lock for all who write."""
    content = declared(2024, 200, 100)
    ours = intake.confirmed(database, settings, agents[0], content)
    theirs = hand_in(database, settings, agents[1], content, table="declarations")
    new = hand_in(database, settings, agents[0], declared(2025, 210, 100), supersedes=ours.id)
    filings.check(database, settings, new)
    with database.session() as session:  # as a body may that acts for the other one
        session.get_one(Filing, theirs.id).etat = "confirme"
    act, failed, stuck = getattr(*place), Failed(), []

    def slow(*given: Any, **told: Any) -> object:
        writer = failed.thread(write)
        writer.start()
        writer.join(10)
        stuck.append(writer.is_alive())
        return act(*given, **told)

    def write() -> None:
        with database.session() as session:
            session.execute(update(Filing).values(octets=Filing.octets))

    def fails(*_: Any) -> Filing:
        raise RuntimeError

    monkeypatch.setattr(*place, slow)
    with monkeypatch.context() as once:
        once.setattr(life, "_confirmed", fails)
        with pytest.raises(RuntimeError):
            filings.confirm(database, settings, new, visitor=agents[0])
    filings.withdraw(database, settings, ours, visitor=agents[0], reason="Erreur.")
    hand_in(database, settings, agents[0], content)
    assert stuck and not any(stuck)
    assert (failed.errors, [one.emetteur for one in in_raw(settings)]) == ([], [OTHER])


def test_bytes_are_on_the_disk_before_their_row(
    database: Database, settings: Settings, agent: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = audit.record

    def recorded(session: Session, **told: Any) -> None:
        assert places.received(settings, told["sha256"]).is_file()
        record(session, **told)

    def refused(*_: Any) -> None:
        raise filings.Unstored("Plus de place.")

    monkeypatch.setattr(audit, "record", recorded)
    assert hand_in(database, settings, agent, numbered(0)).etat == "recu"
    monkeypatch.setattr(receiving, "_settle", refused)
    with pytest.raises(filings.Unstored):
        hand_in(database, settings, agent, numbered(1))
    assert count(database) == 1


def test_a_confirmation_that_fails_takes_nothing_from_another_of_the_same_deposit(
    database: Database, settings: Settings, agent: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two browsers; the first one's ends badly when the second is about to end well."""
    old = intake.confirmed(database, settings, agent, declared(2024, 200, 100))
    new = hand_in(database, settings, agent, declared(2025, 210, 100), supersedes=old.id)
    filings.check(database, settings, new)
    confirmed, second_here, first_ended, failed = life._confirmed, threading.Event(), threading.Event(), Failed()

    def confirm() -> Filing:
        return filings.confirm(database, settings, new, visitor=agent)

    def crossed(*given: Any) -> Filing:
        if threading.current_thread() is second:
            second_here.set()
            assert first_ended.wait(60)
            return confirmed(*given)
        second.start()
        second_here.wait(2)  # it comes that far only when nothing makes it wait its turn
        raise RuntimeError

    second = failed.thread(confirm)
    monkeypatch.setattr(life, "_confirmed", crossed)
    with pytest.raises(RuntimeError):
        confirm()
    first_ended.set()
    second.join(60)
    assert (failed.errors, states(database)) == ([], {old.id: "remplace", new.id: "confirme"})
    assert [one.sha256 for one in in_raw(settings)] == [new.sha256]


def test_bytes_given_back_to_a_body_that_is_withdrawing_them_do_not_stay(
    database: Database, settings: Settings, agents: tuple[Visitor, Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = declared(2025, 200, 100)
    ours = intake.confirmed(database, settings, agents[0], content)
    theirs = hand_in(database, settings, agents[1], content, table="declarations")
    with database.session() as session:  # as a body may that acts for the other one
        session.get_one(Filing, theirs.id).etat = "confirme"
    put, failed = shelf.put, Failed()
    withdrawal = failed.thread(
        lambda: filings.withdraw(database, settings, theirs, visitor=agents[1], reason="Erreur.")
    )

    def slow(*given: Any) -> bool:
        withdrawal.start()
        withdrawal.join(1)  # long enough to end, were nothing in its way
        return put(*given)

    monkeypatch.setattr(shelf, "put", slow)
    filings.withdraw(database, settings, ours, visitor=agents[0], reason="Erreur.")
    withdrawal.join(60)
    assert (failed.errors, in_raw(settings)) == ([], [])


def test_what_was_handed_in_again_does_not_come_back_unconfirmed(
    database: Database, settings: Settings, agent: Visitor
) -> None:
    old = intake.confirmed(database, settings, agent, declared(2025, 200, 100))
    new = intake.confirmed(database, settings, agent, declared(2025, 210, 100), supersedes=old.id)
    again = hand_in(database, settings, agent, declared(2025, 200, 100))
    assert (again.id, again.etat) == (old.id, "recu")
    filings.withdraw(database, settings, new, visitor=agent, reason="Erreur.")
    assert in_raw(settings) == []


def test_rows_of_what_was_handed_in_again_do_not_come_back_either(
    database: Database, settings: Settings, agent: Visitor
) -> None:
    first = intake.confirmed(database, settings, agent, declared(2024, 200, 100))
    both = declared(2024, 200, 100) + f"{SITE},2025,210,100\n"
    second = intake.confirmed(database, settings, agent, both, supersedes=first.id)
    hand_in(database, settings, agent, declared(2024, 200, 100))
    third = intake.confirmed(database, settings, agent, declared(2025, 220, 100), supersedes=second.id)
    assert [deposit.sha256 for deposit in in_raw(settings)] == [third.sha256]


class Failed:
    """What threads raised, which they would keep to themselves."""

    def __init__(self) -> None:
        self.errors: list[BaseException] = []

    def thread(self, act: Callable[[], object], after: threading.Event | None = None) -> threading.Thread:
        """A thread that acts, once something else has happened; not started."""

        def run() -> None:
            try:
                assert after is None or after.wait(60)
                act()
            except BaseException as error:
                self.errors.append(error)

        return threading.Thread(target=run)


def states(database: Database) -> dict[str, str]:
    with database.reading() as session:
        return {filing.id: filing.etat for filing in session.scalars(select(Filing))}


def acts(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Entry.action).order_by(Entry.numero)))


def numbered(number: int) -> str:
    """A declaration unlike any other, of a fixed size."""
    return declared(2025, 200_000 + number, 100_000)


def test_a_body_hands_in_so_many_deposits_a_day_and_no_more(
    database: Database, settings: Settings, agents: tuple[Visitor, Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = replace(settings, daily_filings=2)
    first, _ = (hand_in(database, limited, agents[0], numbered(number)) for number in range(2))
    with pytest.raises(filings.TooMany, match="2 dépôts") as refused:
        hand_in(database, limited, agents[0], numbered(2))
    assert 0 < int(refused.value.headers["Retry-After"]) <= 24 * 3600
    assert (count(database), len(intake.files(settings.data / "recus"))) == (2, 2)
    assert intake.files(settings.data / "quarantaine") == []
    assert hand_in(database, limited, agents[0], numbered(0)).id == first.id  # it was acknowledged: it stays so
    hand_in(database, limited, agents[1], numbered(3))  # another body has its own
    monkeypatch.setattr(quotas, "_DAY", 0)  # as if all that were long ago
    assert hand_in(database, limited, agents[0], numbered(2)).etat == "recu"


def test_a_deposit_that_is_handed_in_again_counts_again(database: Database, settings: Settings, agent: Visitor) -> None:
    """Each time its bytes leave `raw`, they are kept aside."""
    limited = replace(settings, daily_filings=2)
    for _ in range(2):
        filing = intake.confirmed(database, limited, agent, REGISTER)
        filings.withdraw(database, limited, filing, visitor=agent, reason="Erreur.")
    with pytest.raises(filings.TooMany):
        hand_in(database, limited, agent, REGISTER)
    assert states(database) == {filing.id: "retire"}


def test_a_body_hands_in_so_many_octets_a_day_and_no_more(
    database: Database, settings: Settings, agent: Visitor
) -> None:
    size = len(numbered(0))
    limited = replace(settings, daily_octets=2 * size)
    for number in range(2):
        hand_in(database, limited, agent, numbered(number))
    with pytest.raises(filings.TooMany):
        hand_in(database, limited, agent, "\n", table="declarations")
    assert len(intake.files(settings.data / "recus")) == 2


def test_deposits_left_open_are_to_be_confirmed_or_withdrawn_first(
    database: Database, settings: Settings, agent: Visitor
) -> None:
    limited = replace(settings, open_filings=1)
    filing = hand_in(database, limited, agent, numbered(0))
    with pytest.raises(filings.TooMany, match="Confirmez-en") as refused:
        hand_in(database, limited, agent, numbered(1))
    assert refused.value.headers["Retry-After"] == "3600"
    filings.withdraw(database, limited, filing, visitor=agent, reason="Erreur.")
    assert hand_in(database, limited, agent, numbered(1)).etat == "recu"


def test_a_correction_comes_at_the_limit_of_open_deposits_and_what_is_corrected_counts_no_more(
    database: Database, settings: Settings, agent: Visitor
) -> None:
    limited = replace(settings, open_filings=2)
    first, _ = (hand_in(database, limited, agent, numbered(number)) for number in range(2))
    second = hand_in(database, limited, agent, numbered(2), supersedes=first.id)
    third = hand_in(database, limited, agent, numbered(3), supersedes=second.id)
    with pytest.raises(filings.TooMany, match="2 dépôts ni confirmés ni retirés"):
        hand_in(database, limited, agent, numbered(4))
    with pytest.raises(filings.TooMany):  # what is corrected twice makes one place, not two
        hand_in(database, limited, agent, numbered(4), supersedes=first.id)
    filings.withdraw(database, limited, third, visitor=agent, reason="Erreur.")
    with pytest.raises(filings.TooMany):  # the one that it corrected counts again
        hand_in(database, limited, agent, numbered(4))
    assert count(database) == 4


def test_many_at_once_are_no_way_around_a_limit(database: Database, settings: Settings, agent: Visitor) -> None:
    limited, failed, together = replace(settings, daily_filings=3), Failed(), threading.Barrier(8)

    def send(number: int) -> None:
        together.wait(60)
        hand_in(database, limited, agent, numbered(number), table="declarations")

    threads = [failed.thread(partial(send, number)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [type(error) for error in failed.errors] == [filings.TooMany] * 5
    assert (count(database), len(intake.files(settings.data / "recus"))) == (3, 3)


def test_a_disk_that_fills_while_a_file_arrives_keeps_its_last_room(
    database: Database, settings: Settings, agent: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of many had room when it began."""

    def free(_folder: Path) -> int:
        return settings.least_room + 1024 - sum(path.stat().st_size for path in intake.files(settings.data))

    monkeypatch.setattr(room, "_free", free)
    monkeypatch.setattr(quarantine, "_BETWEEN", 1 << 19)
    with pytest.raises(filings.Unstored, match="presque plus de place") as refused:
        hand_in(database, settings, agent, b"x" * (4 << 20), table="centres")
    assert int(refused.value.headers["Retry-After"]) > 0
    assert intake.files(settings.data / "quarantaine") == []


def test_the_sites_of_a_deposit_are_read_by_nobody_who_does_not_ask_for_them(
    database: Database, settings: Settings, agent: Visitor
) -> None:
    """They may be a million characters."""
    filing = intake.confirmed(database, settings, agent, declared(2025, 200, 100))
    with database.reading() as session:
        known = session.scalars(select(Filing)).one()
        assert "sites" in inspect(known).unloaded
        assert known.sites == f'[["{SITE}",2025]]'
    filings.withdraw(database, settings, filing, visitor=agent, reason="Erreur.")
    hand_in(database, settings, agent, declared(2025, 200, 100))
    with database.reading() as session:
        assert session.scalars(select(Filing.sites)).all() == [None]


def test_a_start_without_verdicts_knows_who_has_declared_and_reads_no_file(
    database: Database, settings: Settings, agent: Visitor
) -> None:
    """No backup holds `travail`."""
    filing = intake.confirmed(database, settings, agent, declared(2025, 200, 100))
    shutil.rmtree(places.work(settings))
    assert filings.recover(database, settings) == []
    assert filings.results(settings, filing) is None
    [found] = places.work(settings).glob(f"{filing.id}/*/sites.json")
    assert json.loads(found.read_bytes()) == [[SITE, 2025]]
    assert filings.check(database, settings, filing).sites == [(SITE, 2025)]  # made again once somebody looks


@pytest.mark.parametrize("longest", [1 << 20, 1])
def test_a_deposit_confirmed_before_its_row_told_its_sites_is_read_once_more(
    database: Database, settings: Settings, agent: Visitor, monkeypatch: pytest.MonkeyPatch, longest: int
) -> None:
    monkeypatch.setattr(spoken, "_LONGEST", longest)
    filing = intake.confirmed(database, settings, agent, declared(2025, 200, 100))
    with database.session() as session:
        session.execute(update(Filing).values(sites=None))
    shutil.rmtree(places.work(settings))
    filings.recover(database, settings)
    assert filings.results(settings, filing) is not None
    filings.recover(database, settings)
    shutil.rmtree(places.work(settings))
    filings.recover(database, settings)
    assert (filings.results(settings, filing) is None) == (longest > 1)
    assert len(list(places.work(settings).glob(f"{filing.id}/*/sites.json"))) == 1
