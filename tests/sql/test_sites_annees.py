"""PUE, comparability class and level, inclusion in the aggregates, size class, territory, hosting."""

import pytest

from tests.sql.inputs import SITE_A, SITE_B, SITE_C, Row, build, made, one

BOTH: Row = {"energie_totale_kwh": 314_870, "energie_it_kwh": 175_120}


def by_site(centres: list[Row], declarations: list[Row]) -> dict[str, str | None]:
    rows = made(build(centres=centres, declarations=declarations), "_sites_annees")
    return {row["id_centre"]: row["motif_exclusion"] for row in rows}


@pytest.mark.parametrize(
    ("changes", "expected_class", "level"),
    [
        ({}, "C1-D-A-M", "pleine"),
        ({"perimetre": "mixte_compte", "categorie_mesure_it": "3"}, "C3-M-A-M", "pleine"),
        ({"qualite_mesure": "point_change"}, "C1-D-A-M", "pleine"),
        # exactly one reserve
        ({"categorie_mesure_it": None}, "CX-D-A-M", "reservee"),
        ({"categorie_mesure_it": "X"}, "CX-D-A-M", "reservee"),
        ({"perimetre": "mixte_reparti"}, "C1-P-A-M", "reservee"),
        ({"perimetre": None}, "C1-X-A-M", "reservee"),
        ({"qualite_mesure": "estime"}, "C1-D-A-E", "reservee"),
        # two reserves, or anything else
        ({"perimetre": "inconnu", "qualite_mesure": "estime"}, "C1-X-A-E", "non_comparable"),
        ({"categorie_mesure_it": "X", "perimetre": None}, "CX-X-A-M", "non_comparable"),
        ({"qualite_mesure": None}, "C1-D-A-X", "non_comparable"),
        ({"nature_valeur": "partielle"}, "C1-D-I-M", "non_comparable"),
        ({"nature_valeur": "conception"}, "C1-D-C-M", "non_comparable"),
        ({"nature_valeur": "puissance_crete"}, "C1-D-X-M", "non_comparable"),
        ({"nature_valeur": None}, "C1-D-A-M", "pleine"),
        ({"energie_it_kwh": None, "pue_declare": 1.8}, "C1-D-A-R", "non_comparable"),
        ({"energie_it_kwh": None}, "C1-D-A-X", "non_comparable"),
    ],
)
def test_class_and_level(changes: Row, expected_class: str, level: str) -> None:
    row = one(build(declarations=[{**BOTH, **changes}]), "_sites_annees")
    assert (row["classe_comparabilite"], row["niveau_comparabilite"]) == (expected_class, level)


def test_the_pue_is_total_over_it() -> None:
    # 314,870 / 175,120 = 1.79802...
    row = one(build(declarations=[BOTH]), "_sites_annees")
    assert row["pue_calcule"] == 314_870 / 175_120


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"categorie_mesure_it": None, "perimetre": None}, None),
        ({"energie_totale_kwh": None, "energie_it_kwh": None, "pue_declare": 1.8}, "energie_totale_absente"),
        ({"energie_it_kwh": None}, "energie_it_absente"),
        ({"nature_valeur": "partielle"}, "periode_non_annuelle"),
        ({"energie_totale_kwh": 175_120}, "ratio_energie_impossible"),
        ({"energie_totale_kwh": 1_751_201}, "ratio_energie_impossible"),  # 10.00001
        ({"energie_totale_kwh": 1_751_200}, None),  # 10
        ({"energie_totale_kwh": 200_100, "energie_it_kwh": 200_000}, "ratio_energie_impossible"),  # 1.0005
        ({"energie_totale_kwh": 200_102, "energie_it_kwh": 200_000}, None),  # 1.00051
        ({"energie_it_kwh": 0}, "ratio_energie_impossible"),
    ],
)
def test_why_a_row_is_left_out_of_the_aggregates(changes: Row, reason: str | None) -> None:
    row = one(build(declarations=[{**BOTH, **changes}]), "_sites_annees")
    assert row["motif_exclusion"] == reason
    assert (row["pue_calcule"] is None) == (reason not in (None, "periode_non_annuelle"))


def test_a_hosted_site_is_counted_at_its_host_when_the_host_declares() -> None:
    centres: list[Row] = [{}, {"id_centre": SITE_B, "heberge_chez": SITE_A}]
    both: list[Row] = [BOTH, {**BOTH, "id_centre": SITE_B}]
    assert by_site(centres, both) == {SITE_A: None, SITE_B: "compte_chez_hote"}
    another_year: list[Row] = [{**BOTH, "annee": 2022}, {**BOTH, "id_centre": SITE_B}]
    assert by_site(centres, another_year) == {SITE_A: None, SITE_B: None}
    host_without_energies: list[Row] = [{"pue_declare": 1.5}, {**BOTH, "id_centre": SITE_B}]
    assert by_site(centres, host_without_energies)[SITE_B] is None


def test_a_chain_of_hosts_is_followed_even_when_the_middle_does_not_declare() -> None:
    centres: list[Row] = [
        {},
        {"id_centre": SITE_B, "heberge_chez": SITE_A},
        {"id_centre": SITE_C, "heberge_chez": SITE_B},
    ]
    assert by_site(centres, [BOTH, {**BOTH, "id_centre": SITE_C}]) == {SITE_A: None, SITE_C: "compte_chez_hote"}


def test_a_ring_of_hosts_ends_and_is_named() -> None:
    centres: list[Row] = [{"heberge_chez": SITE_B}, {"id_centre": SITE_B, "heberge_chez": SITE_A}]
    both: list[Row] = [BOTH, {**BOTH, "id_centre": SITE_B}]
    assert by_site(centres, both) == dict.fromkeys((SITE_A, SITE_B), "hebergement_circulaire")


def test_the_guest_of_a_ring_is_summed_itself() -> None:
    ring: list[Row] = [{"heberge_chez": SITE_B}, {"id_centre": SITE_B, "heberge_chez": SITE_A}]
    guest: Row = {"id_centre": SITE_C, "heberge_chez": SITE_A}
    declarations: list[Row] = [{**BOTH, "id_centre": name} for name in (SITE_A, SITE_B, SITE_C)]
    assert by_site([*ring, guest], declarations) == {
        SITE_A: "hebergement_circulaire",
        SITE_B: "hebergement_circulaire",
        SITE_C: None,
    }


def test_a_site_that_names_itself_as_host_is_simply_not_hosted() -> None:
    assert by_site([{"heberge_chez": SITE_A}], [BOTH]) == {SITE_A: None}


@pytest.mark.parametrize(
    ("power", "size"),
    [
        (None, "TX"),
        (0, "TX"),  # nobody knew
        (0.5, "T0"),
        (9.99, "T0"),
        (10, "T1"),
        (49.9, "T1"),
        (50, "T2"),
        (100, "T3"),
        (500, "T4"),
        (1000, "T5"),
        (2000, "T6"),
        (9999, "T6"),
        (10_000, "T7"),
        (250_000, "T7"),
    ],
)
def test_size_classes_are_half_open(power: float | None, size: str) -> None:
    con = build(centres=[{"puissance_it_installee_kw": power}], declarations=[BOTH])
    assert one(con, "_sites_annees")["classe_taille"] == size


def test_the_power_of_the_year_comes_before_that_of_the_register() -> None:
    con = build(centres=[{"puissance_it_installee_kw": 40}], declarations=[{**BOTH, "puissance_it_installee_kw": 60}])
    row = one(con, "_sites_annees")
    assert (row["puissance_it_installee_kw"], row["classe_taille"]) == (60, "T2")


@pytest.mark.parametrize(
    ("commune", "place"),
    [
        ("01053", ("01", "84", "Auvergne-Rhône-Alpes", "H1")),
        ("2A004", ("2A", "94", "Corse", "H3")),
        ("97411", ("974", "04", "La Réunion", "outre_mer")),
        ("98818", (None, None, None, None)),  # New Caledonia is not in the reference table
        (None, (None, None, None, None)),
    ],
)
def test_the_region_is_read_off_the_commune(commune: str | None, place: tuple[str | None, ...]) -> None:
    row = one(build(centres=[{"code_insee": commune}], declarations=[BOTH]), "_sites_annees")
    columns = ("code_departement", "code_region", "nom_region", "zone_climatique")
    assert tuple(row[column] for column in columns) == place
