"""Where a site would stand among its peers, in words."""

import re

import pytest

from portal.web import preview_page

_GROUP = "T3, hopital, tous climats, C1, centre_propre"


@pytest.mark.parametrize("rank", [None, 1, 4])
def test_a_group_of_peers_is_told_without_its_codes(rank: int | None) -> None:
    said = preview_page.place({"groupe_pairs": _GROUP, "nb_pairs": 5, "rang_pairs": rank})
    assert re.search(r"T3|C1|centre_propre|None", said) is None
    assert "de 100 kW à 500 kW, hôpital, tous climats, mesure en sortie d’onduleur" in said
    assert said.startswith({None: "Groupe de pairs (5 centres, sans rang)", 1: "1er sur 5", 4: "4e sur 5"}[rank])
