"""What became of each announced resource, and how it is told."""

from dataclasses import dataclass
from enum import Enum

from greencloud.checking import Report
from greencloud.checking.visible import visible
from greencloud.deposits import Deposit
from greencloud.harvest.discovery import Announced


class State(Enum):
    """What a harvest did with a resource; the value is how it is told in French."""

    NEW = "nouveau"
    REPLACED = "nouvelle version"
    UNCHANGED = "inchangé"
    KNOWN = "déjà reçu"
    REVERTED = "version antérieure"
    TRIAL = "reçu pour un essai"
    REFUSED = "refusé"
    TOO_LARGE = "trop gros"
    FOREIGN = "non habilité"
    UNAVAILABLE = "indisponible"
    GONE = "disparu"

    @property
    def mark(self) -> str:
        """✘: its new file cannot be used; ⚠: somebody should look; ✔: all is well."""
        if self in (State.REFUSED, State.TOO_LARGE, State.FOREIGN, State.UNAVAILABLE):
            return "✘"
        return "⚠" if self in (State.REVERTED, State.TRIAL, State.GONE) else "✔"


@dataclass(frozen=True)
class Outcome:
    """A resource, what became of it, and French sentences about it.

    `announced` is None when the resource has gone; `deposit` is what is held of it, if anything; `report` the verdict
    on its file when it was looked at.
    """

    state: State
    name: str
    sentence: str
    announced: Announced | None = None
    deposit: Deposit | None = None
    report: Report | None = None

    @property
    def failed(self) -> bool:
        """Whether the file that the producer offers could not be used."""
        return self.state.mark == "✘"

    def line(self) -> str:
        """One line for a terminal or a log, without control characters whatever the producer wrote."""
        return visible(f"{self.state.mark} {self.name} : {self.state.value}. {self.sentence}".rstrip())
