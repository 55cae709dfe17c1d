"""One field of a JSON schema read strictly: a type, a format or a constraint that cannot be applied is a SchemaError.

What a schema says where nobody looks (another constraint beside the type, an unknown key) is not refused here: the
linter names it, and `conformity` refuses what Frictionless refuses when the verdict must be Frictionless's.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

from greencloud.descriptors import SchemaError, get, scalars, texts
from greencloud.table_schema.bounds import permitted
from greencloud.table_schema.fields import Field, missing_texts
from greencloud.table_schema.nested import item_field
from greencloud.table_schema.unfit import Unfit
from greencloud.table_schema.vocabulary import BOUNDS, CONSTRAINTS, FORMATS, ITEM_TYPES

_CODE = "field-error"
_NESTED = ("array", "object", "geojson", "geopoint", "any")


def field(item: Mapping[str, Any]) -> Field:
    """A field that can be applied whole. Raises SchemaError naming the field and the unknown or wrong part."""
    try:
        return _field(item)
    except SchemaError as error:
        error.code = _CODE
        raise


def missing_values(holder: Mapping[str, Any], where: str) -> tuple[str, ...]:
    """The missing values of a schema or of a field: texts, or objects with a value and a label (version 2)."""
    entries = get(holder, "missingValues", list, where, [""])
    if not any(isinstance(entry, dict) for entry in entries):
        return texts(holder, "missingValues", where, [""])
    if not all(isinstance(entry, dict) and isinstance(entry.get("value"), str) for entry in entries):
        raise SchemaError(f"{where} : « missingValues » doit être une liste de textes, ou d'objets avec une « value ».")
    return missing_texts(entries)


def _field(item: Mapping[str, Any]) -> Field:
    name = get(item, "name", str, "Un champ du schéma")
    where = f"Le champ « {name} »"
    if not name or not name.isprintable():
        raise SchemaError(f"{where} a un nom vide ou qui contient des caractères invisibles. Renommez-le.")
    kind = get(item, "type", str, where, "string")
    if kind not in CONSTRAINTS:
        raise SchemaError(f"{where} est du type « {kind} », que le contrôle ne connaît pas.")
    form = get(item, "format", str, where, "default").removeprefix("fmt:")
    read = Field(name, kind, form, _constraints(item, where), item)
    _refuse_unknown_notation(read, where)
    _refuse_unknown_constraints(read, where)
    _refuse_broken_constraints(read, where)
    if kind == "array" and (element := item_field(read)) is not None:
        field({"type": "any", **element.descriptor, "name": name})
    return read


def _constraints(item: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    """The constraints, with a `required` that was written beside the type: what it means leaves no doubt."""
    constraints: Mapping[str, Any] = get(item, "constraints", dict, where, {})
    beside = item.get("required")
    return {"required": beside, **constraints} if isinstance(beside, bool) else constraints


def _refuse_unknown_notation(read: Field, where: str) -> None:
    """How cells are written: what is neither read as the schema says nor refused would change values in silence."""
    descriptor = read.descriptor
    if read.format not in FORMATS.get(read.type, {read.format}):
        raise SchemaError(f"{where} a un format (« {read.format} ») que le contrôle ne connaît pas.")
    for key in {"trueValues", "falseValues"} & set(descriptor):
        texts(descriptor, key, where)
    for key in {"bareNumber", "floatNumber"} & set(descriptor):
        get(descriptor, key, bool, where)
    for key in {"decimalChar", "groupChar", "delimiter"} & set(descriptor):
        get(descriptor, key, str, where)
    if not read.decimal_char or descriptor.get("delimiter") == "" or read.decimal_char == read.group_char:
        raise SchemaError(
            f"{where} a une écriture des nombres ou des listes (decimalChar, groupChar, delimiter) impossible."
        )
    if read.type == "list" and descriptor.get("itemType", "string") not in ITEM_TYPES:
        raise SchemaError(
            f"{where} a des éléments d'un type (« {descriptor['itemType']} ») que le contrôle ne connaît pas."
        )
    if read.type == "array" and "arrayItem" in descriptor:
        get(descriptor, "arrayItem", dict, where)
    missing_values(descriptor, where)


def _refuse_unknown_constraints(read: Field, where: str) -> None:
    unknown = sorted(set(read.constraints) - {*CONSTRAINTS[read.type], "unique"})
    if unknown:
        raise SchemaError(
            f"{where} (type « {read.type} ») porte une contrainte inconnue : {', '.join(unknown)}. "
            "Corrigez le schéma : une contrainte n'est jamais ignorée."
        )


def _refuse_broken_constraints(read: Field, where: str) -> None:
    constraints = read.constraints
    for key in {"required", "unique"} & set(constraints):
        get(constraints, key, bool, where)
    for key in {"minLength", "maxLength"} & set(constraints):
        get(constraints, key, int, where)
    if "enum" in constraints:
        _refuse_hopeless_list(read, where)
    if "pattern" in constraints:
        get(constraints, "pattern", str, where)
    try:
        re.compile(read.pattern or "")
    except (re.error, OverflowError, RecursionError) as error:
        raise SchemaError(
            f"{where} a un « pattern » qui n'est pas une expression régulière valide. Corrigez-le dans le schéma."
        ) from error
    try:
        for key in set(BOUNDS) & set(constraints):
            _refuse_odd_bound(read, key)
    except (ValueError, TypeError, OverflowError, RecursionError, Unfit) as error:
        cause = str(error) or "ce n'est pas une valeur de ce type"
        raise SchemaError(f"{where} a une contrainte illisible ({cause}). Corrigez-la dans le schéma.") from error


def _refuse_hopeless_list(read: Field, where: str) -> None:
    """A list of permitted values that holds none of the type would refuse every cell."""
    if read.type in _NESTED:
        get(read.constraints, "enum", list, where)
    else:
        scalars(read.constraints, "enum", where)
    if not permitted(read):
        raise SchemaError(f"{where} : la liste « enum » ne contient aucune valeur de son type. Corrigez-la.")


def _refuse_odd_bound(read: Field, key: str) -> None:
    """Raise ValueError unless the bound is one finite value of the type, or a text that is."""
    bound, limit = read.bound(key), read.constraints[key]
    if not isinstance(limit, str | int | float):
        raise ValueError(f"{key} : {limit}")
    if isinstance(bound, int | float) and not math.isfinite(bound):
        raise ValueError(f"{key} : {limit}")
    if read.type == "number" and not math.isfinite(float(bound)):
        raise ValueError(f"{key} : {limit}")
