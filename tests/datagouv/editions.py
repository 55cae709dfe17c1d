"""Small editions made by hand, so that what is expected of them can be read off."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

ROWS = "id_centre,annee,synthetique\n13002526500013-01,2024,false\n"
REJECTS = (
    "depot_sha256,numero,nom_fichier,ligne,champ,valeur,message,correction\n"
    'aa,1,a.csv,2,pue,"<b>9</b>",Trop grand.,Corrigez.\n'
    "bb,1,b.csv,5,pue,,Absent.,Donnez-le.\n"
    "cc,1,c.csv,7,pue,1,Faux.,Corrigez.\n"
)
VERDICT = {"place": "indicateurs_annuels.csv", "valid": True, "stats": {"errors": 0, "rows": 1}}
DEPOSITS = [{"sha256": "aa", "emetteur": "130025265"}, {"sha256": "bb", "emetteur": "999009988"}]


def write(folder: Path, *, synthetic: bool = False, changes: Mapping[str, Any] | None = None) -> Path:
    """A table, the rejects, a schema, an example and three papers; `changes` go into `datapackage.json`."""
    texts = {
        "indicateurs_annuels.csv": ROWS,
        "rejets.csv": REJECTS,
        "regles.md": "# Règles\n",
        "LISEZMOI.md": "# À lire\n",
        "schemas/indicateurs_annuels/schema.json": json.dumps({"name": "indicateurs", "version": "0.2.0"}),
        "schemas/indicateurs_annuels/exemple-valide.csv": ROWS,
        "schemas/rejets/schema.json": json.dumps({"name": "rejets", "version": "0.1.0"}),
        "edition.json": json.dumps({"id": "2026-05-15-abcdef01", "ingredients": {"depots": DEPOSITS}}),
        "rapport_validation.json": json.dumps({"tasks": [VERDICT]}),
        "datapackage.json": json.dumps({**_package(synthetic), **(changes or {})}),
    }
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    rows = duckdb.sql(f"SELECT 1 AS n, {synthetic} AS synthetique")
    rows.write_parquet(str(folder / "indicateurs_annuels.parquet"))
    seal(folder)
    return folder


def seal(folder: Path) -> None:
    """Write SHA256SUMS anew, as if the edition had been built so."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    lines = (
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(folder).as_posix()}\n" for file in files
    )
    (folder / "SHA256SUMS").write_text("".join(list(lines)), encoding="utf-8")


def _package(synthetic: bool) -> dict[str, Any]:
    return {
        "name": "essai",
        "title": "Énergie des centres",
        "description": "Ce que consomment les centres de données publics, par an.",
        "created": "2026-05-15T09:00:00.000000Z",
        "licenses": [{"name": "etalab-2.0"}],
        "keywords": ["centre de données", "PUE", "PUE "],
        "greencloud:synthetique": "totale" if synthetic else "aucune",
        "greencloud:couverture_temporelle": {
            "reelles": {"debut": "2021-01-01", "fin": "2023-12-31"},
            "synthetiques": {"debut": "2019-01-01", "fin": "2022-12-31"},
        },
        "resources": [
            _file("indicateurs_annuels.csv", "donnees", table="indicateurs_annuels"),
            _file("indicateurs_annuels.parquet", "donnees", table="indicateurs_annuels"),
            _file("rejets.csv", "donnees", table="rejets"),
            _file("regles.md", "documentation"),
            _file("schemas/indicateurs_annuels/schema.json", "schema"),
            _file("schemas/indicateurs_annuels/exemple-valide.csv", "schema"),
            _file("schemas/rejets/schema.json", "schema"),
        ],
    }


def _file(path: str, nature: str, table: str | None = None) -> dict[str, Any]:
    described = {"path": path, "title": f"Titre de {path}", "description": f"Dit {path}.", "greencloud:nature": nature}
    return described | ({"greencloud:table": table} if table else {})
