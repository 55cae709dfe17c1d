"""The blocks of a file sifted by DuckDB: rows that are proven stay there, the others come back with their texts.

A block that DuckDB does not read as the exact reader would (a number of rows that is not that of the records, or an
error) is cut in two and tried again, down to small pieces that the exact reader takes over. A row whose cells are not
as many as the labels is always taken from the exact reader, which alone knows how to repair it.
"""

import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import local

import duckdb

from greencloud.checking.keys import Key
from greencloud.checking.layout import Column, Layout, text_column
from greencloud.checking.sql import ROW, all_of, any_of, literal, ours
from greencloud.reading.blocks import chosen, count_records, halves
from greencloud.reading.records import Block, Record
from greencloud.tables import quote

PROVEN = "typees"
"""The relation of the proven rows of the block at hand: their number, and their values under their fields' names."""
_BLOCK = "bloc"
_TEXTS = ours("textes")
_PADDING = "\x02\x1a\x03"
"""What DuckDB takes for a cell that is not there; no empty cell is, and such a text would only be read by Python."""
_LOST = "\ufffd"
_LONGEST_LINE = 1 << 22

Hook = Callable[[duckdb.DuckDBPyConnection], object]


@dataclass
class Sifted:
    """What became of a stretch of records: how many were proven, the others in order, and what the hooks gave."""

    proven: int = 0
    records: list[Record] = field(default_factory=list)
    told: list[object] = field(default_factory=list)
    size: int = 0


@dataclass(frozen=True)
class Sieve:
    """Sifts blocks. `typed` names the fields whose values are wanted; each hook sees the proven rows of every block."""

    connection: duckdb.DuckDBPyConnection
    layout: Layout
    folder: Path
    typed: frozenset[str]
    keys: Sequence[Key]
    hooks: Sequence[Hook]
    small: int

    def sift(self, blocks: Iterable[Block]) -> Iterator[Sifted]:
        """The blocks in order, two at a time: DuckDB reads one while Python prepares the next."""
        cursors = local()
        workers = os.cpu_count() or 1
        with ThreadPoolExecutor(workers) as pool:
            waiting: deque[Future[Sifted]] = deque()
            for block in blocks:
                if len(waiting) > workers:
                    yield waiting.popleft().result()
                waiting.append(pool.submit(self._block, block, cursors))
            while waiting:
                yield waiting.popleft().result()

    def _block(self, block: Block, cursors: local) -> Sifted:
        sifted = Sifted(size=len(block.content or b""))
        if block.content is None or len(block.content) < self.small or not self.layout.provable:
            sifted.records.extend(block.records())
            return sifted
        if not hasattr(cursors, "cursor"):
            cursors.cursor = self.connection.cursor()
        self._sift(block, cursors.cursor, sifted)
        return sifted

    def _sift(self, block: Block, cursor: duckdb.DuckDBPyConnection, sifted: Sifted) -> None:
        if block.content is not None and self._loaded(block, block.content, cursor):
            self._proven(block, cursor, sifted)
        elif parts := halves(block):
            for part in parts:
                self._sift(part, cursor, sifted)
        else:
            sifted.records.extend(block.records())

    def _loaded(self, block: Block, content: bytes, cursor: duckdb.DuckDBPyConnection) -> bool:
        """Read a block into the relation of the cursor; False when DuckDB does not see the same records."""
        if b'"' not in content and content.count(b"\r\n") not in (0, content.count(b"\n")):
            content = content.replace(b"\r\n", b"\n")
        handle, path = tempfile.mkstemp(suffix=".csv", dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            cursor.execute(self._reading(block, content, path))
        except duckdb.Error:
            return False
        finally:
            Path(path).unlink()
        [(rows,)] = cursor.execute(f"SELECT count(*) FROM {_BLOCK}").fetchall()
        return bool(rows == count_records(content))

    def _reading(self, block: Block, content: bytes, path: str) -> str:
        width = self.layout.width
        texts = [text_column(place) for place in range(width + 1)]
        kinds = ", ".join(f"{literal(text[1:-1])}: 'VARCHAR'" for text in texts)
        proven = self._row_proof(lost=_LOST.encode() in content)
        columns = [ROW, f"CASE WHEN NOT proven THEN [{', '.join(texts)}] END AS {_TEXTS}"]
        columns += [f"CASE WHEN proven THEN {key.hashed} END AS {key.column}" for key in self.keys]
        columns += [
            f"CASE WHEN proven THEN {_typed(column)} END AS {quote(column.field.name)}" for column in self._typed
        ]
        source = (
            f"read_csv({literal(path)}, columns={{{kinds}}}, header=false, auto_detect=false, "
            f"delim={literal(block.delimiter)}, quote='\"', escape='\"', null_padding=true, "
            f"nullstr={literal(_PADDING)}, parallel=false, max_line_size={_LONGEST_LINE})"
        )
        numbered = f"SELECT *, row_number() OVER () + {block.first - 1} AS {ROW} FROM {source}"
        proved = f"SELECT *, {proven} AS proven FROM ({numbered})"
        return f"CREATE OR REPLACE TEMP TABLE {_BLOCK} AS SELECT {', '.join(columns)} FROM ({proved})"

    @property
    def _typed(self) -> list[Column]:
        return [column for column in self.layout.columns if column.field.name in self.typed]

    def _row_proof(self, lost: bool) -> str:
        """The proof of a whole row: as many cells as labels, not blank, every cell proven."""
        last, beyond = text_column(self.layout.width - 1), text_column(self.layout.width)
        conditions = [f"{beyond} IS NULL", f"{last} IS NOT NULL"]
        conditions += [column.proof.holds for column in self.layout.columns if column.proof]
        if all(column.proof and column.proof.may_be_absent for column in self.layout.columns):
            conditions.append(any_of([f"{column.canonical} IS NOT NULL" for column in self.layout.columns]))
        if self.layout.suspicious != "FALSE":
            conditions.append(f"NOT coalesce({self.layout.suspicious}, TRUE)")
        if lost:
            texts = [text_column(place) for place in range(self.layout.width)]
            conditions += [f"NOT contains({text}, {literal(_LOST)})" for text in texts]
        return all_of(conditions)

    def _proven(self, block: Block, cursor: duckdb.DuckDBPyConnection, sifted: Sifted) -> None:
        unproven = cursor.execute(f"SELECT {ROW}, {_TEXTS} FROM {_BLOCK} WHERE {_TEXTS} IS NOT NULL").fetchall()
        [(rows,)] = cursor.execute(f"SELECT count(*) FROM {_BLOCK}").fetchall()
        sifted.proven += rows - len(unproven)
        sifted.records.extend(self._exact(block, unproven))
        for key in self.keys:
            cursor.execute(
                f"INSERT INTO {key.relation} SELECT {ROW}, {key.column} FROM {_BLOCK} WHERE {_TEXTS} IS NULL"
            )
        if self.hooks:
            cursor.execute(
                f"CREATE OR REPLACE TEMP VIEW {PROVEN} AS SELECT {self._values()} FROM {_BLOCK} WHERE {_TEXTS} IS NULL"
            )
            sifted.told.extend(hook(cursor) for hook in self.hooks)

    def _values(self) -> str:
        """Every field under its name; the values that nobody wants are NULL."""
        names = {column.field.name for column in self._typed}
        fields = self.layout.table.fields
        values = [quote(f.name) if f.name in names else f"NULL::{f.duckdb_type} AS {quote(f.name)}" for f in fields]
        return ", ".join([ROW, *values])

    def _exact(self, block: Block, unproven: list[tuple[int, list[str | None]]]) -> Iterator[Record]:
        """Unproven rows as records; those of another length, or with lost characters, from the exact reader."""
        odd = {row for row, texts in unproven if texts[-1] is not None or None in texts[:-1] or _lost(texts)}
        exact = {record.number: record for record in chosen(block, odd)} if odd else {}
        for row, texts in unproven:
            yield exact[row] if row in odd else Record(row, row, row, texts[:-1])


def _lost(texts: list[str | None]) -> bool:
    return any(text is not None and _LOST in text for text in texts)


def _typed(column: Column) -> str:
    return f"CAST({column.canonical} AS {column.field.duckdb_type})"
