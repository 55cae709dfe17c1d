"""Where the fields of a schema stand in the cells of a file, and how each of their cells is read and proven."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from greencloud.checking.proofs import Proof
from greencloud.checking.sql import OURS
from greencloud.tables import Field, Table, quote


@dataclass(frozen=True)
class Column:
    """A field that the file has: its place among the cells of a row, in the schema, and its proof if it has one."""

    field: Field
    place: int
    order: int
    proof: Proof | None

    @property
    def text(self) -> str:
        """The SQL column of its texts, as received."""
        return text_column(self.place)

    @property
    def canonical(self) -> str:
        """SQL: the canonical text of a proven cell, NULL when it is absent."""
        return self.text if self.proof is None else self.proof.canonical


@dataclass(frozen=True)
class Layout:
    """The columns of a file for one schema. `width` counts the labels of the file, read or not.

    `suspicious` is SQL: whether a row whose cells are all proven may be no row at all.
    """

    table: Table
    width: int
    columns: tuple[Column, ...]
    strict: bool
    suspicious: str = "FALSE"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.field.name for column in self.columns)

    @property
    def positions(self) -> Mapping[str, int]:
        """Where the cells of each field stand in a row."""
        return {column.field.name: column.place for column in self.columns}

    @cached_property
    def provable(self) -> bool:
        """Whether SQL can prove a row at all."""
        return bool(self.columns) and all(column.proof is not None for column in self.columns)

    def chosen(self, names: Sequence[str]) -> tuple[Column, ...]:
        """The columns of these fields, as far as the file has them."""
        known = {column.field.name: column for column in self.columns}
        return tuple(known[name] for name in names if name in known)


def text_column(place: int) -> str:
    """The SQL column of the cells at that place, as received."""
    return quote(f"{OURS}{place}")
