"""Lots: the kept verdicts of a few deposits of one table, as two files.

The index (`.json`), named by the sha256 of its bytes, holds the reports and the sha256 of the rows (`.parquet`), which
bear the name of their verdicts. A lot stands once its index stands; one whose bytes are not those told is damaged: it
is forgotten, and its deposits are checked again.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from greencloud import durable
from greencloud.checking.sql import literal
from greencloud.program import file_sha256

_INDEX, _ROWS = ".json", ".parquet"


@dataclass(frozen=True)
class Lot:
    """`entries`: key of a verdict -> its report and what its refused lines speak of, as JSON."""

    index: Path
    accepted: Path
    table: str
    rows: int
    entries: Mapping[str, Mapping[str, Any]]

    def forget(self) -> None:
        """Remove its index; its rows, which a verdict at hand may still name, are removed by the next `read_all`."""
        self.index.unlink(missing_ok=True)


def read_all(folder: Path) -> Iterator[Lot]:
    """The lots of a folder that are whole; damaged ones, and rows without an index, are removed."""
    claimed = set()
    for index in sorted(folder.glob(f"*{_INDEX}")):
        lot = _read(index)
        if lot is None:
            index.unlink()
        else:
            claimed.add(lot.accepted.name)
            yield lot
    for path in folder.iterdir():
        if path.is_file() and path.name not in claimed and path.suffix != _INDEX:
            path.unlink()


def _read(index: Path) -> Lot | None:
    content = index.read_bytes()
    if hashlib.sha256(content).hexdigest() != index.stem:
        return None
    told = json.loads(content)
    accepted = _rows_of(index.parent, told["verdicts"])
    if not accepted.is_file() or file_sha256(accepted) != told["lignes"]:
        return None
    return Lot(index, accepted, told["table"], told["nb_lignes"], told["verdicts"])


def write(accepted: Path, table: str, rows: int, entries: Mapping[str, Mapping[str, Any]]) -> Lot:
    """Make a lot of a file of accepted rows, which gets its name in the same folder. Raises OSError."""
    told = {"lignes": file_sha256(accepted), "nb_lignes": rows, "table": table, "verdicts": entries}
    content = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    index = accepted.with_name(f"{hashlib.sha256(content).hexdigest()}{_INDEX}")
    named = accepted.replace(_rows_of(accepted.parent, entries))
    durable.write_whole(index, content)
    return Lot(index, named, table, rows, entries)


def _rows_of(folder: Path, keys: Iterable[str]) -> Path:
    """Two lots may have the same rows, such as none: the name of a file is that of its verdicts."""
    return folder / f"{hashlib.sha256(' '.join(sorted(keys)).encode()).hexdigest()}{_ROWS}"


def merge(lots: Sequence[Lot]) -> Lot:
    """One lot instead of several of the same table; whoever is killed on the way leaves the several, or all."""
    first = lots[0]
    aside = first.accepted.with_name(f".lot{durable.PASSING}")
    with duckdb.connect(config={"threads": 1}) as con:
        paths = ", ".join(literal(lot.accepted) for lot in lots)
        con.execute(
            f"COPY (FROM read_parquet([{paths}])) TO {literal(aside)} (FORMAT parquet, COMPRESSION zstd)",
        )
    merged = write(aside, first.table, sum(lot.rows for lot in lots), dict(_entries(lots)))
    for lot in lots:
        lot.forget()
    return merged


def _entries(lots: Iterable[Lot]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for lot in lots:
        yield from lot.entries.items()
