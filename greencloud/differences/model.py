"""What two editions differ by, as plain data: the JSON form of `greencloud diff` is made of these."""

from collections.abc import Mapping
from dataclasses import dataclass

from greencloud.differences.snapshots import Card

NEW, REMOVED, CHANGED = "nouvelle", "retiree", "modifiee"


@dataclass(frozen=True)
class Ingredients:
    """What changed in the ingredients. `references`, `schemas` and `code` are file names; None vintage: the newest."""

    new_deposits: tuple[Card, ...]
    gone_deposits: tuple[Card, ...]
    vintages: tuple[str | None, str | None]
    references: tuple[str, ...]
    schemas: tuple[str, ...]
    code: tuple[str, ...]
    libraries: tuple[tuple[str, str | None, str | None], ...]

    @property
    def factors(self) -> bool:
        """Whether the emission factors may have changed."""
        return self.vintages[0] != self.vintages[1] or "facteurs_emission.csv" in self.references

    @property
    def program(self) -> bool:
        """Whether something else than deposits and factors changed that can change a row."""
        return bool(self.schemas or self.code or self.libraries or set(self.references) - {"facteurs_emission.csv"})

    @property
    def only_deposit(self) -> str | None:
        """The deposit that alone can have changed a total; None when something else came, went or changed."""
        cards = (*self.new_deposits, *self.gone_deposits)
        return str(cards[0]["sha256"]) if len(cards) == 1 and not (self.program or self.factors) else None


@dataclass(frozen=True)
class Cause:
    """Why rows are new, removed or changed (`sens`): a code, the deposit that did it if one is known, how many rows."""

    sens: str
    code: str
    depot: str | None
    nb_lignes: int


@dataclass(frozen=True)
class RowChange:
    """One row that differs. `cellules`: column -> the values before and after, as published.

    `ligne` is the record of the deposit `depot` that did it, `refus` the code of the refusal.
    """

    cle: Mapping[str, object]
    sens: str
    cause: str
    depot: str | None
    ligne: int | None
    refus: str | None
    cellules: Mapping[str, tuple[str | None, str | None]]


@dataclass(frozen=True)
class TableChange:
    """One table. `before` or `after` is None when that edition has no such table.

    `unnamed` counts the removed rows of sites that are no longer published in their name: they are in `causes`, never
    in `rows`, for a site that became protected must not be named again.
    """

    name: str
    before: int | None
    after: int | None
    added_columns: tuple[str, ...]
    removed_columns: tuple[str, ...]
    causes: tuple[Cause, ...]
    rows: tuple[RowChange, ...]
    unnamed: int

    def count(self, sens: str) -> int:
        """How many rows are new, removed or changed."""
        return sum(cause.nb_lignes for cause in self.causes if cause.sens == sens)

    @property
    def same(self) -> bool:
        """Whether both editions hold the same rows and columns here."""
        one_sided = self.before is None or self.after is None
        return not (self.causes or self.added_columns or self.removed_columns or one_sided)


@dataclass(frozen=True)
class Comparison:
    """Two editions compared: identifiers, ingredients, and every table in the order of `tables.PUBLISHED`."""

    before: str
    after: str
    ingredients: Ingredients
    tables: tuple[TableChange, ...]
    deposits: Mapping[str, Card]
