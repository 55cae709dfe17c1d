"""What is compared: the annual energy that an edition publishes of a site, and the address that whoever asks gives.

The register has no street address, on purpose: the addresses come from a private file (`id_centre`, `adresse`, and
`code_iris` where one address stands in two IRIS). It is read for the comparison only.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from greencloud import checking, tables
from greencloud.checking.sql import ROW
from greencloud.crosscheck.deliveries import CrosscheckRefused, refuse_faulty
from greencloud.differences import Snapshot

_SCHEMA = Path(__file__).with_name("adresses.schema.json")
_TABLE = "indicateurs_annuels"
# Its energy is in that of another row of the same year: adding both would count it twice.
_WITHIN = ("compte_chez_hote", "compte_chez_repreneur")


@dataclass(frozen=True)
class Place:
    """An address as it was given, and its IRIS when it was."""

    written: str
    iris: str | None


@dataclass(frozen=True)
class Declared:
    """A published row. `kwh` is the total energy of the year, or else that of the IT, which is a part of it."""

    site: str
    year: int
    name: str
    commune: str | None
    kwh: Decimal | None
    it_only: bool
    begins: dt.date | None
    ends: dt.date | None
    within_another: bool
    synthetic: bool

    @property
    def leaves_year(self) -> bool:
        """Whether the period begins before the year or ends after it."""
        return any(day is not None and day.year != self.year for day in (self.begins, self.ends))


def places(file: Path) -> dict[str, Place]:
    """The addresses of a file, by site. Raises CrosscheckRefused for a file with errors, OSError."""
    checked = checking.check_file(file, tables.from_file(_SCHEMA))
    refuse_faulty(file, checked.report)
    checked.accept()
    found = checked.connection.execute(f"SELECT id_centre, adresse, code_iris FROM acceptees ORDER BY {ROW}").fetchall()
    return {site: Place(written, iris) for site, written, iris in found}


def declared(edition: Snapshot) -> Mapping[tuple[str, int], Declared]:
    """The published rows of an edition by site and year. Raises CrosscheckRefused when they cannot be read."""
    columns = (
        "id_centre, annee, nom_site, code_insee, energie_totale_kwh, energie_it_kwh, date_debut, date_fin, "
        "motif_exclusion, synthetique"
    )
    try:
        with duckdb.connect() as con:
            query = f"SELECT {columns} FROM read_parquet(?) ORDER BY id_centre, annee"
            rows = con.execute(query, [str(edition.parquet(_TABLE))]).fetchall()
    except duckdb.Error as error:
        raise CrosscheckRefused(
            f"Le fichier {_TABLE}.parquet de l'édition {edition.identifier} est absent ou illisible. Restaurez-le, ou "
            "donnez une autre édition."
        ) from error
    return {(row[0], row[1]): _declared(*row) for row in rows}


def _declared(
    site: str,
    year: int,
    name: str | None,
    commune: str | None,
    total: float | None,
    it: float | None,
    begins: dt.date | None,
    ends: dt.date | None,
    excluded: str | None,
    synthetic: bool,
) -> Declared:
    known = it if total is None else total
    return Declared(
        site,
        year,
        name or site,
        commune,
        None if known is None else Decimal(repr(float(known))),
        total is None,
        begins,
        ends,
        excluded in _WITHIN,
        synthetic,
    )
