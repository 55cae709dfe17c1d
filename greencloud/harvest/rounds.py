"""One harvest: what is announced, what we hold, and what becomes of each resource."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from greencloud import deposits, durable
from greencloud.datagouv.client import Client
from greencloud.datagouv.errors import DatagouvError
from greencloud.deposits import Deposit, DepositError, Origin
from greencloud.errors import cause
from greencloud.harvest.discovery import TAG, Announced, announced, still_declared
from greencloud.harvest.held import Held
from greencloud.harvest.mandates import Mandates
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
            if deposit.sha256 not in offered:  # else the same file has only moved to another resource
                yield self._missing(deposit, origin)

    def _missing(self, deposit: Deposit, origin: Origin) -> Outcome:
        """A resource that was not listed is asked for: a page of a list may have been wrong or cut, or have moved."""
        name = f"{deposit.nom_origine} ({deposit.table}, {origin.producteur or 'un particulier'})"
        try:
            declared = still_declared(self.receiver.client, origin.ressource)
        except DatagouvError as error:
            return Outcome(State.UNAVAILABLE, name, str(error), deposit=deposit)
        if declared:
            return Outcome(State.UNAVAILABLE, name, _UNLISTED.format(origin.ressource, deposit.short), deposit=deposit)
        return Outcome(State.GONE, name, _GONE.format(origin.ressource, deposit.short), deposit=deposit)


_GONE = (
    "La ressource {} n'est plus publiée avec ce schéma ; le dépôt {} reste, et ses lignes aussi. "
    "Demandez au producteur si c'est voulu."
)
_UNLISTED = (
    "La ressource {} existe encore, mais la plateforme ne l'a pas donnée dans ses listes ; le dépôt {} reste en usage. "
    f"Relancez la moisson ; sinon, vérifiez que son jeu de données porte la marque « {TAG} » et n'est pas archivé."
)


@contextmanager
def harvesting(client: Client, raw_dir: Path, limit: int = LIMIT, mandates: Mandates | None = None) -> Iterator[Round]:
    """Find what is announced and what is held, and lock `raw_dir` against another harvest until the block ends.

    `limit` in bytes; `mandates`: who may speak for others than itself. Raises DatagouvError when the list of resources
    cannot be read whole, DepositError when another harvest is under way or the folder cannot be used.
    """
    with _locked(raw_dir):
        found, _ = deposits.scan(raw_dir)
        receiver = Receiver(client, raw_dir, limit, {} if mandates is None else mandates)
        yield Round(announced(client), Held(found), receiver)


@contextmanager
def _locked(raw_dir: Path) -> Iterator[None]:
    """Hold the folder for one harvest; the system lets go of it even after a crash."""
    lock = raw_dir / ".moisson"
    with ExitStack() as stack:
        try:
            raw_dir.mkdir(parents=True, exist_ok=True)
            lock.touch()
            stack.enter_context(durable.held(lock))
        except durable.Busy as error:
            raise DepositError("Une autre moisson est en cours dans ce dossier. Attendez sa fin.") from error
        except OSError as error:
            raise DepositError(
                f"Le dossier des dépôts « {raw_dir.name} » ne peut pas être créé ou écrit ({cause(error)}). "
                "Vérifiez son chemin, vos droits et la place libre."
            ) from error
        yield
