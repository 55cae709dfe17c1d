"""What a descriptor says across columns: primary key, foreign keys, custom checks."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from greencloud.schema_lint.findings import (
    LintFinding,
    finding,
    names,
    objects,
    resembling,
    texts,
    unknown_columns,
    unknown_keys,
)
from greencloud.schema_lint.vocabulary import CHECKS, COLUMN_PARAMS, DEPRECATED_CHECKS, OPERATORS, OPTIONAL_PARAMS


def findings(descriptor: Mapping[str, Any]) -> Iterator[LintFinding]:
    """The defects of the keys, then of the custom checks."""
    columns = names(descriptor)
    yield from unknown_columns("primaryKey", texts(descriptor.get("primaryKey")), columns)
    for key in objects(descriptor.get("foreignKeys")):
        yield from _foreign_key(key, columns)
    for check in objects(descriptor.get("custom_checks")):
        yield from _custom_check(check, columns)


def _foreign_key(key: Mapping[str, Any], columns: list[str]) -> Iterator[LintFinding]:
    sources = texts(key.get("fields"))
    yield from unknown_columns("foreignKeys", sources, columns)
    reference = key.get("reference")
    if not isinstance(reference, dict) or not texts(reference.get("fields")):
        message = "une clé étrangère n'a pas de « reference » avec « resource » et « fields ». Complétez-la."
        yield finding("cle_etrangere_illisible", message, None, "foreignKeys")
        return
    targets = texts(reference["fields"])
    if len(targets) != len(sources):
        message = f"une clé étrangère relie {len(sources)} colonne(s) à {len(targets)}. Mettez-en autant."
        yield finding("cle_etrangere_illisible", message, None, "foreignKeys")
    if reference.get("resource"):
        yield _outside(str(reference["resource"]))
    else:
        yield from unknown_columns("foreignKeys", targets, columns)


def _outside(resource: str) -> LintFinding:
    # Seen with Validata 0.12.5 and Frictionless 5.21: « package is required for foreign keys to other resources ».
    message = (
        f"la clé étrangère vers « {resource} » fait refuser par Validata et Frictionless tout fichier contrôlé seul. "
        "Déclarez ce lien dans le datapackage.json qui réunit les deux tables."
    )
    return finding("cle_etrangere_externe", message, None, "foreignKeys")


def _custom_check(check: Mapping[str, Any], columns: list[str]) -> Iterator[LintFinding]:
    name, params = str(check.get("name", "")), check.get("params", {})
    if name not in CHECKS:
        fix = resembling(name, CHECKS) or "Retirez-le."
        message = f"le contrôle « {name} » est inconnu : Validata refusera tous les fichiers. {fix}"
        yield finding("controle_inconnu", message, None, "custom_checks")
    elif not isinstance(params, dict):
        message = f"« params » du contrôle « {name} » doit être un objet."
        yield finding("controle_illisible", message, None, "custom_checks")
    else:
        yield from _params(name, params, columns)


def _params(name: str, params: Mapping[str, Any], columns: list[str]) -> Iterator[LintFinding]:
    if name in DEPRECATED_CHECKS:
        message = f"le contrôle « {name} » est déconseillé : écrivez « {DEPRECATED_CHECKS[name]} »."
        yield finding("controle_deconseille", message, None, "custom_checks")
    for param in CHECKS[name]:
        if param not in params:
            message = f"le contrôle « {name} » n'a pas son paramètre « {param} ». Ajoutez-le."
            yield finding("controle_illisible", message, None, "custom_checks")
    known = (*CHECKS[name], *OPTIONAL_PARAMS.get(name, ()))
    yield from unknown_keys(params, known, None, f"dans les paramètres du contrôle « {name} »")
    if "op" in params and params["op"] not in OPERATORS:
        message = f"le contrôle « {name} » a l'opérateur « {params['op']} ». Connus : {' '.join(OPERATORS)}."
        yield finding("controle_illisible", message, None, "custom_checks")
    used = chain.from_iterable(texts(params.get(param)) for param in COLUMN_PARAMS)
    yield from unknown_columns("custom_checks", used, columns)
