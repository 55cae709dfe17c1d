"""Which constraint a cell violates, and how to satisfy it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from greencloud.checking.messages.patterns import explain
from greencloud.checking.messages.words import joined, or_empty, plural, quoted, shown, unit
from greencloud.checking.tolerances.nearby import among
from greencloud.checking.verdicts import Fault
from greencloud.tables import Field

_FORMULA_STARTS = ("=", "+", "@", "\t", "\r", "\n")
_LISTED = 12
_LISTED_CHARACTERS = 300
_DESCRIPTION = 200
_RESEMBLANCE = 0.5
_ENERGIES = ("kWh", "MWh")
# Type -> how the first and the last value that a bound permits are called.
_EARLIER = {
    "date": ("la première date permise", "la dernière date permise"),
    "datetime": ("la première date permise", "la dernière date permise"),
    "time": ("la première heure permise", "la dernière heure permise"),
    "yearmonth": ("le premier mois permis", "le dernier mois permis"),
    "year": ("la première année permise", "la dernière année permise"),
}

_Sentences = tuple[str, str]


def violated(fault: Fault, field: Field, value: str) -> _Sentences:
    """How the sentence goes on after the place, and what to do."""
    constraint = fault.constraint or ""
    if detailed := _DETAILED.get((constraint, fault.detail or "")):
        return detailed(fault, field, value)
    return _VIOLATED[constraint](field, value)


def _required(field: Field, value: str) -> _Sentences:
    example = "" if field.example in (None, "") else f", par exemple {field.example}"
    return "la cellule est vide alors que la valeur est obligatoire.", f"Renseignez « {field.title} »{example}."


def _marked_absent(fault: Fault, field: Field, value: str) -> _Sentences:
    return f"{quoted(value)} dit que la valeur manque alors qu'elle est obligatoire.", _required(field, value)[1]


def _unique(field: Field, value: str) -> _Sentences:
    return f"{quoted(value)} se trouve déjà plus haut dans la colonne.", "Corrigez la valeur ou supprimez la ligne."


def _enum(field: Field, value: str) -> _Sentences:
    permitted = [str(item) for item in field.constraints["enum"]]
    said = f"{quoted(value)} n'est pas une des valeurs permises."
    everything = ", ".join(permitted)
    if len(permitted) <= _LISTED and len(everything) <= _LISTED_CHARACTERS:
        return said, f"Choisissez parmi : {everything}."
    count = plural(len(permitted), "valeur permise", "valeurs permises")
    near = among(tuple(permitted)).of(value[:_LISTED_CHARACTERS], 3, _RESEMBLANCE)
    some = [quoted(item) for item in near or permitted[:5]]
    beginning = "Les plus proches" if near and len(some) > 1 else "La plus proche" if near else "Les premières"
    return said, f"{beginning} des {count} : {joined(some)}."


def _resembling(fault: Fault, field: Field, value: str) -> _Sentences:
    near = fault.proposal or ""
    return (
        f"{quoted(value)} n'est pas une des valeurs permises ; la plus proche est {quoted(near)}.",
        f"Si c'est bien elle, écrivez-la exactement ainsi : {near}.",
    )


def _pattern(field: Field, value: str) -> _Sentences:
    said = f"{quoted(value)} n'a pas la forme attendue."
    pattern = str(field.constraints["pattern"])
    if value[:1] in _FORMULA_STARTS and value and "=+@" in pattern:
        fix = f"Retirez le premier caractère ({quoted(value[:1])}) : un tableur prendrait ce texte pour une formule."
        return said, fix
    explained = explain(pattern)
    if explained:
        example = field.example if _follows(field.example, pattern) else explained.example
        return said, f"Écrivez {explained.sentence} ; par exemple {example}"
    if field.example not in (None, ""):
        return said, f"Suivez le modèle : {field.example}"
    if field.description:
        return said, f"Suivez la description de la colonne : {_shortened(field.description)}"
    return said, "Demandez à l'auteur du schéma la forme attendue."


def _foreign_letter(fault: Fault, field: Field, value: str) -> _Sentences:
    letter, code = (*fault.readings, "", "")[:2]
    return (
        f"{quoted(value)} contient {quoted(letter)} ({code}), une lettre d'un autre alphabet qui a l'air latine.",
        "Saisissez à nouveau la valeur au clavier.",
    )


def _case(fault: Fault, field: Field, value: str) -> _Sentences:
    return f"{quoted(value)} n'a pas les majuscules et minuscules attendues.", "Corrigez la casse."


def _low(field: Field, value: str) -> _Sentences:
    return _bound(field, value, "minimum", "est inférieur au minimum permis ({})")


def _high(field: Field, value: str) -> _Sentences:
    return _bound(field, value, "maximum", "est supérieur au maximum permis ({})")


def _low_excluded(field: Field, value: str) -> _Sentences:
    return _bound(field, value, "exclusiveMinimum", "doit être strictement supérieur à {}")


def _high_excluded(field: Field, value: str) -> _Sentences:
    return _bound(field, value, "exclusiveMaximum", "doit être strictement inférieur à {}")


def _bound(field: Field, value: str, constraint: str, compared: str) -> _Sentences:
    limit = field.constraints[constraint]
    if field.type in _EARLIER:
        first, last = _EARLIER[field.type]
        compared = {
            "minimum": f"est avant {first} ({{}})",
            "maximum": f"est après {last} ({{}})",
            "exclusiveMinimum": "doit venir après {}",
            "exclusiveMaximum": "doit venir avant {}",
        }[constraint]
    return f"{quoted(value)} {compared.format(shown(limit, field))}.", _bound_fix(field, constraint, limit)


def _bound_fix(field: Field, constraint: str, limit: Any) -> str:
    if field.type in _EARLIER:
        return f"Vérifiez la valeur{or_empty(field)}."
    if constraint == "minimum" and str(limit) in ("0", "0.0"):
        if unit(field) in _ENERGIES:
            return "Donnez une valeur positive : une énergie cédée ne se déduit pas ; si elle manque, laissez vide."
        return f"Donnez une valeur positive ou nulle{or_empty(field)}."
    return f"Vérifiez la valeur{' et son unité' if unit(field) else ''}{or_empty(field)}."


def _short(field: Field, value: str) -> _Sentences:
    return _length(field, value, "minLength", "au moins")


def _long(field: Field, value: str) -> _Sentences:
    return _length(field, value, "maxLength", "au plus")


def _length(field: Field, value: str, constraint: str, word: str) -> _Sentences:
    limit = int(field.constraints[constraint])
    counted = f"compte {plural(len(value), 'caractère')}"
    if field.type != "string":
        counted = f"a trop {'peu ' if constraint == 'minLength' else ''}d'éléments"
    verb = "complétez" if constraint == "minLength" else "abrégez"
    return (
        f"{quoted(value)} {counted} ; il en faut {word} {limit}.",
        f"Vérifiez la valeur, puis {verb}-la{or_empty(field)}.",
    )


def _follows(example: Any, pattern: str) -> bool:
    return isinstance(example, str) and re.fullmatch(f"(?:{pattern})", example) is not None


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _DESCRIPTION else flat[: _DESCRIPTION - 1] + "…"


_VIOLATED: Mapping[str, Callable[[Field, str], _Sentences]] = {
    "required": _required,
    "unique": _unique,
    "enum": _enum,
    "pattern": _pattern,
    "minimum": _low,
    "maximum": _high,
    "exclusiveMinimum": _low_excluded,
    "exclusiveMaximum": _high_excluded,
    "minLength": _short,
    "maxLength": _long,
}
CONSTRAINTS = tuple(_VIOLATED)
"""Every constraint that has a sentence."""
_DETAILED: Mapping[tuple[str, str], Callable[[Fault, Field, str], _Sentences]] = {
    ("required", "absent"): _marked_absent,
    ("enum", "ressemblance"): _resembling,
    ("pattern", "caractere_trompeur"): _foreign_letter,
    ("pattern", "casse"): _case,
}
DETAILS = tuple(_DETAILED)
"""The constraints that have a sentence of their own for a cause."""
