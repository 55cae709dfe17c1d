"""What once betrayed a protected site, each by another way than the totals; none of it may come back."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from greencloud import disclosure, warehouse
from greencloud.exports import dossier, page
from greencloud.exports.dossier import ExportRefused
from tests.secrecy.registers import Site, warehouse_of
from tests.sql.inputs import build
from tests.test_warehouse import Desk

OLD, NEW = "13002526500013-01", "21350238800019-01"
SITE = "13002526500013-0"


def protected(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The published tables of a warehouse whose tables are computed."""
    warehouse._keep_nominative(con)
    disclosure.protect(con)
    return con


def declared(number: str, year: int, total: float, it: float, **cells: Any) -> dict[str, Any]:
    return {"id_centre": number, "annee": year, "energie_totale_kwh": total, "energie_it_kwh": it, **cells}


def taken_over(old: Mapping[str, Any], new: Mapping[str, Any], *lines: Mapping[str, Any]) -> duckdb.DuckDBPyConnection:
    """One site that changed number in the middle of 2024, with what each of its register lines adds."""
    centres = [
        {"id_centre": OLD, "date_fermeture": dt.date(2024, 6, 30), **old},
        {"id_centre": NEW, "ancien_id_centre": OLD, **new},
    ]
    con = build(centres=centres, declarations=lines)
    warehouse.compute(con)
    return con


def test_a_refusal_or_a_warning_quotes_no_protected_host_nor_twin_nor_unknown_site(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    centres = [
        {"id_centre": f"{SITE}1", "nom_site": "Un", "mode_publication": "exempte_defense"},
        {"id_centre": f"{SITE}2", "nom_site": "Deux", "heberge_chez": f"{SITE}1"},
        {"id_centre": f"{SITE}3", "nom_site": "Trois", "mode_publication": "agrege"},
        {"id_centre": f"{SITE}4", "nom_site": "Quatre"},
        {"id_centre": NEW, "nom_site": "Cinq", "code_insee": "35000", "mode_publication": "exempte_oiv"},  # refused
    ]
    cells = {"nature_valeur": "annuelle", "qualite_mesure": "mesure"}
    energies = [(f"{SITE}1", 300000, 160000), (f"{SITE}2", 314870, 175120), (f"{SITE}3", 250001, 140003)]
    energies += [(f"{SITE}4", 250001, 140003), (NEW, 140000, 314870)]
    desk.receive("centres", centres)
    desk.receive("declarations", [declared(number, 2024, total, it, **cells) for number, total, it in energies])
    con = warehouse.load(desk.verdicts)
    codes = {code for (code,) in con.execute("SELECT code FROM anomalies").fetchall()}
    assert {"hebergement_incoherent", "energies_identiques_deux_sites", "colonnes_inversees"} <= codes
    warehouse.aggregate(con)
    told = " ".join(str(row) for row in con.execute("SELECT * FROM rejets").fetchall())
    assert not any(text in told.replace("\xa0", "").replace("\u202f", "") for text in ("160000", "314870", f"{SITE}1"))
    assert con.execute("SELECT id_centre, avertissements FROM indicateurs_annuels").fetchall() == [(f"{SITE}4", None)]


@pytest.mark.parametrize(("old", "new"), [("exempte_defense", None), (None, "agrege")])
def test_protection_follows_a_site_to_its_other_number(old: str | None, new: str | None) -> None:
    lines = declared(OLD, 2024, 987654, 600001), declared(NEW, 2024, 987654, 600001)
    con = taken_over({"mode_publication": old}, {"mode_publication": new}, *lines)
    for number in (OLD, NEW):
        with pytest.raises(ExportRefused, match="ne se publient pas"):
            page.page(dossier.read(con, number))
    assert protected(con).execute("SELECT count(*) FROM indicateurs_annuels").fetchall() == [(0,)]


def test_a_year_under_two_numbers_is_the_one_that_the_aggregates_hold() -> None:
    half = {"date_debut": dt.date(2024, 7, 1), "date_fin": dt.date(2024, 12, 31), "nature_valeur": "intermediaire"}
    con = taken_over({}, {}, declared(OLD, 2024, 900000, 600000), declared(NEW, 2024, 450000, 300000, **half))
    [year] = dossier.read(con, NEW).years
    assert year.indicators["energie_totale_kwh"] == 900000


def test_made_up_power_reaches_no_threshold() -> None:
    made_up = {"id_centre": f"{SITE}2", "puissance_it_installee_kw": 450.0, "synthetique": True}
    con = build(centres=[{"id_centre": OLD, "puissance_it_installee_kw": 100.0}, made_up])
    warehouse.compute(con)
    assert dossier.read(con, OLD).siret_power_kw == 100


def test_no_quartile_is_that_of_a_protected_peer() -> None:
    pues = (1.3, 1.4, 1.6, 1.7, 1.8, 1.9, 2.0, 2.1)
    sites = [Site(energies={2024: (100_000 + 3_000 * rank, pue)}) for rank, pue in enumerate(pues)]
    query = "SELECT max(nb_sites_economie) FROM economies WHERE scenario = 'quartile_pairs'"
    assert protected(warehouse_of(sites)).execute(query).fetchall() != [(0,)]
    sites[1] = Site(mode="agrege", energies=sites[1].energies)  # seven peers are left: no quartile at all
    assert protected(warehouse_of(sites)).execute(query).fetchall() in ([(0,)], [(None,)])


def test_savings_tell_nothing_of_one_protected_site_that_does_better() -> None:
    alone = Site(kind="cloud_dedie", mode="exempte_defense", energies={2024: (100_000, 1.3)})
    others = [Site(energies={2024: (100_000 + rank, 1.8)}) for rank in range(4)]
    query = "SELECT DISTINCT diffusion FROM economies WHERE modalite = 'cloud_dedie' AND scenario <> 'quartile_pairs'"
    assert protected(warehouse_of([alone, *others])).execute(query).fetchall() == [("secret_primaire",)]


def test_three_estimates_of_carbon_do_not_give_the_energies_of_the_sites_that_have_a_factor() -> None:
    centre = {"type_hebergement": "salle_serveurs", "puissance_it_installee_kw": 40.0, "mode_publication": "agrege"}
    energies = [*((100_000 + 9_000 * rank, 1.8 + 0.07 * rank) for rank in range(6)), (110_000, 2.0)]
    sites = [{**centre, "id_centre": f"{SITE}{rank}"} for rank in range(len(energies))]
    con = build(
        centres=[*sites[:-1], {**sites[-1], "code_insee": "97105"}],  # no factor is known for Guadeloupe
        declarations=[declared(f"{SITE}{rank}", 2024, it * pue, it) for rank, (it, pue) in enumerate(energies)],
    )
    warehouse.compute(con)
    query = "SELECT economie_centrale_kwh, economie_basse_tco2e, economie_centrale_tco2e FROM economies WHERE "
    query += "scenario = 'hebergement' AND dimension = 'ensemble'"
    assert any(kwh is not None and low != central for kwh, low, central in con.execute(query).fetchall())
    protected(con)
    assert not any(
        kwh is not None and low not in (None, central) for kwh, low, central in con.execute(query).fetchall()
    )
