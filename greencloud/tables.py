"""The only reader of ``schemas/``: a Table gives its Frictionless schema, its Pandera model and its DuckDB columns.

A Table Schema is read once and strictly: a type or a constraint that this module does not know is a SchemaError,
so that no rule of a schema can be lost in silence.
"""

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greencloud.descriptors import SchemaError, get, names, objects, read_json, scalars, texts

if TYPE_CHECKING:
    import frictionless
    import pandera.pandas as pa

__all__ = ["INPUTS", "PUBLISHED", "CustomCheck", "Field", "ForeignKey", "SchemaError", "Table"]

INPUTS: tuple[str, ...] = ("centres", "declarations", "consommations")
PUBLISHED: tuple[str, ...] = (
    "indicateurs_annuels",
    "agregats_annuels",
    "consommations_mensuelles",
    "couverture",
    "rejets",
    "historique",
)

TRUE_VALUES = ("true", "True", "TRUE", "1")
FALSE_VALUES = ("false", "False", "FALSE", "0")

_DUCKDB_TYPES = {
    "string": "VARCHAR",
    "number": "DOUBLE",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "time": "TIME",
    "year": "INTEGER",
}
_PANDAS_TYPES = {
    "string": "str",
    "number": "float64",
    "integer": "Int64",
    "boolean": "boolean",
    "date": "datetime64[us]",
    "datetime": "datetime64[us]",
    "time": "object",
    "year": "Int64",
}
_ORDERED = frozenset({"required", "unique", "enum", "minimum", "maximum"})
CONSTRAINTS: Mapping[str, frozenset[str]] = {
    "string": frozenset({"required", "unique", "enum", "pattern", "minLength", "maxLength"}),
    "boolean": frozenset({"required", "unique", "enum"}),
    **dict.fromkeys(("number", "integer", "date", "datetime", "time", "year"), _ORDERED),
}
_PARSERS: Mapping[str, Callable[[Any], Any]] = {
    "number": float,
    "integer": int,
    "year": int,
    "date": lambda bound: dt.date.fromisoformat(str(bound)),
    "datetime": lambda bound: dt.datetime.fromisoformat(str(bound)),
    "time": lambda bound: dt.time.fromisoformat(str(bound)),
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
    def duckdb_type(self) -> str:
        return _DUCKDB_TYPES[self.type]

    @property
    def pattern(self) -> str | None:
        """The pattern anchored at both ends: Table Schema matches the whole cell, `a|b` included."""
        pattern = self.constraints.get("pattern")
        return None if pattern is None else f"^(?:{pattern})$"

    @property
    def true_values(self) -> tuple[str, ...]:
        return tuple(self.descriptor.get("trueValues", TRUE_VALUES))

    @property
    def false_values(self) -> tuple[str, ...]:
        return tuple(self.descriptor.get("falseValues", FALSE_VALUES))

    @property
    def decimal_comma(self) -> bool:
        """Whether the schema says that numbers are written with a decimal comma."""
        return bool(self.descriptor.get("decimalChar") == ",")

    def bound(self, constraint: str) -> Any:
        """A `minimum` or `maximum` as a Python value of the field's type, None when there is none."""
        value = self.constraints.get(constraint)
        return None if value is None else _PARSERS[self.type](value)


@dataclass(frozen=True)
class ForeignKey:
    """Columns of this table whose values must stand in the columns of another (`""`: this same table)."""

    columns: tuple[str, ...]
    resource: str
    targets: tuple[str, ...]


@dataclass(frozen=True)
class CustomCheck:
    """A check of the French national catalogue: its name and its parameters."""

    name: str
    params: Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """A Table Schema read whole: everything that the checker, the warehouse and the guards derive from it."""

    name: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    missing_values: tuple[str, ...]
    custom_checks: tuple[CustomCheck, ...]
    descriptor: Mapping[str, Any]

    @property
    def title(self) -> str:
        return str(self.descriptor.get("title", self.name))

    @property
    def description(self) -> str:
        return str(self.descriptor.get("description", ""))

    @property
    def version(self) -> str:
        return str(self.descriptor.get("version", ""))

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    def field(self, name: str) -> Field:
        """The field of that name. Raises KeyError when the table has none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    def duckdb_columns(self) -> dict[str, str]:
        """Column name -> DuckDB type, in the order of the schema."""
        return {field.name: field.duckdb_type for field in self.fields}

    def frictionless(self) -> "frictionless.Schema":
        """The same schema as a Frictionless object."""
        from frictionless import Schema

        return Schema.from_descriptor(dict(self.descriptor))

    def pandera(self) -> "pa.DataFrameSchema":
        """A strict Pandera model: these columns, in this order, typed and constrained as the schema says."""
        import pandera.pandas as pa

        return pa.DataFrameSchema(
            {field.name: _pandera_column(field, field.name in self.primary_key) for field in self.fields},
            name=self.name,
            strict=True,
            ordered=True,
            unique=list(self.primary_key) or None,
        )


def quote(identifier: str) -> str:
    """An SQL identifier in double quotes, safe whatever it contains."""
    return '"' + identifier.replace('"', '""') + '"'


def schemas_dir() -> Path:
    """The folder of the schemas, in a checkout or in an installed package."""
    return _shipped("_schemas", "schemas")


def reference_dir() -> Path:
    """The folder of the dated reference tables, in a checkout or in an installed package."""
    return _shipped("_reference", "data/reference")


@cache
def table(name: str) -> Table:
    """One of our own tables. Raises SchemaError when there is none of that name."""
    if name not in INPUTS + PUBLISHED:
        raise SchemaError(f"La table « {name} » n'existe pas. Tables connues : {', '.join(INPUTS + PUBLISHED)}.")
    return from_file(schemas_dir() / name / "schema.json")


def from_file(path: Path) -> Table:
    """Any Table Schema stored as JSON. Raises SchemaError (unreadable, not JSON, or not a schema we can apply)."""
    return from_descriptor(read_json(path), path.parent.name if path.name == "schema.json" else path.stem)


def from_descriptor(descriptor: Any, name: str | None = None) -> Table:
    """A Table from a parsed Table Schema. Raises SchemaError naming the field and the unknown or wrong part."""
    if not isinstance(descriptor, dict) or not objects(descriptor, "fields", "Le schéma"):
        raise SchemaError("Ce JSON n'est pas un Table Schema : il lui manque une liste « fields » non vide.")
    fields = tuple(_field(item) for item in objects(descriptor, "fields", "Le schéma"))
    if len({field.name.lower() for field in fields}) < len(fields):
        raise SchemaError("Deux champs du schéma portent le même nom, majuscules mises à part. Renommez l'un d'eux.")
    result = Table(
        name=str(name or descriptor.get("name", "table")),
        fields=fields,
        primary_key=names(descriptor, "primaryKey", "Le schéma") if "primaryKey" in descriptor else (),
        foreign_keys=tuple(_foreign_key(item) for item in objects(descriptor, "foreignKeys", "Le schéma")),
        missing_values=texts(descriptor, "missingValues", "Le schéma", [""]),
        custom_checks=tuple(_custom_check(item) for item in objects(descriptor, "custom_checks", "Le schéma")),
        descriptor=descriptor,
    )
    _refuse_unknown_columns(result)
    return result


def _shipped(packaged: str, checkout: str) -> Path:
    inside = Path(__file__).parent / packaged
    return inside if inside.is_dir() else Path(__file__).parents[1] / checkout


def _foreign_key(item: Mapping[str, Any]) -> ForeignKey:
    where = "Une clé étrangère du schéma"
    reference = get(item, "reference", dict, where)
    columns, targets = names(item, "fields", where), names(reference, "fields", where)
    if len(columns) != len(targets):
        raise SchemaError(f"{where} relie {len(columns)} colonnes à {len(targets)}. Donnez-en autant de chaque côté.")
    return ForeignKey(columns, get(reference, "resource", str, where, ""), targets)


def _custom_check(item: Mapping[str, Any]) -> CustomCheck:
    where = "Un contrôle du schéma (custom_checks)"
    return CustomCheck(get(item, "name", str, where), get(item, "params", dict, where, {}))


def _field(item: Mapping[str, Any]) -> Field:
    name = get(item, "name", str, "Un champ du schéma")
    where = f"Le champ « {name} »"
    if not name or not name.isprintable():
        raise SchemaError(f"{where} a un nom vide ou qui contient des caractères invisibles. Renommez-le.")
    kind = get(item, "type", str, where, "string")
    if kind not in _DUCKDB_TYPES:
        raise SchemaError(f"{where} est du type « {kind} », que le contrôle ne connaît pas.")
    field = Field(
        name, kind, get(item, "format", str, where, "default"), get(item, "constraints", dict, where, {}), item
    )
    _refuse_unknown_notation(field, where)
    _refuse_unknown_constraints(field, where)
    _refuse_broken_constraints(field, where)
    return field


def _refuse_unknown_notation(field: Field, where: str) -> None:
    """How cells are written: what is neither read as the schema says nor refused would change values in silence."""
    if field.format != "default":
        raise SchemaError(f"{where} a un format (« {field.format} ») que le contrôle ne connaît pas.")
    known = {"decimalChar": (".", ","), "groupChar": ("", " ", "\u00a0", "\u202f"), "bareNumber": (True,)}
    for key, values in known.items():
        if key in field.descriptor and field.descriptor[key] not in values:
            raise SchemaError(f"{where} demande une écriture des nombres ({key}) que le contrôle ne connaît pas.")
    for key in ("trueValues", "falseValues"):
        if key in field.descriptor:
            texts(field.descriptor, key, where)


def _refuse_unknown_constraints(field: Field, where: str) -> None:
    unknown = sorted(set(field.constraints) - CONSTRAINTS[field.type])
    if unknown:
        raise SchemaError(
            f"{where} (type « {field.type} ») porte une contrainte inconnue : {', '.join(unknown)}. "
            "Corrigez le schéma : une contrainte n'est jamais ignorée."
        )
    misplaced = sorted(set(field.descriptor) & set().union(*CONSTRAINTS.values()))
    if misplaced:
        raise SchemaError(
            f"{where} : déplacez {', '.join(misplaced)} sous « constraints », où la règle sera appliquée."
        )


def _refuse_broken_constraints(field: Field, where: str) -> None:
    constraints = field.constraints
    for key in {"required", "unique"} & set(constraints):
        get(constraints, key, bool, where)
    for key in {"minLength", "maxLength"} & set(constraints):
        get(constraints, key, int, where)
    if "enum" in constraints:
        scalars(constraints, "enum", where)
    if "pattern" in constraints:
        get(constraints, "pattern", str, where)
    try:
        re.compile(field.pattern or "")
        for key in {"minimum", "maximum"} & set(constraints):
            _refuse_odd_bound(field, constraints[key])
    except (re.error, ValueError, TypeError, OverflowError) as error:
        raise SchemaError(f"{where} a une contrainte illisible ({error}). Corrigez-la dans le schéma.") from error


def _refuse_odd_bound(field: Field, bound: Any) -> None:
    """Raise ValueError unless the bound is a value of the field's type, neither rounded nor infinite."""
    value = _PARSERS[field.type](bound)
    if isinstance(value, int | float):
        faithful = not isinstance(bound, bool) and math.isfinite(value) and value == float(bound)
    else:
        faithful = str(bound).startswith(value.isoformat()[:10])
    if not faithful:
        raise ValueError(f"borne {bound}")


def _refuse_unknown_columns(table: Table) -> None:
    own = [key for key in table.foreign_keys if key.resource in ("", table.name)]
    used = set(table.primary_key).union(*(key.columns for key in table.foreign_keys), *(key.targets for key in own))
    unknown = sorted(used - set(table.column_names))
    if unknown:
        raise SchemaError(f"Une clé du schéma nomme des colonnes qui n'existent pas : {', '.join(unknown)}.")


def _pandera_column(field: Field, in_key: bool) -> "pa.Column":
    import pandera.pandas as pa

    return pa.Column(
        _PANDAS_TYPES[field.type],
        checks=_pandera_checks(field),
        nullable=not (field.required or in_key),
        unique=bool(field.constraints.get("unique", False)),
        # Only widens (bool to nullable boolean, int64 to Int64); a text would never become a date.
        coerce=field.type in ("string", "integer", "boolean", "year"),
    )


def _pandera_checks(field: Field) -> list[Any]:
    import pandera.pandas as pa

    checks = []
    constraints = field.constraints
    if "enum" in constraints:
        checks.append(pa.Check.isin(list(constraints["enum"])))
    if field.pattern is not None:
        checks.append(pa.Check(lambda column: column.str.fullmatch(field.pattern), name="pattern"))
    if "minLength" in constraints or "maxLength" in constraints:
        checks.append(pa.Check.str_length(constraints.get("minLength"), constraints.get("maxLength")))
    if "minimum" in constraints:
        checks.append(pa.Check.ge(_pandas_bound(field, "minimum")))
    if "maximum" in constraints:
        checks.append(pa.Check.le(_pandas_bound(field, "maximum")))
    return checks


def _pandas_bound(field: Field, constraint: str) -> Any:
    import pandas as pd

    bound = field.bound(constraint)
    return pd.Timestamp(bound) if isinstance(bound, dt.date) else bound
