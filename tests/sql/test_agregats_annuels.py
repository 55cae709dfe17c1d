"""Aggregates: sum over sum, the distribution, the coverage, and nothing mixed."""

from typing import Any

import pytest

from tests.sql.inputs import Row, build, made


def key(number: int) -> str:
    return f"{13002526500000 + number}-01"


def cells(centres: list[Row], declarations: list[Row]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The rows by (year, synthetic, dimension, group), before secrecy."""
    rows = made(build(centres=centres, declarations=declarations), "agregats_annuels")
    return {(row["annee"], row["synthetique"], row["dimension"], row["modalite"]): row for row in rows}


def site(number: int, **row: Any) -> Row:
    return {"id_centre": key(number), **row}


def energies(number: int, total: float, it: float, **row: Any) -> Row:
    return {"id_centre": key(number), "energie_totale_kwh": total, "energie_it_kwh": it, **row}


WHOLE = (2023, False, "ensemble", "ensemble")


def test_the_pue_of_a_group_is_a_sum_over_a_sum() -> None:
    # The two rooms of the definition: mean of the ratios 1.6, true value 1,220,000 / 1,010,000 = 1.20792...
    found = cells([site(1), site(2)], [energies(1, 20_000, 10_000), energies(2, 1_200_000, 1_000_000)])[WHOLE]
    assert (found["energie_totale_kwh"], found["energie_it_kwh"]) == (1_220_000, 1_010_000)
    assert found["pue"] == 1_220_000 / 1_010_000
    assert (found["pue_minimum"], found["pue_mediane"], found["pue_maximum"]) == (None, None, None)  # two sites only


def test_the_distribution_keeps_the_sites_that_compare() -> None:
    # Four sites in the sums: PUE 2.0 pleine, 1.2 pleine, 1.5 reservee (estimated), 1.1 neither (two reserves).
    declarations = [
        energies(1, 2000, 1000),
        energies(2, 1200, 1000),
        energies(3, 1500, 1000, qualite_mesure="estime"),
        energies(4, 1100, 1000, qualite_mesure="estime", perimetre=None),
    ]
    found = cells([site(number) for number in range(1, 5)], declarations)[WHOLE]
    assert (found["nb_sites_pue"], found["nb_sites_distribution"], found["nb_sites_estimes"]) == (4, 3, 2)
    assert found["pue"] == 1.45  # 5,800 / 4,000
    assert (found["pue_minimum"], found["pue_mediane"], found["pue_maximum"]) == (1.2, 1.5, 2.0)


def test_fewer_than_three_sites_that_compare_show_no_distribution() -> None:
    reserves: Row = {"qualite_mesure": "estime", "perimetre": None}
    declarations = [energies(1, 2000, 1000), energies(2, 1200, 1000), energies(3, 1500, 1000, **reserves)]
    found = cells([site(number) for number in range(1, 4)], declarations)[WHOLE]
    assert (found["nb_sites_pue"], found["nb_sites_distribution"]) == (3, 2)
    assert (found["pue_minimum"], found["pue_mediane"], found["pue_maximum"]) == (None, None, None)


def test_a_year_whose_readings_were_lost_counts_as_estimated() -> None:
    found = cells([site(1)], [energies(1, 200, 100, qualite_mesure="manquant")])[WHOLE]
    assert (found["nb_sites_pue"], found["nb_sites_estimes"]) == (1, 1)


def test_both_sums_hold_the_same_rows() -> None:
    declarations = [
        energies(1, 20_000, 10_000),
        {"id_centre": key(2), "energie_totale_kwh": 999_999},
        {"id_centre": key(3), "pue_declare": 1.1},
        energies(4, 300, 200, nature_valeur="partielle"),
    ]
    found = cells([site(number) for number in range(1, 6)], declarations)[WHOLE]
    assert (found["energie_totale_kwh"], found["energie_it_kwh"], found["pue"]) == (20_000, 10_000, 2.0)
    counts = ("nb_sites_attendus", "nb_sites_declarants", "nb_sites_pue", "nb_sites_estimes")
    assert [found[count] for count in counts] == [5, 4, 1, 0]
    assert found["couverture_sites"] == 0.2  # 1 of 5


def test_each_site_stands_once_in_each_dimension() -> None:
    centres = [
        site(1, type_hebergement="colocation", categorie_organisme="hopital", puissance_it_installee_kw=20),
        site(2, type_hebergement="colocation", code_insee="2A004", puissance_it_installee_kw=60),
        site(3, code_insee=None),
    ]
    found = cells(centres, [energies(number, 200, 100) for number in (1, 2, 3)])
    groups = {(dimension, group): row["nb_sites_pue"] for (_, _, dimension, group), row in found.items()}
    assert groups == {
        ("ensemble", "ensemble"): 3,
        ("type_hebergement", "colocation"): 2,
        ("type_hebergement", "inconnu"): 1,
        ("categorie_organisme", "hopital"): 1,
        ("categorie_organisme", "inconnu"): 2,
        ("region", "84"): 1,
        ("region", "94"): 1,
        ("region", "inconnu"): 1,
        ("classe_taille", "T1"): 1,
        ("classe_taille", "T2"): 1,
        ("classe_taille", "TX"): 1,
    }
    labels = {row["modalite"]: row["libelle"] for row in found.values() if row["modalite"] != "inconnu"}
    assert (labels["94"], labels["hopital"], labels["T1"]) == ("Corse", "Hôpital", "De 10 à 50 kW")


def test_every_group_of_the_schemas_has_a_french_label() -> None:
    from greencloud import tables

    con = build()
    labelled = {(row["dimension"], row["modalite"]) for row in made(con, "_libelles")}
    for dimension in ("type_hebergement", "categorie_organisme"):
        expected = {*tables.table("centres").field(dimension).constraints["enum"], "inconnu"}
        assert {group for name, group in labelled if name == dimension} == expected
    sizes = tables.table("indicateurs_annuels").field("classe_taille").constraints["enum"]
    assert {group for name, group in labelled if name == "classe_taille"} == set(sizes)


def test_real_and_synthetic_are_never_mixed() -> None:
    centres = [site(1), site(2, synthetique=True)]
    found = cells(centres, [energies(1, 200, 100), energies(2, 150, 100, synthetique=True)])
    assert found[WHOLE]["pue"] == 2.0
    assert found[(2023, True, "ensemble", "ensemble")]["pue"] == 1.5


def test_a_hosted_site_is_not_added_to_its_host() -> None:
    centres = [site(1), site(2, heberge_chez=key(1))]
    found = cells(centres, [energies(1, 2000, 1000), energies(2, 300, 200)])[WHOLE]
    assert (found["nb_sites_declarants"], found["nb_sites_pue"], found["energie_totale_kwh"]) == (2, 1, 2000)


def test_a_site_counted_at_its_host_is_covered() -> None:
    centres = [
        site(1, puissance_it_installee_kw=100),
        site(2, heberge_chez=key(1), puissance_it_installee_kw=20),
        site(3, puissance_it_installee_kw=80),
    ]
    found = cells(centres, [energies(1, 2000, 1000), energies(2, 300, 200)])[WHOLE]
    assert found["couverture_sites"] == 2 / 3
    assert found["couverture_puissance"] == 0.6  # 120 of 200 kW


@pytest.mark.parametrize("count", [7, 8])
def test_quartiles_and_deciles_from_eight_sites(count: int) -> None:
    # PUE 1.1, 1.2 ... of 1,000 kWh each, and one part of the year that never counts
    declarations = [energies(number, 1000 + 100 * number, 1000) for number in range(1, count + 1)]
    declarations.append(energies(9, 9000, 1000, nature_valeur="partielle"))
    found = cells([site(number) for number in range(1, 10)], declarations)[WHOLE]
    inner = [found[name] for name in ("pue_decile_1", "pue_quartile_1", "pue_quartile_3", "pue_decile_9")]
    if count == 7:
        assert inner == [None] * 4
    else:
        # between 1.1 and 1.8, interpolated: 1.1 + 0.7 x (0.1, 0.25, 0.75, 0.9)
        assert inner == pytest.approx([1.17, 1.275, 1.625, 1.73])
    assert found["pue_mediane"] == pytest.approx(1.4 if count == 7 else 1.45)


def test_water_heat_and_renewables_are_summed_over_the_sites_that_give_them() -> None:
    declarations = [
        energies(1, 2000, 1000, eau_totale_m3=1, chaleur_valorisee_kwh=500, energie_renouvelable_kwh=1000),
        energies(2, 3000, 2000, eau_totale_m3=2, chaleur_valorisee_kwh=0, energie_renouvelable_kwh=3000),
        energies(3, 5000, 3000, eau_totale_m3=0, chaleur_valorisee_kwh=500),
        energies(4, 90_000, 50_000),
    ]
    found = cells([site(number) for number in range(1, 5)], declarations)[WHOLE]
    assert found["wue_l_par_kwh"] == 0.5  # 1,000 x (1 + 2 + 0) / (1,000 + 2,000 + 3,000)
    assert found["erf"] == 0.1  # (500 + 0 + 500) / (2,000 + 3,000 + 5,000)
    assert found["ref"] is None  # two sites only


def test_emissions_rest_on_the_sites_that_have_a_factor() -> None:
    centres = [site(number) for number in range(1, 4)] + [site(4, code_insee="97411")]
    declarations = [
        energies(1, 200_000, 100_000),
        energies(2, 150_000, 100_000, qualite_mesure="estime"),
        energies(3, 350_000, 200_000, qualite_mesure="point_change"),
        energies(4, 900_000, 400_000, qualite_mesure=None),
    ]
    found = cells(centres, declarations)[WHOLE]
    # ADEME 2023: 0.0580 kgCO2e/kWh for the three sites of the mainland, none for La Réunion
    assert (found["nb_sites_pue"], found["nb_sites_carbone"]) == (4, 3)
    assert found["emissions_tco2e"] == pytest.approx(40.6, rel=1e-12)  # 700,000 x 0.0580 / 1,000
    assert found["cue_kgco2e_par_kwh"] == pytest.approx(0.1015, rel=1e-12)  # 40,600 / 400,000
    assert found["part_it_mesuree"] == 0.375  # (100,000 + 200,000) / 800,000
    two = cells(centres[:2], declarations[:2])[WHOLE]
    assert (two["nb_sites_carbone"], two["emissions_tco2e"], two["cue_kgco2e_par_kwh"]) == (2, None, None)


def test_the_numbers_of_sites_behind_each_ratio() -> None:
    declarations = [
        energies(1, 2000, 1000, eau_totale_m3=1, energie_renouvelable_kwh=10),
        energies(2, 3000, 2000, eau_totale_m3=2, chaleur_valorisee_kwh=0),
        energies(3, 5000, 3000),
    ]
    found = cells([site(number) for number in range(1, 4)], declarations)[WHOLE]
    assert [found[f"nb_sites_{name}"] for name in ("wue", "erf", "ref")] == [2, 1, 1]


def test_coverage_counts_sites_and_kilowatts_in_operation() -> None:
    centres = [
        site(1, puissance_it_installee_kw=30),
        site(2, puissance_it_installee_kw=10),
        site(3, puissance_it_installee_kw=500, mise_en_service="2024-01"),  # not open yet: not expected
        site(4),  # expected, power unknown
    ]
    found = cells(centres, [energies(1, 200, 100, qualite_mesure="estime")])[WHOLE]
    assert (found["nb_sites_attendus"], found["nb_sites_pue"], found["nb_sites_estimes"]) == (3, 1, 1)
    assert found["couverture_sites"] == 1 / 3
    assert found["couverture_puissance"] == 0.75  # 30 of 40 kW


def test_a_site_that_declares_before_it_opened_is_summed_but_covers_nothing() -> None:
    found = cells([site(1, mise_en_service="2024-01")], [energies(1, 200, 100)])[WHOLE]
    assert (found["nb_sites_attendus"], found["nb_sites_pue"], found["couverture_sites"]) == (0, 1, None)
