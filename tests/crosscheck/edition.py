"""An edition of a few synthetic sites, with the only table that a comparison reads."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import duckdb

from tests import published

HERE = Path(__file__).parent
ELECTRICITY = HERE / "DLE-elec-2024-synthetique.csv"
GAS = HERE / "DLE-gaz-2024-synthetique.csv"
COMMUNE = "35238"


def site(number: int) -> str:
    return f"99988877900017-{number:02}"


def row(number: int, **changed: Any) -> dict[str, Any]:
    """The row of a synthetic site for the whole of 2024."""
    base = {**published.ROWS["indicateurs_annuels"][0], "synthetique": True, "nom_site": f"Salle {number}"}
    period = {"date_debut": dt.date(2024, 1, 1), "date_fin": dt.date(2024, 12, 31), "motif_exclusion": None}
    return {**base, **period, "id_centre": site(number), "annee": 2024, "code_insee": COMMUNE, **changed}


def write(folder: Path, rows: list[dict[str, Any]]) -> Path:
    """An edition of these rows; gives its folder."""
    folder.mkdir(parents=True)
    (folder / "edition.json").write_text(json.dumps({"id": "2026-11-23-essai", "ingredients": {"depots": []}}))
    with duckdb.connect() as con:
        published.fill(con, "indicateurs_annuels", rows)
        con.execute(f"COPY indicateurs_annuels TO '{folder / 'indicateurs_annuels.parquet'}' (FORMAT parquet)")
    return folder


def addresses(folder: Path, given: dict[int, str], iris: dict[int, str] | None = None) -> Path:
    """The file of addresses, as a French spreadsheet writes it."""
    path = folder / "adresses.csv"
    lines = [f"{site(number)};{text};{(iris or {}).get(number, '')}\n" for number, text in given.items()]
    path.write_text("id_centre;adresse;code_iris\n" + "".join(lines), encoding="utf-8")
    return path
