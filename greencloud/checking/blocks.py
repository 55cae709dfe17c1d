"""The blocks of a file sifted by DuckDB: rows that are proven stay there, the others come back with their texts.

A block that DuckDB does not read as the exact reader would (a number of rows that is not that of the records, or an
error) is cut in two and tried again, down to small pieces that the exact reader takes over. A row whose cells are not
as many as the labels is always taken from the exact reader, which alone knows how to repair it.
"""

import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING

from greencloud.checking import keys
from greencloud.checking.keys import Key
from greencloud.checking.layout import Column, Layout, text_column
from greencloud.checking.lines import LONGEST_LINE, LineProof, LineSieve, line_proof, read_lines
from greencloud.checking.sql import ROW, all_of, any_of, literal, ours
from greencloud.checking.verdicts import CellReader
from greencloud.checking.vocabulary import Known, Vocabulary
from greencloud.reading.blocks import chosen, count_records, halves, parted
from greencloud.reading.records import Block, Record
from greencloud.tables import quote

if TYPE_CHECKING:
    import duckdb

PROVEN = "typees"
"""The relation of the proven rows of the block at hand: their number, and their values under their fields' names."""
_BLOCK = "bloc"
_PROVEN = ours("certaine")
_TEXTS = ours("textes")
_PADDING = "\x02\x1a\x03"
"""What DuckDB takes for a cell that is not there; no empty cell is, and such a text would only be read by Python."""
_LOST = "\ufffd"
_FIRST = 1 << 18
"""Bytes from which is learnt how a file is written."""
_FEW = 50
"""Unproven rows of a block that are read at once rather than learnt from."""

Hook = Callable[["duckdb.DuckDBPyConnection"], object]


@dataclass
class Sifted:
    """What became of a stretch of records: how many were proven, the others in order, and what the hooks gave.

    `known` tells what the proven rows wrote otherwise; `last` is the last of them, 0 without any.
    """

    proven: int = 0
    last: int = 0
    records: list[Record] = field(default_factory=list)
    told: list[object] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)
    size: int = 0


@dataclass(frozen=True)
class Sieve:
    """Sifts blocks. `typed` names the fields whose values are wanted; each hook sees the proven rows of every block.

    `readers` gives what reads the texts that many rows write otherwise; `telling` are the places of the columns whose
    texts, all together, tell how each of them is to be read.
    """

    connect: Callable[[], "duckdb.DuckDBPyConnection"]
    layout: Layout
    readers: Callable[[], Mapping[str, CellReader]]
    telling: Sequence[int]
    folder: Path
    typed: frozenset[str]
    keyed: bool
    hooks: Sequence[Hook]
    small: int

    def sift(self, blocks: Iterable[Block]) -> Iterator[Sifted]:
        """The blocks in order, two at a time: DuckDB reads one while Python prepares the next."""
        own = local()
        workers = os.cpu_count() or 1
        with ThreadPoolExecutor(workers) as pool:
            waiting: deque[Future[Sifted]] = deque()
            for block in blocks:
                if not self._worth(block):
                    while waiting:
                        yield waiting.popleft().result()
                    yield Sifted(records=list(block.records()), size=len(block.content or b""))
                    continue
                if len(waiting) > workers:
                    yield waiting.popleft().result()
                connection = self.connect()
                waiting.append(pool.submit(self._block, block, connection, own))
            while waiting:
                yield waiting.popleft().result()

    def _worth(self, block: Block) -> bool:
        """Whether DuckDB is worth its start."""
        return bool(block.content is not None and len(block.content) >= self.small and self.layout.columns)

    def _block(self, block: Block, connection: "duckdb.DuckDBPyConnection", own: local) -> Sifted:
        if not hasattr(own, "sifter"):
            own.sifter = _Sifter(self, connection.cursor())
        sifted = Sifted(size=len(block.content or b""))
        own.sifter.sift(block, sifted)
        return sifted


class _Sifter:
    """Sifts the blocks of one thread."""

    def __init__(self, sieve: Sieve, cursor: "duckdb.DuckDBPyConnection") -> None:
        self._sieve, self._cursor = sieve, cursor
        # What a CASE should spare most rows, this optimizer computes for all of them.
        cursor.execute("SET disabled_optimizers = 'common_subexpressions'")
        self._vocabulary = Vocabulary(cursor, sieve.layout, sieve.readers(), sieve.telling)
        self._lines: LineSieve | None = None
        self._fresh = True

    @property
    def _layout(self) -> Layout:
        return self._vocabulary.layout

    def sift(self, block: Block, sifted: Sifted) -> None:
        """Prove what can be proven of a block; how the file is written is learnt from the beginning of the first."""
        parts = None
        if self._fresh:
            parts = parted(block, _FIRST)
            proof = line_proof(self._layout, block.delimiter)
            self._lines = LineSieve(self._cursor, proof) if proof else None
        self._fresh = False
        for part in parts or (block,):
            self._part(part, sifted)

    def _part(self, block: Block, sifted: Sifted) -> None:
        """A block, cut in two as long as DuckDB reads it otherwise than we do."""
        if self._lines and block.content is not None and self._lined(self._lines, block, block.content, sifted):
            return
        if block.content is not None and self._proved(block, block.content):
            self._collect(block, sifted)
        elif parts := halves(block):
            for part in parts:
                self._part(part, sifted)
        else:
            sifted.records.extend(block.records())

    def _lined(self, lines: LineSieve, block: Block, content: bytes, sifted: Sifted) -> bool:
        """Whether the lines of a block, but for a few, are proven as they stand. Where they are not, no other will be
        tried: the file is written in its own way, which has to be learnt."""
        rows = count_records(content)
        with self._file(content) as path:
            unproven = lines.unproven(content, path)
            if unproven is None:
                return False
            if len(unproven) <= _few(rows):
                if not (self._keys or self._typed or self._sieve.hooks or lines.proof.conditions):
                    self._take(block, rows, unproven, sifted)
                    return True
                query = self._reading(block, content, path, (lines.proof, unproven))
                read = self._read(query, rows)
                if read and not lines.proof.conditions:
                    self._take(block, rows, unproven, sifted)
                    self._keep(sifted)
                    return True
                if read and self._unproven()[1] <= _few(rows):
                    self._collect(block, sifted)
                    return True
        self._lines = None
        return False

    def _take(self, block: Block, rows: int, unproven: Sequence[int], sifted: Sifted) -> None:
        """What `_collect` does, for a block of which no value is wanted."""
        numbers = {block.first + place for place in unproven}
        sifted.proven += rows - len(numbers)
        last = next((row for row in range(block.first + rows - 1, block.first - 1, -1) if row not in numbers), 0)
        sifted.last = max(sifted.last, last)
        sifted.records.extend(chosen(block, numbers))

    def _proved(self, block: Block, content: bytes) -> bool:
        """Read a block into the relation of the cursor; False when DuckDB does not see the same records."""
        if b'"' not in content and content.count(b"\r\n") not in (0, content.count(b"\n")):
            content = content.replace(b"\r\n", b"\n")
        with self._file(content) as path:
            rows = count_records(content)
            return self._read(self._reading(block, content, path), rows) and (
                not self._learnt() or self._read(self._reading(block, content, path), rows)
            )

    @contextmanager
    def _file(self, content: bytes) -> Iterator[Path]:
        """A file of that content, for DuckDB."""
        handle, path = tempfile.mkstemp(suffix=".csv", dir=self._sieve.folder)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            yield Path(path)
        finally:
            Path(path).unlink()

    def _read(self, query: str, rows: int) -> bool:
        """Whether DuckDB sees as many records as we do."""
        from duckdb import Error

        try:
            self._cursor.execute(query)
        except (Error, UnicodeDecodeError):  # DuckDB may cut the line that it quotes amid a letter
            return False
        return self._unproven()[0] == rows

    def _unproven(self) -> tuple[int, int]:
        """How many rows the relation of the cursor has, and how many of them are not proven."""
        [(rows, unproven)] = self._cursor.execute(f"SELECT count(*), count({_TEXTS}) FROM {_BLOCK}").fetchall()
        return rows, unproven

    def _learnt(self) -> bool:
        """Whether something was learnt from the unproven rows of the block, if they are many."""
        rows, unproven = self._unproven()
        if unproven <= _few(rows):
            return False
        names = [f"{_TEXTS}[{place + 1}] AS {text_column(place)}" for place in range(self._layout.width)]
        whole = f"{_TEXTS}[{self._layout.width}] IS NOT NULL AND {_TEXTS}[{self._layout.width + 1}] IS NULL"
        return self._vocabulary.learn(f"(SELECT {', '.join(names)} FROM {_BLOCK} WHERE {whole})")

    def _reading(
        self, block: Block, content: bytes, path: Path, lines: tuple[LineProof, Sequence[int]] | None = None
    ) -> str:
        """SQL: what is kept of the rows of a block. When their lines are proven, but for some, no text is."""
        texts = [text_column(place) for place in range(self._layout.width + 1)]
        source = self._cells(block, content, path)
        if lines is None:
            proven, kept = self._row_proof(lost=_LOST.encode() in content), f"[{', '.join(texts)}]"
        else:
            (proof, others), kept = lines, "[]::VARCHAR[]"
            numbers = [f"{ROW} NOT IN ({', '.join(str(block.first + place) for place in others)})"] if others else []
            proven = all_of([*numbers, *proof.conditions])
            if not proof.conditions and self._wanted <= proof.spans.keys():
                spans = [(place, span) for place, span in proof.spans.items() if place in self._wanted]
                cut = [f"substring(ligne, {start}, {width}) AS {text_column(place)}" for place, (start, width) in spans]
                source = f"(SELECT {', '.join(cut) or 'ligne'} FROM {read_lines(path, len(content))})"
        columns = [ROW, f"CASE WHEN NOT {_PROVEN} THEN {kept} END AS {_TEXTS}"]
        columns += [f"CASE WHEN {_PROVEN} THEN {key.hashed} END AS {key.column}" for key in self._keys]
        columns += [
            f"CASE WHEN {_PROVEN} THEN {_typed(column)} END AS {quote(column.field.name)}" for column in self._typed
        ]
        columns += self._vocabulary.kept(_PROVEN)
        numbered = f"SELECT *, row_number() OVER () + {block.first - 1} AS {ROW} FROM {source}"
        proved = f"SELECT *, {proven} AS {_PROVEN} FROM {self._vocabulary.joined(numbered)}"
        return f"CREATE OR REPLACE TEMP TABLE {_BLOCK} AS SELECT {', '.join(columns)} FROM ({proved})"

    def _cells(self, block: Block, content: bytes, path: Path) -> str:
        """SQL: the texts of all cells of a block."""
        kinds = ", ".join(f"{literal(text_column(place)[1:-1])}: 'VARCHAR'" for place in range(self._layout.width + 1))
        return (
            f"read_csv({literal(path)}, columns={{{kinds}}}, header=false, auto_detect=false, "
            f"delim={literal(block.delimiter)}, quote='\"', escape='\"', null_padding=true, "
            f"nullstr={literal(_PADDING)}, parallel=false, max_line_size={LONGEST_LINE}, "
            f"buffer_size={max(len(content), 2 * LONGEST_LINE)})"
        )

    @property
    def _wanted(self) -> set[int]:
        """The places of the cells of which something is kept."""
        return {column.place for column in (*self._typed, *(one for key in self._keys for one in key.columns))}

    @property
    def _keys(self) -> tuple[Key, ...]:
        return keys.of(self._layout) if self._sieve.keyed else ()

    @property
    def _typed(self) -> list[Column]:
        return [column for column in self._layout.columns if column.field.name in self._sieve.typed]

    def _row_proof(self, lost: bool) -> str:
        """The proof of a whole row: as many cells as labels, not blank, every cell certain, and truly a row."""
        layout = self._layout
        last, beyond = text_column(layout.width - 1), text_column(layout.width)
        conditions = [f"{beyond} IS NULL", f"{last} IS NOT NULL"]
        conditions += [column.holds for column in layout.columns]
        if all(column.filled != "TRUE" for column in layout.columns):
            conditions.append(any_of([column.filled for column in layout.columns]))
        suspicious = layout.suspect(layout.columns)
        if suspicious != "FALSE":
            conditions.append(f"NOT coalesce({suspicious}, TRUE)")
        if lost:
            texts = [text_column(place) for place in range(layout.width)]
            conditions += [f"NOT contains({text}, {literal(_LOST)})" for text in texts]
        return all_of(conditions)

    def _collect(self, block: Block, sifted: Sifted) -> None:
        cursor = self._cursor
        query = f"SELECT {ROW}, {_TEXTS} FROM {_BLOCK} WHERE {_TEXTS} IS NOT NULL ORDER BY {ROW}"
        unproven = cursor.execute(query).fetchall()
        counted = f"SELECT count(*), coalesce(max(CASE WHEN {_TEXTS} IS NULL THEN {ROW} END), 0) FROM {_BLOCK}"
        [(rows, last)] = cursor.execute(counted).fetchall()
        sifted.proven += rows - len(unproven)
        sifted.last = max(sifted.last, last)
        sifted.records.extend(_exact(block, unproven))
        sifted.known.extend(self._vocabulary.known(_BLOCK))
        self._keep(sifted)

    def _keep(self, sifted: Sifted) -> None:
        """The numbers of the keys of the proven rows, and what the hooks tell of their values."""
        cursor = self._cursor
        for key in self._keys:
            cursor.execute(
                f"INSERT INTO {key.relation} SELECT {ROW}, {key.column} FROM {_BLOCK} WHERE {_TEXTS} IS NULL"
            )
        if self._sieve.hooks:
            cursor.execute(
                f"CREATE OR REPLACE TEMP VIEW {PROVEN} AS SELECT {self._values()} FROM {_BLOCK} WHERE {_TEXTS} IS NULL"
            )
            sifted.told.extend(hook(cursor) for hook in self._sieve.hooks)

    def _values(self) -> str:
        """Every field under its name; the values that nobody wants are NULL."""
        names = {column.field.name for column in self._typed}
        fields = self._layout.table.fields
        values = [quote(f.name) if f.name in names else f"NULL::{f.duckdb_type} AS {quote(f.name)}" for f in fields]
        return ", ".join([ROW, *values])


def _exact(block: Block, unproven: list[tuple[int, list[str | None]]]) -> Iterator[Record]:
    """Unproven rows as records; those of another length, or with lost characters, from the exact reader."""
    odd = {row for row, texts in unproven if not texts or texts[-1] is not None or None in texts[:-1] or _lost(texts)}
    exact = {record.number: record for record in chosen(block, odd)} if odd else {}
    for row, texts in unproven:
        yield exact[row] if row in odd else Record(row, row, row, [text or "" for text in texts[:-1]])


def _few(rows: int) -> int:
    """How many unproven rows are read at once."""
    return max(_FEW, rows // 50)


def _lost(texts: list[str | None]) -> bool:
    return any(text is not None and _LOST in text for text in texts)


def _typed(column: Column) -> str:
    return f"CAST({column.canonical} AS {column.field.duckdb_type})"
