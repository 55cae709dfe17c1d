"""The Pandera column of a field: the same type and constraints, for tables that pandas carries."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from greencloud.descriptors import SchemaError
from greencloud.table_schema.fields import Field

if TYPE_CHECKING:
    import pandera.pandas as pa

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
_GUARDED = frozenset({"required", "unique", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum"})


def pandera_column(field: Field, in_key: bool) -> "pa.Column":
    """The guard of a column. Raises SchemaError for what no guard knows how to hold: it would be lost in silence."""
    import pandera.pandas as pa

    if field.type not in _PANDAS_TYPES or not set(field.constraints) <= _GUARDED:
        raise SchemaError(
            f"Le champ « {field.name} » a un type ou une contrainte que les garde-fous des tables publiées ne "
            "connaissent pas. Choisissez-en un autre.",
            "field-error",
        )
    return pa.Column(
        _PANDAS_TYPES[field.type],
        checks=_checks(field),
        nullable=not (field.required or in_key),
        unique=field.unique,
        # Only widens (bool to nullable boolean, int64 to Int64); a text would never become a date.
        coerce=field.type in ("string", "integer", "boolean", "year"),
    )


def _checks(field: Field) -> list[Any]:
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
        checks.append(pa.Check.ge(_bound(field, "minimum")))
    if "maximum" in constraints:
        checks.append(pa.Check.le(_bound(field, "maximum")))
    return checks


def _bound(field: Field, constraint: str) -> Any:
    import pandas as pd

    bound = field.bound(constraint)
    if field.type == "number":
        return float(bound)
    return pd.Timestamp(bound) if isinstance(bound, dt.date) else bound
