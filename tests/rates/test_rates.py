"""The page of the rules says what they do and what they miss; its figures are measured again here."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from greencloud import rules
from greencloud.checking.messages.catalogue import document as messages
from greencloud.rates import measure
from greencloud.rates.campaign import TRUE_DOUBTS, Campaign, judge
from greencloud.rates.clean import database
from greencloud.rates.document import CLEAN_ROWS, ELSEWHERE, PUBLICATION, described, figures
from greencloud.rates.faults import FAULTS
from greencloud.rates.measure import Rate

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "rules.md"


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    return judge(tmp_path_factory.mktemp("campagne"))


@pytest.fixture(scope="module")
def measures() -> tuple[tuple[int, int, Mapping[str, int]], list[Rate]]:
    """The alarms on clean rows, and the rate of every fault."""
    con = database(CLEAN_ROWS)
    return measure.clean_alarms(con), measure.rates(con)


def test_the_page_is_the_one_that_the_rules_make() -> None:
    assert PAGE.read_text(encoding="utf-8").startswith(described()), "python -m greencloud.rates > docs/rules.md"


def test_the_figures_of_the_page_are_those_of_today(
    campaign: Campaign, measures: tuple[tuple[int, int, Mapping[str, int]], list[Rate]]
) -> None:
    assert PAGE.read_text(encoding="utf-8") == described() + figures(campaign, *measures)


def test_every_mistake_of_the_campaign_is_found_with_its_cause(campaign: Campaign) -> None:
    assert sum(campaign.injected.values()) >= 40
    assert campaign.found == campaign.injected


def test_one_clean_row_in_a_hundred_at_most_is_doubted(
    campaign: Campaign, measures: tuple[tuple[int, int, Mapping[str, int]], list[Rate]]
) -> None:
    rows, alarmed, _ = measures[0]
    assert (rows, alarmed <= rows // 100) == (CLEAN_ROWS, True)
    assert campaign.alarmed_rows <= campaign.rows // 100
    assert set(campaign.doubts) == set(TRUE_DOUBTS)


@pytest.mark.parametrize("place", range(len(FAULTS)), ids=lambda place: FAULTS[place].title)
def test_the_right_cause_is_named_for_each_unit_fault(
    place: int, measures: tuple[tuple[int, int, Mapping[str, int]], list[Rate]]
) -> None:
    rate = measures[1][place]
    assert rate.rows > 1500
    assert rate.share >= 0.95, rate


def test_a_rate_without_the_rule_would_fall() -> None:
    fault = next(fault for fault in FAULTS if fault.codes == ("total_en_mwh",))
    tried = [rule for rule in rules.for_table("declarations") if rule.code != "total_en_mwh"]
    con = database(200)
    measure.inject(con, fault)
    hits = rules.evaluate(con, "lignes_fautives", "ligne", tried)
    assert not any(measure.names(fault, hit) for hit in hits)


def test_every_rule_stands_on_the_page_with_its_version() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^### `(\w+)`$", page, re.MULTILINE) == list(rules.codes())
    assert f"`{rules.VERSION}`" in page


def test_what_is_applied_elsewhere_is_there() -> None:
    known = set(re.findall(r"^### `(.+)`$", messages(), re.MULTILINE))
    assert {code for code, _ in ELSEWHERE.values()} <= known
    for place in PUBLICATION.values():
        for path in re.findall(r"greencloud/[\w/.]+", place):
            assert (ROOT / path).exists() or (ROOT / f"{path}.py").exists(), path
