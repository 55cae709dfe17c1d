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
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from greencloud import durable, tables
from greencloud.deposits import Deposit
from portal import campaign, filings, register, shelves
from portal.filings import places
from portal.filings.errors import FilingError, WorkerLost
from portal.models import CONFIRMED, Filing
from portal.settings import Settings

Row = dict[str, str]

LARGEST = 16 << 20
"""Octets above which a deposit fills nothing in beforehand: a page is not to wait for it."""
_TOGETHER = 16
"""Deposits that one child of the worker reads in its time."""


@dataclass(frozen=True)
class Standing:
    """The last row of each key, with the fingerprint of the deposit that gave it.

    `whole`: every deposit could be read; without it, nobody can tell what does not stand.
    """

    rows: Mapping[tuple[str, ...], tuple[Sequence[tuple[str, str]], str]]
    whole: bool


def rows(settings: Settings, siren: str, table: str) -> list[Row]:
    """The current rows of a body in the folder of the deposits, as texts of the normalised CSV, by their key.

    A folder that does not exist yet holds none; a deposit that cannot be read fills nothing in.
    """
    current = _standing(settings, _deposits(settings.raw, siren, table)).rows
    return [dict(current[place][0]) for place in sorted(current)]


def held(settings: Settings, siren: str, filings: Iterable[Filing]) -> dict[str, int]:
    """How many rows of each confirmed deposit of a body still stand, by its id: a later one may give them again.

    A deposit of which nobody can tell is left out: it is not in the folder, or one of its table cannot be read.
    """
    told = [one for one in filings if one.etat == CONFIRMED]
    found: dict[str, int] = {}
    for table in {one.table_visee for one in told}:
        deposits = _deposits(settings.raw, siren, table)
        there, standing = {one.sha256 for one in deposits}, _standing(settings, deposits)
        left = Counter(sha256 for _, sha256 in standing.rows.values())
        mine = [one for one in told if one.table_visee == table and one.sha256 in there and standing.whole]
        found |= {one.id: left[one.sha256] for one in mine}
    return found


def without(settings: Settings, siren: str, filing: Filing) -> tuple[int, int] | None:
    """Of the rows that stand by a confirmed deposit of a body: how many an older one gives again once it is withdrawn,
    and how many nobody would give any more. None when nobody can tell.
    """
    deposits = _deposits(settings.raw, siren, filing.table_visee)
    others = [one for one in deposits if one.sha256 != filing.sha256]
    now = _standing(settings, deposits)
    if len(others) == len(deposits) or not now.whole:
        return None
    left = _standing(settings, others).rows
    mine = [place for place, (_, sha256) in now.rows.items() if sha256 == filing.sha256]
    back = sum(place in left for place in mine)
    return back, len(mine) - back


def unregistered(settings: Settings, siren: str, sites: Iterable[str]) -> list[str]:
    """The sites that no register holds, whoever gave it: an edition leaves out every row that speaks of them.

    None of them is told while a register cannot be read: it may hold them.
    """
    lost = set(sites)
    for registers in (_deposits(settings.raw, siren, "centres"), _deposits(settings.raw, None, "centres")):
        if not lost:
            break
        standing = _standing(settings, registers)
        if not standing.whole:
            return []
        lost -= {dict(values)["id_centre"] for values, _ in standing.rows.values()}
        lost -= set(register.sites(settings, campaign.LAST_YEAR)) if lost else set()
    return sorted(lost)


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


def _standing(settings: Settings, found: Sequence[Deposit]) -> Standing:
    key = tables.table(found[0].table).primary_key if found else ()
    readable = [deposit for deposit in found if deposit.octets <= LARGEST]
    _make(settings, readable)
    current: dict[tuple[str, ...], tuple[Sequence[tuple[str, str]], str]] = {}
    whole = len(readable) == len(found)
    for deposit in readable:
        kept = _kept(settings, deposit)
        if not (kept.is_file() and kept.stat().st_size):
            whole = False
            continue
        for values in _accepted(kept):
            row = dict(values)
            current[tuple(row[name] for name in key)] = values, deposit.sha256
    return Standing(current, whole)


def _deposits(raw: Path, siren: str | None, table: str) -> list[Deposit]:
    """Those that a body, or anybody, handed in for a table, in the order of supersession."""
    found: dict[str, Deposit] = {}
    for deposit in shelves.deposits(raw, table):
        if siren is None or deposit.emetteur == siren:
            known = found.setdefault(deposit.sha256, deposit)
            found[deposit.sha256] = min(known, deposit, key=lambda one: one.recu_le)
    return sorted(found.values(), key=lambda one: (one.recu_le, one.sha256))


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


@lru_cache(4_096)
def _accepted(path: Path) -> tuple[tuple[tuple[str, str], ...], ...]:
    """The accepted rows of a deposit; the same bytes are read once."""
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(tuple(row.items()) for row in csv.DictReader(lines))
