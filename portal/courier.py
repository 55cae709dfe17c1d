"""The courier: sends the mails that wait, one service at a time, never the same one twice; sweeps the old ones.

A mail is marked as sent before it is handed to the server, and unmarked when the server did not take it. A service that
is killed in between leaves a mail of which nobody knows whether it left: a receipt then goes again (with the same
identifier, so that mail programs see one), a reminder does not: one too few is better than two on the same day.
"""

import logging
import smtplib
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from sqlalchemy import or_, select, update

from greencloud import durable
from greencloud.deposits import now
from portal.database import Database
from portal.days import today
from portal.mail import KEPT, REMINDER, WAITING, MailError, folder
from portal.models import Mail
from portal.settings import Settings

LEAVING, REFUSED = ".envoi", ".refuse"
SECONDS, LONGEST = 15.0, 900.0
_LOG = logging.getLogger("portail.courrier")
_TIMEOUT = 20.0  # seconds that a server may take for one answer
_PATIENCE = timedelta(days=3)
_LOCAL = ("localhost", "127.0.0.1", "::1")
_HOUR = 3600.0
_TOO_LATE = "Ce message a attendu plus de 15 jours : il a été effacé."


@dataclass(frozen=True)
class Round:
    """What one round did: mails sent, refused for good, left for later."""

    sent: int = 0
    refused: int = 0
    left: int = 0


class Courier:
    """A thread of the service that sends what waits, soon after `wake`, and every few seconds otherwise.

    Without an SMTP server it only sweeps.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._settings = database, settings
        self._wake, self._end = threading.Event(), False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        if self._thread is None:
            self._end = False
            self._thread = threading.Thread(target=self._run, name="courrier", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Let the mail that is leaving leave, then end; at most as long as a server may take to answer."""
        self._end = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(_TIMEOUT)
            self._thread = None

    def wake(self) -> None:
        """Have a round made now."""
        self._wake.set()

    def _run(self) -> None:
        pause, swept = SECONDS, float("-inf")
        while not self._end:
            try:
                if time.monotonic() - swept > _HOUR:
                    sweep(self._database, self._settings)
                    swept = time.monotonic()
                pause = self._round(pause) if self._settings.smtp else _HOUR
            except Exception as error:  # a database that restarts must not end the sending
                _LOG.error("courrier : tour interrompu (%s)", type(error).__name__)
                pause = min(2 * pause, LONGEST)
            self._wake.wait(pause)
            self._wake.clear()

    def _round(self, pause: float) -> float:
        """Send what waits; give the seconds before the next round."""
        done = send(self._database, self._settings, lambda: self._end)
        return SECONDS if done.left == 0 else min(2 * pause, LONGEST)


def sweep(database: Database, settings: Settings) -> int:
    """Remove the mails that are too old to be of use, refused or never sent; give how many.

    A backup holds no texts: rows that wait for one that is lost are given up too.
    """
    place, limit = folder(settings), datetime.now(UTC) - KEPT
    try:
        with durable.held(place):
            kept = [file for kind in (WAITING, REFUSED) for file in place.glob(f"*{kind}") if file.stem.isdecimal()]
            old = [file for file in kept if file.stat().st_mtime < limit.timestamp()]
            with database.session() as session:
                waited = or_(Mail.id.in_([int(file.stem) for file in old]), Mail.jour < today(limit))
                waiting = (waited, Mail.envoye_le.is_(None), Mail.abandonne_le.is_(None))
                session.execute(update(Mail).where(*waiting).values(abandonne_le=now(), erreur=_TOO_LATE))
            for file in old:
                file.unlink()
            return len(old)
    except durable.Busy:
        return 0


def send(database: Database, settings: Settings, ended: Callable[[], bool] = lambda: False) -> Round:
    """One round: every mail that waits, in the order they were written. Nothing when another service is sending.

    Raises MailError when the setting of the server cannot be.
    """
    place = folder(settings)
    try:
        with durable.held(place):
            _recover(database, place)
            names = _waiting(database, place)
            return _send_all(database, settings, place, names, ended) if names else Round()
    except durable.Busy:
        return Round()


def _waiting(database: Database, place: Path) -> list[int]:
    """The mails whose row is committed and whose file is there; files that no row names are what a failure left."""
    files = {int(file.stem) for file in place.glob(f"*{WAITING}") if file.stem.isdecimal()}
    if not files:
        return []
    with database.session() as session:
        waiting = select(Mail.id).where(Mail.envoye_le.is_(None), Mail.abandonne_le.is_(None))
        rows = session.scalars(waiting.order_by(Mail.id))
        return [row for row in rows if row in files]


def _send_all(
    database: Database, settings: Settings, place: Path, names: list[int], ended: Callable[[], bool]
) -> Round:
    went: list[bool | None] = []
    try:
        with connected(settings.smtp) as server:
            for name in names:
                if ended():
                    break
                went.append(_send_one(database, server, place, name))
    except (OSError, smtplib.SMTPException) as error:  # the server is away: all that is left waits
        for name in names[len(went) :]:
            _mark(database, name, sent=None, error=_cause(error))
    sent, refused = went.count(True), went.count(False)
    return Round(sent, refused, len(names) - sent - refused)


def _send_one(database: Database, server: smtplib.SMTP, place: Path, name: int) -> bool | None:
    """Whether it left; False: refused for good; None: for later. Raises what a server that is away raises."""
    file, leaving = place / f"{name}{WAITING}", place / f"{name}{LEAVING}"
    message = message_from_bytes(file.read_bytes(), policy=SMTP)
    assert isinstance(message, EmailMessage)
    file.replace(leaving)
    _mark(database, name, sent=now(), error=None)
    try:
        server.send_message(message)
    except smtplib.SMTPSenderRefused as error:  # no password, or our own address: the next mail would fare no better
        _back(database, place, name, _cause(error))
        raise
    except smtplib.SMTPResponseException as error:
        return _not_taken(database, place, name, error.smtp_code, message)
    except smtplib.SMTPRecipientsRefused as error:
        return _not_taken(database, place, name, next(iter(error.recipients.values()))[0], message)
    except (OSError, smtplib.SMTPException) as error:
        _back(database, place, name, _cause(error))
        raise
    leaving.unlink()
    return True


def _not_taken(database: Database, place: Path, name: int, code: int, message: EmailMessage) -> bool | None:
    """What a server answers may quote the address: only its code is kept."""
    if code < 500 and not _too_old(message):
        _back(database, place, name, f"Le serveur de courriel demande d'attendre (code {code}) : nouvel essai bientôt.")
        return None
    _give_up(database, name, f"Le serveur de courriel refuse ce message (code {code}). Vérifiez l'adresse.")
    (place / f"{name}{LEAVING}").replace(place / f"{name}{REFUSED}")
    return False


def _too_old(message: EmailMessage) -> bool:
    written: datetime = message["Date"].datetime
    return datetime.now(UTC) - written > _PATIENCE


def _recover(database: Database, place: Path) -> None:
    """What a killed service was handing over: see the head of this module."""
    for file in sorted(place.glob(f"*{LEAVING}")):
        name = int(file.stem)
        with database.session() as session:
            mail = session.get(Mail, name)
            doubtful = mail is not None and mail.genre == REMINDER and mail.envoye_le is not None
        if doubtful:
            file.unlink()
            error = "Le service s'est arrêté pendant l'envoi : ce rappel est peut-être parti, il ne sera pas refait."
            _mark(database, name, sent=now(), error=error)
        else:
            _back(database, place, name, "Le service s'est arrêté pendant l'envoi : nouvel essai.")


def _back(database: Database, place: Path, name: int, error: str) -> None:
    """Unmarked first: a service killed in between finds the file as one that was leaving, and starts again."""
    _mark(database, name, sent=None, error=error)
    (place / f"{name}{LEAVING}").replace(place / f"{name}{WAITING}")


def _mark(database: Database, name: int, *, sent: str | None, error: str | None) -> None:
    with database.session() as session:
        mail = session.get(Mail, name)
        if mail is not None:
            mail.envoye_le, mail.erreur = sent, error


def _give_up(database: Database, name: int, error: str) -> None:
    with database.session() as session:
        mail = session.get(Mail, name)
        if mail is not None:
            mail.envoye_le, mail.abandonne_le, mail.erreur = None, now(), error


@contextmanager
def connected(url: str) -> Iterator[smtplib.SMTP]:
    """A server of `smtp://user:password@host:port` or `smtps://…`, encrypted wherever it can be.

    A password never leaves this machine in the clear. Raises MailError (the address, a server without encryption),
    OSError and SMTPException (the server is away, or refuses the password).
    """
    parts = _parts(url)
    secure, host = parts.scheme == "smtps", parts.hostname or ""
    port = parts.port or (465 if secure else 25)
    trust = ssl.create_default_context()
    server = (
        smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT, context=trust)
        if secure
        else smtplib.SMTP(host, port, timeout=_TIMEOUT)
    )
    with server:
        server.ehlo_or_helo_if_needed()
        if not secure and host not in _LOCAL and server.has_extn("starttls"):
            server.starttls(context=trust)
            server.ehlo()
            secure = True
        if parts.username:
            if not secure and host not in _LOCAL:
                raise MailError(
                    f"Le serveur de courriel {host} ne chiffre pas la connexion : le mot de passe n'a pas été envoyé. "
                    "Donnez une adresse smtps://…, ou un serveur qui offre STARTTLS."
                )
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("smtp", "smtps") and parts.hostname and parts.port != 0
    except ValueError:
        known = None
    if not known:
        raise MailError(
            "L'adresse du serveur de courriel (GREENCLOUD_PORTAIL_SMTP) n'est pas de la forme "
            "smtp://utilisateur:motdepasse@serveur:587 ou smtps://… Corrigez-la."
        )
    return parts


def _cause(error: Exception) -> str:
    code = getattr(error, "smtp_code", None)
    said = f"code {code}" if code else type(error).__name__
    return f"Le serveur de courriel ne répond pas comme prévu ({said}) : nouvel essai bientôt."
