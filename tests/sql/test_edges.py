"""The cases a register of sites must survive: openings, closings, renamings, guests, leap years, exemptions."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from greencloud import deposits, warehouse
from tests.sql.inputs import Row, build, insert, made, months

OLD, NEW, OTHER = "13002526500013-01", "21350238800019-01", "13002526500021-01"


def both(site: str, year: int, total: float | None, it: float, **row: Any) -> Row:
    return {"id_centre": site, "annee": year, "energie_totale_kwh": total, "energie_it_kwh": it, **row}


def sites(con: Any) -> dict[tuple[str, int], dict[str, Any]]:
    return {(row["id_centre"], row["annee"]): row for row in made(con, "indicateurs_annuels")}


def expected(con: Any) -> dict[tuple[str, int], bool]:
    return {(row["id_centre"], row["annee"]): row["attendu"] for row in made(con, "couverture")}


def whole(con: Any, year: int) -> dict[str, Any]:
    rows = made(con, "agregats_annuels")
    return next(row for row in rows if row["annee"] == year and row["dimension"] == "ensemble")


def growth(con: Any, year: int) -> dict[str, Any]:
    rows = made(con, "evolutions_annuelles")
    return next(row for row in rows if row["annee"] == year and row["dimension"] == "ensemble")


def test_a_site_closed_mid_year_is_shown_for_its_days_and_summed_nowhere() -> None:
    centre: Row = {"puissance_it_installee_kw": 10, "date_fermeture": dt.date(2024, 6, 30)}
    con = build(
        centres=[centre, {"id_centre": OTHER}],
        declarations=[
            both(OLD, 2023, 80_000, 40_000),
            both(OLD, 2024, 43_680, 21_840, date_fin=dt.date(2024, 6, 30), nb_serveurs_physiques=12),
            both(OTHER, 2025, 200, 100),
        ],
    )
    row = sites(con)[OLD, 2024]
    assert (row["nature_pue"], row["lettre_comparabilite"], row["motif_exclusion"]) == (
        "intermediaire",
        "D",
        "periode_non_annuelle",
    )
    assert row["heures_periode"] == 4368  # 182 days of a leap year
    assert row["facteur_charge"] == 0.5  # 21,840 kWh / (10 kW x 4,368 h)
    assert (row["kwh_it_par_serveur"], row["emissions_tco2e"], row["bande_pue"]) == (None, None, None)
    assert expected(con) == {
        (OLD, 2023): True,
        (OLD, 2024): True,
        (OLD, 2025): False,
        **{(OTHER, year): True for year in (2023, 2024, 2025)},
    }
    assert (whole(con, 2024)["nb_sites_pue"], whole(con, 2024)["nb_sites_attendus"]) == (0, 2)
    assert [growth(con, 2024)[name] for name in ("nb_sites_sortis", "nb_sites_constants", "nb_sites_entres")] == [
        1,
        0,
        0,
    ]
    # the servers of a room closed in June are nobody's on 31 December
    assert all(row["nb_sites"] == 0 for row in made(con, "observatoire_cloud"))


def test_a_site_opened_mid_year_enters_the_sums_with_its_first_full_year() -> None:
    con = build(
        centres=[{"mise_en_service": "2023-07"}, {"id_centre": OTHER}],
        declarations=[
            both(OLD, 2023, 100, 50, date_debut=dt.date(2023, 7, 1), nature_valeur="partielle"),
            both(OLD, 2024, 210, 100),
            both(OTHER, 2022, 300, 200),
            both(OTHER, 2023, 300, 200),
            both(OTHER, 2024, 280, 200),
        ],
    )
    assert expected(con)[OLD, 2022] is False
    assert expected(con)[OLD, 2023] is True
    row = growth(con, 2024)
    assert (row["nb_sites_precedents"], row["nb_sites"], row["nb_sites_constants"], row["nb_sites_entres"]) == (
        1,
        2,
        1,
        1,
    )
    # current: 300 -> 490; the site of both years: 300 -> 280, over 200 kWh of IT
    assert (row["energie_totale_precedente_kwh"], row["energie_totale_kwh"]) == (300, 490)
    assert row["croissance_totale_pct"] == pytest.approx(100 * 190 / 300)
    assert row["croissance_totale_constante_pct"] == pytest.approx(-100 * 20 / 300)
    assert (row["pue_constant_precedent"], row["pue_constant"]) == (1.5, 1.4)


def renamed(**former: Any) -> tuple[Row, Row]:
    return {"id_centre": OLD, **former}, {"id_centre": NEW, "ancien_id_centre": OLD, "mise_en_service": "2012-03"}


def test_a_site_with_a_new_operator_stays_one_site() -> None:
    con = build(
        centres=renamed(date_fermeture=dt.date(2023, 12, 31)),
        declarations=[
            both(OLD, 2022, 230, 100),
            both(OLD, 2023, 220, 100),
            both(NEW, 2024, 200, 100),
            both(NEW, 2025, 190, 100),
        ],
    )
    assert expected(con) == {
        **{(OLD, year): year < 2024 for year in range(2022, 2026)},
        **{(NEW, year): year >= 2024 for year in range(2022, 2026)},
    }
    assert sites(con)[NEW, 2024]["ancien_id_centre"] == OLD
    row = growth(con, 2024)
    assert (row["nb_sites_constants"], row["nb_sites_entres"], row["nb_sites_sortis"]) == (1, 0, 0)
    assert row["croissance_totale_constante_pct"] == pytest.approx(-100 * 20 / 220)


def test_a_year_declared_under_both_numbers_counts_once_for_the_new_one() -> None:
    con = build(
        centres=renamed(),  # nobody closed the former row: the first year of the new number tells
        declarations=[both(OLD, 2023, 220, 100), both(OLD, 2024, 210, 100), both(NEW, 2024, 200, 100)],
    )
    assert expected(con) == {(OLD, 2023): True, (OLD, 2024): False, (NEW, 2023): False, (NEW, 2024): True}
    assert sites(con)[OLD, 2024]["motif_exclusion"] == "compte_chez_repreneur"
    assert (whole(con, 2024)["energie_totale_kwh"], whole(con, 2024)["nb_sites_pue"]) == (200, 1)


def test_a_year_shared_between_two_operators_is_summed_for_neither() -> None:
    con = build(
        centres=renamed(date_fermeture=dt.date(2024, 6, 30)),
        declarations=[
            both(OLD, 2024, 110, 50, date_fin=dt.date(2024, 6, 30)),
            both(NEW, 2024, 100, 50, date_debut=dt.date(2024, 7, 1)),
        ],
    )
    assert expected(con) == {(OLD, 2024): False, (NEW, 2024): True}
    assert whole(con, 2024)["nb_sites_pue"] == 0


def test_two_rows_that_claim_the_same_former_number_are_a_split() -> None:
    third = "13002526500039-01"
    claims: list[Row] = [{"id_centre": OLD}, *({"id_centre": site, "ancien_id_centre": OLD} for site in (NEW, third))]
    con = build(
        centres=claims,
        declarations=[both(OLD, 2023, 220, 100), both(NEW, 2024, 120, 60), both(third, 2024, 90, 45)],
    )
    row = growth(con, 2024)
    assert (row["nb_sites_constants"], row["nb_sites_entres"], row["nb_sites_sortis"]) == (0, 2, 1)


def test_numbers_that_name_each_other_as_former_stay_themselves() -> None:
    con = build(
        centres=[{"id_centre": OLD, "ancien_id_centre": NEW}, {"id_centre": NEW, "ancien_id_centre": OLD}],
        declarations=[both(OLD, 2024, 200, 100), both(NEW, 2024, 300, 200)],
    )
    assert whole(con, 2024)["energie_totale_kwh"] == 500


@pytest.mark.parametrize(("year", "hours"), [(2023, 8760), (2024, 8784), (2100, 8760)])
def test_a_full_year_has_its_own_hours(year: int, hours: int) -> None:
    con = build(centres=[{"puissance_it_installee_kw": 10}], declarations=[both(OLD, year, 5 * 8760 * 2, 5 * hours)])
    row = sites(con)[OLD, year]
    assert (row["heures_periode"], row["facteur_charge"]) == (hours, 0.5)


def test_readings_of_a_leap_year_need_its_29_february() -> None:
    readings = months(2024, 3000) + months(2024, 2000, poste="it")
    february = next(row for row in readings if row["date_debut"] == dt.date(2024, 2, 1))
    assert february["date_fin"] == dt.date(2024, 2, 29)
    assert sites(build(consommations=readings))[OLD, 2024]["pue_calcule"] == 1.5
    short = [{**row, "date_fin": dt.date(2024, 2, 28)} if row is february else row for row in readings]
    assert (OLD, 2024) not in {key for key, row in sites(build(consommations=short)).items() if row["pue_calcule"]}


def test_two_declarations_for_a_year_count_once_the_last_received(tmp_path: Path) -> None:
    header = "id_centre,annee,energie_totale_kwh,energie_it_kwh,categorie_mesure_it,perimetre,qualite_mesure"
    files = {
        "centres": [f"id_centre,nom_site\n{OLD},Salle A\n"],
        "declarations": [f"{header}\n{OLD},2024,{total},100000,1,dedie,mesure\n" for total in (180_000, 170_000)],
    }
    for name, texts in files.items():
        for day, text in enumerate(texts, start=14):
            file = tmp_path / f"{name}-{day}.csv"
            file.write_text(text, encoding="utf-8")
            received = f"2025-05-{day}T09:30:00.000000Z"
            deposits.store(file, table=name, emetteur="130025265", raw_dir=tmp_path / "raw", recu_le=received)
    found, _ = deposits.scan(tmp_path / "raw")
    con = warehouse.load([warehouse.check_deposit(deposit, tmp_path / "work") for deposit in found])
    assert (whole(con, 2024)["energie_totale_kwh"], whole(con, 2024)["nb_sites_pue"]) == (170_000, 1)
    changes = [(row["champ"], row["ancienne_valeur"], row["nouvelle_valeur"]) for row in made(con, "historique")]
    assert changes == [("energie_totale_kwh", "180000", "170000")]


def test_estimated_then_measured_is_no_progress() -> None:
    centres: list[Row] = [{}, {"id_centre": OTHER}]
    con = build(
        centres=centres,
        declarations=[
            both(OLD, 2023, 300, 100, qualite_mesure="estime"),
            both(OLD, 2024, 200, 100),
            both(OTHER, 2023, 150, 100),
            both(OTHER, 2024, 150, 100),
        ],
    )
    before, after = sites(con)[OLD, 2023], sites(con)[OLD, 2024]
    assert (before["lettre_comparabilite"], after["lettre_comparabilite"]) == ("B", "A")
    row = growth(con, 2024)
    assert (row["nb_sites_constants"], row["nb_sites_modifies"]) == (1, 1)
    assert row["croissance_totale_pct"] == pytest.approx(-100 * 100 / 450)  # current: 450 -> 350
    assert (row["croissance_totale_constante_pct"], row["pue_constant"]) == (0, 1.5)
    assert (whole(con, 2023)["part_it_mesuree"], whole(con, 2024)["part_it_mesuree"]) == (0.5, 1)


@pytest.mark.parametrize("change", [{"categorie_mesure_it": "2"}, {"perimetre": "mixte_compte"}])
def test_another_meter_point_or_boundary_is_no_progress(change: Row) -> None:
    con = build(declarations=[both(OLD, 2023, 200, 100), both(OLD, 2024, 180, 100, **change)])
    row = growth(con, 2024)
    assert (row["nb_sites_constants"], row["nb_sites_modifies"], row["pue_constant"]) == (0, 1, None)


def test_a_guest_is_never_added_to_its_host_at_constant_perimeter_either() -> None:
    con = build(
        centres=[{}, {"id_centre": OTHER, "heberge_chez": OLD}],
        declarations=[
            both(OLD, 2023, 2000, 1000),
            both(OLD, 2024, 1900, 1000),
            both(OTHER, 2023, 300, 200),
            both(OTHER, 2024, 290, 200),
        ],
    )
    row = growth(con, 2024)
    assert (row["nb_sites"], row["nb_sites_constants"]) == (1, 1)
    assert (row["energie_totale_constante_precedente_kwh"], row["energie_totale_constante_kwh"]) == (2000, 1900)


def test_a_host_that_begins_to_declare_takes_its_guest_out_of_the_constant_perimeter() -> None:
    con = build(
        centres=[{}, {"id_centre": OTHER, "heberge_chez": OLD}],
        declarations=[both(OTHER, 2023, 300, 200), both(OTHER, 2024, 290, 200), both(OLD, 2024, 1900, 1000)],
    )
    row = growth(con, 2024)
    counts = [row[f"nb_sites_{name}"] for name in ("constants", "entres", "sortis")]
    assert (counts, row["energie_totale_precedente_kwh"], row["energie_totale_kwh"]) == ([0, 1, 1], 300, 1900)


def test_a_guest_of_a_host_that_changed_its_number_is_still_counted_there() -> None:
    con = build(
        centres=[*renamed(date_fermeture=dt.date(2023, 12, 31)), {"id_centre": OTHER, "heberge_chez": OLD}],
        declarations=[both(NEW, 2024, 1900, 1000), both(OTHER, 2024, 290, 200)],
    )
    assert sites(con)[OTHER, 2024]["motif_exclusion"] == "compte_chez_hote"


@pytest.mark.parametrize(
    ("commune", "territory"),
    [("97411", "FR-974"), ("97209", "FR-972"), ("97608", "FR-976"), ("2A004", "FR-20R"), ("2B033", "FR-20R")],
)
def test_an_island_takes_its_own_factor_and_never_the_mainland_one(commune: str, territory: str) -> None:
    con = build(centres=[{"code_insee": commune}], declarations=[both(OLD, 2023, 300_000, 200_000)])
    assert sites(con)[OLD, 2023]["motif_absence_cue"] == "facteur_absent_territoire"
    factor = {"source": "ADEME Base Empreinte", "perimetre": "acv_consommation", "territoire": territory}
    factor |= {"millesime": "2024-01-01", "valeur_kgco2e_par_kwh": "0.5000", "statut": "verified"}
    insert(con, "ref_facteurs_emission", {**factor, "annee": "2022"})
    assert sites(con)[OLD, 2023]["motif_absence_cue"] == "facteur_absent_annee"
    insert(con, "ref_facteurs_emission", {**factor, "annee": "2023"})
    row = sites(con)[OLD, 2023]
    assert row["emissions_tco2e"] == 150  # 300,000 kWh x 0.5 / 1,000
    assert row["facteur_emission"] == (
        f"ADEME Base Empreinte ; acv_consommation ; {territory} ; 2023 ; millésime 2024-01-01 ; "
        "0,5000 kgCO2e/kWh ; vérifié"
    )


@pytest.mark.parametrize("mode", ["agrege", "exempte_defense", "exempte_oiv"])
def test_an_exempt_site_counts_in_the_totals_like_the_others(mode: str) -> None:
    centres: list[Row] = [{"mode_publication": mode}, {"id_centre": OTHER}]
    con = build(centres=centres, declarations=[both(OLD, 2024, 200, 100), both(OTHER, 2024, 150, 100)])
    assert (whole(con, 2024)["nb_sites_pue"], whole(con, 2024)["energie_totale_kwh"]) == (2, 350)


def test_members_are_the_summed_sites_of_each_cell() -> None:
    con = build(
        centres=[{"type_hebergement": "colocation"}, {"id_centre": OTHER}],
        declarations=[both(OLD, 2024, 200, 100), both(OTHER, 2024, None, 100)],
    )
    members = made(con, "_membres_agregats_annuels")
    assert {(row["dimension"], row["modalite"], row["id_centre"]) for row in members} == {
        ("ensemble", "ensemble", OLD),
        ("type_hebergement", "colocation", OLD),
        ("categorie_organisme", "inconnu", OLD),
        ("region", "84", OLD),
        ("classe_taille", "TX", OLD),
    }
