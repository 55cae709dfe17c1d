"""Peer groups: who is compared with whom, and how a small group is widened."""

from typing import Any

import duckdb
import pytest

from tests.sql.inputs import Row, build, made

PARIS, NICE = "75056", "06088"  # climate zones H1 and H3
PLAIN: Row = {"usage": "bureautique", "commune": PARIS, "kw": 20, "category": "1", "kind": "salle_serveurs"}


def key(number: int) -> str:
    return f"{13002526500000 + number}-01"


def peers(*sites: Row) -> list[tuple[str, int, int] | None]:
    """The group, the number of peers and the rank of each of these sites, None: no group."""
    found = {row["id_centre"]: row for row in made(warehouse_of(*sites), "_groupes_pairs")}
    rows = [found.get(key(number)) for number in range(len(sites))]
    return [(row["groupe_pairs"], row["nb_pairs"], row["rang_pairs"]) if row else None for row in rows]


def warehouse_of(*sites: Row) -> duckdb.DuckDBPyConnection:
    """Sites given by their PUE (1,000 kWh of IT each), numbered in their order."""
    centres: list[Row] = []
    declarations: list[Row] = []
    for number, site in enumerate(sites):
        given: dict[str, Any] = {**PLAIN, **site}
        nature = {"synthetique": given.get("synthetique", False)}
        centres.append(
            {
                "id_centre": key(number),
                "usage_principal": given["usage"],
                "type_hebergement": given["kind"],
                "code_insee": given["commune"],
                "puissance_it_installee_kw": given["kw"],
                **nature,
            }
        )
        declarations.append(
            {
                "id_centre": key(number),
                "annee": given.get("annee", 2023),
                "energie_totale_kwh": 1000 * given["pue"],
                "energie_it_kwh": 1000,
                "categorie_mesure_it": given["category"],
                "qualite_mesure": given.get("quality", "mesure"),
                **nature,
            }
        )
    return build(centres=centres, declarations=declarations)


def test_three_alike_are_ranked_together_and_equals_share_a_rank() -> None:
    group = "T1, bureautique, H1, C1, salle_serveurs"
    assert peers({"pue": 2.0}, {"pue": 1.5}, {"pue": 1.5}) == [(group, 3, 3), (group, 3, 1), (group, 3, 1)]


def test_the_climate_is_merged_first() -> None:
    # two in H1 and one in H3: each group has fewer than three, all climates make three
    group = "T1, bureautique, tous climats, C1, salle_serveurs"
    found = peers({"pue": 1.8}, {"pue": 1.6}, {"pue": 1.7, "commune": NICE})
    assert found == [(group, 3, 3), (group, 3, 1), (group, 3, 2)]


def test_a_large_group_keeps_its_own_rank_while_a_small_one_widens() -> None:
    own, wide = "T1, bureautique, H1, C1, salle_serveurs", "T1, bureautique, tous climats, C1, salle_serveurs"
    found = peers({"pue": 1.8}, {"pue": 1.6}, {"pue": 1.4}, {"pue": 1.5, "commune": NICE})
    assert found == [(own, 3, 3), (own, 3, 2), (own, 3, 1), (wide, 4, 2)]


def test_then_the_use_then_the_neighbouring_sizes() -> None:
    uses = peers({"pue": 1.8}, {"pue": 1.6, "usage": "hopital"}, {"pue": 1.7, "usage": "autre"})
    assert uses[0] == ("T1, tous usages, tous climats, C1, salle_serveurs", 3, 3)
    # T0, T1 and T2: the middle one has both neighbours, the others only one
    sizes = peers({"pue": 1.8, "kw": 5}, {"pue": 1.6}, {"pue": 1.7, "kw": 60})
    assert sizes == [None, ("T0 à T2, tous usages, tous climats, C1, salle_serveurs", 3, 1), None]


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
    assert found[0] == ("T1, tous usages, tous climats, C1, salle_serveurs", 3, 1)


def test_hosting_kinds_are_merged_last_and_in_the_name() -> None:
    found = peers({"pue": 1.8}, {"pue": 1.6, "kind": "colocation"}, {"pue": 1.7, "kind": "colocation"})
    assert found == [("T1, tous usages, tous climats, C1, tous hébergements", 3, rank) for rank in (3, 1, 2)]
    own, sizes = "T1, bureautique, H1, C1, salle_serveurs", "T0 à T1, tous usages, tous climats, C1, colocation"
    rooms: list[Row] = [{"pue": pue} for pue in (1.9, 2.0, 2.1)]
    hosted: list[Row] = [{"pue": pue, "kind": "colocation", "kw": 5} for pue in (1.3, 1.4)]
    found = peers(*rooms, *hosted, {"pue": 1.5, "kind": "colocation"})
    assert found[:3] == [(own, 3, 1), (own, 3, 2), (own, 3, 3)]  # colocation stays out of the group of the rooms
    assert found[3] == (sizes, 3, 1)


def test_an_unknown_hosting_kind_has_no_narrower_group_than_all_kinds() -> None:
    found = peers(*({"pue": pue, "kind": None} for pue in (1.5, 1.6, 1.7)))
    assert found[0] == ("T1, tous usages, tous climats, C1, tous hébergements", 3, 1)


@pytest.mark.parametrize("count", [7, 8])
def test_quartiles_need_eight_peers_and_may_take_a_wider_group_than_the_rank(count: int) -> None:
    # three in H1 for the rank; with those of H3, 1.1 to 1.7 or to 1.8
    sites: list[Row] = [
        {"pue": 1 + number / 10, "commune": PARIS if number < 4 else NICE} for number in range(1, count + 1)
    ]
    con = warehouse_of(*sites)
    first = made(con, "_groupes_pairs")[0]
    assert (first["groupe_pairs"], first["nb_pairs"], first["rang_pairs"]) == (
        "T1, bureautique, H1, C1, salle_serveurs",
        3,
        1,
    )
    found = [first[name] for name in ("nb_groupe_quartiles", "pue_quartile_1", "pue_mediane", "pue_quartile_3")]
    if count == 7:
        assert (first["groupe_quartiles"], found) == (None, [None] * 4)
    else:
        assert first["groupe_quartiles"] == "T1, bureautique, tous climats, C1, salle_serveurs"
        assert found == pytest.approx([8, 1.275, 1.45, 1.625])
