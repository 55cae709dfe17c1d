"""Verdicts kept from one run to the next: a deposit that was checked by this very program is not checked again.

A verdict is found again by all that decides it: the bytes, their table, their name, and the program, down to its
libraries (`program.fingerprint`). What another program has left is removed. One process holds the folder at a time.
"""

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from greencloud import durable
from greencloud.checking import SMALL
from greencloud.deposits import Deposit
from greencloud.errors import GreencloudError
from greencloud.program import fingerprint
from greencloud.tables import METERS, READINGS
from greencloud.verdicts import RefusedKey, Verdict, check_deposit, check_small, key, lots
from greencloud.verdicts.conventions import instructed
from greencloud.verdicts.fingerprints import Fingerprints
from greencloud.verdicts.totals import Totals

_SCRATCH = "en-cours"
_FINGERPRINTS = "empreintes.json"
_FEW_ROWS = 100_000  # a lot of more rows is never written again
AT_ONCE = 100  # small deposits checked side by side; a kill has no more of them checked again
_READINGS_AT_ONCE = 1_000  # small files of readings: some of them are opened while those before are read
_LONG_READINGS = 16 << 20  # bytes of a file of readings that is read alone: DuckDB reads them, and several in one go
_MANY_LOTS = 32  # as many small lots of a table are made one: reading the lots stays short, writing them rare

_Progress = Callable[[Sequence[Deposit]], Iterable[Deposit]]


class WorkError(GreencloudError):
    """The folder of kept verdicts cannot serve; the text is a French sentence with the cause and the fix."""


class Kept:
    """The kept verdicts of one folder, held by this process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.fingerprints = Fingerprints(folder.parent / _FINGERPRINTS)
        self.scratch = folder.parent / _SCRATCH
        self.totals = Totals(folder / "totaux", self.scratch)
        self._lots = _apart(lots.read_all(folder))

    def known(self, deposit: Deposit) -> Verdict | None:
        """The verdict on a deposit if it was kept."""
        sought = key(deposit)
        lot = self._lots.get(sought)
        if lot is None:
            return None
        entry = lot.entries[sought]
        return Verdict(deposit, lot.accepted, entry["report"], tuple(RefusedKey(*line) for line in entry["refused"]))

    def keep(self, made: Sequence[Verdict]) -> None:
        """Keep verdicts made in `scratch`, whose rows are one file; `known` gives them from now on. Raises OSError."""
        first = made[0]
        accepted = first.accepted.replace(self._folder / f".{first.deposit.sha256}{durable.PASSING}")
        entries = {
            key(verdict.deposit): {"report": verdict.report, "refused": [list(line) for line in verdict.refused]}
            for verdict in made
        }
        rows = sum(verdict.report["stats"]["accepted"] for verdict in made)
        lot = lots.write(accepted, first.deposit.table, rows, entries)
        self._lots |= dict.fromkeys(entries, lot)

    def verdicts(self, found: Sequence[Deposit], progress: _Progress = iter) -> list[Verdict]:
        """The verdicts on deposits in their order; `progress` goes through those that have to be checked.

        Readings come after all others, once the register of meters is known.
        """
        for group in side_by_side(progress(self.missing([item for item in found if item.table != READINGS]))):
            self.check(group)
        ready = self.instructed(found)
        if any(deposit.table == READINGS for deposit in found):
            for group in side_by_side(progress(self.missing(ready))):
                self.check(group)
        return self.gathered(ready)

    def missing(self, found: Sequence[Deposit]) -> list[Deposit]:
        """The deposits on which no verdict is kept."""
        return [deposit for deposit in found if self.known(deposit) is None]

    def instructed(self, found: Sequence[Deposit]) -> list[Deposit]:
        """The deposits, those of readings with what the kept verdicts on the register of meters say of their meters."""
        registers = (self.known(deposit) for deposit in found if deposit.table == METERS)
        return instructed(found, [verdict for verdict in registers if verdict is not None])

    def check(self, group: Sequence[Deposit]) -> None:
        """Check deposits that `side_by_side` put together and keep their verdicts."""
        for made in judged(group, self.scratch):
            self.keep(made)

    def gathered(self, found: Sequence[Deposit]) -> list[Verdict]:
        """The kept verdicts on deposits, in their order, once small lots have been made one where they are many."""
        self._gather()
        return [verdict for deposit in found if (verdict := self.known(deposit)) is not None]

    def _gather(self) -> None:
        small = {lot.index: lot for lot in self._lots.values() if lot.rows < _FEW_ROWS}
        by_table = attrgetter("table")
        for _, group in groupby(sorted(small.values(), key=by_table), key=by_table):
            several = list(group)
            if len(several) >= _MANY_LOTS:
                merged = lots.merge(several)
                self._lots |= dict.fromkeys(merged.entries, merged)


def beside(published_dir: Path) -> Path:
    """Where the verdicts are kept unless told otherwise: `data/work/verdicts` for `data/published`."""
    return published_dir.parent / "work" / "verdicts"


@contextmanager
def opened(folder: Path, *, wait: bool = False) -> Iterator[Kept]:
    """Hold the folder of kept verdicts; `wait`: until the process that holds it has finished.

    Raises WorkError when another process holds it, or when it cannot be written.
    """
    own = folder / fingerprint()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with durable.held(folder, wait=wait):
            _sweep(folder, own.name)
            own.mkdir(exist_ok=True)
            kept = Kept(own)
            kept.scratch.mkdir()
            yield kept
            kept.fingerprints.save()
            shutil.rmtree(kept.scratch)
    except durable.Busy as error:
        raise WorkError(
            f"Un autre traitement emploie le dossier de travail « {folder} ». Attendez sa fin, ou relancez avec "
            "--attendre ou un autre --travail."
        ) from error


def judged(group: Sequence[Deposit], scratch: Path) -> Iterator[Sequence[Verdict]]:
    """Check deposits that `side_by_side` put together: lots of verdicts, the rows of each lot one file in `scratch`."""
    made = check_small(group, scratch) if len(group) > 1 else []
    if made:
        yield made
    done = {verdict.deposit.path for verdict in made}
    for deposit in group:
        if deposit.path not in done:
            yield [check_deposit(deposit, scratch)]


def side_by_side(found: Iterable[Deposit], at_once: int | None = None) -> Iterator[Sequence[Deposit]]:
    """Deposits by what is checked at once: several small ones of one table, `at_once` if told, or a long one alone."""
    waiting: dict[str, list[Deposit]] = defaultdict(list)
    for deposit in found:
        if deposit.octets >= (_LONG_READINGS if deposit.table == READINGS else SMALL):
            yield [deposit]
            continue
        waiting[deposit.table].append(deposit)
        most = _READINGS_AT_ONCE if deposit.table == READINGS else AT_ONCE
        if len(waiting[deposit.table]) >= (at_once or most):
            yield waiting.pop(deposit.table)
    yield from waiting.values()


def _apart(found: Iterable[lots.Lot]) -> dict[str, lots.Lot]:
    """Key of each verdict -> its lot. A merge that was killed leaves lots that say the same: the largest is enough."""
    owners: dict[str, lots.Lot] = {}
    for lot in sorted(found, key=lambda lot: -len(lot.entries)):
        if owners.keys().isdisjoint(lot.entries):
            owners |= dict.fromkeys(lot.entries, lot)
        else:
            lot.forget()
    return owners


def _sweep(folder: Path, own: str) -> None:
    """Remove what killed runs and other programs have left; a folder holds nothing else."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink() and path.name != own and _is_ours(path.name):
            shutil.rmtree(path)


def _is_ours(name: str) -> bool:
    return name == _SCRATCH or (len(name) == 64 and set(name) <= set("0123456789abcdef"))
