"""Small registers of sites and one or two years of declarations, published with secrecy or without a part of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb

from greencloud import disclosure, warehouse
from tests.secrecy.auditor import Edition
from tests.secrecy.world import publish
from tests.sql.inputs import build

INSEE = {"84": "01053", "53": "35238", "11": "75056"}


@dataclass(frozen=True)
class Site:
    """A site as secrecy sees it: its groups, its mode of publication, and its IT energy and PUE by year."""

    region: str = "84"
    body: str = "commune"
    kind: str = "salle_serveurs"
    mode: str | None = None
    energies: Mapping[int, tuple[float, float]] | None = None
    metered: bool = True


def even(count: int, *, region: str = "84", body: str = "commune", mode: str | None = None) -> list[Site]:
    """So many sites of the same groups, none of which dominates."""
    energies = [(100_000.0 + 7_000 * rank, 1.5 + rank / 50) for rank in range(count)]
    return [Site(region, body, mode=mode, energies={2023: both}) for both in energies]


def identifier(rank: int) -> str:
    """The number of the site of that rank."""
    return f"{13002526500013 + rank}-01"


def warehouse_of(sites: Sequence[Site]) -> duckdb.DuckDBPyConnection:
    """The tables of these sites, before secrecy."""
    con = build(
        centres=[
            {
                "id_centre": identifier(rank),
                "code_insee": INSEE[site.region],
                "categorie_organisme": site.body,
                "type_hebergement": site.kind,
                "puissance_it_installee_kw": 40.0,
                "mode_publication": site.mode,
            }
            for rank, site in enumerate(sites)
        ],
        declarations=list(_declarations(sites)),
    )
    warehouse.compute(con)
    return con


def publish_sites(
    sites: Sequence[Site], folder: Path, earlier: Sequence[tuple[Edition, Sequence[Site]]] = ()
) -> Edition:
    """An edition of these sites, after others (with the sites they were made of), newest first."""
    con = warehouse_of(sites)
    disclosure.protect(
        con, [disclosure.Earlier(edition.folder, partial(warehouse_of, made_of)) for edition, made_of in earlier]
    )
    warehouse.run_step(con, "secret_statistique")
    return publish(con, folder)


def codes(edition: Edition, table: str = "agregats_annuels") -> dict[str, str]:
    """The `diffusion` of the rows of a table, by dimension and group (of one year)."""
    rows = duckdb.execute(
        f"SELECT dimension || ' ' || modalite, diffusion FROM read_parquet('{edition.folder / table}.parquet')"
    ).fetchall()
    return dict(rows)


def growth(edition: Edition, columns: str) -> object:
    """These columns of the national evolution (of one pair of years)."""
    path = edition.folder / "evolutions_annuelles.parquet"
    return duckdb.execute(f"SELECT {columns} FROM read_parquet('{path}') WHERE dimension = 'ensemble'").fetchone()


def _declarations(sites: Sequence[Site]) -> Iterator[dict[str, object]]:
    for rank, site in enumerate(sites):
        for year, (it, pue) in (site.energies or {}).items():
            yield {
                "id_centre": identifier(rank),
                "annee": year,
                "energie_it_kwh": it,
                "energie_totale_kwh": it * pue,
                "qualite_mesure": "mesure" if site.metered else "estime",
            }
