"""One harvest: what is announced, what we hold, and what becomes of each resource."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from greencloud import deposits
from greencloud.datagouv.client import Client
from greencloud.deposits import DepositError
from greencloud.harvest.discovery import Announced, announced
from greencloud.harvest.held import Held
from greencloud.harvest.outcomes import Outcome, State
from greencloud.harvest.receiving import Receiver

LIMIT = 100_000_000
"""Bytes above which a file is left aside: what data.gouv.fr itself reads of a CSV (udata-hydra 2.14)."""


@dataclass(frozen=True)
class Round:
    """A harvest under way; the folder of the deposits is locked meanwhile."""

    announced: Sequence[Announced]
    held: Held
    receiver: Receiver

    def outcomes(self) -> Iterator[Outcome]:
        """Receive each announced resource in turn, then tell those that have gone. A failure stops none of the others.

        Stopped at any moment, what was received is kept, and the next harvest goes on from there.
        """
        offered: set[str] = set()
        for item in self.announced:
            outcome = self.receiver.receive(item, self.held)
            offered.update([outcome.deposit.sha256] if outcome.deposit else [])
            yield outcome
        for deposit, origin in self.held.gone(self.receiver.platform, (item.ressource for item in self.announced)):
            if deposit.sha256 in offered:  # the same file has only moved to another resource
                continue
            yield Outcome(
                State.GONE,
                f"{deposit.nom_origine} ({deposit.table}, {origin.producteur or 'un particulier'})",
                f"La ressource {origin.ressource} n'est plus publiée avec ce schéma ; le dépôt {deposit.short} "
                "reste, et ses lignes aussi. Demandez au producteur si c'est voulu.",
                deposit=deposit,
            )


@contextmanager
def harvesting(client: Client, raw_dir: Path, limit: int = LIMIT) -> Iterator[Round]:
    """Find what is announced and what is held, and lock `raw_dir` against another harvest until the block ends.

    `limit` in bytes. Raises DatagouvError when the list of resources cannot be read whole, DepositError when another
    harvest is under way or the folder cannot be used.
    """
    with _locked(raw_dir):
        found, _ = deposits.scan(raw_dir)
        yield Round(announced(client), Held(found), Receiver(client, raw_dir, limit))


@contextmanager
def _locked(raw_dir: Path) -> Iterator[None]:
    """Hold the folder for one harvest; the system lets go of it even after a crash."""
    import fcntl  # POSIX; the other commands also run where it does not exist

    try:
        raw_dir.mkdir(parents=True, exist_ok=True)
        lock = (raw_dir / ".moisson").open("a")
    except OSError as error:
        raise DepositError(
            f"Le dossier des dépôts « {raw_dir.name} » ne peut pas être créé ou écrit ({error.strerror}). "
            "Vérifiez son chemin, vos droits et la place libre."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DepositError("Une autre moisson est en cours dans ce dossier. Attendez sa fin.") from error
        yield
