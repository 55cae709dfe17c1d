"""Whole small registers: what the attacks need, what is hidden against them, and what is left alone."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greencloud import disclosure
from greencloud.disclosure import COMPLEMENTARY, EMPTY, PRIMARY, SHOWN
from tests.secrecy.auditor import audit, totals
from tests.secrecy.registers import Site, codes, even, growth, publish_sites, warehouse_of


def test_nothing_is_hidden_when_nobody_is_protected_and_the_cells_are_large(tmp_path: Path) -> None:
    edition = publish_sites([*even(4, region="84"), *even(4, region="53", body="hopital")], tmp_path / "edition")
    assert set(codes(edition).values()) == {SHOWN}
    assert audit(edition) == []


def test_one_protected_site_hides_its_groups_and_what_would_give_them_back(tmp_path: Path) -> None:
    alone = even(1, region="53", mode="agrege")
    edition = publish_sites([*even(4, region="84"), *even(4, region="53"), *alone], tmp_path / "edition")
    found = codes(edition)
    # Whoever subtracts the eight nominative sites from any total of all has the ninth.
    assert found["ensemble ensemble"] == found["region 53"] == PRIMARY
    assert found["region 84"] == SHOWN  # nobody to protect there
    assert audit(edition) == []


def test_a_dominant_protected_site_is_hidden_with_its_total(tmp_path: Path) -> None:
    giant = replace(even(1, mode="agrege")[0], energies={2023: (9_000_000.0, 1.4)})
    edition = publish_sites([*even(5), *even(2, mode="agrege"), giant], tmp_path / "edition")
    assert set(codes(edition).values()) == {PRIMARY}


def nested() -> list[Site]:
    """Four protected sites of a region, three of which make a kind of body: the fourth is the difference."""
    three = even(3, region="53", body="hopital", mode="agrege")
    fourth = even(1, region="53", body="commune", mode="exempte_oiv")
    return [*even(5, region="84"), *three, *fourth, *even(4, region="84", body="hopital")]


def test_sets_nested_across_dimensions_are_seen(tmp_path: Path) -> None:
    edition = publish_sites(nested(), tmp_path / "edition")
    found = codes(edition)
    assert found["categorie_organisme commune"] == PRIMARY
    # One total of the three hospitals or one of the four sites of the region has to go, nothing more.
    assert [code for code in found.values() if code == COMPLEMENTARY] == [COMPLEMENTARY]
    assert audit(edition) == []


def test_the_auditor_sees_the_leak_when_complementary_suppression_is_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disclosure, "complete", lambda publication, primary, order: frozenset(primary))
    (total, it) = audit(publish_sites(nested(), tmp_path / "edition"))
    assert total.number[0] == it.number[0] and {total.number[2], it.number[2]} == {
        "energie_totale_kwh",
        "energie_it_kwh",
    }
    assert total.low == pytest.approx(total.value) and total.high == pytest.approx(total.value)


def test_the_metered_part_is_a_sum_too(tmp_path: Path) -> None:
    """Four protected sites, three of them metered: the share of metered energy would give the fourth."""
    estimated = replace(even(1, mode="agrege")[0], metered=False)
    nominative = [*even(5), *(replace(site, metered=False) for site in even(3))]
    edition = publish_sites([*nominative, *even(3, mode="agrege"), estimated], tmp_path / "edition")
    found = totals(edition.folder)
    whole = ("agregats_annuels", "2023", "false", "ensemble", "ensemble")
    assert (*whole, "energie_it_kwh") in found and (*whole, "mesure") not in found
    assert audit(edition) == []


def test_a_site_that_joins_is_not_the_difference_of_two_editions(tmp_path: Path) -> None:
    before = [*even(5), *even(3, mode="agrege")]
    after = [*before, *even(1, mode="agrege")]
    first = publish_sites(before, tmp_path / "first")
    assert set(codes(first).values()) == {SHOWN}
    naive = publish_sites(after, tmp_path / "naive")
    assert {item.number[0] for item in audit(first, naive)} == {"13002526500021-01"}
    second = publish_sites(after, tmp_path / "second", [(first, before)])
    assert set(codes(second).values()) == {COMPLEMENTARY}
    assert audit(first, second) == []
    # What the second edition hid stays hidden in the third: the first one is still there.
    third = publish_sites(after, tmp_path / "third", [(second, after), (first, before)])
    assert codes(third) == codes(second)


def test_an_edition_that_changes_nothing_hides_nothing_more(tmp_path: Path) -> None:
    sites = [*even(5), *even(4, mode="agrege")]
    first = publish_sites(sites, tmp_path / "first")
    second = publish_sites(sites, tmp_path / "second", [(first, sites)])
    assert codes(second) == codes(first)
    assert set(codes(second).values()) == {SHOWN}


def test_three_sites_that_join_together_need_no_hiding(tmp_path: Path) -> None:
    before = [*even(5), *even(3, mode="agrege")]
    after = [*before, *even(3, mode="agrege")]
    first = publish_sites(before, tmp_path / "first")
    second = publish_sites(after, tmp_path / "second", [(first, before)])
    assert set(codes(second).values()) == {SHOWN}
    assert audit(first, second) == []


def test_a_share_that_stays_whole_is_not_taken_for_the_same_sum(tmp_path: Path) -> None:
    """Every site is metered before and after three join, so that the part metered says 1 in both editions.

    Two of the three are protected, and one of these is so small that the difference gives the other.
    """
    energies = [(1088132, 2.36), (8830024, 3.04), (9732988, 1.5), (6817612, 1.9), (9175742, 1.47), (7677626, 3.12)]
    energies += [(6048642, 1.55), (1874187, 2.82), (6789691, 1.73), (4706250, 2.1), (8184926, 3.66)]
    sites = [
        Site(mode="agrege" if rank in (0, 2, 4, 9, 10) else None, energies={2023: both})
        for rank, both in enumerate(energies)
    ]
    before = [replace(site, energies={}) if rank < 3 else site for rank, site in enumerate(sites)]
    first = publish_sites(before, tmp_path / "first")
    second = publish_sites(sites, tmp_path / "second", [(first, before)])
    assert audit(first, second) == []


def test_growth_at_constant_perimeter_rests_on_named_sites_and_is_shown_beside_a_newcomer(tmp_path: Path) -> None:
    """Three protected sites in both years and a fourth in the second: over all of them, it would be the difference."""
    both = [replace(site, energies={2022: (9e4, 1.6), **(site.energies or {})}) for site in even(4)]
    kept = [replace(site, energies={2022: (8e4, 1.7), **(site.energies or {})}) for site in even(3, mode="agrege")]
    edition = publish_sites([*both, *kept, *even(1, mode="agrege")], tmp_path / "edition")
    assert codes(edition, "evolutions_annuelles")["ensemble ensemble"] == SHOWN
    assert codes(edition)["ensemble ensemble"] == SHOWN
    counts = "nb_sites_constants, nb_sites_constants_nominatifs, energie_it_constante_precedente_kwh"
    assert growth(edition, counts) == (7, 4, 4 * 9e4)
    assert audit(edition) == []


def test_growth_at_constant_perimeter_stays_where_the_current_one_is_hidden(tmp_path: Path) -> None:
    both = [replace(site, energies={2022: (9e4, 1.6), **(site.energies or {})}) for site in even(4)]
    edition = publish_sites([*both, *even(1, mode="agrege")], tmp_path / "edition")
    assert codes(edition, "evolutions_annuelles")["ensemble ensemble"] == PRIMARY
    columns = "nb_sites, croissance_it_pct, part_constante, nb_sites_constants_nominatifs, pue_constant_precedent"
    assert growth(edition, columns) == (None, None, None, 4, pytest.approx(1.6))
    assert audit(edition) == []


def test_protected_rows_leave_the_tables_and_are_counted(tmp_path: Path) -> None:
    con = warehouse_of([*even(4), *even(3, mode="agrege"), *even(1, mode="exempte_defense")])
    disclosure.protect(con)
    for name in ("indicateurs_annuels", "couverture"):
        found = con.execute(f"SELECT count(DISTINCT id_centre) FROM {name}").fetchall()
        assert found == [(4,)]
        counted = f"SELECT motif, nb_lignes FROM _lignes_retirees WHERE nom_table = '{name}' ORDER BY motif"
        assert con.execute(counted).fetchall() == [("site_agrege", 3), ("site_exempte", 1)]


SITES = st.lists(
    st.builds(
        lambda region, body, mode, it, pue: Site(region, body, mode=mode, energies={2023: (it, pue)}),
        st.sampled_from(["84", "53"]),
        st.sampled_from(["commune", "hopital"]),
        st.sampled_from([None, None, "agrege", "agrege", "exempte_oiv"]),
        st.floats(1e3, 1e7),
        st.floats(1.1, 4),
    ),
    min_size=3,
    max_size=14,
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SITES, st.integers(0, 3))
def test_two_editions_of_any_register_pass_the_auditor(
    tmp_path_factory: pytest.TempPathFactory, sites: list[Site], late: int
) -> None:
    folder = tmp_path_factory.mktemp("register")
    before = [replace(site, energies={}) if rank < late else site for rank, site in enumerate(sites)]
    first = publish_sites(before, folder / "first")
    second = publish_sites(sites, folder / "second", [(first, before)])
    assert audit(first, second) == []
    assert EMPTY not in codes(second).values()
