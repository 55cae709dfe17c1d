"""What earlier editions have already shown, and what their difference with this one would betray.

An edition stays published for ever, so its totals join the attack as sums that nothing can take back. If all that it
showed is what today's tables say, these are the sums of the same sites; otherwise the deposits of that time are loaded
again: one ratio may be today what it was, and yet be that of other sites. A total that even they do not explain (the
formulas have changed since) is compared as it is: today's cell is hidden when the difference could be taken for one of
its protected sites.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from greencloud.disclosure.attack import MARGIN
from greencloud.disclosure.cells import Term, key, named, terms
from greencloud.disclosure.sums import CELL, Part, Quantity, Sum
from greencloud.disclosure.vocabulary import HIDDEN_COLUMNS, NOMINATIVE_ONLY, PARTS, SHOWN, columns
from greencloud.tables import quote

_SAME = 1e-9
Row = Mapping[str, Any]
Rows = Mapping[str, Row]


@dataclass(frozen=True)
class Earlier:
    """An edition published before: its folder, and a way to load again the tables its deposits gave, all sites shown.

    `rebuild` gives a connection after the last step of `sql/`, before secrecy; it is called only when needed.
    """

    folder: Path
    rebuild: Callable[[], duckdb.DuckDBPyConnection]

    @cached_property
    def rebuilt(self) -> "Computed":
        with self.rebuild() as con:
            return Computed.of(con)

    @cached_property
    def named(self) -> frozenset[tuple[Quantity, float]]:
        """What this edition published under the name of a site, for ever."""
        with duckdb.connect() as con:
            con.execute(
                "CREATE TABLE indicateurs_annuels AS FROM read_parquet(?)", [str(self._path("indicateurs_annuels"))]
            )
            return frozenset(named(con, "indicateurs_annuels"))

    def rows(self, table: str) -> Rows:
        """The rows of a table of totals, by key; none when the edition had no such table."""
        if not self._path(table).is_file():
            return {}
        with duckdb.connect() as con:
            con.execute(f"CREATE TABLE {quote(table)} AS FROM read_parquet(?)", [str(self._path(table))])
            return _by_key(con, table)

    def _path(self, table: str) -> Path:
        return self.folder / f"{table}.parquet"


@dataclass(frozen=True)
class Computed:
    """The tables of totals with nothing hidden, and the sums behind them."""

    rows: Mapping[str, Rows]
    terms: Mapping[Part, Sequence[Term]]

    @classmethod
    def of(cls, con: duckdb.DuckDBPyConnection) -> "Computed":
        sums: dict[Part, list[Term]] = {}
        for term in terms(con):
            sums.setdefault(term.part, []).append(term)
        return cls({table: _by_key(con, table) for table in HIDDEN_COLUMNS}, sums)


class Memory:
    """The sums of earlier editions, in the quantities of this one wherever a site gave the same number."""

    def __init__(self, now: Computed, secret: Mapping[Quantity, float], public: AbstractSet[tuple[Quantity, float]]):
        self._now = now
        self._public = public
        self.values: dict[Quantity, float] = dict(secret)
        self.sums: list[Sum] = []
        self.too_close: set[Part] = set()
        self._versions: dict[Quantity, list[Quantity]] = {quantity: [quantity] for quantity in secret}

    def learn(self, edition: Earlier) -> None:
        """Add what one edition showed: today's sums when all of it is what today's tables say, else those of then."""
        shown = list(_shown(edition))
        if all(_says(self._now, part, row) for part, row in shown):
            for part, _ in shown:
                self._add(edition, self._now.terms.get(part, ()))
            return
        for part, row in shown:
            source = next((made for made in (edition.rebuilt, self._now) if _says(made, part, row)), None)
            if source is None:
                self._compare(part, row)
            self._add(edition, (source or edition.rebuilt).terms.get(part, ()))

    def _add(self, edition: Earlier, known: Sequence[Term]) -> None:
        sums: dict[str, dict[Quantity, float]] = {}
        for term in known:
            if (term.quantity, term.valeur) not in self._public:
                quantity = self._version(term.quantity, term.valeur, edition.folder.name)
                sums.setdefault(term.somme, {})[quantity] = term.coefficient
        self.sums += [Sum(None, coefficients) for coefficients in sums.values()]

    def _version(self, quantity: Quantity, value: float, edition: str) -> Quantity:
        """The quantity that had this value; another number of the same site and year is another quantity."""
        versions = self._versions.setdefault(quantity, [])
        for known in versions:
            if self.values[known] == value:
                return known
        versions.append(quantity._replace(version=edition))
        self.values[versions[-1]] = value
        return versions[-1]

    def _compare(self, part: Part, shown: Row) -> None:
        now = self._now.rows[part.table].get(part.cle)
        if now is None or part.nom != CELL:
            return
        for term in self._now.terms.get(part, ()):
            before, after = shown.get(term.somme), now.get(term.somme)
            if term.quantity not in self.values or before is None or after is None:
                continue
            if abs(abs(after - before) / term.valeur - 1) <= MARGIN:
                self.too_close.add(part)


def _shown(edition: Earlier) -> Iterator[tuple[Part, Row]]:
    """Every part that an edition showed, with its row."""
    for table in HIDDEN_COLUMNS:
        for cle, row in edition.rows(table).items():
            if row.get("diffusion") == SHOWN:
                yield from (
                    (Part(table, cle, name), row)
                    for name in (CELL, *PARTS[table])
                    if any(row.get(column) is not None for column in columns(table, name))
                )


def _says(tables: Computed, part: Part, shown: Row) -> bool:
    return _same(shown, tables.rows[part.table].get(part.cle), part)


def _same(shown: Row, computed: Row | None, part: Part) -> bool:
    """Whether a computed row says all that a published one showed, in the columns of a part and in those of its row.

    Both: a share that is the same today as then, such as a whole, is no longer that of the same sum if its row changed.
    """
    if computed is None:
        return False
    others = {column for name in PARTS[part.table] if name != part.nom for column in columns(part.table, name)}
    own = {*columns(part.table, CELL), *columns(part.table, part.nom)} - others
    own -= set(NOMINATIVE_ONLY.get(part.table, ()))
    return all(_alike(shown[column], computed.get(column)) for column in own if shown.get(column) is not None)


def _alike(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=_SAME)
    return one == other


def _by_key(con: duckdb.DuckDBPyConnection, table: str) -> Rows:
    found = con.execute(f"SELECT {key(table)} AS cle, * FROM {quote(table)} ORDER BY cle")
    names = [column[0] for column in found.description]
    return {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}
