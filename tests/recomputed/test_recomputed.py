"""Every figure of the sample, worked out independently in pandas from its raw files: equal to 1e-9.

The tables are compared before statistical secrecy, so that no cell escapes.
"""

from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pandas as pd
import pytest

from greencloud import deposits, sample, warehouse
from tests.recomputed import figures, metered
from tests.recomputed.deposits import Raw

SITES, SEED = 300, 2017
CELL = ["annee", "dimension", "modalite"]
SITE = ["id_centre", "annee"]
_COUNTS = ("nb_sites_pue", "nb_sites_distribution", "nb_sites_wue", "nb_sites_erf", "nb_sites_ref", "nb_sites_carbone")


class Both(NamedTuple):
    """The tables that the SQL made of the sample, and what pandas made of its raw files: site-years, metered months."""

    con: duckdb.DuckDBPyConnection
    rows: pd.DataFrame
    months: pd.DataFrame


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    folder: Path = tmp_path_factory.mktemp("sample")
    sample.generate(folder / "raw", sites=SITES, seed=SEED)
    found, _ = deposits.scan(folder / "raw")
    con = warehouse.load([warehouse.check_deposit(deposit, folder / "work") for deposit in found])
    for step in warehouse.STEPS[: warehouse.STEPS.index("evolutions_annuelles") + 1]:
        warehouse.run_step(con, step)
    for step in ("mesures_mensuelles", "rapprochements"):
        warehouse.run_step(con, step)
    meters = pd.read_csv(folder / "raw" / "compteurs.csv", dtype=str)
    metered_months = metered.months(metered.slots(folder / "raw"), meters)
    return Both(con, figures.sites_and_years(Raw(folder / "raw", refused(con))), metered_months)


def refused(con: duckdb.DuckDBPyConnection) -> dict[str, set[int]]:
    """The refused lines of each file."""
    warehouse.run_step(con, "rejets")
    lines: dict[str, set[int]] = defaultdict(set)
    for file, line in con.execute("SELECT nom_fichier, ligne FROM rejets").fetchall():
        lines[file].add(line)
    return lines


def same(found: pd.DataFrame, expected: pd.DataFrame, columns: list[str]) -> None:
    """The same keys, and in every cell the same number to 1e-9, or nothing in both."""
    assert sorted(found.index) == sorted(expected.index)
    assert len(found) >= 48
    for column in columns:
        left = found[column].astype(float).reindex(expected.index).to_numpy()
        right = expected[column].astype(float).to_numpy()
        np.testing.assert_allclose(left, right, rtol=1e-9, atol=1e-9, equal_nan=True, err_msg=column)
        assert np.isfinite(right).any(), column


def table(con: duckdb.DuckDBPyConnection, name: str, key: list[str]) -> pd.DataFrame:
    return con.table(name).df().set_index(key)


def test_the_ratios_and_the_carbon_of_every_site(both: Both) -> None:
    found = table(both.con, "indicateurs_annuels", SITE).rename(
        columns={
            "pue_calcule": "pue",
            "wue_l_par_kwh": "wue",
            "emissions_tco2e": "emissions",
            "cue_kgco2e_par_kwh": "cue",
            "heures_periode": "hours",
        }
    )
    ratios = ["pue", "wue", "erf", "ref", "emissions", "cue"]
    uses = ["hours", "facteur_charge", "kwh_it_par_serveur", "kwh_it_par_machine_virtuelle", "kwh_par_m2"]
    same(found, both.rows.set_index(SITE), ["energie_totale_kwh", "energie_it_kwh", *ratios, *uses])
    expected = both.rows.set_index(SITE).reindex(found.index)
    assert found["classe_comparabilite"].tolist() == expected["classe"].tolist()
    assert found["inclus_dans_agregats"].tolist() == expected["inclus"].tolist()


def test_every_cell_of_the_aggregates(both: Both) -> None:
    expected = figures.aggregates(figures.members(both.rows))
    found = table(both.con, "agregats_annuels", CELL)
    assert found["synthetique"].all()
    quartiles = [name for name in found.columns if name.startswith("pue")]
    ratios = ["wue_l_par_kwh", "erf", "ref", "part_it_mesuree", "emissions_tco2e", "cue_kgco2e_par_kwh"]
    sums = ["energie_totale_kwh", "energie_it_kwh"]
    same(found[found["nb_sites_pue"] > 0], expected, [*_COUNTS, *sums, *quartiles, *ratios])


def test_growth_at_constant_perimeter_in_every_group(both: Both) -> None:
    register = both.con.table("centres").df()
    named = frozenset(register.loc[register["mode_publication"].fillna("nominatif") == "nominatif", "id_centre"])
    assert len(named) < len(register)
    expected = figures.evolutions(figures.members(both.rows), named)
    found = table(both.con, "evolutions_annuelles", CELL)
    some = "nb_sites_constants_nominatifs"
    same(found[found[some] > 0], expected.dropna(subset=some), list(expected.columns))


def test_the_quartiles_of_the_peers_of_every_ranked_site(both: Both) -> None:
    """The peers are sites published by name, whose attributes the name of the group gives; the quartiles are theirs."""
    sites, register = (both.con.table(name).df() for name in ("indicateurs_annuels", "centres"))
    named = register.loc[register["mode_publication"].fillna("nominatif") == "nominatif", "id_centre"]
    full = sites[(sites["niveau_comparabilite"] == "pleine") & sites["id_centre"].isin(named)]
    groups = sites.dropna(subset="groupe_quartiles").drop_duplicates(["annee", "groupe_quartiles"])
    assert len(groups) > 5
    for group in groups.to_dict("records"):
        size, use, climate, category, kind = group["groupe_quartiles"].split(", ")
        low, _, high = size.partition(" à ")
        peers = full[full["classe_taille"].between(low, high or low) & (full["annee"] == group["annee"])]
        peers = peers[(peers["categorie_mesure_it"].radd("C") == category)]
        for column, name in (("usage_principal", use), ("zone_climatique", climate), ("type_hebergement", kind)):
            peers = peers if name.startswith("tous ") else peers[peers[column] == name]
        assert len(peers) == group["nb_groupe_quartiles"] >= 8
        expected = peers["pue_calcule"].quantile([0.25, 0.5, 0.75]).tolist()
        found = [group[f"pue_{name}_pairs"] for name in ("quartile_1", "mediane", "quartile_3")]
        assert found == pytest.approx(expected, rel=1e-9)


def test_every_month_of_every_meter(both: Both) -> None:
    found = table(both.con, "mesures_mensuelles", ["id_centre", "mois", "poste"])
    same(found, both.months, ["energie_kwh", "completude", "jours_complets", "part_week_end", "pue"])
    assert 0 < both.months["pue"].notna().sum() < 24


def test_every_year_of_every_meter(both: Both) -> None:
    """What is published and what is set aside is all that was written; the gap is to what is declared."""
    found = both.con.table("rapprochements").df().to_dict("records")
    months = both.months.reset_index()
    assert len(found) == 4
    for row in found:
        of_meter = months[(months["id_centre"] == row["id_centre"]) & (months["poste"] == row["poste"])]
        kwh = of_meter["energie_kwh"].sum()
        declared = both.rows[(both.rows["id_centre"] == row["id_centre"]) & (both.rows["annee"] == row["annee"])]
        [told] = declared["energie_totale_kwh" if row["poste"] == "total" else "energie_it_kwh"]
        assert row["energie_compteurs_kwh"] == pytest.approx(kwh, rel=1e-12)
        assert row["energie_declaree_kwh"] == told
        assert row["ecart_pct"] == pytest.approx(100 * (kwh / told - 1))
        assert row["energie_ecartee_kwh"] > 0
