"""One check from its first block to its report."""

import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from heapq import merge
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from greencloud import rules as plausibility
from greencloud.checking import custom, keys, messages, values
from greencloud.checking.blocks import PROVEN, Hook, Sieve
from greencloud.checking.custom.names import columns_of
from greencloud.checking.information import Information
from greencloud.checking.judging import KEYS, Judge, Tolerated, refusal
from greencloud.checking.keys import Key
from greencloud.checking.modes import Mode, StrictMode, TolerantMode
from greencloud.checking.pending import Pending
from greencloud.checking.report import Cause, FileCard, Finding, Findings, Note, Report
from greencloud.checking.spool import GOOD, READ, Spool
from greencloud.checking.spool import values as read_values
from greencloud.checking.sql import ROW, ROW_NAME, literal
from greencloud.checking.verdicts import Cell, CellReader
from greencloud.checking.vocabulary import Known
from greencloud.reading import TextTable
from greencloud.reading.blocks import chosen
from greencloud.reading.records import Record
from greencloud.tables import Table

if TYPE_CHECKING:
    import duckdb

_MOST_GAPS = 1_000
"""Rows behind an empty line, one of which may head a second table; a file that has more of them has no such table."""
_FEW = 20_000
"""Rows whose keys are compared by Python when it has read them all: no database is needed."""


class Contradicted(Exception):
    """Rows were proven by an order of day and month that the whole file does not bear out."""


class Place(NamedTuple):
    """Where an error is; the custom checks ask for no more."""

    row: int | None
    field: str | None


class Run:
    """The state of a check: `look`, `together` and `report`, in that order. Its folder goes when nobody needs it."""

    def __init__(
        self,
        text: TextTable,
        table: Table,
        card: FileCard,
        rules: Sequence[plausibility.Rule],
        strict: bool,
        small: int,
        progress: Callable[[int], None],
        trusting: bool,
    ) -> None:
        """`trusting`: the most likely order of day and month is believed until the whole file has been seen."""
        self.folder = folder = Path(tempfile.mkdtemp(prefix="greencloud-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.text, self.table, self.card, self.rules, self.strict = text, table, card, rules, strict
        self.small, self.progress = small, progress
        self.trusting = trusting
        self.mode: Mode = StrictMode(text, table) if strict else TolerantMode(text, table)
        self.labels, self.layout = self.mode.labels, self.mode.layout
        self.keys = keys.of(self.layout)
        self.findings = Findings()
        self.pending = Pending(folder / "lignes" if text.delimiter else None, self.mode.telling)
        self.readers: Mapping[str, CellReader] = {}
        self.rows = self.blanks = self.proven = 0
        self.tolerated: list[Tolerated] = []
        self.judged: set[int] = set()
        self.supposed: dict[str, set[str]] = {}
        self.told: list[Finding] = []
        self.last_proven = self.last_blank = 0
        self.after_blanks: set[int] = set()
        self.hits: list[plausibility.Hit] = []
        self.information = Information()

    def look(self) -> None:
        """Read every cell, each by itself. Raises Contradicted when `trusting` was wrong."""
        if not self.mode.fatal:
            self._sift()
        self._judging = self._judge()

    def report(self) -> Report:
        """Compare the keys, then tell all that was found."""
        self._keys(self._judging)
        return self._told(self._judging)

    @cached_property
    def connection(self) -> "duckdb.DuckDBPyConnection":
        """The database of this check, begun when it is needed first: most small files do without."""
        import duckdb

        connection = duckdb.connect(config={"threads": 1, "temp_directory": str(self.folder / "duckdb")})
        keys.create(connection, self.keys)
        return connection

    # ---- first look: DuckDB proves, the rest waits ----

    def _sift(self) -> None:
        done = 0
        for sifted in self._sieve(self._wanted, bool(self.keys), self._hooks).sift(self.text.blocks()):
            self.proven += sifted.proven
            self.last_proven = max(self.last_proven, sifted.last)
            self.rows += sifted.proven
            self._know(sifted.known)
            for record in sifted.records:
                self._take(record)
            for found in sifted.told:
                self.collect(found)
            done = min(done + sifted.size, self.card.bytes)
            self.progress(done)
        self.progress(self.card.bytes)

    def _know(self, found: Sequence[Known]) -> None:
        """What proven rows wrote otherwise: a note when it is a tolerance, evidence in a telling column."""
        for one in found:
            if one.code:
                self.tolerated.append(Tolerated(one.received, one.read, one.times, one.row, one.column.order, one.code))
            if one.column.place in self.mode.telling:
                self.pending.texts[one.column.place].add(one.received)
                self.supposed.setdefault(one.column.field.name, set()).add(one.received)

    def _take(self, record: Record) -> None:
        """A record for Python: blank, refused as a whole, or kept until the whole file has been seen."""
        if self.strict:
            self.rows += 1
            self.pending.add(record)
        elif record.blank:
            self.blanks += 1
            self.last_blank = record.number
        else:
            self.rows += 1
            cause = refusal(record)
            if cause is None:
                if record.number - 1 == self.last_blank and len(self.after_blanks) < _MOST_GAPS:
                    self.after_blanks.add(record.number)
                self.pending.add(record)
            else:
                self._find(record.number, cause, None)

    def _sieve(self, typed: frozenset[str], keyed: bool, hooks: Sequence[Hook]) -> Sieve:
        return Sieve(
            lambda: self.connection,
            self.layout,
            self._believed,
            self.mode.telling,
            self.folder,
            typed,
            keyed,
            hooks,
            self.small,
        )

    def _believed(self) -> Mapping[str, CellReader]:
        mode = self.mode
        if self.trusting:
            return mode.provisional
        telling = [column.field.name for column in self.layout.columns if column.place in mode.telling]
        return {name: reader for name, reader in mode.provisional.items() if name not in telling}

    @cached_property
    def _wanted(self) -> frozenset[str]:
        """The fields whose values the custom checks and the rules look at."""
        if self.rules:
            return frozenset(self.layout.names)
        named = {name for check in self.table.custom_checks for name in columns_of(check)}
        return frozenset(named & set(self.layout.names))

    @property
    def _hooks(self) -> list[Hook]:
        hooks: list[Hook] = []
        if self.table.custom_checks:
            hooks.append(partial(self._custom, relation=PROVEN, errors=()))
        if self.rules:
            hooks.append(partial(self._plausible, relation=PROVEN))
        return hooks

    # ---- second look: Python reads the cells ----

    def _judge(self) -> Judge:
        self.readers, judge = self.mode.judge(self.pending.texts, self.findings)
        self._bear_out()
        self.spool = Spool(self.folder / "lus.csv", self.layout)
        judge.foresee(self.pending, self.after_blanks, self.last_proven, self.text.header_row)
        for record in self.pending:
            judged = judge.row(record)
            if judged is not None:
                if len(self.judged) <= _FEW:
                    self.judged.add(record.number)
                self.spool.add(record.number, judged.good, judged.texts)
        self.spool.close()
        for found in self.tolerated:
            judge.tolerate(found)
        return judge

    def _bear_out(self) -> None:
        for name, texts in self.supposed.items():
            supposed, read = self.mode.provisional[name], self.readers[name]
            if any(supposed(text) != read(text) for text in texts):
                raise Contradicted

    # ---- third look: several cells, several rows ----

    def together(self) -> None:
        """Custom checks, rules and key numbers of the rows that Python read."""
        if not self.spool.rows or not (self._hooks or (self.keys and not self.by_hand)):
            return
        self._load()
        for key in self.keys:
            self.connection.execute(f"INSERT INTO {key.relation} SELECT {ROW}, {key.hashed} FROM {READ}")
        if self.table.custom_checks:
            errors = [Place(row, name) for _, row, name in self.findings.cells()]
            self.collect(self._custom(self.connection, relation="lues", errors=errors))
        if self.rules:
            self.collect(self._plausible(self.connection, relation="lues_bonnes"))

    @cached_property
    def _loaded(self) -> bool:
        self.spool.load(self.connection)
        typed = read_values(self.layout)
        self.connection.execute(f"CREATE VIEW lues AS SELECT {typed} FROM {READ}")
        self.connection.execute(f"CREATE VIEW lues_bonnes AS SELECT {typed} FROM {READ} WHERE {GOOD}")
        return True

    def _load(self) -> None:
        assert self._loaded

    def _custom(self, connection: "duckdb.DuckDBPyConnection", relation: str, errors: Sequence[Place]) -> list[Finding]:
        return custom.check(connection, self.table, errors, self.layout.names, relation)

    def _plausible(self, connection: "duckdb.DuckDBPyConnection", relation: str) -> list[plausibility.Hit]:
        return plausibility.evaluate(connection, relation, ROW_NAME, self.rules)

    def collect(self, found: object) -> None:
        """Take what custom checks (findings) and rules (hits) have found in the rows of this file."""
        assert isinstance(found, list)
        for item in found:
            if isinstance(item, plausibility.Hit):
                keep = self.information.add if item.niveau == "info" else self.hits.append
                keep(item)
            elif item.row is not None or item not in self.told:
                self.told.append(item)

    @property
    def by_hand(self) -> bool:
        """Whether Python has read all rows and they are few."""
        return not self.proven and self.spool.rows <= _FEW

    def _keys(self, judge: Judge) -> None:
        if not self.keys or not self.rows:
            return
        suspects = self._suspects(judge)
        wanted = set().union(*suspects.values())
        repeats = {key.number: keys.Repeats() for key in self.keys}
        for record in self._again(wanted):
            read = judge.cells(record)
            for key in self.keys:
                if record.number in suspects.get(key.number, ()):
                    self._key(key, record, self._value(key, read), repeats[key.number])

    def _suspects(self, judge: Judge) -> Mapping[int, Collection[int]]:
        if not self.by_hand:
            # Nothing else is at work any more.
            self.connection.execute(f"SET threads = {os.cpu_count() or 1}")
            return keys.suspects(self.connection, self.keys)
        read = [(record.number, judge.cells(record)) for record in self.pending if record.number in self.judged]
        rows = {key.number: [(row, self._value(key, cells)) for row, cells in read] for key in self.keys}
        return keys.suspected(self.keys, rows)

    def _value(self, key: Key, cells: Sequence[Cell]) -> tuple[Hashable | None, ...]:
        """The values of a key among the cells of a row, those of the columns of the layout."""
        return tuple(values.key_of(cells[self._places[name]]) for name in key.names)

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {name: place for place, name in enumerate(self.layout.names)}

    def _again(self, rows: set[int]) -> Iterator[Record]:
        """Rows once more, in their order: those that wait are at hand, the others come from the file."""
        waiting = [record for record in self.pending if record.number in rows]
        others = rows.difference(record.number for record in waiting)
        if not others:
            return iter(waiting)
        found = chain.from_iterable(chosen(block, others) for block in self.text.blocks())
        return merge(waiting, found, key=attrgetter("number"))

    def _key(self, key: Key, record: Record, read: tuple[object, ...], repeats: keys.Repeats) -> None:
        names, row = key.names, record.number
        received = [record.cells[column.place] for column in key.columns if column.place < len(record.cells)]
        shown = ", ".join(received)
        single = names[0] if key.kind == "unique-error" or (key.kind == "foreign-key" and not self.strict) else None
        if key.kind == "foreign-key":
            self._find(row, Cause(key.kind, single, partial(_orphan, names)), shown, self._place(key))
        elif key.kind == "primary-key" and set(read) == {None}:
            self._find(row, Cause(key.kind, None, partial(_keyless, names)), shown, self._place(key))
        elif (first := repeats.earlier(row, read)) is not None:
            self._find(row, Cause(key.kind, single, partial(_repeated, first, names)), shown, self._place(key))

    def _place(self, key: Key) -> int:
        """Where the finding of a key stands in its row: beside the cells, or after them all."""
        if self.strict:
            return KEYS + key.number
        return len(self.table.fields) if key.kind == "primary-key" else key.columns[0].order

    def _find(self, row: int, cause: Cause, value: str | None, place: int | None = None) -> None:
        place = len(self.table.fields) if place is None else place
        self.findings.add(row, place, self.findings.cause(cause), value)

    # ---- the report ----

    def _told(self, judge: Judge) -> Report:
        order = {name: place for place, name in enumerate(self.table.column_names)}
        for finding in [*self.labels.errors, *self.told]:
            self.findings.tell(finding, order.get(finding.field or "", len(order)))
        wrong = self.findings.rows()
        # A wrong header makes columns that are there look empty: no rule can speak of its rows.
        hits = [] if self.findings.of_file else [hit for hit in self.hits if hit.row not in wrong]
        warnings = Findings()
        for finding in self.labels.warnings:
            warnings.tell(finding, order.get(finding.field or "", len(order)))
        for hit in hits:
            target = {"erreur": self.findings, "avertissement": warnings}.get(hit.niveau)
            if target is not None:
                target.tell(_finding(hit), order.get(hit.champ, len(order)))
        self.findings.sort()
        warnings.sort()
        refused = self.rows if self.findings.of_file else len(self.findings.rows())
        return Report(
            self.card,
            rows=self.rows,
            accepted=self.rows - refused,
            notes=self._notes(judge, wrong),
            errors=self.findings,
            warnings=warnings,
            version_regles=plausibility.VERSION if self.rules else None,
        )

    def _notes(self, judge: Judge, wrong: Collection[int]) -> list[Note]:
        notes = [*self.labels.notes, *messages.shape_notes(self.blanks, 0)]
        notes += messages.reading_notes(self.card) + messages.remark_notes(self.text.remarks)
        notes += judge.notes() + messages.foreign_key_notes(self.table)
        if self.findings.of_file:
            return notes
        return notes + messages.information_notes(self.information.standing(wrong))

    # ---- afterwards ----

    def accept(self) -> None:
        """Make `acceptees`, the accepted rows with their values and their number: a second pass over the blocks."""
        self._load()
        connection = self.connection
        connection.execute(f"CREATE OR REPLACE TABLE acceptees AS FROM lues_bonnes WHERE {self._kept()}")
        if self.findings.of_file:
            return
        hook: Hook = partial(_insert, f"INSERT INTO acceptees FROM {PROVEN} WHERE {self._kept()}")
        for _ in self._sieve(frozenset(self.layout.names), False, [hook]).sift(self.text.blocks()):
            pass

    def _kept(self) -> str:
        if self.findings.of_file:
            return "FALSE"
        path = self.folder / "refusees.csv"
        path.write_text("".join(f"{row}\n" for row in sorted(self.findings.rows())), encoding="ascii")
        refused = f"read_csv({literal(path)}, columns={{'ligne': 'BIGINT'}}, header=false, auto_detect=false)"
        self.connection.execute(f"CREATE OR REPLACE TABLE refusees AS FROM {refused}")
        return f"{ROW} NOT IN (SELECT ligne FROM refusees)"


def _insert(query: str, connection: "duckdb.DuckDBPyConnection") -> list[Finding]:
    connection.execute(query)
    return []


def _finding(hit: plausibility.Hit) -> Finding:
    return Finding(hit.code, hit.row, hit.champ, hit.valeur, messages.rule(hit), hit.correction)


def _orphan(names: Sequence[str], row: int, value: str | None) -> tuple[str, str]:
    return messages.foreign_key(row, names, value or "")


def _keyless(names: Sequence[str], row: int, _value: str | None) -> tuple[str, str]:
    return messages.empty_key(row, names)


def _repeated(first: int, names: Sequence[str], row: int, value: str | None) -> tuple[str, str]:
    return messages.repeated(row, first, names, value or "")
