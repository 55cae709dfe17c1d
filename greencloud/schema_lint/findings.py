"""What the linter says, and how it looks into a descriptor that may be anything."""

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class LintFinding:
    """One defect of a schema: its code, a French sentence with the fix, and the field and key it lies in, if any."""

    code: str
    message: str
    field: str | None = None
    key: str | None = None


def finding(code: str, message: str, field: str | None = None, key: str | None = None) -> LintFinding:
    """A finding whose sentence begins with the field's name, if there is one, and with a capital."""
    sentence = message[:1].upper() + message[1:] if field is None else f"Champ « {field} » : {message}"
    return LintFinding(code, sentence, field, key)


def unknown_keys(
    mapping: Mapping[str, Any], known: Iterable[str], field: str | None, where: str
) -> Iterator[LintFinding]:
    """The keys that no reader knows, with the known key that they resemble."""
    names = sorted(known)
    for key in mapping:
        if key not in names:
            fix = resembling(key, names) or "Retirez-la ou déplacez-la."
            message = f"la clé « {key} » est inconnue {where} : tout lecteur l'ignore en silence. {fix}"
            yield finding("cle_inconnue", message, field, key)


def unknown_columns(key: str, columns: Iterable[str], names: list[str]) -> Iterator[LintFinding]:
    """The columns that `key` speaks of and that the schema does not have."""
    for column in columns:
        if column not in names:
            fix = resembling(column, names)
            message = f"« {key} » nomme la colonne « {column} », qui n'existe pas. {fix}".rstrip()
            yield finding("colonne_inconnue", message, None, key)


def resembling(word: str, known: Iterable[str]) -> str:
    """A question that proposes the known word nearest to a misspelt one, an empty text when none is near."""
    close = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.8)
    return f"Vouliez-vous écrire « {close[0]} » ?" if close else ""


def shown(value: Any) -> str:
    """A value as JSON writes it, for a message."""
    return json.dumps(value, ensure_ascii=False, default=str)


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list, nothing when it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def is_list_of_objects(value: Any) -> bool:
    """Whether a value is a list that holds objects only."""
    return isinstance(value, list) and len(objects(value)) == len(value)


def texts(value: Any) -> list[str]:
    """A text or a list as a list of texts: Table Schema writes a one-column key either way."""
    if isinstance(value, str):
        return [value]
    return [str(item) for item in value] if isinstance(value, list) else []


def names(descriptor: Mapping[str, Any]) -> list[str]:
    """The names of the fields, in their order, repetitions included."""
    return [str(field["name"]) for field in objects(descriptor.get("fields")) if field.get("name")]
