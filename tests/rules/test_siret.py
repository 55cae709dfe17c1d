"""The check digits in SQL give the verdict of the library that checks the other SIRET columns."""

import random

from frformat import Siret

from tests.rules.rows import all_codes, judge

VALID = ("13002526500013", "99988877900017", "35600000000048", "35600000049837")


def drawn_sirets() -> list[str]:
    """Seeded: numbers drawn at random, then many near misses and establishments of La Poste."""
    draw = random.Random(20251122)
    plain = [f"{draw.randrange(10**14):014d}" for _ in range(300)]
    completed = [siret[:13] + str(digit) for siret in plain[:30] for digit in range(10)]
    same_siren = [f"130025265{draw.randrange(10**5):05d}" for _ in range(200)]
    la_poste = [f"356000000{draw.randrange(10**5):05d}" for _ in range(200)]
    return [*VALID, *plain, *completed, *same_siren, *la_poste]


def test_same_verdict_as_the_identifier_library() -> None:
    sirets = drawn_sirets()
    expected = [[] if Siret().is_valid(siret) else ["siret_invalide"] for siret in sirets]
    rows = [{"id_centre": f"{siret}-01"} for siret in sirets]
    assert all_codes(rows, "centres") == all_codes(rows) == expected
    assert min(expected.count([]), expected.count(["siret_invalide"])) > 50


def test_the_message_says_which_key_is_wrong() -> None:
    siren, siret = judge([{"id_centre": f"{number}-01"} for number in ("13002526600013", "13002526500014")], "centres")
    assert "13002526600013" in siren[0].message
    assert "9 premiers chiffres (SIREN)" in siren[0].message
    assert "des 14 chiffres" in siret[0].message
