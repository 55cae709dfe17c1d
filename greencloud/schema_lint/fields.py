"""The fields of a descriptor: their keys, types, formats, constraints and patterns."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from greencloud.schema_lint import values
from greencloud.schema_lint.findings import (
    LintFinding,
    finding,
    is_list_of_objects,
    names,
    objects,
    resembling,
    shown,
    texts,
    unknown_keys,
)
from greencloud.schema_lint.vocabulary import (
    CONSTRAINTS,
    DATED,
    FIELD_KEYS,
    FORMATS,
    MAX_LABEL,
    REQUIRED_FIELD_KEYS,
    SPELLINGS,
    TYPES,
)


def findings(descriptor: Mapping[str, Any]) -> Iterator[LintFinding]:
    """The defects of the fields, one field after the other."""
    if not is_list_of_objects(descriptor.get("fields", [])):
        yield finding("liste_attendue", "« fields » doit être une liste d'objets, un par colonne.", None, "fields")
    for name, count in Counter(names(descriptor)).items():
        if count > 1:
            message = f"{count} champs portent ce nom. Gardez-en un ou renommez les autres."
            yield finding("champ_en_double", message, name, "name")
    missing = texts(descriptor["missingValues"]) if "missingValues" in descriptor else [""]
    for field in objects(descriptor.get("fields")):
        yield from _field(field, missing)


def _field(field: Mapping[str, Any], missing: list[str]) -> Iterator[LintFinding]:
    name = str(field.get("name", ""))
    yield from _field_keys(field, name)
    if len(name) > MAX_LABEL:
        message = f"le nom compte {len(name)} caractères ; data.gouv.fr n'en indexe que {MAX_LABEL}. Raccourcissez-le."
        yield finding("nom_trop_long", message, name, "name")
    type_defects = list(_type(field, name))
    yield from type_defects
    constraints = field.get("constraints", {})
    if not isinstance(constraints, dict):
        yield finding("contrainte_illisible", "« constraints » doit être un objet.", name, "constraints")
        return
    yield from _constraints(field.get("type"), constraints, name)
    if "type" in field and not type_defects:
        yield from values.findings(field, name, _sound(str(field["type"]), constraints), missing)


def _field_keys(field: Mapping[str, Any], name: str) -> Iterator[LintFinding]:
    yield from unknown_keys(field, FIELD_KEYS | CONSTRAINTS.keys(), name, "dans un champ")
    for key in REQUIRED_FIELD_KEYS:
        if field.get(key) in (None, "") and not (key == "example" and field.get("examples")):
            yield finding("cle_absente", f"la clé « {key} » est absente ou vide. Ajoutez-la.", name, key)
    for key in CONSTRAINTS:
        if key in field:
            message = f"la contrainte « {key} », à côté du type, est ignorée. Mettez-la dans « constraints »."
            yield finding("contrainte_mal_placee", message, name, key)


def _type(field: Mapping[str, Any], name: str) -> Iterator[LintFinding]:
    kind, form = field.get("type"), field.get("format", "default")
    if kind is not None and (not isinstance(kind, str) or kind not in TYPES):
        fix = resembling(str(kind), TYPES) or f"Types connus : {', '.join(sorted(TYPES))}."
        yield finding("type_inconnu", f"le type « {kind} » n'existe pas. {fix}", name, "type")
    elif kind is not None and not _known_format(kind, form):
        message = f"le format « {form} » n'existe pas pour le type « {kind} ». Corrigez-le ou retirez-le."
        yield finding("format_inconnu", message, name, "format")
    for key, json_type in SPELLINGS.items():
        if key in field and not isinstance(field[key], json_type):
            yield finding("cle_illisible", f"« {key} » ne peut pas valoir {shown(field[key])}.", name, key)


def _known_format(kind: str, form: Any) -> bool:
    return isinstance(form, str) and (form in FORMATS[kind] or (kind in DATED and "%" in form))


def _constraints(kind: Any, constraints: Mapping[str, Any], name: str) -> Iterator[LintFinding]:
    yield from unknown_keys(constraints, CONSTRAINTS, name, "dans « constraints »")
    for key, value in constraints.items():
        applicable = CONSTRAINTS.get(key, TYPES)
        if isinstance(kind, str) and kind in TYPES - applicable:
            message = f"la contrainte « {key} » ne s'applique pas au type « {kind} ». Retirez-la ou changez le type."
            yield finding("contrainte_inapplicable", message, name, key)
        elif not _well_formed(key, value):
            yield finding("contrainte_illisible", f"« {key} » ne peut pas valoir {shown(value)}.", name, key)
        elif key == "pattern":
            yield from _pattern(value, name)


def _well_formed(key: str, value: Any) -> bool:
    if key in ("required", "unique"):
        return isinstance(value, bool)
    if key in ("minLength", "maxLength"):
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if key == "enum":
        return isinstance(value, list) and bool(value) and len(value) == len({repr(item) for item in value})
    return isinstance(value, str) if key == "pattern" else value is not None


def _sound(kind: str, constraints: Mapping[str, Any]) -> dict[str, Any]:
    """The constraints that can be applied to values; each of the others has its own finding."""
    return {
        key: value
        for key, value in constraints.items()
        if kind in CONSTRAINTS.get(key, ()) and _well_formed(key, value) and (key != "pattern" or _compiles(value))
    }


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _pattern(pattern: str, name: str) -> Iterator[LintFinding]:
    if not _compiles(pattern):
        message = f"le motif « {pattern} » n'est pas une expression régulière. Vérifiez parenthèses et crochets."
        yield finding("motif_invalide", message, name, "pattern")
    elif not _anchored(pattern):
        message = f"le motif « {pattern} » n'est pas ancré aux deux bouts. Écrivez « ^(?:…)$ »."
        yield finding("motif_non_ancre", message, name, "pattern")


def _anchored(pattern: str) -> bool:
    """Whether both anchors hold for the whole: `^a|b$` accepts whatever begins with a, or ends with b."""
    unescaped = re.sub(r"\\.", "x", pattern, flags=re.DOTALL)
    return unescaped.startswith("^") and unescaped.endswith("$") and not _splits_at_top(unescaped)


def _splits_at_top(unescaped: str) -> bool:
    """Whether `|` stands outside any group and any character class."""
    depth = 0
    for char in re.sub(r"\[\^?\]?[^\]]*\]", "", unescaped):
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            return True
    return False
