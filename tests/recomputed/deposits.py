"""The raw files of the sample as pandas reads them: in the dialects they are written in, refused lines left out.

Only the numbers of the refused lines are taken over, from the table `rejets`; a key given twice keeps the row of the
file received last.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from greencloud.sample.flavours import DECLARATIONS, LIBREOFFICE, READINGS, STANDARD, Flavour

CORRECTIONS = ("declarations-corrections.csv", LIBREOFFICE)
_SUMMED = ("_kwh", "_kw", "_m2", "_m3", "_to")


@dataclass(frozen=True)
class Raw:
    """A folder of the sample, and the refused lines of each of its files (the header is line 1)."""

    folder: Path
    refused: Mapping[str, Set[int]]

    def register(self) -> pd.DataFrame:
        """The register, one row a site, numbers as numbers."""
        sites = self._read("centres.csv", STANDARD).drop_duplicates("id_centre", keep="last")
        sites["puissance_it_installee_kw"] = _numbers(sites["puissance_it_installee_kw"]).replace(0, None)
        return sites.set_index("id_centre")

    def declared(self) -> pd.DataFrame:
        """The current declarations, one row a site and year; every quantity is a number."""
        files = [(f"declarations-{year}.csv", flavour) for year, flavour in DECLARATIONS.items()]
        rows = pd.concat([self._read(name, flavour) for name, flavour in [*files, CORRECTIONS]], ignore_index=True)
        rows["annee"] = rows["annee"].astype(int)
        for name in rows.columns:
            if name.endswith(_SUMMED) or name.startswith(("nb_", "pue_")):
                rows[name] = _numbers(rows[name])
        return _dated(rows).drop_duplicates(["id_centre", "annee"], keep="last")

    def read(self) -> pd.DataFrame:
        """The current readings, one row a site, item and first day."""
        files = [(f"consommations-{year}.csv", flavour) for year, flavour in READINGS.items()]
        rows = pd.concat([self._read(name, flavour) for name, flavour in files], ignore_index=True)
        rows["energie_kwh"] = _numbers(rows["energie_kwh"])
        return _dated(rows).drop_duplicates(["id_centre", "poste", "date_debut"], keep="last")

    def _read(self, name: str, flavour: Flavour) -> pd.DataFrame:
        """A file as text, empty cells missing."""
        refused = self.refused.get(name, frozenset())
        rows = pd.read_csv(
            self.folder / name,
            sep=flavour.delimiter,
            encoding=flavour.encoding,
            dtype=str,
            keep_default_na=False,
            na_values=[""],
            skiprows=lambda line: line + 1 in refused,
        )
        rows = rows.rename(columns={label: column for column, label in flavour.labels.items()})
        return rows.map(lambda cell: cell.replace("\u00a0", "") if isinstance(cell, str) else cell)


def _numbers(texts: pd.Series) -> pd.Series:
    return pd.to_numeric(texts.str.replace(",", ".", regex=False)).astype(float)


def _dated(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(**{name: pd.to_datetime(rows[name]) for name in ("date_debut", "date_fin")})
