"""The folder of a schema: a readable `schema.json`, and the files that schema.data.gouv.fr and our tests expect."""

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from greencloud.schema_lint.findings import LintFinding, finding, names, objects

EXPECTED_ERRORS_HEADER = ["code", "ligne", "champ", "valeur"]


def read(path: Path) -> tuple[dict[str, Any] | None, list[LintFinding]]:
    """A descriptor and the keys that its JSON writes twice; None and why when it cannot be read."""
    doubles: list[LintFinding] = []

    def keep_last(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        doubles.extend(_double(key) for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        return dict(pairs)

    try:
        descriptor = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=keep_last)
    except (OSError, ValueError, RecursionError):
        message = f"« {_place(path)} » est absent ou n'est pas un JSON en UTF-8. Vérifiez-le."
        return None, [finding("schema_illisible", message)]
    if not isinstance(descriptor, dict):
        return None, [finding("schema_illisible", f"« {_place(path)} » doit contenir un objet JSON, entre accolades.")]
    return descriptor, doubles


def files(folder: Path, descriptor: Mapping[str, Any]) -> Iterator[LintFinding]:
    """What lacks beside the schema, and the headers that are not those expected."""
    if not (folder / "README.md").is_file():
        yield finding("fichier_absent", f"« {folder.name}/README.md » est absent : schema.data.gouv.fr l'exige.")
    yield from _header(folder / "exemple-valide.csv", names(descriptor))
    yield from _header(folder / "exemple-invalide.csv", names(descriptor))
    yield from _header(folder / "erreurs-attendues.csv", EXPECTED_ERRORS_HEADER)
    for resource in objects(descriptor.get("resources")):
        target = str(resource.get("path", ""))
        if target and "://" not in target and not (folder / target).is_file():
            message = f"« resources » annonce {target}, absent de {folder.name}/."
            yield finding("fichier_absent", message, None, "resources")


def _header(file: Path, expected: list[str]) -> Iterator[LintFinding]:
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            header = next(csv.reader(stream), [])
    except (OSError, UnicodeDecodeError):
        yield finding("fichier_absent", f"« {_place(file)} » est absent ou n'est pas en UTF-8.")
        return
    if header != expected:
        message = f"l'en-tête de {_place(file)} diffère de celui attendu : {', '.join(expected)}."
        yield finding("entete_divergent", message)


def _double(key: str) -> LintFinding:
    message = f"la clé « {key} » est écrite deux fois dans un même objet : seule la dernière est lue. Retirez-en une."
    return finding("cle_en_double", message, None, key)


def _place(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"
