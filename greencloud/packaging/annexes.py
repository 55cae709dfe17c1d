"""The files that stand beside the tables of an edition: schemas, dictionary, rules, report, SQL to open it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from greencloud import tables
from greencloud.packaging.contents import Resource, resource

Nature = Literal["schema", "documentation"]
SCHEMAS = "schemas"


@dataclass(frozen=True)
class Annex:
    """A file that explains the data. `format` is spelt so that Frictionless checks bytes and hash, nothing else.

    With `json` it would take a schema for metadata, and look at neither.
    """

    path: str
    name: str
    title: str
    description: str
    format: str
    media_type: str
    nature: Nature = "documentation"


@dataclass(frozen=True)
class Filed:
    """An annex and its file, as it lies in the edition."""

    annex: Annex
    file: Resource


PAPERS = (
    Annex(
        "dictionnaire.md",
        "dictionnaire",
        "Dictionnaire des données",
        "Chaque colonne de chaque table publiée : titre, type, unité, description, contraintes, exemple.",
        "Markdown",
        "text/markdown",
    ),
    Annex(
        "regles.md",
        "regles",
        "Règles et codes",
        "Chaque règle de contrôle et le sens de chaque code des tables publiées.",
        "Markdown",
        "text/markdown",
    ),
    Annex(
        "JOURNAL.md",
        "journal",
        "Journal des changements",
        "Ce qui change depuis l'édition précédente, table par table, et pourquoi.",
        "Markdown",
        "text/markdown",
    ),
    Annex(
        "rapport_validation.md",
        "rapport-validation-resume",
        "Rapport de validation (résumé)",
        "Le verdict de Frictionless sur chaque table publiée et le décompte des anomalies par table et par code.",
        "Markdown",
        "text/markdown",
    ),
    Annex(
        "rapport_validation.json",
        "rapport-validation",
        "Rapport de validation",
        "Le même rapport, complet, pour les machines ; rapport_validation.schema.json en décrit la forme.",
        "JSON",
        "application/json",
    ),
    Annex(
        "rapport_validation.schema.json",
        "rapport-validation-schema",
        "Forme du rapport de validation (JSON Schema)",
        "Le JSON Schema du rapport de validation, et sa correspondance avec le rapport de Validata.",
        "JSON",
        "application/schema+json",
    ),
    Annex(
        "ouvrir.sql",
        "ouvrir-duckdb",
        "Ouvrir l'édition dans DuckDB",
        "Une vue par table, avec les descriptions de ses colonnes, au-dessus des fichiers Parquet.",
        "SQL",
        "application/sql",
    ),
    Annex(
        "edition.json",
        "composition",
        "Composition de l'édition",
        "Tout ce dont l'édition est faite : dépôts, schémas, tables de référence, programme, versions. "
        "Son empreinte donne l'identifiant de l'édition ; elle permet de la reconstruire à l'identique.",
        "JSON",
        "application/json",
    ),
)


def copy_schemas(folder: Path) -> None:
    """Copy the schema of every table, deposited or published, and the files that it names: its valid example."""
    for name in (*tables.DEPOSITED, *tables.PUBLISHED):
        source, target = tables.schemas_dir() / name, folder / SCHEMAS / name
        target.mkdir(parents=True)
        named = [str(item["path"]) for item in tables.table(name).descriptor.get("resources", ())]
        for file in ("schema.json", *named):
            shutil.copyfile(source / file, target / file)


def filed(folder: Path) -> tuple[Filed, ...]:
    """The annexes that lie in the folder, papers first, with their sizes and hashes."""
    known = (*PAPERS, *_schemas())
    return tuple(Filed(annex, resource(folder, annex.path)) for annex in known if (folder / annex.path).is_file())


def schema_path(table: str) -> str:
    """Where the schema of a table lies in an edition."""
    return f"{SCHEMAS}/{table}/schema.json"


def _schemas() -> Iterator[Annex]:
    for name in (*tables.PUBLISHED, *tables.DEPOSITED):
        table = tables.table(name)
        kind = "publiée" if name in tables.PUBLISHED else "à déposer"
        yield Annex(
            schema_path(name),
            f"schema-{name}",
            f"Schéma de la table {name}",
            f"Table Schema de la table {kind} « {table.title} », version {table.version}.",
            "JSON",
            "application/json",
            "schema",
        )
