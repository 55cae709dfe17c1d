"""One received file, and a file that is none."""

import json
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from greencloud import seals
from greencloud.errors import GreencloudError

SHORT = 12


class DepositError(GreencloudError):
    """A file that cannot be deposited; the text is a French sentence with the cause and the fix."""


@dataclass(frozen=True)
class Origin:
    """Where a harvested file was published: the platform, its dataset and resource, who published it, the stable link.

    `producteur` is the name of an organisation, None for a person.
    """

    plateforme: str
    jeu: str
    ressource: str
    producteur: str | None
    url: str


@dataclass(frozen=True)
class Deposit:
    """One received file. `recu_le` is UTC with microseconds.

    `emetteur` is a SIREN; None: placed by hand, or harvested from a producer that gives none. `origine`: None unless
    harvested. `seal`: None when it is published as it is; only `scan` gives one, and no card holds it.
    `lecture`: of readings, the parsed document that says which column is what, None for a known format. `conventions`:
    of readings, what the register says of the meters of the sender, as (id_compteur, unite, horodate, fuseau); only
    `verdicts.instructed` gives them, and no card holds them.
    """

    path: Path
    sha256: str
    octets: int
    nom_origine: str
    recu_le: str
    emetteur: str | None
    table: str
    version_schema: str
    synthetique: bool
    origine: Origin | None = None
    seal: seals.Seal | None = field(default=None, compare=False)
    lecture: Mapping[str, Any] | None = field(default=None, hash=False)
    conventions: tuple[tuple[str | None, ...], ...] = field(default=(), compare=False)

    @property
    def empreinte(self) -> str:
        """The fingerprint under which it is published: keyed where there is a key, else the sha256."""
        return self.seal.empreinte if self.seal else self.sha256

    def named_in(self, names: Container[str]) -> "Deposit | None":
        """The deposit under the fingerprint that it has among `names`; None when it has none.

        An edition that was made before there was a key names it by its sha256.
        """
        if self.empreinte in names:
            return self
        return replace(self, seal=None) if self.sha256 in names else None

    @property
    def told_lecture(self) -> str | None:
        """How its readings are read, as one text that is the same for the same document; None for a known format."""
        return None if self.lecture is None else json.dumps(self.lecture, sort_keys=True, separators=(",", ":"))

    @property
    def short(self) -> str:
        """The start of the fingerprint, long enough to find the deposit by."""
        return self.sha256[:SHORT]


@dataclass(frozen=True)
class Unfiled:
    """A file of the folder that is no deposit, and why: `message` and `fix` are French sentences."""

    path: Path
    message: str
    fix: str


def fingerprint(card: Mapping[str, Any]) -> str:
    """The fingerprint by which the card of an edition names its deposit: keyed, or the plain sha256."""
    return str(card["empreinte"] if "empreinte" in card else card["sha256"])


def first_receptions(deposits: list[Deposit]) -> list[Deposit]:
    """One deposit for each content, the earliest, in the order of supersession."""
    first: dict[str, Deposit] = {}
    for deposit in sorted(deposits, key=lambda item: (item.recu_le, item.sha256, str(item.path))):
        first.setdefault(deposit.sha256, deposit)
    return list(first.values())
