"""Savings: the three scenarios by hand, who saves nothing and why, and a second computation over the sample."""

from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from greencloud import tables, warehouse
from greencloud.deposits import scan
from greencloud.sample import generate
from tests.sql.inputs import Row, build, made

PARIS, SAINT_DENIS = "75056", "97411"
FACTOR_2023 = 0.0580  # kgCO2e/kWh, ADEME, mainland
WHOLE = ("ensemble", "ensemble")


def key(number: int) -> str:
    return f"{13002526500000 + number}-01"


def cells(*sites: Row) -> dict[tuple[str, ...], dict[str, Any]]:
    """The rows by (scenario, target, dimension, group) of sites given by `total` and `it` kWh, for 2023."""
    rows = made(_warehouse(sites), "economies")
    return {tuple(row[name] for name in tables.table("economies").primary_key[2:]): row for row in rows}


def members(*sites: Row) -> list[tuple[str, ...]]:
    """What `_membres_economies` holds: the cell and the number of the site."""
    rows = made(_warehouse(sites), "_membres_economies")
    names = ("scenario", "type_hebergement_cible", "dimension", "modalite")
    return [(*(row[name] for name in names), row["id_centre"][11:14]) for row in rows]


def _warehouse(sites: Sequence[Row]) -> duckdb.DuckDBPyConnection:
    centres: list[Row] = []
    declarations: list[Row] = []
    for number, site in enumerate(sites):
        given: dict[str, Any] = {"kind": "salle_serveurs", "commune": PARIS, "category": "1", **site}
        nature = {"id_centre": key(number), "synthetique": given.get("synthetique", False)}
        centres.append(
            {
                "type_hebergement": given["kind"],
                "code_insee": given["commune"],
                "puissance_it_installee_kw": 20,
                "usage_principal": "bureautique",
                "heberge_chez": given.get("host"),
                **nature,
            }
        )
        declarations.append(
            {
                "energie_totale_kwh": given["total"],
                "energie_it_kwh": given["it"],
                "categorie_mesure_it": given["category"],
                "energie_groupes_secours_kwh": given.get("generator"),
                "perimetre": given.get("boundary", "dedie"),
                **nature,
            }
        )
    return build(centres=centres, declarations=declarations)


def savings(row: dict[str, Any], unit: str) -> list[float | None]:
    return [row[f"economie_{level}_{unit}"] for level in ("basse", "centrale", "haute")]


def counts(row: dict[str, Any]) -> list[int]:
    names = ("comparables", "economie", "deja_mieux", "sans_pairs", "hors_champ")
    return [row[f"nb_sites_{name}"] for name in names]


def test_a_pue_of_one_and_a_half() -> None:
    # 2,500 - 1.5 x 1,000 = 1,000 kWh and 3,000 - 1.5 x 1,600 = 600: 1,600 in all, half of it in the low case.
    row = cells({"total": 2500, "it": 1000}, {"total": 3000, "it": 1600})["pue_1_5", "sans_objet", *WHOLE]
    assert counts(row) == [2, 2, 0, 0, 0]
    assert savings(row, "kwh") == pytest.approx([800, 1600, 1600], rel=1e-12)
    # 118, 172 and 245 euros a MWh
    assert savings(row, "eur") == pytest.approx([94.4, 275.2, 392], rel=1e-12)
    # 0.0580 kg a kWh: 1,600 kWh emit 92.8 kg
    assert savings(row, "tco2e") == pytest.approx([0.0464, 0.0928, 0.0928], rel=1e-12)
    assert row["part_economisee"] is None  # the move alone: it would give the energy of the sites away
    assert row["facteurs_emission"].startswith("ADEME Base Empreinte ; acv_consommation ; FR-continentale ; 2023 ;")
    assert row["hypotheses"].startswith(
        "PUE cible : 1,5 / 1,5 / 1,5 ; part de l'écart comblée : 0,5 / 1 / 1 ; prix : 118"
    )
    assert (row["libelle"], row["diffusion"]) == ("Ensemble des centres", "diffuse")


def test_a_site_that_is_already_better_saves_nothing_and_says_so() -> None:
    # 1,400 / 1,000 would "save" -100 kWh and 1,500 / 1,000 nothing: both count for 0, and the sum stays 1,000.
    better: list[Row] = [{"total": 1400, "it": 1000}, {"total": 1500, "it": 1000}]
    row = cells({"total": 2500, "it": 1000}, *better)["pue_1_5", "sans_objet", *WHOLE]
    assert counts(row) == [3, 1, 2, 0, 0]
    assert savings(row, "kwh") == [500, 1000, 1000]
    alone = cells(*better)["pue_1_5", "sans_objet", *WHOLE]
    assert savings(alone, "kwh") == savings(alone, "eur") == savings(alone, "tco2e") == [0, 0, 0]
    assert (alone["part_economisee"], alone["facteurs_emission"], alone["motif_absence_tco2e"]) == (None, None, None)


def test_the_best_quartile_of_eight_peers() -> None:
    # PUE 1.1, 1.2 ... 1.8 of 1,000 kWh of IT: the quartile is 1.1 + 0.7 x 0.25 = 1.275. Above it: 1.3 to 1.8, which
    # save 25, 125, 225, 325, 425 and 525 kWh, 1,650 in all; the other two save 0.
    row = cells(*({"total": 1000 + 100 * rank, "it": 1000} for rank in range(1, 9)))[
        "quartile_pairs", "sans_objet", *WHOLE
    ]
    assert counts(row) == [8, 6, 2, 0, 0]
    assert savings(row, "kwh") == pytest.approx([825, 1650, 1650], rel=1e-12)
    assert row["hypotheses"].startswith("PUE cible : premier quartile des pairs, 8 pairs au moins ;")


def test_fewer_than_eight_peers_and_another_category_have_no_quartile() -> None:
    seven: list[Row] = [{"total": 1000 + 100 * rank, "it": 1000} for rank in range(1, 8)]
    row = cells(*seven, {"total": 1800, "it": 1000, "category": "2"})["quartile_pairs", "sans_objet", *WHOLE]
    assert counts(row) == [8, 0, 0, 8, 0]
    assert savings(row, "kwh") == savings(row, "eur") == savings(row, "tco2e") == [None] * 3
    assert row["motif_absence_tco2e"] is None


def test_the_move_to_a_hosting_kind() -> None:
    # Colocation at 1.5, 1.45 and 1.2: 3,000 - 1,000 x each = 1,500, 1,550 and 1,800 kWh of 3,000.
    found = cells({"total": 3000, "it": 1000})
    row = found["hebergement", "colocation", *WHOLE]
    assert savings(row, "kwh") == [1500, 1550, 1800]
    assert row["part_economisee"] == 1550 / 3000
    targets = {target for scenario, target, *_ in found if scenario == "hebergement"}
    assert targets == {"centre_mutualise_public", "colocation", "cloud_externe"}  # the kinds with a sourced PUE


def test_a_gain_that_is_not_sure_is_not_counted() -> None:
    # 1.47 is above the central 1.45 and below the prudent 1.5: the move might gain nothing.
    row = cells({"total": 1470, "it": 1000})["hebergement", "colocation", *WHOLE]
    assert (counts(row), savings(row, "kwh")) == ([1, 0, 1, 0, 0], [0, 0, 0])


def test_nobody_moves_to_the_kind_it_has_or_from_an_unknown_one() -> None:
    sites: list[Row] = [{"total": 3000, "it": 1000, "kind": kind} for kind in ("colocation", None, "centre_propre")]
    found = cells(*sites)
    assert counts(found["hebergement", "colocation", *WHOLE]) == [3, 1, 0, 0, 2]
    assert counts(found["hebergement", "colocation", "type_hebergement", "colocation"]) == [1, 0, 0, 0, 1]
    assert counts(found["hebergement", "colocation", "type_hebergement", "inconnu"]) == [1, 0, 0, 0, 1]
    assert counts(found["pue_1_5", "sans_objet", "type_hebergement", "inconnu"]) == [1, 1, 0, 0, 0]


def test_only_comparable_sites_that_are_summed_once() -> None:
    sites: list[Row] = [
        {"total": 2500, "it": 1000},
        {"total": 2500, "it": None},  # no PUE
        {"total": 2500, "it": 1000, "category": None, "boundary": None},  # two reserves: not comparable
        {"total": 2500, "it": 1000, "host": key(0)},  # already in the energy of its host
    ]
    assert counts(cells(*sites)["pue_1_5", "sans_objet", *WHOLE]) == [1, 1, 0, 0, 0]


def test_an_island_without_a_factor_saves_kwh_and_euros_and_says_why_no_tco2e() -> None:
    islands: list[Row] = [{"total": 2500, "it": 1000, "commune": SAINT_DENIS}] * 3
    better: Row = {"total": 1400, "it": 1000}  # on the mainland, saves 0: no reason to show 0 t for the islands
    row = cells(*islands, better)["pue_1_5", "sans_objet", *WHOLE]
    assert (savings(row, "kwh"), savings(row, "tco2e")) == ([1500, 3000, 3000], [None] * 3)
    assert (row["nb_sites_sans_facteur"], row["motif_absence_tco2e"]) == (3, "facteur_absent")
    assert row["facteurs_emission"] is None


def test_the_tco2e_leave_out_the_sites_without_a_factor_and_say_how_many() -> None:
    row = cells({"total": 2500, "it": 1000}, {"total": 2500, "it": 1000, "commune": SAINT_DENIS})[
        "pue_1_5", "sans_objet", *WHOLE
    ]
    assert savings(row, "kwh") == [1000, 2000, 2000]
    assert row["economie_centrale_tco2e"] == pytest.approx(1000 * FACTOR_2023 / 1000, rel=1e-12)
    assert (row["nb_sites_sans_facteur"], row["motif_absence_tco2e"]) == (1, None)


def test_a_test_of_the_generators_does_not_hide_the_tco2e_of_what_is_saved_on_the_grid() -> None:
    row = cells({"total": 2500, "it": 1000, "generator": 10})["pue_1_5", "sans_objet", *WHOLE]
    assert row["economie_centrale_tco2e"] == pytest.approx(0.058, rel=1e-12)


def test_the_groups_add_up_to_the_whole() -> None:
    sites = [{"total": 2500, "it": 1000, "kind": kind} for kind in ("colocation", "salle_serveurs", "salle_serveurs")]
    found = cells(*sites)
    for scenario, target in {(scenario, target) for scenario, target, *_ in found}:
        parts = [row for name, row in found.items() if name[:3] == (scenario, target, "type_hebergement")]
        assert sum(row["nb_sites_economie"] for row in parts) == found[scenario, target, *WHOLE]["nb_sites_economie"]


def test_real_and_synthetic_are_never_mixed() -> None:
    con = _warehouse([{"total": 2500, "it": 1000}, {"total": 3000, "it": 1000, "synthetique": True}])
    rows = [row for row in made(con, "economies") if row["scenario"] == "pue_1_5" and row["dimension"] == "ensemble"]
    assert [(row["synthetique"], row["economie_centrale_kwh"]) for row in rows] == [(False, 1000), (True, 1500)]


def test_the_members_of_a_cell_are_the_sites_that_bring_a_saving() -> None:
    found = members({"total": 2500, "it": 1000}, {"total": 1400, "it": 1000}, {"total": 1800, "it": 1000})
    assert [cell for cell in found if cell[:2] == ("pue_1_5", "sans_objet")] == [
        ("pue_1_5", "sans_objet", "ensemble", "ensemble", "000"),
        ("pue_1_5", "sans_objet", "ensemble", "ensemble", "002"),
        ("pue_1_5", "sans_objet", "type_hebergement", "salle_serveurs", "000"),
        ("pue_1_5", "sans_objet", "type_hebergement", "salle_serveurs", "002"),
    ]


# ---- the whole sample, computed a second time with pandas ----

LEVELS = {"bas": "basse", "central": "centrale", "haut": "haute"}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """The seeded sample up to the savings, before secrecy."""
    folder, work = tmp_path_factory.mktemp("sample"), tmp_path_factory.mktemp("work")
    generate(folder)
    con = warehouse.load([warehouse.check_deposit(deposit, work) for deposit in scan(folder)[0]])
    made(con, "economies")
    return con


def assumed() -> pd.DataFrame:
    return pd.read_csv(tables.reference_dir() / "hypotheses_economies.csv")


def value(scenario: str, name: str, level: str, target: str | None = None) -> float:
    """One assumption, read off the reference table: that of the level, or the one for all levels."""
    rows = assumed()
    rows = rows[(rows["scenario"] == scenario) & (rows["parametre"] == name) & rows["niveau"].isin([level, "tous"])]
    rows = rows[rows["type_hebergement_cible"] == target] if target else rows
    (found,) = rows["valeur"]
    return float(found)


def recomputed(sites: pd.DataFrame, scenario: str, target: str | None) -> pd.DataFrame:
    """The sites that the scenario applies to, with their savings at each level."""
    found = sites.copy()
    if target:
        found = found[found["type_hebergement"].notna() & (found["type_hebergement"] != target)]
    if scenario == "quartile_pairs":
        found = found[found["pue_quartile_1_pairs"].notna()]
        pue = dict.fromkeys(LEVELS, found["pue_quartile_1_pairs"].to_numpy(float))
    else:
        pue = {level: np.full(len(found), value(scenario, "pue_cible", level, target)) for level in LEVELS}
    total, it = found["energie_totale_kwh"].to_numpy(float), found["energie_it_kwh"].to_numpy(float)
    gains = total / it > pue["bas"]
    found = found.assign(gagne=gains)
    for level, name in LEVELS.items():
        saved = np.where(gains, value(scenario, "part_ecart_comblee", level) * (total - pue[level] * it), 0)
        found[f"economie_{name}_kwh"] = saved
        found[f"economie_{name}_eur"] = saved / 1000 * value("tous", "prix_electricite", level)
        found[f"economie_{name}_tco2e"] = np.where(gains, saved / 1000 * found["facteur"], 0)
    return found


def comparable_sites(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    factors = pd.read_csv(tables.reference_dir() / "facteurs_emission.csv", dtype={"millesime": str})
    factors = factors[(factors["source"] == "ADEME Base Empreinte") & (factors["perimetre"] == "acv_consommation")]
    newest = factors.sort_values("millesime").groupby(["territoire", "annee"], as_index=False).last()
    newest = newest.rename(columns={"territoire": "territoire_emission", "valeur_kgco2e_par_kwh": "facteur"})
    sites = con.table("indicateurs_annuels").df()
    sites = sites[sites["inclus_dans_agregats"] & sites["niveau_comparabilite"].isin(["pleine", "reservee"])]
    grids = con.sql("SELECT id_centre, territoire_emission FROM _sites").df()
    sites = sites.merge(grids, on="id_centre", validate="m:1")
    sites = sites.merge(newest[["territoire_emission", "annee", "facteur"]], how="left", validate="m:1")
    return sites.assign(modalite=sites["type_hebergement"].fillna("inconnu"))


@pytest.mark.parametrize(
    ("scenario", "target"),
    [
        ("quartile_pairs", None),
        ("pue_1_5", None),
        ("hebergement", "colocation"),
        ("hebergement", "centre_mutualise_public"),
        ("hebergement", "cloud_externe"),
    ],
)
@pytest.mark.parametrize("dimension", ["ensemble", "type_hebergement"])
def test_the_sample_gives_the_same_savings_in_pandas(
    sample: duckdb.DuckDBPyConnection, scenario: str, target: str | None, dimension: str
) -> None:
    sites = recomputed(comparable_sites(sample), scenario, target)
    if dimension == "ensemble":
        sites = sites.assign(modalite="ensemble")
    columns = [f"economie_{name}_{unit}" for unit in ("kwh", "eur", "tco2e") for name in LEVELS.values()]
    expected = sites.groupby(["annee", "modalite"])[columns].sum().sort_index()
    rows = sample.table("economies").df()
    rows = rows[(rows["scenario"] == scenario) & (rows["dimension"] == dimension)]
    rows = rows[rows["type_hebergement_cible"] == (target or "sans_objet")].set_index(["annee", "modalite"])
    shown = rows[rows["economie_centrale_kwh"].notna()].sort_index()
    assert shown.index.equals(expected.index)
    assert shown["nb_sites_economie"].tolist() == sites.groupby(["annee", "modalite"])["gagne"].sum().tolist()
    assert len(shown) >= 7 and shown["economie_centrale_kwh"].max() > 1_000_000
    for column in columns:
        kept = shown[column].notna()
        assert kept.all() or column.endswith("_tco2e")
        np.testing.assert_allclose(shown[column][kept], expected[column][kept], rtol=1e-9, atol=0)


def test_no_saving_of_the_sample_is_negative_or_out_of_order(sample: duckdb.DuckDBPyConnection) -> None:
    for unit in ("kwh", "eur", "tco2e"):
        low, central, high = (f"economie_{name}_{unit}" for name in LEVELS.values())
        wrong = f"SELECT count(*) FROM economies WHERE {low} < 0 OR {low} > {central} OR {central} > {high}"
        assert sample.sql(wrong).fetchall() == [(0,)]
    assert sample.sql("SELECT count(*) FROM economies WHERE part_economisee NOT BETWEEN 0 AND 1").fetchall() == [(0,)]


def test_every_comparable_site_is_counted_once_with_its_reason(sample: duckdb.DuckDBPyConnection) -> None:
    counted = sample.sql(
        "SELECT count(*) FROM economies WHERE nb_sites_comparables <> "
        "nb_sites_economie + nb_sites_deja_mieux + nb_sites_sans_pairs + nb_sites_hors_champ"
    )
    assert counted.fetchall() == [(0,)]
    per_scenario = sample.sql(
        "SELECT DISTINCT annee, nb_sites_comparables FROM economies WHERE dimension = 'ensemble' ORDER BY annee"
    ).fetchall()
    assert [count for _, count in per_scenario] == comparable_sites(sample).groupby("annee").size().tolist()


# ---- the assumptions ----


def test_every_assumption_has_its_source_its_date_and_its_flag() -> None:
    for row in assumed().fillna("").astype(str).to_dict("records"):
        assert row["statut"] in ("verified", "secondary", "to confirm"), row
        assert row["source"] and row["perimetre"] and row["unite"] and row["date_valeur"], row
        assert str(row["url_source"]).startswith("https://") or row["source"] == "choix du projet", row


def test_the_levels_are_in_the_order_of_the_savings() -> None:
    targets = ("colocation", "centre_mutualise_public", "cloud_externe")
    for target in targets:
        low, central, high = (value("hebergement", "pue_cible", level, target) for level in LEVELS)
        assert low >= central >= high > 1
    for scenario, name in (
        ("tous", "prix_electricite"),
        ("quartile_pairs", "part_ecart_comblee"),
        ("pue_1_5", "part_ecart_comblee"),
        ("hebergement", "part_economisee_annoncee"),
    ):
        low, central, high = (value(scenario, name, level) for level in LEVELS)
        assert 0 < low <= central <= high
    assert value("quartile_pairs", "effectif_minimum_pairs", "central") >= 8  # no quartile is published under eight


def test_the_target_kinds_are_hosting_kinds_of_the_register() -> None:
    kinds = set(tables.table("centres").field("type_hebergement").constraints["enum"])
    assert set(assumed()["type_hebergement_cible"].dropna()) <= kinds
    allowed = tables.table("economies").field("type_hebergement_cible").constraints["enum"]
    assert set(allowed) == kinds | {"sans_objet"}


def test_the_caveats_of_a_pue_target_are_printed_with_the_table() -> None:
    description = tables.table("economies").description
    for word in ("M-19-19", "redondance", "météo", "bâtiment", "ordres de grandeur", "ne s’additionnent pas"):
        assert word in description
