"""One mistake, one message; two mistakes, two messages; a warning that was answered keeps quiet."""

import pytest

from tests.rules.rows import Cells, codes

DOWNSTREAM: Cells = {
    "surface_salle_it_m2": 80,
    "surface_totale_m2": 60,
    "eau_totale_m3": 120,
    "eau_potable_m3": 140,
    "chaleur_valorisee_kwh": 80000,
    "temperature_chaleur_c": 120,
    "energie_renouvelable_kwh": 90000,
    "energie_renouvelable_go_kwh": 60000,
    "energie_renouvelable_ppa_kwh": 20000,
    "energie_renouvelable_site_kwh": 20000,
    "energie_groupes_secours_kwh": 400000,
}
DOWNSTREAM_CODES = [
    "surface_it_superieure",
    "eau_potable_superieure",
    "temperature_chaleur_hors_plage",
    "somme_renouvelable_incoherente",
    "groupes_secours_superieurs",
]


def test_independent_mistakes_are_all_named() -> None:
    assert codes(DOWNSTREAM) == DOWNSTREAM_CODES


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"energie_totale_kwh": 314.87}, "total_en_mwh"),
        ({"energie_it_kwh": 314870, "energie_totale_kwh": 175120, "pue_declare": 1.8}, "colonnes_inversees"),
        ({"energie_it_kwh": 20, "puissance_it_installee_kw": 0.04}, "it_en_kw"),
        ({"energie_totale_kwh": 314.87, "energie_it_kwh": 175.12}, "energies_en_mwh"),
        ({"puissance_it_installee_kw": 0.04}, "puissance_en_mw"),
    ],
)
def test_an_error_of_ratio_or_load_factor_silences_what_follows(cells: Cells, code: str) -> None:
    assert codes({**DOWNSTREAM, **cells}) == [code]


def test_an_error_silences_no_information_about_other_columns() -> None:
    cells = {"energie_totale_kwh": 314.87, "categorie_mesure_it": None, "puissance_it_installee_kw": 1200}
    assert codes(cells, infos=True) == ["total_en_mwh", "categorie_inconnue"]


def test_a_warning_silences_nothing() -> None:
    cells = {"energie_it_kwh": 70000, "temperature_consigne_c": 75, **{key: DOWNSTREAM[key] for key in DOWNSTREAM}}
    assert codes(cells) == ["pue_tres_eleve", *DOWNSTREAM_CODES, "consigne_hors_plage"]


@pytest.mark.parametrize(
    "cells",
    [
        {"energie_totale_kwh": 0, "chaleur_valorisee_kwh": 5, "temperature_chaleur_c": 30},
        {"energie_it_kwh": 0, "eau_totale_m3": 12},
        {"puissance_it_installee_kw": 0},
    ],
)
def test_a_zero_gives_one_message_and_none_about_what_is_computed_from_it(cells: Cells) -> None:
    assert codes(cells) == ["zero_pour_absence"]


def test_every_zero_of_a_row_is_named() -> None:
    cells = {"energie_totale_kwh": 0, "energie_it_kwh": 0, "puissance_it_installee_kw": 0}
    assert codes(cells) == ["zero_pour_absence"] * 3


@pytest.mark.parametrize(
    ("debut", "fin"),
    [("2025-12-31", "2025-05-01"), ("2024-01-01", "2024-12-31"), (None, "2026-12-31"), ("2024-06-01", None)],
)
def test_broken_dates_give_one_message_and_none_about_the_load(debut: str | None, fin: str | None) -> None:
    cells = {"date_debut": debut, "date_fin": fin, "puissance_it_installee_kw": 2000}
    assert codes(cells) == ["periode_invalide"]
    assert codes({**cells, "puissance_it_installee_kw": 40}, infos=True) == ["periode_invalide"]


def test_a_period_with_one_date_ends_or_begins_with_the_year() -> None:
    assert codes({"date_debut": None, "date_fin": None}, infos=True) == []
    assert codes({"date_debut": "2025-01-01", "date_fin": None}, infos=True) == []
    assert codes({"date_debut": None, "date_fin": "2025-12-30"}, infos=True) == ["periode_partielle"]


@pytest.mark.parametrize(
    ("mistake", "answer"),
    [
        ({"energie_it_kwh": 175200}, {"qualite_mesure": "estime"}),
        ({"energie_totale_kwh": 350240}, {"qualite_mesure": "estime"}),
        ({"energie_totale_kwh": 350240}, {"commentaire": "Relevés des deux compteurs vérifiés."}),
        ({"energie_totale_kwh": 177000}, {"commentaire": "Refroidissement par le lac, compté."}),
        ({"eau_totale_m3": 700}, {"commentaire": "Circuit ouvert sur la rivière."}),
        ({"eau_totale_m3": 0, "type_refroidissement": "adiabatique"}, {"eau_totale_m3": None}),
        ({"energie_it_kwh": None}, {"motif_absence": "confidentiel"}),
    ],
)
def test_a_warning_whose_correction_was_followed_keeps_quiet(mistake: Cells, answer: Cells) -> None:
    assert len(codes(mistake)) == 1
    assert codes({**mistake, **answer}) == []


def test_the_hours_of_a_leap_year_are_one_warning() -> None:
    leap: Cells = {"annee": 2024, "date_debut": None, "date_fin": None, "puissance_it_installee_kw": 1100}
    divisible_by_both = 3206160  # lcm(8760, 8784)
    cells = {**leap, "energie_it_kwh": divisible_by_both, "energie_totale_kwh": 1.79 * divisible_by_both}
    assert codes(cells) == ["energie_multiple_des_heures"]


def test_an_empty_part_of_renewable_energy_is_unknown_not_zero() -> None:
    parts: Cells = {"energie_renouvelable_kwh": 90000, "energie_renouvelable_go_kwh": 60000}
    assert codes(parts) == []
    assert codes({**parts, "energie_renouvelable_go_kwh": 91000}) == ["somme_renouvelable_incoherente"]
    assert codes({**parts, "energie_renouvelable_go_kwh": 90400}) == []
