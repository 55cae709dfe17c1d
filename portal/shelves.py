"""The cards of the folder of the deposits, read once each: a page must not walk through those of all bodies."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from greencloud.deposits import CARD_SUFFIX, Deposit
from greencloud.deposits.cards import described, read_card

_SETTLED = 2_000_000_000
"""Nanoseconds: a folder that changed since may change again without another date."""


@dataclass(frozen=True)
class _Shelf:
    """One folder: its deposits by their table, and the folders in it."""

    deposits: Mapping[str, Sequence[Deposit]]
    folders: Sequence[Path]


def deposits(raw: Path, table: str) -> Iterator[Deposit]:
    """Those of a table, of all senders, wherever they stand in the folder; none of a folder that does not exist yet."""
    folders = [raw]
    while folders:
        shelf = _shelf(folders.pop())
        folders += shelf.folders
        yield from shelf.deposits.get(table, ())


def _shelf(folder: Path) -> _Shelf:
    """A folder as it is now: whatever is put in it or taken out of it changes its date."""
    try:
        written = folder.stat().st_mtime_ns
        settled = time.time_ns() - written > _SETTLED
        return _read(folder, written) if settled else _read.__wrapped__(folder, written)
    except FileNotFoundError:
        return _Shelf({}, ())


@lru_cache(65_536)
def _read(folder: Path, _written: int) -> _Shelf:
    found: dict[str, list[Deposit]] = {}
    folders = []
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir(follow_symlinks=False):
            folders.append(Path(entry.path))
        elif entry.name.endswith(CARD_SUFFIX):
            try:
                deposit = _card(Path(entry.path), entry.stat().st_mtime_ns)
            except FileNotFoundError:  # taken out meanwhile: the others of the folder still stand
                continue
            if deposit is not None:
                found.setdefault(deposit.table, []).append(deposit)
    return _Shelf(found, folders)


@lru_cache(65_536)
def _card(card: Path, _written: int) -> Deposit | None:
    content = read_card(card)
    return None if content is None else Deposit(path=described(card), **content)
