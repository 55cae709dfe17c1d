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
from dataclasses import dataclass, field
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING

from greencloud.checking import keys
from greencloud.checking.keys import Key
from greencloud.checking.layout import Column, Layout, text_column
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
_LONGEST_LINE = 1 << 22
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
        self._fresh = True

    @property
    def _layout(self) -> Layout:
        return self._vocabulary.layout

    def sift(self, block: Block, sifted: Sifted) -> None:
        """Prove what can be proven of a block; how the file is written is learnt from the beginning of the first."""
        parts = parted(block, _FIRST) if self._fresh else None
        self._fresh = False
        for part in parts or (block,):
            self._part(part, sifted)

    def _part(self, block: Block, sifted: Sifted) -> None:
        """A block, cut in two as long as DuckDB reads it otherwise than we do."""
        if block.content is not None and self._proved(block, block.content):
            self._collect(block, sifted)
        elif parts := halves(block):
            for part in parts:
                self._part(part, sifted)
        else:
            sifted.records.extend(block.records())

    def _proved(self, block: Block, content: bytes) -> bool:
        """Read a block into the relation of the cursor; False when DuckDB does not see the same records."""
        from duckdb import Error

        if b'"' not in content and content.count(b"\r\n") not in (0, content.count(b"\n")):
            content = content.replace(b"\r\n", b"\n")
        handle, path = tempfile.mkstemp(suffix=".csv", dir=self._sieve.folder)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            self._cursor.execute(self._reading(block, content, path))
            if self._learnt():
                self._cursor.execute(self._reading(block, content, path))
        except Error:
            return False
        finally:
            Path(path).unlink()
        [(rows,)] = self._cursor.execute(f"SELECT count(*) FROM {_BLOCK}").fetchall()
        return bool(rows == count_records(content))

    def _learnt(self) -> bool:
        """Whether something was learnt from the unproven rows of the block, if they are many."""
        counted = f"SELECT count(*), count({_TEXTS}) FROM {_BLOCK}"
        [(rows, unproven)] = self._cursor.execute(counted).fetchall()
        if unproven <= max(_FEW, rows // 50):
            return False
        names = [f"{_TEXTS}[{place + 1}] AS {text_column(place)}" for place in range(self._layout.width)]
        whole = f"{_TEXTS}[{self._layout.width}] IS NOT NULL AND {_TEXTS}[{self._layout.width + 1}] IS NULL"
        return self._vocabulary.learn(f"(SELECT {', '.join(names)} FROM {_BLOCK} WHERE {whole})")

    def _reading(self, block: Block, content: bytes, path: str) -> str:
        width = self._layout.width
        texts = [text_column(place) for place in range(width + 1)]
        kinds = ", ".join(f"{literal(text[1:-1])}: 'VARCHAR'" for text in texts)
        proven = self._row_proof(lost=_LOST.encode() in content)
        columns = [ROW, f"CASE WHEN NOT {_PROVEN} THEN [{', '.join(texts)}] END AS {_TEXTS}"]
        columns += [f"CASE WHEN {_PROVEN} THEN {key.hashed} END AS {key.column}" for key in self._keys]
        columns += [
            f"CASE WHEN {_PROVEN} THEN {_typed(column)} END AS {quote(column.field.name)}" for column in self._typed
        ]
        columns += self._vocabulary.kept(_PROVEN)
        source = (
            f"read_csv({literal(path)}, columns={{{kinds}}}, header=false, auto_detect=false, "
            f"delim={literal(block.delimiter)}, quote='\"', escape='\"', null_padding=true, "
            f"nullstr={literal(_PADDING)}, parallel=false, max_line_size={_LONGEST_LINE}, "
            f"buffer_size={max(len(content), 2 * _LONGEST_LINE)})"
        )
        numbered = f"SELECT *, row_number() OVER () + {block.first - 1} AS {ROW} FROM {source}"
        proved = f"SELECT *, {proven} AS {_PROVEN} FROM {self._vocabulary.joined(numbered)}"
        return f"CREATE OR REPLACE TEMP TABLE {_BLOCK} AS SELECT {', '.join(columns)} FROM ({proved})"

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
    odd = {row for row, texts in unproven if texts[-1] is not None or None in texts[:-1] or _lost(texts)}
    exact = {record.number: record for record in chosen(block, odd)} if odd else {}
    for row, texts in unproven:
        yield exact[row] if row in odd else Record(row, row, row, [text or "" for text in texts[:-1]])


def _lost(texts: list[str | None]) -> bool:
    return any(text is not None and _LOST in text for text in texts)


def _typed(column: Column) -> str:
    return f"CAST({column.canonical} AS {column.field.duckdb_type})"
