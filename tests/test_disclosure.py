"""Secrecy: small groups hidden, and nothing hidden that subtraction could bring back."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from greencloud import disclosure, tables
from greencloud.disclosure import COMPLEMENTARY, EMPTY, PRIMARY, SHOWN, decide, protect

COUNTS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 12), min_size=1)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"a": 5, "b": 3}, {"a": SHOWN, "b": SHOWN}),
        ({"a": 0, "b": 3}, {"a": EMPTY, "b": SHOWN}),  # an empty cell has nothing to hide
        ({"a": 0}, {"a": EMPTY}),
        # a alone would be the total less b and c: the smallest of them goes with it
        ({"a": 2, "b": 9, "c": 4}, {"a": PRIMARY, "b": SHOWN, "c": COMPLEMENTARY}),
        # two sites hidden together are still two sites
        ({"a": 1, "b": 1, "c": 4, "d": 5}, {"a": PRIMARY, "b": PRIMARY, "c": COMPLEMENTARY, "d": SHOWN}),
        ({"a": 1, "b": 2, "c": 4}, {"a": PRIMARY, "b": PRIMARY, "c": SHOWN}),
        # equal counts: the first by name
        ({"a": 2, "c": 4, "b": 4}, {"a": PRIMARY, "b": COMPLEMENTARY, "c": SHOWN}),
        # an empty cell protects nothing
        ({"a": 0, "b": 2, "c": 4}, {"a": EMPTY, "b": PRIMARY, "c": COMPLEMENTARY}),
        ({"a": 2}, {"a": PRIMARY}),
    ],
)
def test_what_is_hidden(counts: Mapping[str, int], expected: Mapping[str, str]) -> None:
    assert decide(counts) == expected


@given(COUNTS)
@example({"a": 1, "b": 1, "c": 12})
def test_no_hidden_cell_comes_back_by_subtraction(counts: dict[str, int]) -> None:
    total = sum(counts.values())
    if total < disclosure.THRESHOLD:  # the total itself is hidden, so is every group
        assert all(decide(counts)[group] == PRIMARY for group, count in counts.items() if count)
        return
    filled = sorted(group for group, count in counts.items() if count)
    hidden = [group for group in filled if decide(counts)[group] in (PRIMARY, COMPLEMENTARY)]
    # What is published: the total (all the groups added) and each group that is shown, as linear forms of the groups.
    known = [np.ones(len(filled))] + [np.eye(len(filled))[filled.index(g)] for g in filled if g not in hidden]
    rank = np.linalg.matrix_rank(np.array(known))
    for group in hidden:
        form = np.eye(len(filled))[filled.index(group)]
        assert np.linalg.matrix_rank(np.array([*known, form])) > rank
    # What the total gives away is the sum of all that is hidden: never fewer than three sites.
    assert not hidden or sum(counts[group] for group in hidden) >= disclosure.THRESHOLD


@given(COUNTS)
def test_no_more_is_hidden_than_needed(counts: dict[str, int]) -> None:
    decided = decide(counts)
    complementary = [group for group, diffusion in decided.items() if diffusion == COMPLEMENTARY]
    primary = [group for group, diffusion in decided.items() if diffusion == PRIMARY]
    assert set(primary) == {group for group, count in counts.items() if 0 < count < disclosure.THRESHOLD}
    assert len(complementary) <= 1  # any other cell holds three sites: one is always enough


def table(*rows: Mapping[str, object]) -> pd.DataFrame:
    base: dict[str, object] = dict.fromkeys(tables.table("agregats_annuels").column_names, 1.5)
    base |= {"annee": 2023, "synthetique": False, "dimension": "region", "diffusion": SHOWN}
    return pd.DataFrame([{**base, **row} for row in rows])


def test_a_hidden_row_loses_its_values_and_keeps_its_key_and_expected_sites() -> None:
    cells = table(
        {"modalite": "84", "nb_sites_pue": 2},
        {"modalite": "93", "nb_sites_pue": 4},
        {"modalite": "11", "nb_sites_pue": 9},
    )
    before = cells.copy()
    result = protect(cells)
    pd.testing.assert_frame_equal(cells, before)
    assert result["diffusion"].tolist() == [PRIMARY, COMPLEMENTARY, SHOWN]
    kept = {"annee", "synthetique", "dimension", "modalite", "libelle", "nb_sites_attendus", "nb_sites_declarants"}
    emptied = set(cells.columns[result.iloc[0].isna()])
    assert emptied == set(cells.columns) - kept - {"diffusion"} == set(disclosure.HIDDEN_COLUMNS)
    assert set(cells.columns[result.iloc[1].isna()]) == emptied
    assert not result.iloc[2].isna().any()


def test_an_empty_cell_keeps_its_zero_and_its_coverage() -> None:
    cells = table({"modalite": "84", "nb_sites_pue": 0, "pue": None}, {"modalite": "93", "nb_sites_pue": 3})
    result = protect(cells)
    assert result["diffusion"].tolist() == [EMPTY, SHOWN]
    assert result["nb_sites_pue"].tolist() == [0, 3]
    assert result["couverture_sites"].tolist() == [1.5, 1.5]


def test_years_natures_and_dimensions_are_decided_apart() -> None:
    rows: list[dict[str, object]] = [
        {"annee": 2022},
        {"annee": 2023},
        {"synthetique": True},
        {"dimension": "classe_taille"},
    ]
    cells = table(
        *({"modalite": "84", "nb_sites_pue": count, **row} for count, row in zip((2, 5, 5, 5), rows, strict=True))
    )
    assert protect(cells)["diffusion"].tolist() == [PRIMARY, SHOWN, SHOWN, SHOWN]
