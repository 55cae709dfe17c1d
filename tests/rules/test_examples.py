"""Every rule carries its proof: a row that it lets pass, a row that it alone refuses."""

from collections.abc import Mapping

import pytest

from greencloud import rules
from greencloud.rules import Hit, Rule
from tests.rules.rows import BASES, judge

CASES = [(rule, table) for rule in rules.catalogue() for table in rule.tables]
Proofs = Mapping[tuple[str, str], tuple[list[Hit], list[Hit]]]


@pytest.fixture(scope="module")
def proofs() -> Proofs:
    """The hits of the passing and of the failing row of every rule, where it is tried first, by table and code."""
    found = {}
    for across in (True, False):
        for table in BASES:
            tried = rules.across(table) if across else rules.for_table(table)
            hits = judge([cells for rule in tried for cells in (rule.passe, rule.echoue)], table, across=across)
            for rule, passing, failing in zip(tried, hits[::2], hits[1::2], strict=True):
                found[table, rule.code] = passing, failing
    return found


def case_name(value: object) -> str:
    return value.code if isinstance(value, Rule) else str(value)


@pytest.mark.parametrize(("rule", "table"), CASES, ids=case_name)
def test_the_passing_row_raises_nothing(rule: Rule, table: str, proofs: Proofs) -> None:
    passing, _ = proofs[table, rule.code]
    assert [hit.code for hit in passing if hit.niveau != "info" or hit.code == rule.code] == []


@pytest.mark.parametrize(("rule", "table"), CASES, ids=case_name)
def test_the_failing_row_raises_its_own_code_alone(rule: Rule, table: str, proofs: Proofs) -> None:
    _, failing = proofs[table, rule.code]
    assert {hit.code for hit in failing if hit.niveau != "info" or hit.code == rule.code} == {rule.code}
    for hit in failing:
        if hit.code == rule.code:
            assert hit.niveau == rule.niveau
            assert hit.champ in rule.champs


@pytest.mark.parametrize("table", BASES)
def test_the_base_row_raises_nothing_at_all(table: str) -> None:
    assert judge([{}], table) == judge([{}], table, across=True) == [[]]


def test_what_a_declarant_reads_in_full() -> None:
    [[hit]] = judge([{"energie_totale_kwh": 35.94}])
    assert (hit.code, hit.niveau, hit.row) == ("total_en_kw", "erreur", 0)
    assert (hit.champ, hit.valeur) == ("energie_totale_kwh", "35.94")
    assert hit.message == (
        "energie_totale_kwh (35,94) ressemble à une puissance moyenne en kW, "
        "alors que energie_it_kwh (175\u202f120) est une énergie."
    )
    assert hit.correction == (
        "Saisissez le relevé du compteur en kWh\u202f; l'énergie vaut kW × 8\u202f760 h, soit environ 314\u202f834 kWh."
    )
