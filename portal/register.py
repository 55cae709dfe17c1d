"""The sites that the newest edition knows, with what each body declared: what a campaign expects to see again."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from greencloud import tables
from portal.settings import Settings

DECLARED = ("complet", "partiel")
_SITE = re.compile(r"[0-9]{14}-[0-9]{2}")


@dataclass(frozen=True)
class Site:
    """A site of the register in one year. `region`: a code, empty when it is not known."""

    id_centre: str
    nom: str
    region: str
    expected: bool
    declared: bool

    @property
    def siren(self) -> str:
        """The body that declares it."""
        return self.id_centre[:9]


@dataclass(frozen=True)
class Tile:
    """A region and its place on the map, in columns and lines."""

    code: str
    nom: str
    column: int
    line: int


def sites(settings: Settings, year: int) -> Mapping[str, Site]:
    """The sites of the newest edition in a year, by their number; none when nothing was published yet.

    A year that the edition does not reach expects the sites of the year before, and none has declared.
    """
    table = settings.published / "current" / "couverture.csv"
    try:
        path = table.resolve(strict=True)
        return _sites(path, path.stat().st_mtime_ns, year)
    except FileNotFoundError:
        return {}


@lru_cache(1)
def tiles() -> tuple[Tile, ...]:
    """The regions, in the order of their codes."""
    with (tables.reference_dir() / "regions.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(
            Tile(row["code_region"], row["nom_region"], int(row["colonne_tuile"]), int(row["ligne_tuile"]))
            for row in csv.DictReader(lines)
        )


@lru_cache(8)
def _sites(table: Path, _written: int, year: int) -> Mapping[str, Site]:
    latest: dict[str, dict[str, str]] = {}
    with table.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            before = latest.get(row["id_centre"])
            known = _SITE.fullmatch(row["id_centre"]) and int(row["annee"]) <= year
            if known and (before is None or int(before["annee"]) < int(row["annee"])):
                latest[row["id_centre"]] = row
    return {name: _site(row, year) for name, row in sorted(latest.items())}


def _site(row: Mapping[str, str], year: int) -> Site:
    return Site(
        id_centre=row["id_centre"],
        nom=row["nom_site"] or row["id_centre"],
        region=row["code_region"],
        expected=row["attendu"] == "true",
        declared=int(row["annee"]) == year and row["statut"] in DECLARED,
    )
