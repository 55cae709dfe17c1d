"""What many rows of a file write otherwise: their distinct texts are read once in Python, then known to SQL.

A column that is written its own way from top to bottom (`31/12/2024`, `Oui`, a decimal comma), or of which SQL proves
nothing, would send every row to Python. Its distinct texts are few, or at least cheaper to read than whole rows: those
that the reader accepts go into a table of the column, with their values, and the block is read again. Decimal commas,
whose texts are as many as the rows, are respelt by SQL itself.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from greencloud.checking.layout import Column, Layout
from greencloud.checking.proofs import respelt
from greencloud.checking.rows import DOUBTFUL
from greencloud.checking.sql import ROW, literal, ours
from greencloud.checking.verdicts import Cell, CellReader

if TYPE_CHECKING:
    import duckdb

_MOST_KEPT = 50_000
"""Texts of a column beyond which it is no vocabulary: each block then learns its own."""
_MOST_AT_ONCE = 2_000
"""New texts in one block beyond which a column that has a proof is left to Python: most of them are wrong."""


class Known(NamedTuple):
    """How often, in one block, a column was written otherwise in one way, and the first time that it was."""

    column: Column
    code: str
    times: int
    row: int
    received: str
    read: str | None


class Vocabulary:
    """The texts known to one cursor, and the layout that makes use of them.

    `readers` read the texts of each field that may be learnt; `told` are the places of the columns of which every text
    has to be told.
    """

    def __init__(
        self,
        cursor: "duckdb.DuckDBPyConnection",
        layout: Layout,
        readers: Mapping[str, CellReader],
        told: Collection[int],
    ) -> None:
        self._cursor, self._readers, self._told = cursor, readers, told
        self._counts: dict[int, int] = {}
        self.layout = layout

    def joined(self, source: str) -> str:
        """SQL: the records of a source, with what is known of their texts beside them."""
        joins = [
            f"LEFT JOIN {_table(column)} ON {column.text} = {column.learnt_column('texte')}"
            for column in self.layout.columns
            if column.learnt
        ]
        respelt = [
            f", {column.respelt.holds} AS {column.learnt_column('respelt')}"
            for column in self.layout.columns
            if column.respelt
        ]
        return f"(SELECT *{''.join(respelt)} FROM ({source}) {' '.join(joins)})" if joins or respelt else f"({source})"

    def kept(self, certain: str) -> list[str]:
        """SQL: the columns, of the certain rows of a block, that `known` needs."""
        columns = []
        for column in self._otherwise:
            columns.append(f"CASE WHEN {certain} THEN {_code(column)} END AS {_seen('code', column)}")
            columns.append(f"CASE WHEN {certain} THEN {column.text} END AS {_seen('texte', column)}")
        return columns

    def known(self, block: str) -> list[Known]:
        """What the certain rows of a block wrote otherwise; `block` is a relation that has the columns of `kept`."""
        found = []
        for column in self._otherwise:
            code, text = _seen("code", column), _seen("texte", column)
            each = f", {_each(column)}" if column.place in self._told else ""
            query = (
                f"SELECT {code}, count(*), min({ROW}), arg_min({text}, {ROW}) FROM {block} "
                f"WHERE {code} IS NOT NULL GROUP BY {code}{each}"
            )
            rows = self._cursor.execute(query).fetchall()
            for said, times, row, first in rows:
                found.append(Known(column, said, times, row, first, self._read(column, first)))
        return found

    def _read(self, column: Column, text: str) -> str | None:
        """What a known text says; without a reader, only SQL has respelt it."""
        read = self._readers.get(column.field.name)
        return text.replace(",", ".") if read is None else read(text).text

    @property
    def _otherwise(self) -> list[Column]:
        return [column for column in self.layout.columns if column.known != "FALSE"]

    def learn(self, records: str) -> bool:
        """Learn from unproven records, `records` being a relation of their texts; whether there was anything new."""
        columns = [self._learnt(column, records) for column in self.layout.columns]
        learnt = any(column is not before for column, before in zip(columns, self.layout.columns, strict=True))
        self.layout = replace(self.layout, columns=tuple(columns))
        return learnt

    def _learnt(self, column: Column, records: str) -> Column:
        unknown = f"SELECT DISTINCT {column.text} AS texte FROM {records} WHERE {column.text} IS NOT NULL"
        unknown += "".join(f" AND NOT {proof.holds}" for proof in (column.proof, column.respelt) if proof)
        if column.learnt:
            unknown += f" AND {column.text} NOT IN (SELECT {column.learnt_column('texte')} FROM {_table(column)})"
        [(count,)] = self._cursor.execute(f"SELECT count(*) FROM ({unknown})").fetchall()
        other = None if column.respelt or not count else self._respelt(column, unknown, count)
        if other is not None:
            return other
        read = self._readers.get(column.field.name)
        if not count or read is None or (column.proof and count > _MOST_AT_ONCE):
            return column
        texts = [text for (text,) in self._cursor.execute(unknown).fetchall()]
        return self._keep(column, read, texts)

    def _respelt(self, column: Column, unknown: str, count: int) -> Column | None:
        """The column with its numbers respelt by SQL, when that tells half of the unknown texts."""
        other = respelt(column.field, column.text) if column.proof else None
        if other is None:
            return None
        named = f"SELECT texte AS {column.text} FROM ({unknown})"
        [(told,)] = self._cursor.execute(f"SELECT count(*) FROM ({named}) WHERE {other.holds}").fetchall()
        return replace(column, respelt=other) if 2 * told >= count else None

    def _keep(self, column: Column, read: CellReader, texts: Iterable[str]) -> Column:
        """The column once those of the texts that its reader accepts are known."""
        cells = ((text, read(text)) for text in texts)
        kept = [(text, cell.text, self._said(column, cell)) for text, cell in cells if _accepted(cell)]
        if not kept:
            return column
        count = self._counts.get(column.place, 0)
        if count == 0 or count + len(kept) > _MOST_KEPT:
            names = ", ".join(f"{column.learnt_column(name)} VARCHAR" for name in ("texte", "lu", "code"))
            self._cursor.execute(f"CREATE OR REPLACE TEMP TABLE {_table(column)} ({names})")
            count = 0
        self._cursor.execute(
            f"INSERT INTO {_table(column)} SELECT unnest($1::VARCHAR[]), unnest($2::VARCHAR[]), unnest($3::VARCHAR[])",
            [list(values) for values in zip(*kept, strict=True)],
        )
        self._counts[column.place] = count + len(kept)
        return replace(column, learnt=True)

    def _said(self, column: Column, cell: Cell) -> str | None:
        return cell.tolerance or ("" if column.place in self._told else None)


def _accepted(cell: Cell) -> bool:
    """Whether a cell says the same in whatever row it stands."""
    return not cell.faults and cell.tolerance not in DOUBTFUL


def _table(column: Column) -> str:
    return ours(f"vocabulaire {column.place}")


def _seen(name: str, column: Column) -> str:
    return ours(f"vu {name} {column.place}")


def _each(column: Column) -> str:
    """SQL: the texts to tell one by one; those that SQL respells all tell the same, and one of them is enough."""
    text = _seen("texte", column)
    if column.respelt is None or not column.respelt.tolerance:
        return text
    return f"CASE WHEN {_seen('code', column)} IS DISTINCT FROM {literal(column.respelt.tolerance)} THEN {text} END"


def _code(column: Column) -> str:
    """SQL: how a cell is written otherwise; NULL when it is not, or when there is no need to say so."""
    cases = []
    if column.learnt:
        learnt = column.learnt_column("texte")
        cases.append(f"WHEN {learnt} IS NOT NULL THEN {column.learnt_column('code')}")
    if column.respelt and column.respelt.tolerance:
        cases.append(f"WHEN {column.learnt_column('respelt')} THEN {literal(column.respelt.tolerance)}")
    return f"CASE {' '.join(cases)} END" if cases else "NULL::VARCHAR"
