"""From an edition to the datasets that should be on the platform: which file goes where, under which words."""

import json
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from greencloud import packaging
from greencloud.datagouv import addressed, archive, reports, territory
from greencloud.datagouv.edition import CHECKSUMS, Edition, table_of
from greencloud.datagouv.errors import Unfit
from greencloud.datagouv.naming import file_name, slug
from greencloud.datagouv.wanted import (
    DATASET,
    LICENCES,
    PREFIX,
    PUBLICATION,
    RELEASE,
    Dataset,
    File,
    Known,
    SchemaReference,
    on_disk,
)

MAIN, REJECTS = "principal", "rejets"
_FREQUENCY = "annual"
_README, _RULES, _VALIDATION = "LISEZMOI.md", "regles.md", "rapport_validation.json"
_CHECKED = f"{PREFIX}validation:"
_TAG = range(3, 97)  # characters; the platform refuses others
_SPARED = ".parquet"  # what is also in the archive, and may be missing beside the CSV
_WHOLE, _REPORTS = "edition-complete.zip", "rapports-par-producteur.zip"

# Files that the package does not describe, since they are written after it.
_PAPERS: Mapping[str, tuple[str, str]] = {
    _README: ("À lire d'abord", "Ce que contient l'édition, sa couverture et ses limites, en français (Markdown)."),
    CHECKSUMS: (
        "Empreintes SHA-256",
        "L'empreinte de chaque fichier de l'édition, sous son nom dans l'archive complète.",
    ),
}


def datasets(edition: Edition, known: Known, work: Path) -> tuple[Dataset, ...]:
    """The two datasets of an edition; `work` is a folder for the files to be made. Raises Unfit, OSError."""
    return _main(edition, known, work), _rejects(edition, known, work)


# ---- the two datasets ----


def _main(edition: Edition, known: Known, work: Path) -> Dataset:
    whole = work / _WHOLE
    top = f"{edition.package['name']}-{edition.identifier}"
    archive.write(whole, ((f"{top}/{name}", edition.folder / name) for name in (*edition.sha256, CHECKSUMS)))
    title = (
        "L'édition complète (ZIP)",
        "Toutes les tables en CSV et en Parquet, les tableaux de bord et les documents.",
    )
    files = [
        *_described(edition, known, lambda item: table_of(item) not in (None, reports.TABLE)),
        on_disk(whole, _WHOLE, _WHOLE, title, "other"),
        *_papers(edition, known),
        *_described(edition, known, lambda item: _is_document(item) and not _about_rejects(item)),
        *addressed.files(edition, known, work),
    ]
    return Dataset(MAIN, _metadata(edition, known), _extras(edition, MAIN), tuple(files))


def _rejects(edition: Edition, known: Known, work: Path) -> Dataset:
    packed = work / _REPORTS
    archive.write_texts(packed, reports.by_producer(edition))
    title = (
        "Rapports par producteur (ZIP)",
        "Pour chaque producteur dont une ligne a été refusée : une page HTML, un CSV et un JSON, nommés par son SIREN.",
    )
    files = [
        *_described(edition, known, lambda item: table_of(item) == reports.TABLE),
        on_disk(packed, _REPORTS, _REPORTS, title, "other"),
        *_described(edition, known, lambda item: _about_rejects(item) or item["path"] == _RULES),
    ]
    metadata = _metadata(edition, known)
    words = {
        "title": f"{metadata['title']} : rejets et rapports par producteur",
        "description": (
            f"Ce qui a été refusé dans les dépôts du jeu « {metadata['title']} », ligne par ligne, pourquoi, et "
            f"comment le corriger.\n\n{metadata['description']}"
        ),
        "tags": sorted({*metadata["tags"], "qualite-des-donnees"}),
    }
    return Dataset(REJECTS, {**metadata, **words}, _extras(edition, REJECTS), tuple(files))


def _is_document(item: Mapping[str, Any]) -> bool:
    """Schemas and documents; examples stay in the archive, lest fictitious rows be taken for data."""
    return (
        table_of(item) is None
        and not Path(item["path"]).name.startswith("exemple-")
        and item["path"] not in addressed.PATHS
    )


def _about_rejects(item: Mapping[str, Any]) -> bool:
    return _is_document(item) and f"/{reports.TABLE}/" in item["path"]


# ---- metadata ----


def _metadata(edition: Edition, known: Known) -> dict[str, Any]:
    package = edition.package
    return {
        "title": str(package["title"]),
        "description": _description(edition),
        "license": _licence(package),
        "frequency": _FREQUENCY,
        "temporal_coverage": _temporal_coverage(package),
        "spatial": territory.spatial(known.zone_known),
        "tags": sorted({tag for word in package.get("keywords", ()) if len(tag := slug(word)) in _TAG}),
        "private": False,
    }


def _description(edition: Edition) -> str:
    package, day = edition.package, str(edition.package.get("created", ""))[:10]
    named = ", ".join(f"{schema.name} {schema.version}" for schema in _schemas(edition).values())
    return (
        f"{package['description']}\n\n"
        f"Édition {edition.identifier}, mise à jour du {day} (date du dernier dépôt).\n\n"
        f"Schémas suivis (Table Schema) : {named or 'ceux de datapackage.json'}. Chaque table nomme le sien, publié "
        "avec elle.\n\n"
        f"Source à citer : « {packaging.PUBLISHER}, {package['title']}, mise à jour du {day}, Licence Ouverte 2.0 »."
    )


def _licence(package: Mapping[str, Any]) -> str:
    spdx = str((package.get("licenses") or [{}])[0].get("name", ""))
    if spdx not in LICENCES:
        raise Unfit(
            f"La licence « {spdx} » de l'édition n'a pas d'équivalent connu sur la plateforme. Refaites l'édition sous "
            f"l'une de celles-ci : {', '.join(LICENCES)}."
        )
    return LICENCES[spdx]


def _temporal_coverage(package: Mapping[str, Any]) -> dict[str, str] | None:
    """From the first to the last day of what is published, whatever its nature; None without any usable year."""
    spans = list((package.get("greencloud:couverture_temporelle") or {}).values())
    if not spans:
        return None
    return {"start": min(span["debut"] for span in spans), "end": max(span["fin"] for span in spans)}


def _extras(edition: Edition, key: str) -> dict[str, str]:
    return {
        PUBLICATION: str(edition.package["name"]),
        DATASET: key,
        RELEASE: edition.identifier,
        "gcn:schemas": " ".join(f"{schema.name}@{schema.version}" for schema in _schemas(edition).values()),
        "gcn:programme": version("greencloud"),
        "gcn:composition": f"sha256:{edition.sha256['edition.json']}",
    }


# ---- files ----


def _described(edition: Edition, known: Known, kept: Callable[[Mapping[str, Any]], bool]) -> Iterator[File]:
    """Files that the package describes and that `kept` keeps; Parquet only where the platform takes it."""
    schemas, verdicts = _schemas(edition), _verdicts(edition)
    for item in filter(kept, edition.resources):
        path, table = str(item["path"]), table_of(item)
        name = file_name(path, known.extensions)
        if name is not None:
            schema = schemas.get(table) if table else None
            words = str(item.get("title") or name), _resource_description(item, schema)
            kind = "main" if table else "documentation"
            yield on_disk(edition.folder / path, path, name, words, kind, schema, verdicts.get(path))
        elif not path.endswith(_SPARED):
            raise Unfit(
                f"La plateforme n'accepte pas les fichiers comme « {path} », l'édition n'y serait pas entière. "
                "Demandez à son équipe d'admettre cette extension."
            )


def _resource_description(item: Mapping[str, Any], schema: SchemaReference | None) -> str:
    text = str(item.get("description") or item.get("title") or item["path"])
    if schema is None:
        return text
    return f"{text}\n\nSchéma suivi : {schema.name}, version {schema.version}."


def _papers(edition: Edition, known: Known) -> Iterator[File]:
    for path, words in _PAPERS.items():
        name = file_name(path, known.extensions)
        if name is not None and (edition.folder / path).is_file():
            yield on_disk(edition.folder / path, path, name, words, "documentation")


def _verdicts(edition: Edition) -> dict[str, dict[str, str]]:
    """File -> what the validation of the edition says of it, as extras: the platform keeps its own keys to itself."""
    if _VALIDATION not in edition.sha256:
        return {}
    report = json.loads((edition.folder / _VALIDATION).read_text(encoding="utf-8"))
    return {
        task["place"]: {
            f"{_CHECKED}valid": "true" if task["valid"] else "false",
            f"{_CHECKED}errors": str(task["stats"]["errors"]),
            f"{_CHECKED}rows": str(task["stats"]["rows"]),
        }
        for task in report["tasks"]
    }


def _schemas(edition: Edition) -> dict[str, SchemaReference]:
    """Published table -> its schema, for those whose schema file is in the edition."""
    tables = dict.fromkeys(table for item in edition.resources if (table := table_of(item)))
    found = {}
    for table in tables:
        path = f"schemas/{table}/schema.json"
        if path in edition.sha256:
            descriptor = json.loads((edition.folder / path).read_text(encoding="utf-8"))
            found[table] = SchemaReference(str(descriptor["name"]), str(descriptor["version"]), path)
    return found
