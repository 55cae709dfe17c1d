"""The words that readers of Table Schemas know.

Sources: Table Schema v1 (specs.frictionlessdata.io) for types, formats and constraints, with the extensions that
Frictionless 5.21 applies; the guide of schema.data.gouv.fr for the root; Validata 0.12.5 for the custom checks.
"""

from collections.abc import Mapping

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
    *("primaryKey", "foreignKeys", "missingValues", "custom_checks"),
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
    **dict.fromkeys(("trueValues", "falseValues"), list),
    **dict.fromkeys(("bareNumber", "floatNumber"), bool),
    **dict.fromkeys(("decimalChar", "groupChar"), str),
    "arrayItem": dict,
}
"""Keys of a field that change how its cells are read, and the JSON type of each."""

FIELD_KEYS = frozenset(REQUIRED_FIELD_KEYS) | {"constraints", "format", "examples", "rdfType"} | SPELLINGS.keys()
FORMATS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("number", "integer", "boolean", "object", "array"), frozenset({"default"})),
    **dict.fromkeys(("year", "yearmonth", "duration", "any"), frozenset({"default"})),
    **dict.fromkeys(("date", "time", "datetime"), frozenset({"default", "any"})),
    "string": frozenset({"default", "email", "uri", "binary", "uuid"}),
    "geopoint": frozenset({"default", "array", "object"}),
    "geojson": frozenset({"default", "topojson"}),
}
TYPES = frozenset(FORMATS)
DATED = frozenset({"date", "time", "datetime"})
"""Types whose format may also be a strptime pattern such as %d/%m/%Y."""

CONSTRAINTS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("required", "unique", "enum"), TYPES),
    **dict.fromkeys(("minLength", "maxLength"), frozenset({"string", "array", "object"})),
    **dict.fromkeys(("minimum", "maximum"), DATED | {"integer", "number", "year", "yearmonth"}),
    "pattern": frozenset({"string"}),
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
