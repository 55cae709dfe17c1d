"""Where the fields of a schema stand in the cells of a file, and how each of their cells is read and proven."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from greencloud.checking.proofs import Proof, Respelt
from greencloud.checking.sql import OURS, any_of
from greencloud.checking.written import Written
from greencloud.tables import Field, Table, quote


@dataclass(frozen=True)
class Column:
    """A field that the file has: its place among the cells of a row, and in the schema.

    `proven` gives the proof of its cells, if they can have one: only files long enough for SQL ask for it; `patterned`
    gives what is `written`, for the field and the characters that are not to be there. `respelt` is another spelling
    that SQL reads; `learnt` tells that a table of other texts, those that the reader of the field was seen to accept,
    is at hand (see `vocabulary`).
    """

    field: Field
    place: int
    order: int
    proven: Callable[[], Proof | None]
    patterned: Callable[[Field, str], Written | None]
    respelt: Respelt | None = None
    learnt: bool = False

    @property
    def proof(self) -> Proof | None:
        """What SQL asks of a cell to be certain of it."""
        return self.proven()

    def written(self, without: str, filled: bool) -> Written | None:
        """How certain cells that hold none of these characters are written; those with a value, if `filled`.

        None when there is no such pattern.
        """
        constraints = {**self.field.constraints, "required": True} if filled else self.field.constraints
        return self.patterned(replace(self.field, constraints=constraints), without)

    @property
    def text(self) -> str:
        """The SQL column of its texts, as received."""
        return text_column(self.place)

    @property
    def known(self) -> str:
        """SQL: whether the text is none that stands for itself, and yet one whose value is known."""
        conditions = [f"{self.learnt_column('texte')} IS NOT NULL"] if self.learnt else []
        conditions += [self.learnt_column("respelt")] if self.respelt else []
        return any_of(conditions) if conditions else "FALSE"

    @property
    def holds(self) -> str:
        """SQL: whether the value of a cell is certain."""
        plain = self.proof.holds if self.proof else "FALSE"
        return plain if self.known == "FALSE" else f"CASE WHEN {self.known} THEN TRUE ELSE {plain} END"

    @property
    def canonical(self) -> str:
        """SQL: the canonical text of a cell whose value is certain, NULL when it is absent."""
        plain = self.text if self.proof is None else self.proof.canonical
        cases = []
        if self.learnt:
            cases.append(f"WHEN {self.learnt_column('texte')} IS NOT NULL THEN {self.learnt_column('lu')}")
        if self.respelt:
            cases.append(f"WHEN {self.learnt_column('respelt')} THEN {self.respelt.canonical}")
        return f"CASE {' '.join(cases)} ELSE {plain} END" if cases else plain

    @property
    def filled(self) -> str:
        """SQL: whether a value stands in a cell whose value is certain."""
        if self.learnt or self.proof is None:
            return "TRUE" if self.field.required else f"({self.canonical} IS NOT NULL)"
        return self.proof.filled

    def learnt_column(self, name: str) -> str:
        """A column of the table of learnt texts, once it is joined: `texte`, `lu` (canonical) or `code`.

        `respelt` stands beside them: whether the text is in the other spelling.
        """
        return quote(f"{OURS}{name} {self.place}")


def _never(_columns: Sequence[Column]) -> str:
    return "FALSE"


@dataclass(frozen=True)
class Layout:
    """The columns of a file for one schema. `width` counts the labels of the file, read or not.

    `suspect` gives, for columns, the SQL that tells whether a row whose cells are all certain may be no row at all.
    """

    table: Table
    width: int
    columns: tuple[Column, ...]
    strict: bool
    suspect: Callable[[Sequence[Column]], str] = _never

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.field.name for column in self.columns)

    @property
    def positions(self) -> Mapping[str, int]:
        """Where the cells of each field stand in a row."""
        return {column.field.name: column.place for column in self.columns}

    def chosen(self, names: Sequence[str]) -> tuple[Column, ...]:
        """The columns of these fields, as far as the file has them."""
        known = {column.field.name: column for column in self.columns}
        return tuple(known[name] for name in names if name in known)


def text_column(place: int) -> str:
    """The SQL column of the cells at that place, as received."""
    return quote(f"{OURS}{place}")
