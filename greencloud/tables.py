"""The only reader of ``schemas/``: a Table gives its Frictionless schema, its Pandera model and its DuckDB columns.

A Table Schema is read once and strictly: a type or a constraint that cannot be applied is a SchemaError, so that no
rule of a schema can be lost in silence. What a field is and how its values are read stands in `table_schema`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greencloud.descriptors import SchemaError, get, names, objects, read_json
from greencloud.table_schema import reading
from greencloud.table_schema.fields import Field
from greencloud.table_schema.vocabulary import FIELDS_MATCH

if TYPE_CHECKING:
    import frictionless
    import pandera.pandas as pa

__all__ = [
    "DEPOSITED",
    "INPUTS",
    "METERS",
    "PUBLISHED",
    "READINGS",
    "CustomCheck",
    "Field",
    "ForeignKey",
    "SchemaError",
    "Table",
]

METERS, READINGS = "compteurs", "releves"
INPUTS: tuple[str, ...] = ("centres", "declarations", "consommations", METERS)
DEPOSITED: tuple[str, ...] = (*INPUTS, READINGS)
"""What may be deposited: the tables that are checked row by row, and readings, of which only sums are kept."""
PUBLISHED: tuple[str, ...] = (
    "indicateurs_annuels",
    "agregats_annuels",
    "evolutions_annuelles",
    "observatoire_cloud",
    "economies",
    "consommations_mensuelles",
    "mesures_mensuelles",
    "rapprochements",
    "couverture",
    "rejets",
    "historique",
    "secret_statistique",
)


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
    def fields_match(self) -> str:
        """How columns pair with fields when order matters: `exact`, `equal`, `subset`, `superset` or `partial`."""
        return str(self.descriptor.get("fieldsMatch", "exact"))

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

        from greencloud.table_schema.guards import pandera_column

        return pa.DataFrameSchema(
            {field.name: pandera_column(field, field.name in self.primary_key) for field in self.fields},
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
    if name not in DEPOSITED + PUBLISHED:
        raise SchemaError(f"La table « {name} » n'existe pas. Tables connues : {', '.join(DEPOSITED + PUBLISHED)}.")
    return from_file(schemas_dir() / name / "schema.json")


def from_file(path: Path) -> Table:
    """Any Table Schema stored as JSON. Raises SchemaError (unreadable, not JSON, or not a schema we can apply)."""
    return from_descriptor(read_json(path), path.parent.name if path.name == "schema.json" else path.stem)


def from_descriptor(descriptor: Any, name: str | None = None) -> Table:
    """A Table from a parsed Table Schema. Raises SchemaError naming the field and the unknown or wrong part."""
    if not isinstance(descriptor, dict) or not objects(descriptor, "fields", "Le schéma"):
        raise SchemaError("Ce JSON n'est pas un Table Schema : il lui manque une liste « fields » non vide.")
    fields = tuple(reading.field(item) for item in objects(descriptor, "fields", "Le schéma"))
    if len({field.name.lower() for field in fields}) < len(fields):
        raise SchemaError("Deux champs du schéma portent le même nom, majuscules mises à part. Renommez l'un d'eux.")
    result = Table(
        name=str(name or descriptor.get("name", "table")),
        fields=fields,
        primary_key=names(descriptor, "primaryKey", "Le schéma") if "primaryKey" in descriptor else (),
        foreign_keys=tuple(_foreign_key(item) for item in objects(descriptor, "foreignKeys", "Le schéma")),
        missing_values=reading.missing_values(descriptor, "Le schéma"),
        custom_checks=tuple(_custom_check(item) for item in objects(descriptor, "custom_checks", "Le schéma")),
        descriptor=descriptor,
    )
    _refuse_unknown_columns(result)
    if result.fields_match not in FIELDS_MATCH:
        raise SchemaError(f"Le schéma : « fieldsMatch » doit être l'un de {', '.join(FIELDS_MATCH)}.")
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


def _refuse_unknown_columns(table: Table) -> None:
    own = [key for key in table.foreign_keys if key.resource in ("", table.name)]
    used = set(table.primary_key).union(*(key.columns for key in table.foreign_keys), *(key.targets for key in own))
    unknown = sorted(used - set(table.column_names))
    if unknown:
        raise SchemaError(f"Une clé du schéma nomme des colonnes qui n'existent pas : {', '.join(unknown)}.")
