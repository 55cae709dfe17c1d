"""What stands for a body: the rows of its deposits that the next edition would take, the last of each key.

They fill in beforehand what is asked of a declarant: its register, its figures of last year. Only the folder of the
deposits is believed, so that what came by mail or by the command line before the portal counts as well. The deposits
themselves are opened by the worker alone; what is read here are the accepted rows that it wrote.
"""

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

from greencloud import durable, tables
from greencloud.deposits import CARD_SUFFIX, Deposit
from greencloud.deposits.cards import described, read_card
from portal import filings
from portal.filings import places
from portal.filings.errors import FilingError, WorkerLost
from portal.models import CONFIRMED, Filing
from portal.settings import Settings

Row = dict[str, str]

LARGEST = 16 << 20
"""Octets above which a deposit fills nothing in beforehand: a page is not to wait for it."""
_TOGETHER = 16
"""Deposits that one child of the worker reads in its time."""


def rows(settings: Settings, siren: str, table: str) -> list[Row]:
    """The current rows of a body in the folder of the deposits, as texts of the normalised CSV, by their key.

    A folder that does not exist yet holds none; a deposit that cannot be read fills nothing in.
    """
    current = _current(settings, siren, table)
    return [dict(current[place][0]) for place in sorted(current)]


def held(settings: Settings, siren: str, filings: Iterable[Filing]) -> dict[str, int]:
    """How many rows of each confirmed deposit of a body still stand, by its id: a later one may give them again.

    A deposit of which nobody can tell is left out: it is not in the folder, or too large to be read here.
    """
    told = [one for one in filings if one.etat == CONFIRMED]
    found: dict[str, int] = {}
    for table in {one.table_visee for one in told}:
        there = {one.sha256 for one in _deposits(settings.raw, siren, table)}
        standing = Counter(sha256 for _, sha256 in _current(settings, siren, table).values())
        found |= {one.id: standing[one.sha256] for one in told if one.table_visee == table and one.sha256 in there}
    return found


def unregistered(settings: Settings, siren: str, sites: Iterable[str]) -> list[str]:
    """The sites that no confirmed register holds, that of the body or of the one that a site is numbered after.

    An edition leaves out every row that speaks of them.
    """
    asked = set(sites)
    bodies = {siren, *(site[:9] for site in asked)} if asked else set()
    known = {row["id_centre"] for body in bodies for row in rows(settings, body, "centres")}
    return sorted(asked - known)


def read_through(settings: Settings, siren: str, year: int) -> set[str]:
    """The sites whose readings of the whole centre cover each day of a year: a bill of January declares no year."""
    covered: dict[str, set[date]] = {}
    for row in rows(settings, siren, "consommations"):
        if row["poste"] == "total" and row["energie_kwh"]:
            covered.setdefault(row["id_centre"], set()).update(_days(row["date_debut"], row["date_fin"], year))
    whole = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    return {site for site, days in covered.items() if len(days) == whole}


def _days(first: str, last: str, year: int) -> Iterator[date]:
    """The days of a year from the first to the last, both included; ISO dates."""
    begin = max(date.fromisoformat(first), date(year, 1, 1)).toordinal()
    end = min(date.fromisoformat(last), date(year, 12, 31)).toordinal()
    return map(date.fromordinal, range(begin, end + 1))


def _current(
    settings: Settings, siren: str, table: str
) -> Mapping[tuple[str, ...], tuple[Sequence[tuple[str, str]], str]]:
    """The last row of each key, and the fingerprint of the deposit that gave it."""
    key = tables.table(table).primary_key
    current: dict[tuple[str, ...], tuple[Sequence[tuple[str, str]], str]] = {}
    found = _deposits(settings.raw, siren, table)
    _make(settings, found)
    for deposit in found:
        kept = _kept(settings, deposit)
        for values in _accepted(kept) if kept.is_file() else ():
            row = dict(values)
            current[tuple(row[name] for name in key)] = values, deposit.sha256
    return current


def _deposits(raw: Path, siren: str, table: str) -> list[Deposit]:
    """Those that a body handed in for a table, in the order of supersession."""
    found: dict[str, Deposit] = {}
    for card in sorted(raw.rglob(f"*{CARD_SUFFIX}")):
        deposit = _card(card, card.stat().st_mtime_ns)
        if deposit is not None and (deposit.emetteur, deposit.table) == (siren, table) and deposit.octets <= LARGEST:
            known = found.setdefault(deposit.sha256, deposit)
            found[deposit.sha256] = min(known, deposit, key=lambda one: one.recu_le)
    return sorted(found.values(), key=lambda one: (one.recu_le, one.sha256))


@lru_cache(16_384)
def _card(card: Path, _written: int) -> Deposit | None:
    content = read_card(card)
    return None if content is None else Deposit(path=described(card), **content)


def _make(settings: Settings, found: Sequence[Deposit]) -> None:
    """Have the worker write the accepted rows that are not there yet."""
    missing = [deposit for deposit in found if not _kept(settings, deposit).is_file()]
    for start in range(0, len(missing), _TOGETHER):
        several = missing[start : start + _TOGETHER]
        try:
            _read(settings, several)
        except FilingError:  # one of them: the others are not to pay for it
            for deposit in several:
                _read_alone(settings, deposit)


def _read(settings: Settings, several: Sequence[Deposit]) -> None:
    wanted = {_kept(settings, deposit): deposit for deposit in several}
    asked = [
        {"chemin": str(one.path), "nom": one.nom_origine, "table": one.table, "fichier": path.name}
        for path, one in wanted.items()
    ]
    with filings.crew.made("acceptees", places.work(settings), {"depots": asked}) as folder:
        places.accepted(settings).mkdir(parents=True, exist_ok=True)
        for path in wanted:
            (folder / path.name).replace(path)


def _read_alone(settings: Settings, deposit: Deposit) -> None:
    """Read one deposit; one that stops its reader is kept as empty, lest every page wait for it again."""
    try:
        _read(settings, [deposit])
    except WorkerLost:
        return  # no fault of the file: the next page tries again
    except FilingError:
        places.accepted(settings).mkdir(parents=True, exist_ok=True)
        durable.write_whole(_kept(settings, deposit), b"")


def _kept(settings: Settings, deposit: Deposit) -> Path:
    decides = [deposit.sha256, deposit.table, deposit.nom_origine, deposit.path.suffix]
    return places.accepted(settings) / f"{hashlib.sha256(json.dumps(decides).encode()).hexdigest()}.csv"


@lru_cache(256)
def _accepted(path: Path) -> tuple[tuple[tuple[str, str], ...], ...]:
    """The accepted rows of a deposit; the same bytes are read once."""
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(tuple(row.items()) for row in csv.DictReader(lines))
