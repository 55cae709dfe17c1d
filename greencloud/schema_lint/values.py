"""Examples, enumerations and bounds against the field that holds them, read as the checker reads cells."""

from collections.abc import Iterator, Mapping
from typing import Any

from greencloud.descriptors import SchemaError
from greencloud.schema_lint.findings import LintFinding, finding, shown
from greencloud.schema_lint.vocabulary import BOUNDS, SPELLINGS
from greencloud.table_schema import constraints as table_constraints
from greencloud.table_schema import reading
from greencloud.table_schema.fields import Field
from greencloud.table_schema.parsers import parser
from greencloud.table_schema.unfit import Unfit

# What leaves room for a value, and what leaves none even when both ends are equal.
_RANGES = (
    ("minimum", "maximum", False),
    ("minLength", "maxLength", False),
    ("minimum", "exclusiveMaximum", True),
    ("exclusiveMinimum", "maximum", True),
    ("exclusiveMinimum", "exclusiveMaximum", True),
)


def findings(
    field: Mapping[str, Any], name: str, constraints: Mapping[str, Any], missing: list[str]
) -> Iterator[LintFinding]:
    """The values of a field that its own type or constraints refuse; `constraints` are those that can be applied."""
    try:
        wrong = [key for key in BOUNDS if key in constraints and _Reader(field, {}).refusals(constraints[key])]
        sound = {key: value for key, value in constraints.items() if key not in wrong}
        yield from (_wrong_bound(field, name, key, constraints[key]) for key in wrong)
        yield from _inverted_bounds(field, sound, name)
        yield from _enum(field, sound, name)
        yield from _examples(field, sound, name, missing)
    except SchemaError:
        message = f"la façon d'écrire les valeurs est impossible. Vérifiez {_listed(tuple(SPELLINGS))}."
        yield finding("champ_illisible", message, name)


def _wrong_bound(field: Mapping[str, Any], name: str, key: str, value: Any) -> LintFinding:
    message = f"« {key} » vaut {shown(value)}, qui n'est pas du type « {field['type']} ». Corrigez-le."
    return finding("borne_hors_type", message, name, key)


def _inverted_bounds(field: Mapping[str, Any], sound: Mapping[str, Any], name: str) -> Iterator[LintFinding]:
    for low, high, excluded in _RANGES:
        if low not in sound or high not in sound:
            continue
        least, most = (_Reader(field, {}).typed(sound[key]) if low in BOUNDS else sound[key] for key in (low, high))
        if least > most or (excluded and least == most):
            message = f"« {low} » ({sound[low]}) dépasse « {high} » ({sound[high]}) : aucune valeur ne passe."
            if least == most:
                message = f"« {low} » et « {high} » valent {sound[low]} : aucune valeur ne passe."
            yield finding("bornes_inversees", message, name, low)


def _enum(field: Mapping[str, Any], sound: Mapping[str, Any], name: str) -> Iterator[LintFinding]:
    if "enum" not in sound:
        return
    reader = _Reader(field, {key: value for key, value in sound.items() if key != "enum"})
    for value in sound["enum"]:
        if refusals := reader.refusals(value):
            message = f"la valeur {shown(value)} de « enum » ne passera jamais ({_listed(refusals)}). Corrigez-la."
            yield finding("enum_hors_champ", message, name, "enum")


def _examples(
    field: Mapping[str, Any], sound: Mapping[str, Any], name: str, missing: list[str]
) -> Iterator[LintFinding]:
    several = field.get("examples", [])
    given = [field.get("example"), *(several if isinstance(several, list) else [several])]
    filled = [value for value in given if value is not None and value != "" and value not in missing]
    reader = _Reader(field, sound) if filled else None
    for value in filled:
        if reader and (refusals := reader.refusals(value)):
            message = f"l'exemple {shown(value)} est refusé par son propre champ ({_listed(refusals)}). Corrigez-le."
            yield finding("exemple_hors_champ", message, name, "example")


def _listed(refusals: tuple[str, ...]) -> str:
    return ", ".join(f"« {refusal} »" for refusal in refusals)


class _Reader:
    """One field as the checker reads it, with the constraints given."""

    def __init__(self, field: Mapping[str, Any], constraints: Mapping[str, Any]) -> None:
        """Raises SchemaError when the cells of the field cannot be written as it asks."""
        kept = {key: field[key] for key in ("type", "format", *SPELLINGS) if key in field}
        notation = reading.field({"name": "valeur", **kept})
        self._parse = parser(notation)
        bound = Field(notation.name, notation.type, notation.format, constraints, notation.descriptor)
        self._constraints = table_constraints.of(bound)

    def typed(self, value: Any) -> Any:
        """The value in the type of the field."""
        return self._parse(value)

    def refusals(self, value: Any) -> tuple[str, ...]:
        """What refuses the value: `type`, or names of constraints; empty when it passes."""
        try:
            typed = self._parse(value)
        except Unfit:
            return ("type",)
        return tuple(name for name, holds in self._constraints if not holds(typed))
