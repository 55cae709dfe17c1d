"""Whole lines proven by one pattern: where no cell is quoted, the certain cells of a row make a regular language.

DuckDB holds the pattern against a block of megabytes at one step a byte, and cuts no cell at all; a block that is not
wholly of that language is held against it line by line. What the pattern cannot say of a column is left to its proof.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from greencloud.checking.layout import Column, Layout
from greencloud.checking.sql import any_of, literal
from greencloud.checking.written import Written
from greencloud.reading.blocks import count_records

if TYPE_CHECKING:
    import duckdb

_NEVER_IN_CELLS = '\x00"\r\n'
_LOST = "\ufffd".encode()
_FREE = ("string", "any")
LONGEST_LINE = 1 << 22


@dataclass(frozen=True)
class LineProof:
    """The RE2 pattern of certain lines, and the SQL conditions that their cells must fulfil besides.

    `spans` tells of the cells that stand at the same characters in every line: the first one, from 1 on, and how many.
    """

    pattern: str
    conditions: tuple[str, ...]
    spans: Mapping[int, tuple[int, int]]


def line_proof(layout: Layout, delimiter: str) -> LineProof | None:
    """The proof of lines whose cells stand apart by `delimiter`; None where the proofs of their cells do as well."""
    columns = layout.columns
    if not columns or any(column.proof is None or column.known != "FALSE" for column in columns):
        return None
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in _NEVER_IN_CELLS:
        return None
    without = _NEVER_IN_CELLS + delimiter
    demanded, suspicious = _demanded(layout, without)
    known = {column.place: column.written(without, column.place in demanded) for column in columns}
    cells = {place: one for place, one in known.items() if one is not None}
    if not cells:
        return None
    conditions = [column.holds for column in columns if column.place not in cells]
    sure = any(column.filled == "TRUE" or column.place in demanded for column in columns)
    conditions += [] if sure else [any_of([column.filled for column in columns])]
    conditions += [] if suspicious == "FALSE" else [f"NOT coalesce({suspicious}, TRUE)"]
    anything = Written(f"[^{_escaped(without)}]*", None)
    line = [cells.get(place, anything) for place in range(layout.width)]
    pattern = _escaped(delimiter).join(f"(?:{cell.pattern})" for cell in line)
    return LineProof(pattern, tuple(conditions), _spans(line))


def _spans(line: Sequence[Written]) -> Mapping[int, tuple[int, int]]:
    spans, start = {}, 1
    for place, cell in enumerate(line):
        if cell.width is None:
            break
        spans[place] = start, cell.width
        start += cell.width + 1
    return spans


def _demanded(layout: Layout, without: str) -> tuple[set[int], str]:
    """The places of columns that are to be filled, and what then makes a row suspicious, which is best nothing.

    Where enough cells are filled a row is a row; the lines in which these are not are left to the exact reader.
    """
    columns = list(layout.columns)
    suspicious = first = layout.suspect(columns)
    demanded: set[int] = set()
    for column in sorted(
        layout.columns, key=lambda one: one.field.type in _FREE and "enum" not in one.field.constraints
    ):
        if suspicious == "FALSE":
            return demanded, suspicious
        if column.filled != "TRUE" and column.written(without, True) is not None:
            demanded.add(column.place)
            columns[columns.index(column)] = _filled(column)
            suspicious = layout.suspect(columns)
    return (demanded, suspicious) if suspicious == "FALSE" else (set(), first)


def _filled(column: Column) -> Column:
    assert column.proof is not None
    sure = replace(column.proof, filled="TRUE")
    return replace(column, proven=lambda: sure)


def _escaped(characters: str) -> str:
    return "".join(rf"\x{{{ord(one):X}}}" for one in characters)


def read_lines(path: Path, size: int) -> str:
    """SQL: the lines of a file of `size` bytes, in a column `ligne`."""
    return (
        f"read_csv({literal(path)}, columns={{'ligne': 'VARCHAR'}}, header=false, auto_detect=false, delim='\x02', "
        f"quote='', escape='', parallel=false, max_line_size={LONGEST_LINE}, buffer_size={max(size, 2 * LONGEST_LINE)})"
    )


class LineSieve:
    """Holds blocks against the proof of their lines."""

    def __init__(self, cursor: "duckdb.DuckDBPyConnection", proof: LineProof) -> None:
        self.proof = proof
        self._cursor = cursor
        self._line = literal(proof.pattern + r"\r?")
        self._block = literal(f"(?:{proof.pattern}" + r"\r?\n)*")
        self._whole = True

    def unproven(self, content: bytes, path: Path) -> list[int] | None:
        """The records of a block, from 0 on, whose lines the pattern does not prove; None when it says nothing.

        `path` is a file that holds the block.
        """
        from duckdb import Error

        if b'"' in content or _LOST in content:
            return None
        try:
            if self._whole and content.endswith(b"\n") and self._matches(path):
                return []
            count, numbers = self._by_line(len(content), path)
        except Error:
            return None
        self._whole = not numbers
        return numbers if count == count_records(content) else None

    def _matches(self, path: Path) -> bool:
        query = f"SELECT regexp_full_match(decode(content), {self._block}) FROM read_blob({literal(path)})"
        [(whole,)] = self._cursor.execute(query).fetchall()
        return bool(whole)

    def _by_line(self, size: int, path: Path) -> tuple[int, list[int]]:
        """How many lines there are, and which of them are not proven."""
        lines = f"SELECT ligne, row_number() OVER () - 1 AS numero FROM {read_lines(path, size)}"
        sure = f"regexp_full_match(ligne, {self._line}) IS TRUE"
        query = f"SELECT count(*), list(numero) FILTER (WHERE NOT {sure}) FROM ({lines})"
        [(count, numbers)] = self._cursor.execute(query).fetchall()
        return count, sorted(numbers or [])
