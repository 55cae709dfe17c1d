"""The published PUE of the sites as a data-centre file of NumEcoEval or G4IT.

It is made from an edition: what secrecy or its register keeps from being published by name is not in it. Only a PUE
above 1 and a known territory are of use there: other sites are left out, and told. Real and synthetic sites never
share a file.
Basis: the files of the repository G4ITTeam/g4it (Apache-2.0, commit a55711da); the values of its optional column
`qualite` are to be confirmed, so that it is not written.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from greencloud.exports import files
from greencloud.exports.countries import MAINLAND, country
from greencloud.exports.dossier import ExportRefused

COLUMNS = ("nomCourtDatacenter", "nomLongDatacenter", "pue", "localisation", "nomEntite", "nomSourceDonnee")
TABLE = "indicateurs_annuels.parquet"
WITHOUT_PUE = "sans PUE publié"
WITHOUT_PLACE = "sans commune connue"

# Code of the département or of the collectivity -> ISO 3166-1, which gives each its own electricity mix.
_OVERSEAS = dict(
    pair.split()
    for pair in (
        *("971 GP", "972 MQ", "973 GF", "974 RE", "975 PM", "976 YT", "977 BL", "978 MF"),
        *("986 WF", "987 PF", "988 NC"),
    )
)


@dataclass(frozen=True)
class DatacenterFile:
    """The file, how many sites it holds, and how many were left out for each reason."""

    year: int
    text: str
    sites: int
    left_out: Mapping[str, int]


def datacenters(edition: Path, *, year: int | None = None, synthetic: bool = False) -> DatacenterFile:
    """The sites of an edition for one year (the last that has any), in the order of their identifier.

    Raises ExportRefused for an edition without the table, or without a site of that kind for that year.
    """
    rows = _published(edition, synthetic)
    usable = [row for row in rows if _pue(row) is not None]
    wanted = year or max((row["annee"] for row in usable), default=0)
    found = [row for row in rows if row["annee"] == wanted]
    lines = [line for row in found if (line := _line(row)) is not None]
    if not lines:
        kind = "synthétique" if synthetic else "réel"
        years = ", ".join(map(str, sorted({row["annee"] for row in usable}))) or "aucune"
        raise ExportRefused(
            f"Cette édition n'a, pour l'année demandée, aucun centre {kind} dont le PUE et la commune soient connus. "
            f"Années qui ont un PUE : {years}."
        )
    left_out = Counter(WITHOUT_PUE if _pue(row) is None else WITHOUT_PLACE for row in found if _line(row) is None)
    return DatacenterFile(wanted, files.csv_text(COLUMNS, lines, ";"), len(lines), left_out)


def _published(edition: Path, synthetic: bool) -> list[dict[str, Any]]:
    table = edition / TABLE
    if not table.is_file():
        raise ExportRefused(
            f"{edition} n'est pas une édition : il y manque {TABLE}. Construisez-en une avec greencloud build, ou "
            "donnez son dossier avec --edition."
        )
    columns = "id_centre, annee, nom_site, organisme, code_departement, pue_calcule, pue_declare, classe_comparabilite"
    with duckdb.connect() as con:
        found = con.execute(
            f"SELECT {columns} FROM read_parquet(?) WHERE synthetique = ? ORDER BY id_centre, annee",
            [str(table), synthetic],
        )
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _place(departement: str | None) -> str | None:
    """The territory of a département, None without one: overseas, a mix of electricity of its own."""
    if departement is None:
        return None
    found = country(_OVERSEAS.get(departement, MAINLAND))
    return None if found is None else found.name


def _pue(row: Mapping[str, Any]) -> float | None:
    """The computed PUE, or else the declared one."""
    pue = row["pue_declare"] if row["pue_calcule"] is None else row["pue_calcule"]
    return None if pue is None else float(pue)


def _line(row: Mapping[str, Any]) -> dict[str, object] | None:
    """The line of a site, None when NumEcoEval could not use it."""
    pue, place = _pue(row), _place(row["code_departement"])
    if pue is None or place is None:
        return None
    kind = "calculé" if row["pue_calcule"] is not None else "déclaré, non recalculable"
    return {
        "nomCourtDatacenter": row["id_centre"],
        "nomLongDatacenter": row["nom_site"],
        "pue": pue,
        "localisation": place,
        "nomEntite": row["organisme"],
        "nomSourceDonnee": f"Green Cloud Nation {row['annee']}, PUE {kind}, classe {row['classe_comparabilite']}",
    }
