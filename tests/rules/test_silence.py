"""One mistake, one message; two mistakes, two messages; a warning that was answered keeps quiet."""

from collections.abc import Mapping

from tests.rules.rows import Cells, all_codes, judge

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
    assert all_codes([DOWNSTREAM]) == [DOWNSTREAM_CODES]


def test_an_error_of_ratio_or_load_factor_silences_what_follows() -> None:
    mistakes: Mapping[str, Cells] = {
        "total_en_mwh": {"energie_totale_kwh": 314.87},
        "colonnes_inversees": {"energie_it_kwh": 314870, "energie_totale_kwh": 175120, "pue_declare": 1.8},
        "it_en_kw": {"energie_it_kwh": 20, "puissance_it_installee_kw": 0.04},
        "energies_en_mwh": {"energie_totale_kwh": 314.87, "energie_it_kwh": 175.12},
        "puissance_en_mw": {"puissance_it_installee_kw": 0.04},
    }
    assert all_codes([{**DOWNSTREAM, **cells} for cells in mistakes.values()]) == [[code] for code in mistakes]


def test_an_error_silences_no_information_about_other_columns() -> None:
    cells = {"energie_totale_kwh": 314.87, "categorie_mesure_it": None, "puissance_it_installee_kw": 1200}
    assert all_codes([cells], infos=True) == [["total_en_mwh", "categorie_inconnue"]]


def test_a_warning_silences_nothing() -> None:
    cells = {**DOWNSTREAM, "energie_it_kwh": 70000, "temperature_consigne_c": 75}
    assert all_codes([cells]) == [["pue_tres_eleve", *DOWNSTREAM_CODES, "consigne_hors_plage"]]


def test_a_zero_gives_one_message_and_none_about_what_is_computed_from_it() -> None:
    zeros: list[Cells] = [
        {"energie_totale_kwh": 0, "chaleur_valorisee_kwh": 5, "temperature_chaleur_c": 30},
        {"energie_it_kwh": 0, "eau_totale_m3": 12},
        {"puissance_it_installee_kw": 0},
    ]
    assert all_codes(zeros) == [["zero_pour_absence"]] * 3


def test_every_zero_of_a_row_is_named() -> None:
    energies = ["energie_totale_kwh", "energie_it_kwh", "puissance_it_installee_kw"]
    [hits] = judge([dict.fromkeys(energies, 0)])
    assert [(hit.code, hit.champ) for hit in hits] == [("zero_pour_absence", column) for column in energies]
    assert all(hit.message.startswith(f"{hit.champ} vaut 0") for hit in hits)


def test_broken_dates_give_one_message_and_none_about_the_load() -> None:
    periods = [
        ("2025-12-31", "2025-05-01"),
        ("2024-01-01", "2024-12-31"),
        (None, "2026-12-31"),
        ("2024-06-01", None),
    ]
    rows = [
        {"date_debut": debut, "date_fin": fin, "puissance_it_installee_kw": power}
        for debut, fin in periods
        for power in (0.04, 15, 900)
    ]
    assert all_codes(rows, infos=True) == [["periode_invalide"]] * len(rows)


def test_a_period_with_one_date_ends_or_begins_with_the_year() -> None:
    periods = [(None, None), ("2025-01-01", None), (None, "2025-12-31"), (None, "2025-12-30"), ("2025-01-02", None)]
    rows = [{"date_debut": debut, "date_fin": fin} for debut, fin in periods]
    assert all_codes(rows, infos=True) == [[], [], [], ["periode_partielle"], ["periode_partielle"]]


def test_a_warning_whose_correction_was_followed_keeps_quiet() -> None:
    answers: list[tuple[Cells, Cells]] = [
        ({"energie_it_kwh": 175200}, {"qualite_mesure": "estime"}),
        ({"energie_totale_kwh": 350240}, {"qualite_mesure": "estime"}),
        ({"energie_totale_kwh": 350240}, {"commentaire": "Relevés des deux compteurs vérifiés."}),
        ({"energie_totale_kwh": 177000}, {"commentaire": "Refroidissement par le lac, compté."}),
        ({"eau_totale_m3": 700}, {"commentaire": "Circuit ouvert sur la rivière."}),
        ({"eau_totale_m3": 0, "type_refroidissement": "adiabatique"}, {"eau_totale_m3": None}),
        ({"energie_it_kwh": None}, {"motif_absence": "confidentiel"}),
    ]
    assert [len(codes) for codes in all_codes([mistake for mistake, _ in answers])] == [1] * len(answers)
    assert all_codes([{**mistake, **answer} for mistake, answer in answers]) == [[]] * len(answers)


def test_the_hours_of_a_leap_year_are_one_warning() -> None:
    divisible_by_both = 3206160  # lcm(8760, 8784)
    leap: Cells = {"annee": 2024, "date_debut": None, "date_fin": None, "puissance_it_installee_kw": 1100}
    cells = {**leap, "energie_it_kwh": divisible_by_both, "energie_totale_kwh": 1.79 * divisible_by_both}
    assert all_codes([cells]) == [["energie_multiple_des_heures"]]


def test_an_empty_part_of_renewable_energy_is_unknown_not_zero() -> None:
    rows = [
        {"energie_renouvelable_kwh": 90000, "energie_renouvelable_go_kwh": guarantees}
        for guarantees in (60000, 90400, 91000)
    ]
    assert all_codes(rows) == [[], [], ["somme_renouvelable_incoherente"]]
