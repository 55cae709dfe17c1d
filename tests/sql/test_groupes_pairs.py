"""Peer groups: who is compared with whom, and how a small group is widened."""

from typing import Any

from tests.sql.inputs import Row, build, made

PARIS, NICE = "75056", "06088"  # climate zones H1 and H3


def peers(*sites: Row) -> list[tuple[str, int, int] | None]:
    """The group, the number of peers and the rank of sites given by PUE (1,000 kWh of IT each), None: no group."""
    centres: list[Row] = []
    declarations: list[Row] = []
    for number, site in enumerate(sites):
        given: dict[str, Any] = {"usage": "bureautique", "commune": PARIS, "kw": 20, "category": "1", **site}
        key = f"{13002526500000 + number}-01"
        nature = {"synthetique": given.get("synthetique", False)}
        centres.append(
            {
                "id_centre": key,
                "usage_principal": given["usage"],
                "code_insee": given["commune"],
                "puissance_it_installee_kw": given["kw"],
                **nature,
            }
        )
        declarations.append(
            {
                "id_centre": key,
                "annee": given.get("annee", 2023),
                "energie_totale_kwh": 1000 * given["pue"],
                "energie_it_kwh": 1000,
                "categorie_mesure_it": given["category"],
                "qualite_mesure": given.get("quality", "mesure"),
                **nature,
            }
        )
    found = {row["id_centre"]: row for row in made(build(centres=centres, declarations=declarations), "_groupes_pairs")}
    rows = [found.get(str(centre["id_centre"])) for centre in centres]
    return [(row["groupe_pairs"], row["nb_pairs"], row["rang_pairs"]) if row else None for row in rows]


def test_three_alike_are_ranked_together_and_equals_share_a_rank() -> None:
    group = "T1, bureautique, H1, C1"
    assert peers({"pue": 2.0}, {"pue": 1.5}, {"pue": 1.5}) == [(group, 3, 3), (group, 3, 1), (group, 3, 1)]


def test_the_climate_is_merged_first() -> None:
    # two in H1 and one in H3: each group has fewer than three, all climates make three
    group = "T1, bureautique, tous climats, C1"
    found = peers({"pue": 1.8}, {"pue": 1.6}, {"pue": 1.7, "commune": NICE})
    assert found == [(group, 3, 3), (group, 3, 1), (group, 3, 2)]


def test_a_large_group_keeps_its_own_rank_while_a_small_one_widens() -> None:
    own, wide = "T1, bureautique, H1, C1", "T1, bureautique, tous climats, C1"
    found = peers({"pue": 1.8}, {"pue": 1.6}, {"pue": 1.4}, {"pue": 1.5, "commune": NICE})
    assert found == [(own, 3, 3), (own, 3, 2), (own, 3, 1), (wide, 4, 2)]


def test_then_the_use_then_the_neighbouring_sizes() -> None:
    uses = peers({"pue": 1.8}, {"pue": 1.6, "usage": "hopital"}, {"pue": 1.7, "usage": "autre"})
    assert uses[0] == ("T1, tous usages, tous climats, C1", 3, 3)
    # T0, T1 and T2: the middle one has both neighbours, the others only one
    sizes = peers({"pue": 1.8, "kw": 5}, {"pue": 1.6}, {"pue": 1.7, "kw": 60})
    assert sizes == [None, ("T0 à T2, tous usages, tous climats, C1", 3, 1), None]


def test_distant_sizes_are_never_compared() -> None:
    assert peers({"pue": 1.8, "kw": 5}, {"pue": 1.6, "kw": 600}, {"pue": 1.7, "kw": 20_000}) == [None, None, None]


def test_categories_years_and_natures_are_never_mixed() -> None:
    assert peers({"pue": 1.8}, {"pue": 1.6, "category": "2"}, {"pue": 1.7, "category": "3"}) == [None] * 3
    assert peers({"pue": 1.8}, {"pue": 1.6, "annee": 2022}, {"pue": 1.7, "annee": 2021}) == [None] * 3
    assert peers({"pue": 1.8}, {"pue": 1.6}, {"pue": 1.7, "synthetique": True}) == [None] * 3


def test_an_estimated_energy_or_an_unknown_size_is_not_ranked() -> None:
    alike: list[Row] = [{"pue": 1.5}, {"pue": 1.6}, {"pue": 1.7}]
    assert peers(*alike, {"pue": 1.4, "quality": "estime"})[3] is None
    assert peers(*alike, {"pue": 1.4, "kw": None})[3] is None


def test_an_unknown_use_is_no_use_in_common() -> None:
    found = peers(*({"pue": pue, "usage": None} for pue in (1.5, 1.6, 1.7)))
    assert found[0] == ("T1, tous usages, tous climats, C1", 3, 1)
