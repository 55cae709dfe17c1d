"""Complementary suppression alone, on many small publications: it betrays nobody and hides no more than it must."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greencloud.disclosure.sums import IT, TOTAL, Part, Publication, Quantity, Sum
from greencloud.disclosure.suppression import complete
from tests.secrecy.auditor import Edition, Share, audit

YEAR = 2023
Groups = Mapping[str, Sequence[int]]


def publication(energies: Sequence[tuple[float, float]], groups: Groups, before: Groups) -> Publication:
    """Protected sites of these energies (total, IT) in these groups; `before`: totals that an edition has shown."""
    values = {
        Quantity(str(site), YEAR, name): value
        for site, both in enumerate(energies)
        for name, value in zip((TOTAL, IT), both, strict=True)
    }
    sums = [
        Sum(part, {Quantity(str(site), YEAR, quantity): 1.0 for site in members})
        for shown, owner in ((groups, True), (before, False))
        for name, members in shown.items()
        for part in [Part("agregats_annuels", name) if owner else None]
        for quantity in (TOTAL, IT)
    ]
    return Publication(values, sums, {Part("agregats_annuels", name): len(group) for name, group in groups.items()})


def edition(folder: Path, energies: Sequence[tuple[float, float]], groups: Groups) -> Edition:
    """The totals of these groups as published files."""
    folder.mkdir(parents=True)
    columns = ["annee", "synthetique", "dimension", "modalite", TOTAL, IT]
    with (folder / "agregats_annuels.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        for name, members in groups.items():
            sums = {q: sum(energies[site][rank] for site in members) for rank, q in enumerate((TOTAL, IT))}
            writer.writerow({"annee": YEAR, "synthetique": "true", "dimension": name, "modalite": name, **sums})
    shares = [
        Share(("agregats_annuels", str(YEAR), "true", name, name, quantity), (str(site), YEAR, quantity), 1.0)
        for name, members in groups.items()
        for site in members
        for quantity in (TOTAL, IT)
    ]
    secrets = {
        (str(site), YEAR, quantity): both[rank]
        for site, both in enumerate(energies)
        for rank, quantity in enumerate((TOTAL, IT))
    }
    return Edition(folder, shares, secrets)


def shown(groups: Groups, hidden: frozenset[Part]) -> Groups:
    return {name: members for name, members in groups.items() if Part("agregats_annuels", name) not in hidden}


def balanced(count: int) -> list[tuple[float, float]]:
    return [(150.0 + site, 100.0 + site) for site in range(count)]


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ({"a": [0, 1, 2], "b": [3, 4, 5], "tous": [0, 1, 2, 3, 4, 5]}, set()),
        ({"a": [0, 1, 2], "tous": [0, 1, 2, 3]}, {"a"}),  # nested: the smaller one goes
        ({"a": [0, 1, 2], "b": [3, 4, 5], "c": [0, 1, 2, 3, 4, 5, 6]}, {"a"}),  # c - a - b; equal sizes: by name
        ({"a": [0, 1, 2], "b": [0, 1, 2], "tous": [0, 1, 2, 3]}, {"a", "b"}),  # hiding one of two equals is no use
    ],
)
def test_what_is_hidden(groups: Groups, expected: set[str]) -> None:
    found = complete(publication(balanced(8), groups, {}), frozenset())
    assert {part.cle for part in found} == expected


def test_what_an_earlier_edition_betrayed_hides_nothing_more() -> None:
    """Nothing can be taken back, so hiding today's total would protect nobody."""
    groups = {"tous": [0, 1, 2, 3]}
    assert complete(publication(balanced(4), groups, {"a": [0], "b": [1, 2, 3]}), frozenset()) == frozenset()


def test_the_same_publication_has_the_same_answer() -> None:
    groups = {"a": [0, 1, 2], "b": [2, 3, 4], "c": [0, 1, 3, 4], "d": [1, 2, 3], "tous": [0, 1, 2, 3, 4]}
    first, second = (complete(publication(balanced(5), groups, {}), frozenset()) for _ in range(2))
    assert first == second


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[tuple[float, float]], Groups, Groups]:
    """Sites and groups of at least three of them; the first earlier total is safe by itself."""
    count = draw(st.integers(3, 9))
    its = draw(st.lists(st.floats(1e3, 1e7), min_size=count, max_size=count))
    pues = draw(st.lists(st.floats(1.05, 4), min_size=count, max_size=count))
    group = st.lists(st.integers(0, count - 1), min_size=3, max_size=count, unique=True)
    groups = {f"g{rank}": members for rank, members in enumerate(draw(st.lists(group, min_size=1, max_size=7)))}
    before = {f"g{rank}": members for rank, members in enumerate(draw(st.lists(group, max_size=1)))}
    return [(it * pue, it) for it, pue in zip(its, pues, strict=True)], groups, before


@settings(max_examples=60, deadline=None)
@given(cases())
def test_no_publication_betrays_anybody(
    tmp_path_factory: pytest.TempPathFactory, case: tuple[list[tuple[float, float]], Groups, Groups]
) -> None:
    energies, groups, before = case
    folder = tmp_path_factory.mktemp("publication")
    earlier = edition(folder / "before", energies, before)
    already = {item.number for item in audit(earlier)}  # a dominant site in a total that should not have been shown
    hidden = complete(publication(energies, groups, before), frozenset())
    now = edition(folder / "now", energies, shown(groups, hidden))
    assert {item.number for item in audit(earlier, now)} <= already
    # None of the hidden totals could be shown beside the others: something else would have to go.
    for part in hidden:
        more = {**shown(groups, hidden), part.cle: groups[part.cle]}
        assert complete(publication(energies, more, before), frozenset())
