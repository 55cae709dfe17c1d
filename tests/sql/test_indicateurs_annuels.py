"""The site page: ratios, carbon, warnings, provenance."""

import datetime as dt
from typing import Any

import pytest

from greencloud import warehouse
from tests.sql.inputs import RECEIVED, SHA, SITE_A, Row, build, insert, months, one

BOTH: Row = {"energie_totale_kwh": 300_000, "energie_it_kwh": 200_000}


def indicators(declaration: Row, centre: Row | None = None) -> dict[str, Any]:
    return one(build(centres=[centre or {}], declarations=[{**BOTH, **declaration}]), "indicateurs_annuels")


def test_the_ratios_of_one_site() -> None:
    row = indicators(
        {"pue_declare": 1.52, "eau_totale_m3": 80, "chaleur_valorisee_kwh": 60_000, "energie_renouvelable_kwh": 90_000}
    )
    assert row["pue_calcule"] == 1.5  # 300,000 / 200,000
    assert row["pue_declare"] == 1.52
    assert row["wue_l_par_kwh"] == 0.4  # 1,000 x 80 / 200,000
    assert row["erf"] == 0.2  # 60,000 / 300,000
    assert row["ref"] == 0.3  # 90,000 / 300,000
    # ADEME 2023, vintage 2025-04-16: 0.0580 kgCO2e/kWh
    assert row["emissions_tco2e"] == pytest.approx(17.4, rel=1e-12)  # 300,000 x 0.0580 / 1,000
    assert row["cue_kgco2e_par_kwh"] == pytest.approx(0.087, rel=1e-12)  # 1.5 x 0.0580
    assert row["facteur_emission"] == (
        "ADEME Base Empreinte ; acv_consommation ; FR-continentale ; 2023 ; millésime 2025-04-16 ; 0,0580 kgCO2e/kWh ; "
        "vérifié"
    )
    assert row["motif_absence_cue"] is None


def test_the_standing_of_the_factor_is_shown() -> None:
    con = build(declarations=[{**BOTH, "annee": 2019}])
    assert str(one(con, "indicateurs_annuels")["facteur_emission"]).endswith(" ; 0,0570 kgCO2e/kWh ; à confirmer")
    con.execute("UPDATE ref_facteurs_emission SET statut = 'secondary' WHERE annee = '2019'")
    assert str(one(con, "indicateurs_annuels")["facteur_emission"]).endswith(" ; source secondaire")


def test_what_the_declarant_said_is_published_with_the_row() -> None:
    centre: Row = {"commentaire": "Salle fermée au public."}  # said of the site, not of the year
    row = indicators({"nature_valeur": "partielle", "commentaire": "-2+3 mois sans compteur"}, centre)
    assert (row["nature_valeur"], row["commentaire"]) == ("partielle", "'-2+3 mois sans compteur")
    row = one(build(centres=[centre], consommations=months(2023, 10)), "indicateurs_annuels")
    assert (row["nature_valeur"], row["commentaire"]) == (None, None)


@pytest.mark.parametrize(
    ("total", "comment", "codes"),
    [
        (1.0294, None, "pue_tres_bas"),
        (1.0294, "Eau de mer toute l'année.", None),  # as the rule for declarations: explained
        (1.0306, None, None),
        (4, None, None),
        (4.01, None, "pue_tres_eleve"),
        (10.01, None, "ratio_energie_impossible"),
        (1.0004, None, "ratio_energie_impossible"),
    ],
)
def test_an_odd_ratio_of_readings_is_said(total: float, comment: str | None, codes: str | None) -> None:
    readings = months(2023, 10_000 * total) + months(2023, 10_000, poste="it")
    con = build(declarations=[{"pue_declare": 1.5, "commentaire": comment}], consommations=readings)
    assert one(con, "indicateurs_annuels")["avertissements"] == codes


def test_missing_is_never_zero() -> None:
    row = indicators({})
    absent = ("eau_totale_m3", "wue_l_par_kwh", "erf", "ref", "nb_serveurs_physiques", "secnumcloud", "avertissements")
    assert [row[column] for column in absent] == [None] * len(absent)
    assert indicators({"eau_totale_m3": 0})["wue_l_par_kwh"] == 0


@pytest.mark.parametrize(
    ("declaration", "centre", "reason"),
    [
        ({"energie_totale_kwh": None, "pue_declare": 1.5}, {}, "energie_totale_absente"),
        ({"nature_valeur": "partielle"}, {}, "periode_non_annuelle"),
        ({}, {"code_insee": None}, "territoire_inconnu"),
        ({}, {"code_insee": "2A004"}, "facteur_absent_territoire"),
        ({}, {"code_insee": "97411"}, "facteur_absent_territoire"),
        ({"annee": 2018}, {}, "facteur_absent_annee"),
        ({"energie_groupes_secours_kwh": 1200}, {}, "groupes_secours"),
        ({"energie_renouvelable_site_kwh": 10}, {}, "production_sur_place"),
    ],
)
def test_no_carbon_without_a_factor_that_fits(declaration: Row, centre: Row, reason: str) -> None:
    row = indicators(declaration, centre)
    carbon = (row["emissions_tco2e"], row["cue_kgco2e_par_kwh"], row["facteur_emission"])
    assert (*carbon, row["motif_absence_cue"]) == (None, None, None, reason)


def test_emissions_need_no_it_energy_but_the_cue_does() -> None:
    row = indicators({"energie_it_kwh": None})
    assert row["emissions_tco2e"] == pytest.approx(17.4, rel=1e-12)
    assert (row["cue_kgco2e_par_kwh"], row["motif_absence_cue"]) == (None, "energie_it_absente")


def test_the_newest_vintage_of_a_year_counts() -> None:
    con = build(declarations=[BOTH])
    factor = {"source": "ADEME Base Empreinte", "perimetre": "acv_consommation", "territoire": "FR-continentale"}
    for vintage, value in (("2024-07", "0.0999"), ("2026-01-02", "0.0100"), ("2025", "0.0888")):
        row = {**factor, "annee": "2023", "millesime": vintage, "valeur_kgco2e_par_kwh": value}
        insert(con, "ref_facteurs_emission", row)
    row = one(con, "indicateurs_annuels")
    assert row["emissions_tco2e"] == pytest.approx(3.0, rel=1e-12)  # 300,000 x 0.0100 / 1,000
    assert "millésime 2026-01-02" in row["facteur_emission"]


@pytest.mark.parametrize(
    ("known", "value", "vintage"),
    [
        ("2025-04-15", None, None),  # the day before the only vintage of 2023
        ("2025-04-16", 17.4, "2025-04-16"),
        ("2025-12-30", 17.4, "2025-04-16"),  # « 2025 » may mean its last day
        ("2025-12-31", 26.64, "2025"),
        ("2026-01-31", 29.97, "2026-01"),
    ],
)
def test_an_older_vintage_can_be_run_again(known: str, value: float | None, vintage: str | None) -> None:
    con = build(declarations=[BOTH])
    factor = {"source": "ADEME Base Empreinte", "perimetre": "acv_consommation", "territoire": "FR-continentale"}
    for published, given in (("2025", "0.0888"), ("2026-01", "0.0999")):
        row = {**factor, "annee": "2023", "millesime": published, "valeur_kgco2e_par_kwh": given}
        insert(con, "ref_facteurs_emission", row)
    con.execute("SET VARIABLE millesime_facteurs = CAST(? AS DATE)", [known])
    row = one(con, "indicateurs_annuels")
    assert row["emissions_tco2e"] == (pytest.approx(value, rel=1e-12) if value else None)
    assert f" ; millésime {vintage} ; " in row["facteur_emission"] if vintage else row["facteur_emission"] is None
    assert row["motif_absence_cue"] == (None if vintage else "facteur_absent_annee")


def test_the_vintage_is_a_parameter_of_the_aggregation() -> None:
    con = build(declarations=[BOTH])
    factors = []
    for vintage in (dt.date(2023, 1, 1), None, dt.date(2023, 1, 1)):
        warehouse.aggregate(con, vintage=vintage)
        factors.append(con.execute("SELECT facteur_emission, motif_absence_cue FROM indicateurs_annuels").fetchall())
    assert factors[0] == factors[2] == [(None, "facteur_absent_annee")]
    assert factors[1] != factors[0]


@pytest.mark.parametrize(
    ("declaration", "nature", "letter", "level"),
    [
        ({}, "annuel", "A", "pleine"),
        ({"perimetre": "mixte_compte", "categorie_mesure_it": "3"}, "annuel", "A", "pleine"),
        ({"perimetre": "mixte_reparti"}, "partiel", "B", "reservee"),  # pPUE
        ({"qualite_mesure": "estime"}, "annuel", "B", "reservee"),
        ({"categorie_mesure_it": "X"}, "annuel", "B", "reservee"),
        ({"categorie_mesure_it": None, "qualite_mesure": "estime"}, "annuel", "C", "non_comparable"),
        ({"qualite_mesure": None}, "annuel", "C", "non_comparable"),
        ({"nature_valeur": "intermediaire"}, "intermediaire", "D", "non_comparable"),
        ({"nature_valeur": "partielle", "perimetre": "mixte_reparti"}, "intermediaire", "D", "non_comparable"),
        ({"nature_valeur": "conception"}, "conception", "D", "non_comparable"),
        ({"nature_valeur": "puissance_crete"}, "puissance", "D", "non_comparable"),
        ({"energie_it_kwh": None, "pue_declare": 1.5}, "annuel", "E", "non_comparable"),
        ({"energie_it_kwh": None}, None, None, "non_comparable"),
    ],
)
def test_the_kind_of_pue_and_the_letter_of_the_class(
    declaration: Row, nature: str | None, letter: str | None, level: str
) -> None:
    row = indicators(declaration)
    found = (row["nature_pue"], row["lettre_comparabilite"], row["niveau_comparabilite"])
    assert found == (nature, letter, level)


@pytest.mark.parametrize(
    ("pue", "band", "preview"),
    [
        (1.15, "au_plus_1.15", "A"),
        (1.16, "1.15_a_1.25", "B"),
        (1.35, "1.25_a_1.35", "C"),
        (1.5, "1.35_a_1.5", "D"),
        (1.7, "1.5_a_1.7", "E"),
        (1.9, "1.7_a_1.9", "F"),
        (1.91, "1.9_a_2.2", "G"),
        (2.5, "2.2_a_2.5", "G"),
        (3, "2.5_a_3", "G"),
        (3.5, "3_a_3.5", "G"),
        (3.51, "plus_de_3.5", "G"),
    ],
)
def test_a_band_holds_its_upper_bound(pue: float, band: str, preview: str) -> None:
    row = indicators({"energie_totale_kwh": 100_000 * pue, "energie_it_kwh": 100_000})
    assert (row["bande_pue"], row["apercu_classe_ue"]) == (band, preview)


def test_no_band_without_a_full_year_and_no_preview_of_what_hardly_compares() -> None:
    part = indicators({"nature_valeur": "partielle"})
    assert (part["pue_calcule"], part["bande_pue"], part["apercu_classe_ue"]) == (1.5, None, None)
    doubtful = indicators({"categorie_mesure_it": "X", "qualite_mesure": "estime"})
    assert (doubtful["bande_pue"], doubtful["apercu_classe_ue"]) == ("1.35_a_1.5", None)


def test_energy_per_server_virtual_machine_and_square_metre() -> None:
    counts: Row = {"nb_serveurs_physiques": 40, "nb_machines_virtuelles": 500, "surface_totale_m2": 120}
    row = indicators({**counts, "stockage_utile_to": 75})
    assert row["kwh_it_par_serveur"] == 5000  # 200,000 / 40
    assert row["kwh_it_par_machine_virtuelle"] == 400  # 200,000 / 500
    assert row["kwh_par_m2"] == 2500  # 300,000 / 120: both of the whole centre
    assert (row["stockage_utile_to"], row["surface_totale_m2"]) == (75, 120)
    names = ("kwh_it_par_serveur", "kwh_it_par_machine_virtuelle", "kwh_par_m2")
    assert [indicators({**counts, "nature_valeur": "partielle"})[name] for name in names] == [None] * 3
    assert [indicators(dict.fromkeys(counts, 0))[name] for name in names] == [None] * 3


def test_a_load_factor_above_one_is_left_out_and_said() -> None:
    row = indicators({}, {"puissance_it_installee_kw": 20})  # 200,000 kWh over 8,760 h: 22.8 kW
    assert (row["facteur_charge"], row["avertissements"]) == (None, "facteur_charge_superieur_a_un")
    assert indicators({}, {"puissance_it_installee_kw": 40})["facteur_charge"] == pytest.approx(200_000 / 40 / 8760)
    assert indicators({"nature_valeur": "partielle"}, {"puissance_it_installee_kw": 40})["facteur_charge"] is None


def test_ratios_of_water_and_heat_need_the_period_of_the_energies() -> None:
    declared: Row = {"date_debut": dt.date(2023, 7, 1), "eau_totale_m3": 80, "pue_declare": 1.5}
    readings = months(2023, 3000) + months(2023, 2000, poste="it")
    row = one(build(declarations=[declared], consommations=readings), "indicateurs_annuels")
    assert (row["source_energie"], row["pue_calcule"]) == ("consommations", 1.5)
    assert (row["eau_totale_m3"], row["wue_l_par_kwh"]) == (80, None)


def test_a_ratio_above_one_is_left_out_and_said() -> None:
    # The rules see no total in the declaration; the readings give 36,000 kWh.
    declared: Row = {"pue_declare": 1.5, "chaleur_valorisee_kwh": 40_000, "energie_renouvelable_kwh": 50_000}
    declared = {**declared, "date_debut": "2023-01-01", "date_fin": "2023-12-31"}
    readings = months(2023, 3000) + months(2023, 2000, poste="it")
    row = one(build(declarations=[declared], consommations=readings), "indicateurs_annuels")
    assert (row["erf"], row["ref"]) == (None, None)
    assert row["avertissements"] == "erf_superieur_a_un|ref_superieur_a_un"


def test_warnings_of_the_declaration_and_of_its_readings_are_listed_once_in_order() -> None:
    con = build(declarations=[BOTH], consommations=months(2023, 30_000) + months(2022, 1))
    for line, code, level in (
        (2, "pue_rond", "avertissement"),  # line 2: the declaration and the first reading of 2023
        (3, "facteur_charge_eleve", "avertissement"),
        (3, "pue_rond", "avertissement"),
        (4, "type-error", "erreur"),
        (20, "wue_eleve", "avertissement"),  # a reading of 2022
    ):
        insert(con, "anomalies", {"depot_sha256": SHA, "ligne": line, "code": code, "niveau": level})
    row = next(row for row in _all(con) if row["annee"] == 2023)
    # 12 x 30,000 = 360,000 kWh read, 300,000 declared: 20 % apart
    assert row["avertissements"] == "ecart_consommations|facteur_charge_eleve|pue_rond"


def test_overlapping_readings_are_said() -> None:
    readings = [*months(2023, 1000), {"date_debut": "2023-02-15", "date_fin": "2023-02-20", "energie_kwh": 5}]
    row = one(build(declarations=[BOTH], consommations=readings), "indicateurs_annuels")
    assert row["avertissements"] == "releves_chevauchants"


def test_provenance_is_the_line_the_energies_come_from() -> None:
    row = indicators({"depot_ligne": 17})
    assert (row["depot_sha256"], row["depot_ligne"], row["depot_recu_le"]) == (SHA, 17, RECEIVED)
    readings = months(2023, 2000, poste="it", depot_sha256="b" * 64) + months(2023, 3000, depot_sha256="c" * 64)
    con = build(declarations=[{"pue_declare": 1.5, "depot_ligne": 17}], consommations=readings)
    row = one(con, "indicateurs_annuels")
    # the first reading of the total: twelve lines of IT stand before it, from line 2 on
    assert (row["source_energie"], row["depot_sha256"], row["depot_ligne"]) == ("consommations", "c" * 64, 14)


def test_one_row_per_site_and_year_in_order() -> None:
    other = "13002526500012-01"
    con = build(
        centres=[{}, {"id_centre": other}],
        declarations=[{**BOTH, "annee": 2024}, BOTH, {**BOTH, "id_centre": other}],
        consommations=months(2022, 100) + months(2023, 100),
    )
    keys = [(row["id_centre"], row["annee"]) for row in _all(con)]
    assert keys == [(other, 2023), (SITE_A, 2022), (SITE_A, 2023), (SITE_A, 2024)]


def _all(con: Any) -> list[dict[str, Any]]:
    warehouse.aggregate(con)
    found = con.table("indicateurs_annuels")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
