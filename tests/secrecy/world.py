"""What the auditor needs: published folders, who counts where in them, and the numbers that must stay secret."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from greencloud import tables, warehouse
from tests.secrecy.auditor import COUNTS, IT, SAVINGS, TOTAL, Edition, Key, Number, Share

_CELL = "CAST({0}.annee AS VARCHAR), CAST({0}.synthetique AS VARCHAR)"
_PROTECTED = "coalesce(mode_publication, 'nominatif') <> 'nominatif'"


def publish(con: duckdb.DuckDBPyConnection, folder: Path, verdicts: Sequence[warehouse.Verdict] = ()) -> Edition:
    """Write the published tables of a warehouse as an edition does, as far as anybody here reads one."""
    folder.mkdir(parents=True)
    for name in tables.PUBLISHED:
        con.table(name).write_csv(str(folder / f"{name}.csv"), header=True)
        con.table(name).write_parquet(str(folder / f"{name}.parquet"))
    made_of = {"depots": [{"sha256": verdict.deposit.sha256} for verdict in verdicts]}
    (folder / "edition.json").write_text(json.dumps({"ingredients": made_of}), encoding="utf-8")
    return Edition(folder, list(_shares(con)), dict(_secrets(con)))


def _shares(con: duckdb.DuckDBPyConnection) -> Iterator[Share]:
    cell = _CELL.format("m")
    for *key, year, site, total, it, metered, emissions, carbon_it in con.execute(
        f"SELECT {cell}, m.dimension, m.modalite, m.annee, m.id_centre, m.energie_totale_kwh, m.energie_it_kwh, "
        "m.energie_mesuree_it_kwh, m.emissions_tco2e, m.it_carbone_kwh FROM _membres_agregats_annuels AS m"
    ).fetchall():
        name: Key = ("agregats_annuels", *key)
        yield Share((*name, TOTAL), (site, year, TOTAL), 1.0)
        yield Share((*name, IT), (site, year, IT), 1.0)
        if metered:
            yield Share((*name, "mesure"), (site, year, IT), 1.0)
        if emissions is not None:
            yield Share((*name, "emissions"), (site, year, TOTAL), emissions / total)
            yield Share((*name, "it_carbone"), (site, year, IT), carbon_it / it)
    for *key, year, site in con.execute(
        f"SELECT {cell}, m.dimension, m.modalite, m.annee_energie, m.id_centre FROM _membres_evolutions_annuelles AS m"
    ).fetchall():
        for quantity in (TOTAL, IT):
            yield Share(("evolutions_annuelles", *key, quantity, str(year)), (site, year, quantity), 1.0)
    yield from _saved(con, cell)
    for *key, quantity, dimension, modality, year, site in con.execute(
        f"SELECT {cell}, m.indicateur, m.dimension, m.modalite, m.annee, m.id_centre "
        "FROM _membres_observatoire_cloud AS m"
    ).fetchall():
        if quantity in COUNTS:
            name = ("observatoire_cloud", *key, quantity, dimension, modality)
            yield Share(name, (site, year, quantity), 1.0)


def _saved(con: duckdb.DuckDBPyConnection, cell: str) -> Iterator[Share]:
    for *key, year, site, total, it, targets, saved in con.execute(
        f"SELECT {cell}, m.scenario, m.type_hebergement_cible, m.dimension, m.modalite, m.annee, m.id_centre, "
        "m.energie_totale_kwh, m.energie_it_kwh, [coalesce(h.pue_cible_bas, s.pue_cible_central), s.pue_cible_central, "
        f"coalesce(h.pue_cible_haut, s.pue_cible_central)], [{', '.join(f's.{name}' for name in SAVINGS)}] "
        "FROM _membres_economies AS m INNER JOIN _economies_sites AS s USING (annee, "
        "scenario, type_hebergement_cible, dimension, modalite, id_centre) "
        "INNER JOIN _hypotheses_economies AS h USING (scenario, type_hebergement_cible)"
    ).fetchall():
        name: Key = ("economies", *key)
        yield Share((*name, TOTAL), (site, year, TOTAL), 1.0)
        for sum_, target, value in zip(SAVINGS, targets * 2, saved, strict=True):
            above = total - it * target
            if value and above > 0:
                yield Share((*name, sum_), (site, year, TOTAL), value / above)
                yield Share((*name, sum_), (site, year, IT), -target * value / above)


def _secrets(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[Number, float]]:
    of_protected = f"id_centre IN (SELECT id_centre FROM _sites WHERE {_PROTECTED})"
    for site, year, total, it in con.execute(
        f"SELECT DISTINCT id_centre, annee, energie_totale_kwh, energie_it_kwh FROM _membres_agregats_annuels "
        f"WHERE {of_protected}"
    ).fetchall():
        yield (site, year, TOTAL), total
        yield (site, year, IT), it
    for site, year, quantity, value in con.execute(
        f"SELECT DISTINCT id_centre, annee, indicateur, valeur FROM _membres_observatoire_cloud WHERE {of_protected}"
    ).fetchall():
        if quantity in COUNTS:
            yield (site, year, quantity), value
