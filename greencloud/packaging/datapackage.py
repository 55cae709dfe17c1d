"""``datapackage.json``: a Data Package v2 around the published files, as Frictionless 5.21 validates it.

The embedded schemas keep the v1 vocabulary (Frictionless 5.21 does not enforce what v2 adds).
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from greencloud import rules, tables
from greencloud.deposits import Deposit
from greencloud.packaging.annexes import Filed, schema_path
from greencloud.packaging.contents import Contents, Resource, Synthetic, Written
from greencloud.tables import Table

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
NAME = "energie-pue-centres-de-donnees-publics"
TITLE = "Énergie et PUE des centres de données du secteur public"
PUBLISHER = "Green Cloud Nation"
LICENCE_URL = "https://www.etalab.gouv.fr/licence-ouverte-open-licence"  # Licence Ouverte 2.0, SPDX etalab-2.0
KEYWORDS = (
    "centre de données",
    "consommation d'énergie",
    "électricité",
    "numérique responsable",
    "PUE",
    "secteur public",
    "sobriété numérique",
)
SYNTHETIC_NOTICES: Mapping[Synthetic, str] = {
    "aucune": "Cette édition ne contient aucune donnée synthétique.",
    "partielle": (
        "Attention : une partie de cette édition est synthétique, c'est-à-dire inventée pour l'exemple. "
        "Ces lignes portent « synthetique = true » et ne sont jamais agrégées avec les lignes réelles."
    ),
    "totale": (
        "Attention : toutes les données de cette édition sont synthétiques, c'est-à-dire inventées pour l'exemple. "
        "Elles ne décrivent aucun centre réel."
    ),
}

LINKS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "indicateurs_annuels": (("couverture", ("id_centre", "annee")),),
}
"""Table -> the published tables it leads to, and by which columns, of the same names on both sides.

Each of these tables is also checked alone, so its own schema cannot hold the link: the package does.
"""

_FIELD_KEYS = ("name", "title", "description", "type", "format", "example", "constraints")
_CSV_DIALECT = {"header": True, "delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True}


def describe(contents: Contents, annexes: Sequence[Filed]) -> dict[str, Any]:
    """The descriptor of the package; every list in a stable order, no clock."""
    whole = frozenset(item.table.name for item in contents.tables if len(item.csv) == 1)
    descriptor = {
        "$schema": PROFILE,
        "name": NAME,
        "title": TITLE,
        "description": _description(contents),
        "homepage": _homepage(contents),
        "version": contents.edition_id,
        "created": contents.updated,
        "licenses": [{"name": "etalab-2.0", "path": LICENCE_URL, "title": "Licence Ouverte 2.0"}],
        "contributors": list(_contributors()),
        "keywords": list(KEYWORDS),
        "greencloud:synthetique": contents.synthetic,
        "greencloud:couverture_temporelle": _temporal_coverage(contents),
        "greencloud:version_regles": rules.VERSION,
        "greencloud:depots": {
            "nombre": len(contents.deposits),
            "premier": contents.deposits[0].recu_le,
            "dernier": contents.updated,
        },
        "sources": [*_legal_sources(), *_reference_sources(tables.reference_dir()), *_deposits(contents.deposits)],
        "resources": [
            *(resource for item in contents.tables for resource in _resources(item, whole)),
            *(_annex(item) for item in annexes),
        ],
    }
    return {key: value for key, value in descriptor.items() if value is not None}


def _description(contents: Contents) -> str:
    return (
        "Consommation d'énergie, PUE et autres indicateurs environnementaux des centres de données du secteur public "
        "français, de la salle de serveurs au centre national : déclarations contrôlées ligne à ligne, rendues "
        "comparables et publiées avec leur couverture, leurs rejets et leur historique. "
        + SYNTHETIC_NOTICES[contents.synthetic]
    )


def _homepage(contents: Contents) -> str | None:
    pages = [str(item.table.descriptor["homepage"]) for item in contents.tables if "homepage" in item.table.descriptor]
    return pages[0] if pages else None


def _temporal_coverage(contents: Contents) -> dict[str, dict[str, str]] | None:
    """First and last day by nature of the data; a nature without any usable year is left out."""
    years = {"reelles": contents.years(synthetic=False), "synthetiques": contents.years(synthetic=True)}
    known = {
        nature: {"debut": f"{found[0]}-01-01", "fin": f"{found[1]}-12-31"} for nature, found in years.items() if found
    }
    return known or None


def _contributors() -> Iterator[dict[str, Any]]:
    """The publisher, then the authors of the schemas; v1 says `organisation` and `role`, v2 `organization`, `roles`."""
    seen = {PUBLISHER}
    yield {"title": PUBLISHER, "roles": ["publisher"]}
    for author in _from_schemas("contributors"):
        if author.get("title", "") not in seen:
            seen.add(author["title"])
            yield {
                "title": author["title"],
                **({"email": author["email"]} if "email" in author else {}),
                **({"organization": author["organisation"]} if "organisation" in author else {}),
                **({"roles": [author["role"]]} if "role" in author else {}),
            }


def _legal_sources() -> Iterator[dict[str, str]]:
    seen: set[tuple[str, str]] = set()
    for source in _from_schemas("sources"):
        title, path = str(source.get("title", "")), str(source.get("path", ""))
        if (title, path) not in seen:
            seen.add((title, path))
            yield _source(title, path)


def _source(title: str, path: str) -> dict[str, str]:
    return {"title": title, "path": path} if path.startswith(("https://", "http://")) else {"title": title}


def _from_schemas(key: str) -> Iterator[Mapping[str, Any]]:
    for name in tables.DEPOSITED + tables.PUBLISHED:
        yield from tables.table(name).descriptor.get(key, ())


def _reference_sources(folder: Path) -> Iterator[dict[str, str]]:
    """One source for each reference table, naming those who established its figures where it says so row by row."""
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        names = {row["source"] for row in rows if row.get("source")}
        title = f"Table de référence {path.stem}"
        yield {"title": f"{title} : {' ; '.join(sorted(names))}" if names else title}


def _deposits(deposits: Iterable[Deposit]) -> Iterator[dict[str, Any]]:
    for deposit in deposits:
        kind = "Dépôt synthétique" if deposit.synthetique else "Dépôt"
        sender = f" par l'organisme de SIREN {deposit.emetteur}" if deposit.emetteur else ""
        yield {
            "title": f"{kind} de {deposit.table} reçu le {deposit.recu_le[:10]}{sender}",
            "version": f"{'hmac-sha256' if deposit.seal else 'sha256'}:{deposit.empreinte}",
        }


def _resources(item: Written, whole: frozenset[str]) -> Iterator[dict[str, Any]]:
    """The CSV file of a table, or its parts, then its Parquet file. `whole`: the tables whose CSV is in one part."""
    table, count = item.table, len(item.csv)
    own = {"greencloud:nature": "donnees", "greencloud:table": table.name, "greencloud:schema": schema_path(table.name)}
    for number, part in enumerate(item.csv, 1):
        yield {
            "name": table.name if count == 1 else f"{table.name}-{number}",
            "type": "table",
            **_file(part.file),
            "title": f"{table.title} (CSV)" if count == 1 else f"{table.title} (CSV, partie {number} sur {count})",
            "description": table.description,
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "rows": part.rows,
            "dialect": _CSV_DIALECT,
            "schema": _schema(table, whole),
            **own,
        }
    # v2 allows no other `type` than "table", and Frictionless takes the format "parquet" for a table that it cannot
    # open without its fastparquet plugin. Spelt so, it checks the bytes and the hash, with or without the plugin.
    yield {
        "name": f"{table.name}-parquet",
        **_file(item.parquet),
        "title": f"{table.title} (Parquet)",
        "description": table.description,
        "format": "Parquet",
        "mediatype": "application/vnd.apache.parquet",
        **own,
    }


def _annex(item: Filed) -> dict[str, Any]:
    return {
        "name": item.annex.name,
        **_file(item.file),
        "title": item.annex.title,
        "description": item.annex.description,
        "format": item.annex.format,
        "mediatype": item.annex.media_type,
        "encoding": "utf-8",
        "greencloud:nature": item.annex.nature,
    }


def _file(resource: Resource) -> dict[str, Any]:
    return {"path": resource.path, "bytes": resource.octets, "hash": f"sha256:{resource.sha256}"}


def _schema(table: Table, whole: frozenset[str]) -> dict[str, Any]:
    """The schema of a table cut down to Table Schema's own keys, and to keys that lead to a published table."""
    keys = [*_own_keys(table, whole), *_links(table, whole)]
    return {
        "fields": [_field(field.descriptor) for field in table.fields],
        "primaryKey": list(table.primary_key),
        **({"foreignKeys": keys} if keys else {}),
        "missingValues": [""],
    }


def _own_keys(table: Table, whole: frozenset[str]) -> list[Mapping[str, Any]]:
    targets = whole | {""}  # an empty name: this same table
    return [key for key in table.descriptor.get("foreignKeys", ()) if key["reference"].get("resource", "") in targets]


def _links(table: Table, whole: frozenset[str]) -> Iterator[dict[str, Any]]:
    """The links of the package; one to a table in several parts has no single resource to lead to."""
    for target, columns in LINKS.get(table.name, ()):
        if target in whole:
            yield {"fields": list(columns), "reference": {"resource": target, "fields": list(columns)}}


def _field(descriptor: Mapping[str, Any]) -> dict[str, Any]:
    """`trueValues` and the like describe what a declarant may type; the published files have one form only."""
    field = {key: descriptor[key] for key in _FIELD_KEYS if key in descriptor}
    if "example" in field:
        field["example"] = example_text(field["example"])  # a string in v2
    return field


def example_text(example: Any) -> str:
    """An example as it stands in our CSV files."""
    return str(example).lower() if isinstance(example, bool) else str(example)
