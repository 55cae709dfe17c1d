"""What the coordinator does: which deposits have to be given to workers, and what is taken of what they put."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import ceil

from greencloud.deposits import Deposit
from greencloud.errors import GreencloudError
from greencloud.storage.mirror import Mirror, Stored
from greencloud.storage.place import Place
from greencloud.storage.results import Results
from greencloud.tables import READINGS
from greencloud.verdicts import key
from greencloud.verdicts.kept import AT_ONCE, Kept, side_by_side

_MANY = 64
"""Groups made of few deposits, so that every worker has some; many deposits make groups of `AT_ONCE`."""


class Lost(GreencloudError):
    """Work that the cluster lost, however often it was given out; the text is a French sentence with the fix."""


class Gathering:
    """The deposits of a folder on storage, and their verdicts in the folder `kept`, which this process holds.

    Raises DepositError, SealError, StorageError and OSError.
    """

    def __init__(self, kept: Kept, raw: Place, results: Results) -> None:
        self._kept, self._results = kept, results
        self._mirror = Mirror(raw, kept.scratch.with_name("miroir"))
        self._errors: dict[str, Exception] = {}
        self._given_up: set[str] = set()
        self._there = results.keys()
        self._instructs = False  # readings wait for the register of meters
        self._found, self.unfiled = self._mirror.scan()
        self._take_known()

    @property
    def deposits(self) -> list[Deposit]:
        """Every deposit, in the order of supersession."""
        return [stored.deposit for stored in self._found]

    def failures(self) -> list[tuple[Deposit, object]]:
        """The deposits that could not be checked, with the last error. Raises Lost when others were not even tried."""
        missing = self._missing()
        if lost := sum(stored.name not in self._errors for stored in missing):
            raise Lost(
                f"La grappe de calcul ne répond plus : {lost} dépôts restent à contrôler, rien n'a été publié. "
                "Vérifiez que l'ordonnanceur et ses machines sont démarrés, puis relancez : ce qui est déjà fait ne "
                "sera pas refait."
            )
        return [(stored.deposit, self._errors[stored.name]) for stored in missing]

    def instruct(self) -> None:
        """Hand the deposits of readings what the register of meters says, now that it was checked."""
        self._instructs = True
        self._found = self._instructed(self._found)
        self._take_known()

    def groups(self) -> Iterator[Sequence[Stored]]:
        """What has to be checked, by task: a deposit whose group failed is alone, so that it fails no other."""
        missing = {stored.deposit.path: stored for stored in self._missing() if stored.name not in self._given_up}
        together = [stored.deposit for stored in missing.values() if stored.name not in self._errors]
        for group in side_by_side(together, max(1, min(AT_ONCE, ceil(len(together) / _MANY)))):
            yield [missing[deposit.path] for deposit in group]
        yield from ([stored] for stored in missing.values() if stored.name in self._errors)

    def receive(self, group: Sequence[Stored], refused: Sequence[str]) -> None:
        """Take what a worker put for a group; `refused`: the names whose bytes are not those of their card."""
        self._mirror.learn([stored for stored in group if stored.name in refused], refused)
        self._take([stored for stored in group if stored.name not in refused])
        if refused:  # the same bytes elsewhere may be a deposit now
            found, self.unfiled = self._mirror.scan()
            self._found = self._instructed(found) if self._instructs else found

    def save(self) -> None:
        """Remember which files were read, for the next run. Raises OSError."""
        self._mirror.save()

    def fail(self, group: Sequence[Stored], error: Exception) -> None:
        """Remember that a group failed. Alone, a deposit is tried again only where another try may do better."""
        for stored in group:
            if len(group) == 1 and not isinstance(error, OSError):
                self._given_up.add(stored.name)
            self._errors[stored.name] = error

    def _instructed(self, found: Sequence[Stored]) -> list[Stored]:
        ready = self._kept.instructed([stored.deposit for stored in found])
        return [replace(stored, deposit=deposit) for stored, deposit in zip(found, ready, strict=True)]

    def _missing(self) -> list[Stored]:
        in_turn = [one for one in self._found if self._instructs or one.deposit.table != READINGS]
        return [one for one in in_turn if self._kept.known(one.deposit) is None or not self._mirror.is_read(one)]

    def _take_known(self) -> None:
        self._take([stored for stored in self._missing() if key(stored.deposit) in self._there])

    def _take(self, several: Sequence[Stored]) -> None:
        """Keep the verdicts that are there; one that is kept already is not kept twice, its rows would count twice."""
        known = [stored for stored in several if self._kept.known(stored.deposit) is not None]
        self._mirror.learn(self._results.judged(known), ())
        names = {stored.name for stored in known}
        places = {stored.deposit.path: stored for stored in several if stored.name not in names}
        for made in self._results.take(list(places.values()), self._kept.scratch):
            self._kept.keep(made)
            self._mirror.learn([places[verdict.deposit.path] for verdict in made], ())
