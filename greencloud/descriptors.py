"""Typed access to a Table Schema, which comes from outside and may hold anything where a list or a text is due."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from greencloud.errors import GreencloudError

_KINDS: Mapping[type, str] = {
    str: "un texte",
    bool: "true ou false",
    int: "un entier",
    list: "une liste",
    dict: "un objet",
}

_T = TypeVar("_T")


class SchemaError(GreencloudError):
    """A Table Schema that cannot be applied whole; the text is a French sentence for its author.

    `code` is Frictionless's: `field-error` when one field is at fault, `schema-error` otherwise.
    """

    def __init__(self, sentence: str, code: str = "schema-error") -> None:
        super().__init__(sentence)
        self.code = code


def read_json(path: Path) -> Any:
    """The content of a JSON file. Raises SchemaError when it is missing or is no JSON in UTF-8."""
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SchemaError(f"Le schéma {path.name} est introuvable ou illisible. Vérifiez son chemin.") from error
    except (ValueError, RecursionError) as error:
        raise SchemaError(f"Le schéma {path.name} n'est pas un fichier JSON en UTF-8. Vérifiez le fichier.") from error


def get(holder: Mapping[str, Any], key: str, kind: type[_T], where: str, default: _T | None = None) -> _T:
    """The value of a key, of that very type (true is no integer). Raises SchemaError when it is not."""
    value = holder.get(key, default)
    if type(value) is not kind:
        raise SchemaError(f"{where} : « {key} » doit être {_KINDS[kind]}.")
    return value


def texts(holder: Mapping[str, Any], key: str, where: str, default: list[str] | None = None) -> tuple[str, ...]:
    """A list of texts. Raises SchemaError when it is anything else."""
    values = get(holder, key, list, where, default)
    if not all(isinstance(value, str) for value in values):
        raise SchemaError(f"{where} : « {key} » doit être une liste de textes.")
    return tuple(values)


def names(holder: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    """One column name or a list of them, as keys are written. Raises SchemaError when it is anything else."""
    value = holder.get(key)
    return (value,) if isinstance(value, str) else texts(holder, key, where)


def objects(holder: Mapping[str, Any], key: str, where: str) -> list[Mapping[str, Any]]:
    """A list of objects, empty when the key is absent. Raises SchemaError when it is anything else."""
    values = get(holder, key, list, where, [])
    if not all(isinstance(value, dict) for value in values):
        raise SchemaError(f"{where} : « {key} » doit être une liste d'objets.")
    return values


def scalars(holder: Mapping[str, Any], key: str, where: str) -> tuple[Any, ...]:
    """A non-empty list of texts, finite numbers or booleans. Raises SchemaError when it is anything else."""
    values = get(holder, key, list, where)
    if not values or not all(isinstance(value, str | bool | int | float) and _finite(value) for value in values):
        raise SchemaError(f"{where} : « {key} » doit être une liste non vide de textes ou de nombres.")
    return tuple(values)


def _finite(value: str | float) -> bool:
    return isinstance(value, str) or math.isfinite(value)
