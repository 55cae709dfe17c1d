"""What the deposits say of one site and one year: its accepted rows, and the lines they were read from.

Only the deposits of the edition that may speak of the site are checked again: those whose bytes hold the digits of its
identifier, and those whose bytes cannot tell (workbooks, archives).
"""

import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from greencloud import deposits, tables, warehouse
from greencloud.deposits import Deposit
from greencloud.differences import Snapshot
from greencloud.differences.snapshots import Card
from greencloud.explain import lines
from greencloud.explain.lookup import Row
from greencloud.explain.model import Cell, ExplainError, Line, Superseded
from greencloud.explain.origins import DECLARATION, READINGS, REGISTER, SHOWN
from greencloud.reading import Unreadable
from greencloud.verdicts.kept import opened, side_by_side

Progress = Callable[[Sequence[Sequence[Deposit]]], Iterable[Sequence[Deposit]]]
ITEMS = ("total", "it")
_NO_DIGITS = bytes(byte for byte in range(256) if byte not in b"0123456789")
_PACKED = (b"PK", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")  # zip (and so XLSX, ODS), gzip, OLE
_UNTOLD = frozenset({"ancien_id_centre"})  # the old value may name a site that is now protected

_QUERIES = {
    REGISTER: "id_centre = $site",
    DECLARATION: "id_centre = $site AND annee = $year",
    READINGS: "id_centre = $site AND year(date_debut) <= $year AND year(date_fin) >= $year "
    f"AND poste IN ({', '.join(map(repr, ITEMS))})",
}


@dataclass(frozen=True)
class Evidence:
    """The current rows of a site and a year by deposit table (typed, with provenance), and those they replaced."""

    site: str
    year: int
    current: Mapping[str, Sequence[Row]]
    replaced: Mapping[str, Sequence[Row]]
    by_sha: Mapping[str, Deposit]

    @cached_property
    def received(self) -> dict[str, lines.Received]:
        """The deposits of the current rows, read again."""
        wanted: dict[str, set[int]] = {}
        for row in (row for found in self.current.values() for row in found):
            wanted.setdefault(row["depot_sha256"], set()).add(row["depot_ligne"])
        try:
            return {sha256: lines.receive(self.by_sha[sha256], numbers) for sha256, numbers in wanted.items()}
        except Unreadable as error:
            raise ExplainError(f"Un dépôt de ce centre ne se relit plus : {error}") from error

    def lines(self, internal: bool) -> list[Line]:
        """The deposited lines: the register, the declaration, then the readings in order."""
        return [
            self._line(table, row, internal)
            for table in (REGISTER, DECLARATION, READINGS)
            for row in self.current[table]
        ]

    def _line(self, table: str, row: Row, internal: bool) -> Line:
        received = self.received[row["depot_sha256"]]
        record = received.records[row["depot_ligne"]]
        shown = tables.table(table).column_names if internal else SHOWN[table]
        cells = tuple(
            Cell(column, text, row[column], received.address(record, column))
            for column in tables.table(table).column_names
            if column in shown and (text := received.cell(record, column)) is not None
        )
        return Line(
            table,
            row["depot_sha256"],
            row["depot_ligne"],
            (record.first_line, record.last_line),
            received.reading(internal or received.deposit.seal is None),
            received.written(record, set(shown)),
            cells,
            tuple(self._superseded(table, row, set(shown), internal)),
            lines.raw(received, record) if internal else None,
        )

    def _superseded(self, table: str, row: Row, shown: Collection[str], internal: bool) -> Iterable[Superseded]:
        key = tables.table(table).primary_key
        told = [column for column in tables.table(table).column_names if column in shown and column not in key]
        for old in self.replaced[table]:
            if all(old[column] == row[column] for column in key):
                changed = {
                    column: (old[column], row[column])
                    for column in told
                    if old[column] != row[column] and (internal or column not in _UNTOLD)
                }
                yield Superseded(old["depot_sha256"], old["depot_ligne"], str(old["remplace_le"]), changed)


class Holding:
    """The deposits of an edition in a folder, for whoever holds them.

    A question checks the deposits that it needs, until one has needed them all: `tables` does. Raises DepositError,
    when first used, without the folder.
    """

    def __init__(self, edition: Snapshot, raw: Path, progress: Progress = iter) -> None:
        self.edition = edition
        self._raw = raw
        self.progress = progress

    @cached_property
    def deposits(self) -> list[Deposit]:
        """Those that are still there with the bytes they came with."""
        found, _ = deposits.scan(self._raw)
        known = self.edition.deposits
        return [named for deposit in found if (named := deposit.named_in(known)) is not None]

    def card(self, name: str, internal: bool) -> Card:
        """The card of a deposit of the edition by its published fingerprint; `internal`: with what it leaves out."""
        card = self.edition.deposits[name]
        if not internal or "empreinte" not in card:
            return {key: value for key, value in card.items() if key != "sha256" or "empreinte" not in card}
        deposit = next(deposit for deposit in self.deposits if deposit.empreinte == name)
        told = {"sha256": deposit.sha256, "octets": deposit.octets, "nom_origine": deposit.nom_origine}
        return {**card, **told}

    @cached_property
    def _all(self) -> duckdb.DuckDBPyConnection:
        return load(self.deposits, self.progress)

    def evidence(self, site: str, year: int) -> Iterator["Evidence"]:
        """What the deposits say of a site and a year: of those that may speak of it, then of all."""
        if "_all" not in vars(self):  # not all of them are checked yet
            few = speaking_of(self.deposits, site)
            if len(few) < len(self.deposits):
                with load(few, self.progress) as con:
                    yield gather(con, few, site, year)
        yield gather(self._all, self.deposits, site, year)

    @cached_property
    def tables(self) -> duckdb.DuckDBPyConnection:
        """All deposits loaded and the tables of `sql/` made, nothing hidden: not to be published."""
        con = self._all
        vintage = self.edition.made_of.get("millesime_facteurs")
        warehouse.compute(con, vintage=date.fromisoformat(vintage) if vintage else None)
        return con


def speaking_of(found: Sequence[Deposit], id_centre: str) -> list[Deposit]:
    """The deposits that may hold a line of a site, however its identifier is written there; readings name no site."""
    digits = id_centre.replace("-", "").encode()
    lines = (deposit for deposit in found if deposit.table != tables.READINGS)
    return [deposit for deposit in lines if _may_speak(deposit.path, digits)]


def _may_speak(path: Path, digits: bytes) -> bool:
    content = path.read_bytes()
    return content.startswith(_PACKED) or digits in content.translate(None, _NO_DIGITS)


def load(found: Sequence[Deposit], progress: Progress = iter) -> duckdb.DuckDBPyConnection:
    """The deposits checked and loaded, as an edition has them: small ones side by side, which is quick."""
    with tempfile.TemporaryDirectory() as work, opened(Path(work)) as checked:
        for group in progress(list(side_by_side(item for item in found if item.table != tables.READINGS))):
            checked.check(group)
        ready = checked.instructed(found)
        if missing := checked.missing(ready):
            for group in progress(list(side_by_side(missing))):
                checked.check(group)
        return warehouse.load(checked.gathered(ready))


def gather(con: duckdb.DuckDBPyConnection, found: Sequence[Deposit], site: str, year: int) -> Evidence:
    """The rows of a site and a year in loaded deposits."""
    return Evidence(
        site,
        year,
        {table: _rows(con, table, site, year) for table in _QUERIES},
        {table: _rows(con, f"{table}_remplaces", site, year) for table in _QUERIES},
        {deposit.empreinte: deposit for deposit in found},
    )


def _rows(con: duckdb.DuckDBPyConnection, table: str, site: str, year: int) -> list[Row]:
    base = table.removesuffix("_remplaces")
    values: dict[str, Any] = {"site": site} if base == REGISTER else {"site": site, "year": year}
    order = ", ".join(("poste DESC", "date_debut") if base == READINGS else ("depot_recu_le", "depot_ligne"))
    rows = con.execute(f"SELECT * FROM {table} WHERE {_QUERIES[base]} ORDER BY {order}", values)
    names = [column[0] for column in rows.description]
    return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
