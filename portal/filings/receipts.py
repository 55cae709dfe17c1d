"""What a body keeps of its deposit: the fingerprint, the instants, and the edition that holds it."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from greencloud import seals
from greencloud.editions import CURRENT
from portal.models import Filing
from portal.settings import Settings


@dataclass(frozen=True)
class Receipt:
    """Instants are UTC texts; `edition`: the id of the current edition when it holds the deposit."""

    id: str
    siren: str
    table: str
    nom: str
    sha256: str
    octets: int
    recu_le: str
    confirme_le: str | None
    etat: str
    edition: str | None


def receipt(settings: Settings, filing: Filing) -> Receipt:
    """The receipt of a deposit: the same file twice gives the same."""
    return Receipt(
        id=filing.id,
        siren=filing.siren,
        table=filing.table_visee,
        nom=filing.nom_fichier,
        sha256=filing.sha256,
        octets=filing.octets,
        recu_le=filing.recu_le,
        confirme_le=filing.confirme_le,
        etat=filing.etat,
        edition=edition(settings, filing),
    )


def edition(settings: Settings, filing: Filing) -> str | None:
    """The id of the current edition if it holds the deposit, under its plain fingerprint or its keyed one."""
    current = (settings.published / CURRENT).resolve()
    card = current / "edition.json"
    if not card.is_file():
        return None
    names = _fingerprints(card, card.stat().st_mtime_ns)
    key = seals.read(settings.raw)
    keyed = seals.seal(key, filing.sha256, filing.nom_fichier).empreinte if key else filing.sha256
    return current.name if names & {filing.sha256, keyed} else None


@lru_cache(4)
def _fingerprints(card: Path, _written: int) -> frozenset[str]:
    made_of = json.loads(card.read_text(encoding="utf-8"))["ingredients"]
    return frozenset(str(deposit.get("empreinte") or deposit.get("sha256")) for deposit in made_of["depots"])
