"""What the frictionless library says of a descriptor, in French."""

import re
from collections.abc import Callable, Mapping

from greencloud.checking.messages import quoted

_TYPES: Mapping[str, str] = {
    "string": "un texte",
    "number": "un nombre",
    "integer": "un entier",
    "boolean": "true ou false",
    "array": "une liste",
    "object": "un objet",
}
_SUBJECTS: Mapping[str, str] = {
    "catalog-error": "Le catalogue",
    "dataset-error": "Un jeu de données du catalogue",
    "checklist-error": "La liste de contrôles",
    "check-error": "Un contrôle",
    "dialect-error": "Le « dialect »",
    "control-error": "Une partie du « dialect »",
    "inquiry-error": "L'enquête (inquiry)",
    "inquiry-task-error": "Une tâche de l'enquête",
    "package-error": "Le paquet de données",
    "pipeline-error": "La chaîne de traitements (pipeline)",
    "step-error": "Une étape de la chaîne de traitements",
    "report-error": "Le rapport",
    "report-task-error": "Une tâche du rapport",
    "resource-error": "La ressource",
    "schema-error": "Le schéma",
    "field-error": "Un champ du schéma",
}

_QUOTED = r"'(.+?)'"


def _kinds(text: str) -> str:
    return " ou ".join(_TYPES.get(name.strip(" '"), quoted(name.strip(" '"))) for name in text.split(","))


_NOTES: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"'(.+)' is a required property(?: at property '(.+)')?", lambda found: f"il manque {quoted(found[1])}"),
    (
        r"(.*) is not of type (.+?) at property '(.+)'",
        lambda found: f"{quoted(found[3])} vaut {quoted(found[1])} et doit être {_kinds(found[2])}",
    ),
    (
        r"'(.*)' does not match '.+' at property '(.+)'",
        lambda found: f"{quoted(found[2])} vaut {quoted(found[1])}, ce qui n'est pas une écriture permise",
    ),
    (
        r"(.*) is not one of (.+?) at property '(.+)'",
        lambda found: f"{quoted(found[3])} vaut {quoted(found[1])}, ce qui n'est pas une valeur permise",
    ),
    (r"\w+ type \"(.+)\" is not supported", lambda found: f"le type {quoted(found[1])} n'existe pas"),
    (
        r"constraint \"(.+)\" is not supported by type \"(.+)\"",
        lambda found: f"la contrainte {quoted(found[1])} ne s'applique pas au type {quoted(found[2])}",
    ),
    (r"path \"(.+)\" is not safe", lambda found: f"le chemin {quoted(found[1])} sort du dossier du descripteur"),
    (r"names of the (?:fields|resources) are not unique", lambda _: "deux noms sont les mêmes"),
    (
        r"primary key \"(.+)\" does not match the fields .*",
        lambda found: (
            f"la clé primaire {quoted(', '.join(re.findall(_QUOTED, found[1])))} nomme une colonne qui n'existe pas"
        ),
    ),
    (r"one of the properties (.+) is required", lambda found: f"il faut l'une des clés {_listed(found[1])}"),
    (r"\"(.+)\" should be set as \"(.+)\"", lambda found: f"{quoted(found[1])} doit être dans {quoted(found[2])}"),
)


def _listed(text: str) -> str:
    return " ou ".join(quoted(name) for name in re.findall(r'"(\w+)"', text))


def told(code: str, note: str) -> str:
    """What is wrong with a descriptor, as a sentence."""
    subject = _SUBJECTS.get(code, "Le descripteur")
    for pattern, say in _NOTES:
        if found := re.fullmatch(pattern, note, re.DOTALL):
            return f"{subject} n'est pas valide : {say(found)}."
    where = re.search(r"property '(.+)'", note)
    return f"{subject} n'est pas valide{f' : {quoted(where[1])} est à revoir' if where else ''}."
