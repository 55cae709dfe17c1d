"""Numbers, dates and spaces as French readers expect them."""

import datetime as dt
from decimal import Decimal

import pytest

from greencloud import rules
from greencloud.rules.writing import french, plain, sentence


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "(vide)"),
        (True, "oui"),
        (False, "non"),
        (0, "0"),
        (314870, "314\u202f870"),
        (-1234567, "-1\u202f234\u202f567"),
        (0.0, "0"),
        (314870.0, "314\u202f870"),
        (314870.1239, "314\u202f870,124"),
        (1.7980242, "1,798"),
        (2.5, "2,5"),
        (0.04, "0,04"),
        (0.000142694, "0,000143"),
        (-0.00999, "-0,00999"),
        (999999.9996, "1\u202f000\u202f000"),
        (Decimal("8760.00"), "8\u202f760"),
        (float("inf"), "un nombre hors de portée"),
        (float("nan"), "un nombre hors de portée"),
        (dt.date(2025, 3, 1), "01/03/2025"),
        ("tour {evaporative} 1234", "tour {evaporative} 1234"),
    ],
)
def test_values_in_a_sentence(value: object, written: str) -> None:
    assert french(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, None),
        (314870.0, "314870"),
        (314.87, "314.87"),
        (2025, "2025"),
        (dt.date(2025, 3, 1), "2025-03-01"),
        ("1", "1"),
        (float("inf"), "inf"),
    ],
)
def test_values_as_they_are_searched_for_in_a_file(value: object, written: str | None) -> None:
    assert plain(value) == written


def test_spaces_of_a_sentence() -> None:
    assert sentence("Égal à 8 760 h : vraiment ? « oui » ; 50 % !") == (
        "Égal à 8\u202f760 h\u202f: vraiment\u202f? «\u202foui\u202f»\u202f; 50\u202f%\u202f!"
    )


def test_a_rule_renders_values_without_reading_them_as_templates() -> None:
    rule = next(rule for rule in rules.for_table("declarations") if rule.code == "eau_nulle_evaporatif")
    message, correction = rule.render({"type_refroidissement": "{colonne} : 10 000"})
    assert "type {colonne} : 10 000, qui" in message
    assert correction.startswith("Si l'eau n'est pas comptée")
    with pytest.raises(KeyError, match="type_refroidissement"):
        rule.render({})
