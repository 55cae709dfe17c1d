"""Verdicts on the register of meters and on readings, the latter in the shape that `greencloud.readings` gives them."""

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from greencloud import deposits
from greencloud.checking.sql import literal
from greencloud.deposits import Deposit
from greencloud.loading.meters import PIECES
from greencloud.verdicts import ORIGIN, Verdict, check_deposit, key

SENDER, OTHER = "130025265", "217500016"
SITE, NEIGHBOUR = "13002526500013-01", "13002526500013-02"
METER = "30001234567890"
KWH = 3_600_000_000
DAY = 86_400
_COLUMNS = {**PIECES, "depot_ligne": "BIGINT", ORIGIN: "VARCHAR"}

Row = Mapping[str, Any]


def day(date: str, kwh: float = 24, **told: Any) -> Row:
    """A whole day of half-hours of one meter; `told` changes some of its columns."""
    first = dt.date.fromisoformat(date)
    start = (first - dt.date(1970, 1, 1)).days * DAY - 3600
    return {
        "nature": "jour",
        "compteur": METER,
        "date_debut": date,
        "date_fin": date,
        "energie_mj": round(kwh * KWH),
        "creneaux": 48,
        "creneaux_nuls": 0,
        "creneaux_estimes": 0,
        "secondes": DAY,
        "secondes_attendues": DAY,
        "debut_utc": start,
        "fin_utc": start + DAY,
        "energie_nuit_mj": round(kwh * KWH) // 4,
        "puissance_min_mw": 900_000,
        "puissance_max_mw": 1_100_000,
        "pas_min": 1800,
        "pas_max": 1800,
        "depot_ligne": 2,
        **told,
    }


def days(first: str, number: int, kwh: float = 24, **told: Any) -> list[Row]:
    """Days in a row; the clock does not change between them."""
    start = dt.date.fromisoformat(first)
    return [day(str(start + dt.timedelta(days=one)), kwh, **told) for one in range(number)]


def period(first: str, last: str, kwh: float, **told: Any) -> Row:
    """A bill from the first to the last day, both whole."""
    start, end = day(first), day(last)
    long = end["fin_utc"] - start["debut_utc"]
    emptied = dict.fromkeys(("energie_nuit_mj", "puissance_min_mw", "puissance_max_mw"))
    return {
        **day(first, kwh, nature="periode", date_fin=last, creneaux=1, secondes=long, secondes_attendues=long),
        **emptied,
        "fin_utc": end["fin_utc"],
        "pas_min": long,
        "pas_max": long,
        **told,
    }


def gap(month: str, motive: str, kwh: float, **told: Any) -> Row:
    """What a file had of a meter and a month that could not be kept."""
    named = {"nature": "ecart", "compteur": METER, "date_debut": f"{month}-01", "motif": motive, "depot_ligne": 2}
    return {**named, "energie_mj": round(kwh * KWH), "creneaux": 3, **told}


class Desk:
    """Receives deposits one day after another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.verdicts: list[Verdict] = []

    def receive(self, table: str, rows: Sequence[Row], **told: Any) -> Verdict:
        """Deposit rows of a table that is checked row by row; a column that a row does not name is empty."""
        columns = list(dict.fromkeys(column for row in rows for column in row))
        file = self.folder / f"{table}-{len(self.verdicts)}.csv"
        with file.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([columns, *([row.get(column, "") for column in columns] for row in rows)])
        given = {"emetteur": SENDER, "recu_le": self._moment(), **told}
        deposit = deposits.store(file, table=table, raw_dir=self.folder / "raw", **given)
        return self._keep(check_deposit(deposit, self.folder / "work"))

    def site(self, id_centre: str = SITE, **told: Any) -> Verdict:
        synthetic = told.pop("synthetique", False)
        row = {"id_centre": id_centre, "nom_site": "Salle Nord", "code_insee": "01053", **told}
        return self.receive("centres", [row], synthetique=synthetic)

    def meter(self, **told: Any) -> Verdict:
        return self.receive("compteurs", [meter(**told)])

    def read(self, rows: Sequence[Row], **told: Any) -> Verdict:
        """Readings as they were accepted of a file."""
        number = len(self.verdicts)
        card = {"path": self.folder / f"{number}.csv", "sha256": f"{number:064x}", "octets": 1, "nom_origine": "r.csv"}
        card |= {"recu_le": self._moment(), "emetteur": SENDER, "table": "releves", "version_schema": "0.1.0"}
        deposit = Deposit(**{**card, "synthetique": False, **told})
        accepted = self.folder / f"{number}.parquet"
        write(accepted, [{**row, ORIGIN: key(deposit)} for row in rows])
        stats = {"rows": len(rows), "accepted": len(rows), "rejected": 0, "errors": 0, "warnings": 0}
        return self._keep(Verdict(deposit, accepted, {"valid": True, "stats": stats, "errors": [], "warnings": []}))

    def _moment(self) -> str:
        return f"2026-05-{len(self.verdicts) + 1:02d}T09:30:00.000000Z"

    def _keep(self, verdict: Verdict) -> Verdict:
        self.verdicts.append(verdict)
        return verdict


def meter(**told: Any) -> Row:
    """A row of the register of meters."""
    return {"id_compteur": METER, "id_centre": SITE, "poste": "total", "date_debut": "2020-01-01", **told}


def write(path: Path, rows: Sequence[Row]) -> None:
    """Accepted rows of readings as a Parquet file."""
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE t ({', '.join(f'{name} {kind}' for name, kind in _COLUMNS.items())})")
        for row in rows:
            con.execute(
                f"INSERT INTO t VALUES ({', '.join('?' * len(_COLUMNS))})", [row.get(name) for name in _COLUMNS]
            )
        con.execute(f"COPY t TO {literal(path)} (FORMAT parquet)")
