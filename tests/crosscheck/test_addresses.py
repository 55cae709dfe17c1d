"""Two spellings of one address are one; two addresses never are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greencloud.crosscheck.addresses import Address, address, folded

SAME = {
    "12 BIS AVENUE DU MARECHAL EXEMPLE": (
        *(
            "12 B AVENUE DU MAL EXEMPLE",
            "12bis, av. du Maréchal-Exemple",
            "12 B AVE DU MARECHAL EXEMPLE",
            "012 bis Av du Mal Exemple",
        ),
    ),
    "3 RUE DE L ECLUSE": ("3 r. de l’Écluse", "3, Rue de l’ecluse", "N° 3 RUE DE L’ÉCLUSE", "nº3 rue de l écluse"),
    "11 TER BOULEVARD DES REMPARTS SAINT EXEMPLE": (
        "11 T BD DES REMPARTS ST EXEMPLE",
        "11 ter bvd des remparts St-Exemple",
    ),
    "9 RUE DU 11 NOVEMBRE 1918": ("9 R DU 11 NOVEMBRE 1918",),
    "1 A AVENUE JEANNE EXEMPLE": ("1A AV. JEANNE EXEMPLE",),
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
    "text", ["12 rue des Lilas", "9 RUE DU 11 NOVEMBRE 1918", "14 D 99", "8 LES EXEMPLES", "ZAC DU LAC"]
)
def test_one_number_is_one(text: str) -> None:
    assert not address(text).several


def test_a_street_without_a_number_has_none() -> None:
    assert address("R. de l’Exemple") == Address("", "", "RUE DE L EXEMPLE")


@given(st.text(max_size=40))
def test_what_is_read_is_read_again_the_same(text: str) -> None:
    """Whatever is written: the canonical spelling is its own spelling."""
    once = folded(text)
    assert folded(once) == once
    assert set(once) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ")
