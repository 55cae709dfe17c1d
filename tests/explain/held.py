"""A sample edition and its deposits: those of `greencloud sample`, and three files in other notations."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from greencloud import deposits, editions, tables, warehouse
from greencloud.differences import Snapshot, open_snapshot
from greencloud.explain import Holding, evidence
from tests.reading.workbook_files import xlsx

SIREN = "999009988"
WIDE, SHEET, ZIPPED = "99900160500016-01", "99900160500016-02", "99900160500016-03"
LABELS = ("id_centre", "annee", "energie_totale_kwh", "energie_it_kwh", "qualite_mesure", "inconnue")
_ROW = ("2024", "1\u202f800\u202f000,5", "1 200 000", "mesure", "confidentiel")


@dataclass(frozen=True)
class Held:
    """An edition, the folder of its deposits, and all of them loaded with nothing hidden."""

    edition: Snapshot
    raw: Path
    holding: Holding

    def rows(self, table: str, condition: str = "true") -> list[dict[str, Any]]:
        """Published rows, in the order of the file."""
        with duckdb.connect() as con:
            found = con.execute(f"SELECT * FROM read_parquet(?) WHERE {condition}", [str(self.edition.parquet(table))])
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def protected(self) -> set[str]:
        """The sites of the register that count only in totals, under any of their numbers."""
        query = (
            "SELECT id_centre FROM _sites WHERE id_site IN (SELECT id_site FROM _sites WHERE mode_publication <> $1)"
        )
        return {site for (site,) in self.holding.tables.execute(query, ["nominatif"]).fetchall()}


def published(raw: Path, folder: Path) -> Snapshot:
    """What explanations read of an edition: its tables and its ingredients, its name being that of the folder."""
    found, unfiled = deposits.scan(raw)
    assert not unfiled
    con = evidence.load(found)
    warehouse.aggregate(con)
    folder.mkdir()
    for name in tables.PUBLISHED:
        con.table(name).write_parquet(str(folder / f"{name}.parquet"))
    content = {"id": folder.name, "ingredients": editions.ingredients(found)}
    (folder / "edition.json").write_text(json.dumps(content), encoding="utf-8")
    return open_snapshot(folder)


def _sheet_row(cells: Sequence[str]) -> str:
    return "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells) + "</row>"


def workbook(path: Path, site: str) -> Path:
    """A workbook whose sheet « Saisie » declares a site, below a title."""
    cells = "".join(map(_sheet_row, (("Déclaration 2024",), (), LABELS, (site, *_ROW))))
    path.write_bytes(xlsx(cells, names=["Saisie"]))
    return path


def odd_files(folder: Path) -> list[tuple[Path, str]]:
    """The same declaration in UTF-16, in a workbook and with a title above it; the sites they speak of."""
    folder.mkdir(parents=True)
    wide = folder / "wide.csv"
    text = "\r\n".join(";".join(row) for row in (LABELS, (WIDE, *_ROW)))
    wide.write_bytes(f"{text}\r\n".encode("utf-16"))
    sheet = workbook(folder / "classeur.xlsx", SHEET)
    titled = folder / "titre.csv"
    lines = ("Déclaration de la ville;;;;;", "", ";".join(LABELS), f'{ZIPPED};"2024";1.800.000,5;1200000;mesure;"a;b"')
    titled.write_bytes("\n".join(lines).encode("cp1252"))
    register = folder / "centres.csv"
    sites = "".join(f"{site},Salle {site[-2:]},35238,Murs tus\n" for site in (WIDE, SHEET, ZIPPED))
    register.write_text(f"id_centre,nom_site,code_insee,proprietaire\n{sites}", encoding="utf-8")
    return [(register, "centres"), *((path, "declarations") for path in (wide, sheet, titled))]
