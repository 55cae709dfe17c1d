"""Mails: written with the act or not at all, sent once, never twice on a day, nothing slipped into them."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP

import pytest
from sqlalchemy import select

from greencloud.deposits import now
from portal import courier, days, mail
from portal.database import Database
from portal.models import Mail
from portal.settings import Settings
from tests.portal.post_office import PostOffice, open_office
from tests.portal.service import AGENT_MAIL, NAMES, OTHER_MAIL, SIREN, peopled, person, running

REMINDER = {
    "annee": 2026,
    "limite": "2027-05-15",
    "passee": False,
    "organisme": NAMES[SIREN],
    "sites": "Salle Nord",
    "lien": "http://127.0.0.1/organismes/130025265",
}


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with open_office() as opened:
        yield opened


@pytest.fixture
def served(settings: Settings, office: PostOffice) -> Settings:
    return replace(settings, smtp=office.address)


def written(database: Database, settings: Settings, account: str | None, **other: object) -> Mail | None:
    given = {"genre": mail.REMINDER, "to": AGENT_MAIL, "objet_id": "2026", "siren": SIREN, **REMINDER, **other}
    with database.session() as session:
        return mail.queue(session, settings, compte_id=account, **given)  # type: ignore[arg-type]


def account(database: Database) -> str:
    peopled(database)
    return person(database, "autre@a.gouv.fr", SIREN).id


def test_a_mail_waits_then_leaves_once(database: Database, served: Settings, office: PostOffice) -> None:
    made = written(database, served, account(database))
    assert made is not None
    file = mail.folder(served) / f"{made.id}.eml"
    assert file.stat().st_mode & 0o777 == 0o600
    assert courier.send(database, served) == courier.Round(sent=1)
    assert courier.send(database, served) == courier.Round()
    (letter,) = office.to(AGENT_MAIL)
    assert letter["Subject"].replace("\u202f", " ").replace("\xa0", " ") == (
        "Déclaration 2026 des salles de serveurs : à faire au plus tard le 15 mai 2027"
    )
    assert NAMES[SIREN] in letter.get_content() and "Salle Nord" in letter.get_content()
    assert letter["Auto-Submitted"] == "auto-generated"
    assert not file.exists()
    with database.reading() as session:
        assert session.get_one(Mail, made.id).envoye_le is not None and mail.pending(session) == 0


def test_never_twice_the_same_day(database: Database, served: Settings) -> None:
    who = account(database)
    assert written(database, served, who) is not None
    assert written(database, served, who) is None
    assert written(database, served, who, objet_id="2025") is not None
    assert written(database, served, None, genre=mail.INVITATION, siren=None, objet_id="x", **INVITED) is not None
    assert written(database, served, None, genre=mail.INVITATION, siren=None, objet_id="x", **INVITED) is None


INVITED = {"organisme": None, "par": None, "expire": "2026-12-01T00:00:00.000000Z"}


def test_the_day_is_that_of_paris() -> None:
    assert days.today(datetime(2026, 1, 31, 23, 30, tzinfo=UTC)) == "2026-02-01"
    assert days.today(datetime(2026, 7, 31, 21, 59, tzinfo=UTC)) == "2026-07-31"


def test_an_act_that_fails_writes_no_mail(database: Database, served: Settings, office: PostOffice) -> None:
    who = account(database)
    with pytest.raises(ZeroDivisionError), database.session() as session:
        given = {"genre": mail.REMINDER, "to": AGENT_MAIL, "objet_id": "2026", "siren": SIREN, **REMINDER}
        mail.queue(session, served, compte_id=who, **given)  # type: ignore[arg-type]
        raise ZeroDivisionError
    assert courier.send(database, served) == courier.Round()
    assert office.letters == []
    assert written(database, served, who) is not None
    assert courier.send(database, served).sent == 1


def test_a_server_that_is_away_loses_nothing(database: Database, served: Settings, office: PostOffice) -> None:
    away = replace(served, smtp="smtp://127.0.0.1:1")
    made = written(database, away, account(database))
    assert made is not None
    assert courier.send(database, away) == courier.Round(left=1)
    with database.reading() as session:
        assert "nouvel essai" in (session.get_one(Mail, made.id).erreur or "")
    assert courier.send(database, served) == courier.Round(sent=1)
    assert len(office.to(AGENT_MAIL)) == 1


def test_an_address_that_is_refused_stops_nobody_else(database: Database, served: Settings, office: PostOffice) -> None:
    who = account(database)
    office.replies = {"parti@a.gouv.fr": "550 no such user parti@a.gouv.fr", "plein@a.gouv.fr": "452 mailbox full"}
    for rank, to in enumerate(("parti@a.gouv.fr", "plein@a.gouv.fr", AGENT_MAIL)):
        assert written(database, served, who, to=to, objet_id=str(rank)) is not None
    assert courier.send(database, served) == courier.Round(sent=1, refused=1, left=1)
    with database.reading() as session:
        errors = [row.erreur for row in session.scalars(select(Mail).order_by(Mail.id))]
    assert "550" in str(errors[0]) and "parti" not in str(errors[0])  # no address in the database
    assert "452" in str(errors[1]) and errors[2] is None
    office.replies = {}
    assert courier.send(database, served) == courier.Round(sent=1)
    assert [recipient for recipient, _ in office.letters] == [AGENT_MAIL, "plein@a.gouv.fr"]


@pytest.mark.parametrize("reply", ["530 5.7.0 Authentication required", "553 5.1.8 Sender refused"])
def test_a_server_that_refuses_the_sender_loses_nothing(
    database: Database, served: Settings, office: PostOffice, reply: str
) -> None:
    """A setting of ours is wrong, no address of theirs: nothing is given up."""
    who = account(database)
    for rank, to in enumerate((OTHER_MAIL, AGENT_MAIL)):
        assert written(database, served, who, to=to, objet_id=str(rank)) is not None
    office.sender = reply
    assert courier.send(database, served) == courier.Round(left=2)
    with database.reading() as session:
        for row in session.scalars(select(Mail)):
            assert (row.envoye_le, row.abandonne_le) == (None, None) and reply[:3] in str(row.erreur)
    office.sender = "250 OK"
    assert courier.send(database, served) == courier.Round(sent=2)


def killed_while_leaving(database: Database, settings: Settings, made: Mail, *, handed: bool) -> None:
    """What a service leaves that is killed while it hands a mail over."""
    waiting = mail.folder(settings) / f"{made.id}.eml"
    waiting.replace(waiting.with_suffix(courier.LEAVING))
    if handed:
        with database.session() as session:
            session.get_one(Mail, made.id).envoye_le = now()


@pytest.mark.parametrize(
    ("genre", "handed", "sent"), [("rappel", True, 0), ("rappel", False, 1), ("question", True, 1)]
)
def test_after_a_kill_a_reminder_that_may_have_left_does_not_leave_again(
    database: Database, served: Settings, office: PostOffice, genre: str, handed: bool, sent: int
) -> None:
    made = written(database, served, account(database), genre=genre, equipe=True, reponse=False)
    assert made is not None
    killed_while_leaving(database, served, made, handed=handed)
    courier.send(database, served)
    assert len(office.letters) == sent
    assert list(mail.folder(served).glob("*.*")) == []


def test_what_never_left_is_swept_in_the_end(database: Database, served: Settings, office: PostOffice) -> None:
    who = account(database)
    office.replies = {"parti@a.gouv.fr": "550 no such user"}
    refused = written(database, served, who, to="parti@a.gouv.fr", objet_id="1")
    courier.send(database, served)
    waiting, fresh = (written(database, served, who, objet_id=rank) for rank in ("2", "3"))
    assert refused and waiting and fresh
    long_ago = time.time() - mail.KEPT.total_seconds() - 60
    for file in (f"{refused.id}.refuse", f"{waiting.id}.eml"):
        os.utime(mail.folder(served) / file, (long_ago, long_ago))
    with database.reading() as session:
        assert mail.pending(session) == 2  # what was refused does not wait
    assert courier.sweep(database, served) == 2
    assert [file.name for file in mail.folder(served).glob("*.*")] == [f"{fresh.id}.eml"]
    with database.reading() as session:
        assert mail.pending(session) == 1
        assert "550" in str(session.get_one(Mail, refused.id).erreur)
        assert "effacé" in str(session.get_one(Mail, waiting.id).erreur)
    office.replies = {}
    assert courier.send(database, served) == courier.Round(sent=1)


def test_a_mail_whose_text_is_lost_does_not_wait_for_ever(database: Database, served: Settings) -> None:
    """As after a backup is restored, which holds no texts."""
    made = written(database, served, account(database))
    assert made is not None
    (mail.folder(served) / f"{made.id}.eml").unlink()
    assert courier.sweep(database, served) == 0
    with database.session() as session:
        assert mail.pending(session) == 1
        session.get_one(Mail, made.id).jour = days.today(datetime.now(UTC) - mail.KEPT - timedelta(days=1))
    courier.sweep(database, served)
    with database.reading() as session:
        assert mail.pending(session) == 0


@pytest.mark.parametrize(
    "hostile",
    [
        "a@b.fr\nBcc: victime@c.fr",
        "a@b.fr\r\nSubject: x",
        "a@b.fr, c@d.fr",
        "<a@b.fr>",
        "a b@c.fr",
        "é@b.fr",
        "a@b..fr",
    ],
)
def test_nothing_slips_into_an_address(hostile: str) -> None:
    with pytest.raises(mail.MailError, match="adresse"):
        mail.address(hostile)


def test_nothing_slips_into_a_header_or_a_text(settings: Settings) -> None:
    hostile = "Mairie\r\nBcc: victime@c.fr\r\n\r\n\u202e<script>"
    letter = mail.compose(
        settings, mail.QUESTION, "a@b.fr", {"organisme": hostile, "equipe": False, "reponse": True, "lien": "x"}
    )
    read = message_from_bytes(letter.as_bytes(), policy=SMTP)
    assert read["Bcc"] is None and read["To"] == "a@b.fr" and len(read.keys()) == len(set(read.keys()))
    assert "\nBcc" not in letter.get_content() and "\u202e" not in letter.get_content()


def test_a_password_never_goes_in_the_clear_to_another_machine() -> None:
    with pytest.raises(mail.MailError, match="forme"), courier.connected("http://exemple.fr"):
        pass
    with open_office("127.0.0.2") as office:  # loopback too, but not one of the names that count as this machine
        address = office.address.replace("smtp://", "smtp://nom:secret@")
        with pytest.raises(mail.MailError, match="chiffre"), courier.connected(address):
            pass


def test_the_service_sends_by_itself_and_stops(settings: Settings, office: PostOffice) -> None:
    with running(replace(settings, smtp=office.address)) as service:
        peopled(service.database)
        with service.database.session() as session:
            given = {"genre": mail.REMINDER, "to": OTHER_MAIL, "objet_id": "2026", **REMINDER}
            mail.queue(session, service.settings, **given)  # type: ignore[arg-type]
        service.app.state.courier.wake()
        end = time.monotonic() + 10
        while not office.letters and time.monotonic() < end:
            time.sleep(0.05)
    assert len(office.to(OTHER_MAIL)) == 1
