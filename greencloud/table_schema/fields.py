"""One column of a Table Schema."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from greencloud.table_schema.vocabulary import FALSE_VALUES, TRUE_VALUES

_DUCKDB_TYPES = {
    "number": "DOUBLE",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "time": "TIME",
    "year": "INTEGER",
}


@dataclass(frozen=True)
class Field:
    """One column of a Table Schema, with its constraints as the schema writes them."""

    name: str
    type: str
    format: str
    constraints: Mapping[str, Any]
    descriptor: Mapping[str, Any]

    @property
    def title(self) -> str:
        return str(self.descriptor.get("title", self.name))

    @property
    def description(self) -> str:
        return str(self.descriptor.get("description", ""))

    @property
    def example(self) -> Any:
        return self.descriptor.get("example")

    @property
    def required(self) -> bool:
        return bool(self.constraints.get("required", False))

    @property
    def unique(self) -> bool:
        return bool(self.constraints.get("unique", False))

    @property
    def duckdb_type(self) -> str:
        """The DuckDB type of its values; VARCHAR for what DuckDB has no type of its own for."""
        return _DUCKDB_TYPES.get(self.type, "VARCHAR")

    @property
    def pattern(self) -> str | None:
        """The pattern anchored at both ends: Table Schema matches the whole cell, `a|b` included."""
        pattern = self.constraints.get("pattern")
        return None if pattern is None else f"^(?:{pattern})$"

    @property
    def missing_values(self) -> tuple[str, ...] | None:
        """Its own missing values (Table Schema v2), which then stand for those of the schema."""
        entries = self.descriptor.get("missingValues")
        return None if entries is None else missing_texts(entries)

    @property
    def true_values(self) -> tuple[str, ...]:
        return tuple(self.descriptor.get("trueValues", TRUE_VALUES))

    @property
    def false_values(self) -> tuple[str, ...]:
        return tuple(self.descriptor.get("falseValues", FALSE_VALUES))

    @property
    def decimal_char(self) -> str:
        return str(self.descriptor.get("decimalChar", "."))

    @property
    def group_char(self) -> str:
        return str(self.descriptor.get("groupChar", ""))

    @property
    def bare_number(self) -> bool:
        """Whether a number stands alone; if not, the text around it (a unit, a currency) is left out."""
        return bool(self.descriptor.get("bareNumber", True))

    @property
    def float_number(self) -> bool:
        """Whether a number is read as a binary float rather than as an exact decimal."""
        return bool(self.descriptor.get("floatNumber", False))

    @property
    def decimal_comma(self) -> bool:
        """Whether the schema says that numbers are written with a decimal comma."""
        return self.decimal_char == ","

    def bound(self, constraint: str) -> Any:
        """A `minimum` or another bound as a Python value of the field's type, None when there is none."""
        from greencloud.table_schema.bounds import bound

        return bound(self, constraint)


def missing_texts(entries: list[str | dict[str, str]]) -> tuple[str, ...]:
    """Missing values as texts: version 2 of the standard may give each a label, `{"value": …, "label": …}`."""
    return tuple(entry["value"] if isinstance(entry, dict) else entry for entry in entries)
