"""Numbers, dates and punctuation as a French reader expects them."""

import pytest

from dashboards import french


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(0, 0, "0"), (1234567.891, 1, "1\u202f234\u202f567,9"), (-12.5, 2, "−12,50"), (999, 0, "999"), (0.05, 2, "0,05")],
)
def test_number(value: float, decimals: int, text: str) -> None:
    assert french.number(value, decimals) == text


@pytest.mark.parametrize(
    ("kwh", "text"),
    [
        (0, "0\u00a0kWh"),
        (999, "999\u00a0kWh"),
        (1000, "1,0\u00a0MWh"),
        (17_000_000, "17,0\u00a0GWh"),
        (1_120_033_874, "1,12\u00a0TWh"),
        (-2500, "−2,5\u00a0MWh"),
    ],
)
def test_energy_takes_the_unit_that_keeps_it_short(kwh: float, text: str) -> None:
    assert french.energy(kwh) == text


@pytest.mark.parametrize(("value", "text"), [(12, "12"), (1.5, "1,5"), (2000.0, "2\u202f000"), (0.12345, "0,1235")])
def test_plain_drops_trailing_zeros_only(value: float, text: str) -> None:
    assert french.plain(value) == text


def test_a_plain_integer_keeps_its_own_zeros() -> None:
    assert french.plain(500) == "500"


@pytest.mark.parametrize(("iso", "text"), [("2026-05-14", "14\u00a0mai 2026"), ("2026-08-01", "1er\u00a0août 2026")])
def test_date(iso: str, text: str) -> None:
    assert french.date(iso) == text


@pytest.mark.parametrize(("value", "text"), [(0, "0\u00a0ligne"), (1, "1\u00a0ligne"), (2, "2\u00a0lignes")])
def test_count(value: int, text: str) -> None:
    assert french.count(value, "ligne") == text


@pytest.mark.parametrize(("size", "text"), [(9, "9\u00a0octets"), (2048, "2,0\u00a0ko"), (5_400_000, "5,4\u00a0Mo")])
def test_octets(size: int, text: str) -> None:
    assert french.octets(size) == text


def test_percent() -> None:
    assert french.percent(0.5403508) == "54,0\u00a0%"


def test_typography_touches_french_punctuation_only() -> None:
    narrow = "\u202f"
    assert french.typography("Quoi ? « Ceci » : oui ; non !") == (
        f"Quoi{narrow}? «{narrow}Ceci{narrow}»{narrow}: oui{narrow}; non{narrow}!"
    )
    assert french.typography("« Ceci », (« cela »)") == (f"«{narrow}Ceci{narrow}», («{narrow}cela{narrow}»)")
    code = "{% if a != b %}{{ x }}"
    assert french.typography(code) == code
