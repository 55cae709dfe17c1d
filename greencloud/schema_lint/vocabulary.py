"""The words that readers of Table Schemas know.

Sources: Table Schema v1 (specs.frictionlessdata.io) for types, formats and constraints, with the extensions that
Frictionless 5.21 applies; the guide of schema.data.gouv.fr for the root; Validata 0.12.5 for the custom checks.
"""

from collections.abc import Mapping

from greencloud.table_schema import vocabulary as table_schema

MAX_LABEL = 63
"""Longest column label that data.gouv.fr indexes."""

SCHEMA_ADDRESSES = (
    "https://specs.frictionlessdata.io/schemas/table-schema.json",
    "https://frictionlessdata.io/schemas/table-schema.json",
)
"""The only values of `$schema` with which publier.etalab.studio accepts a schema."""

REQUIRED_ROOT_KEYS = ("$schema", "name", "title", "description", "homepage", "version", "contributors", "fields")
ROOT_KEYS = frozenset(REQUIRED_ROOT_KEYS) | {
    *("path", "created", "lastModified", "countryCode", "keywords", "sources", "licenses", "resources"),
    *("primaryKey", "foreignKeys", "missingValues", "custom_checks", "fieldsMatch"),
}
LISTED_KEYS: Mapping[str, frozenset[str]] = {
    "contributors": frozenset({"title", "email", "organisation", "organization", "role", "path"}),
    "sources": frozenset({"title", "path", "email"}),
    "licenses": frozenset({"name", "title", "path"}),
    "resources": frozenset({"name", "title", "path", "description"}),
    "foreignKeys": frozenset({"fields", "reference"}),
    "custom_checks": frozenset({"name", "params"}),
}
"""Root keys that hold a list of objects, and the keys of those objects."""

REQUIRED_FIELD_KEYS = ("name", "title", "description", "type", "example")
SPELLINGS: Mapping[str, type] = {
    **dict.fromkeys(("trueValues", "falseValues", "missingValues"), list),
    **dict.fromkeys(("bareNumber", "floatNumber"), bool),
    **dict.fromkeys(("decimalChar", "groupChar", "delimiter", "itemType"), str),
    "arrayItem": dict,
}
"""Keys of a field that change how its cells are read, and the JSON type of each."""

FIELD_KEYS = frozenset(REQUIRED_FIELD_KEYS) | {"constraints", "format", "examples", "rdfType"} | SPELLINGS.keys()
TYPES = frozenset(table_schema.CONSTRAINTS)
DATED = frozenset({"date", "time", "datetime"})
"""Types whose format may also be a strptime pattern such as %d/%m/%Y."""

FORMATS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(TYPES, frozenset({"default"})),
    **dict.fromkeys(DATED, frozenset({"default", "any"})),
    **table_schema.FORMATS,
}
BOUNDS = table_schema.BOUNDS
CONSTRAINTS: Mapping[str, frozenset[str]] = {
    "unique": TYPES,
    **{
        name: frozenset(kind for kind, names in table_schema.CONSTRAINTS.items() if name in names)
        for names in table_schema.CONSTRAINTS.values()
        for name in names
    },
}
"""Constraint -> types to which it applies."""

CHECKS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("siret", "siren", "code-postal", "code-fantoir", "coordonnees-gps-francaises"), ("column",)),
    **dict.fromkeys(("nomenclature-acte", "phone-number-value", "opening-hours-value"), ("column",)),
    **dict.fromkeys(("french-gps-coordinates", "year-interval-value"), ("column",)),
    **dict.fromkeys(("french-siret-value", "french-siren-value", "nomenclature-actes-value"), ("column",)),
    **dict.fromkeys(("code-commune-insee", "commune", "canton", "departement"), ("column", "cog")),
    **dict.fromkeys(("numero-departement", "region", "code-region"), ("column", "cog")),
    **dict.fromkeys(("pays", "code-pays-iso2", "code-pays-iso3"), ("column", "cog")),
    "compare-columns-value": ("column", "op", "column2"),
    "one-of-required": ("column1", "column2"),
    "cohesive-columns-value": ("column", "othercolumns"),
    "sum-columns-value": ("column", "columns"),
}
"""Custom check -> the parameters without which Validata refuses every file."""

OPTIONAL_PARAMS: Mapping[str, tuple[str, ...]] = {"year-interval-value": ("allow-year-only",)}
COLUMN_PARAMS = ("column", "column1", "column2", "othercolumns", "columns")
OPERATORS = (">", ">=", "==", "<=", "<")
DEPRECATED_CHECKS: Mapping[str, str] = {
    "french-siret-value": "siret",
    "french-siren-value": "siren",
    "nomenclature-actes-value": "nomenclature-acte",
}
