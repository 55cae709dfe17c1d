"""Two spellings of one address are one; two addresses never are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greencloud.crosscheck.addresses import Address, address, folded

SAME = {
    "12 BIS AVENUE DU MARECHAL JUIN": (
        *(
            "12 B AVENUE DU MAL JUIN",
            "12bis, av. du Maréchal-Juin",
            "12 B AVE DU MARECHAL JUIN",
            "012 bis Av du Mal Juin",
        ),
    ),
    "3 RUE DE L EGLISE": ("3 r. de l’Église", "3, Rue de l'eglise", "N° 3 RUE DE L'ÉGLISE", "nº3 rue de l église"),
    "11 TER BOULEVARD DES FOSSES SAINT MAURICE": ("11 T BD DES FOSSES ST MAURICE", "11 ter bvd des fossés St-Maurice"),
    "8 RUE DU 8 MAI 1945": ("8 R DU 8 MAI 1945",),
    "1 A AVENUE ALBERT GRAVE": ("1A AV. ALBERT GRAVE",),
    "4 RUE DU SACRE COEUR": ("4 rue du Sacré-Cœur",),
}
OTHERS = (
    ("12 RUE DES LILAS", "12 BIS RUE DES LILAS"),
    ("12 RUE DES LILAS", "2 RUE DES LILAS"),
    ("12 RUE DES LILAS", "12 AVENUE DES LILAS"),
    ("12 RUE DES LILAS", "12 RUE DU LILAS"),
    ("12 RUE DES LILAS", "12 RUE DES LILLAS"),
    ("12 RUE DES LILAS", "RUE DES LILAS"),
    ("1 RUE DE SAINTE ANNE", "1 RUE DE SAINT ANNE"),
    ("1 C RUE DES LILAS", "1 RUE DES LILAS"),
    ("N7 LES LILAS", "7 LES LILAS"),
)


@pytest.mark.parametrize(("whole", "other"), [(whole, other) for whole, others in SAME.items() for other in others])
def test_spellings_of_one_address_are_one(whole: str, other: str) -> None:
    assert address(other) == address(whole)
    assert str(address(other)) == whole


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_nothing_is_guessed(one: str, other: str) -> None:
    assert address(one) != address(other)


@pytest.mark.parametrize(
    "text", ["12-14 rue des Lilas", "12/14 RUE DES LILAS", "12 et 14 rue des Lilas", "12 A 14 R DU LAC"]
)
def test_several_numbers_are_seen(text: str) -> None:
    assert address(text).several


@pytest.mark.parametrize(
    "text", ["12 rue des Lilas", "8 RUE DU 8 MAI 1945", "22 D 28", "8 LES TUILERIES", "ZAC DE BREAU"]
)
def test_one_number_is_one(text: str) -> None:
    assert not address(text).several


def test_a_street_without_a_number_has_none() -> None:
    assert address("R. de Provins") == Address("", "", "RUE DE PROVINS")


@given(st.text(max_size=40))
def test_what_is_read_is_read_again_the_same(text: str) -> None:
    """Whatever is written: the canonical spelling is its own spelling."""
    once = folded(text)
    assert folded(once) == once
    assert set(once) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ")
