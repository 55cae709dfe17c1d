"""The catalogue of rules: found without a list, in a fixed order, with sentences that can be read."""

import hashlib
import re
from pathlib import Path

import pytest

from greencloud import rules, tables
from greencloud.rules import Hit, Rule
from greencloud.rules.context import COLUMNS
from greencloud.rules.families import FAMILIES
from greencloud.rules.grandeurs import GRANDEURS, measured
from greencloud.rules.histoire import SANS_HISTOIRE
from tests.rules.rows import BASES, judge, load

MECHANISM = {
    *("__init__", "context", "evaluation", "families", "grandeurs", "histoire", "rule", "wording", "writing"),
}
VERSION = ("2026-11-22", "12dc0a89")
"""The version of the rules, and the beginning of the sha256 of what they were then."""
ALL = {rule.code: rule for rule in rules.catalogue()}
NOT_FRENCH = re.compile(r"\b(the|and|is|not|None|NULL|nan|inf|float|str|int|bool|True|False)\b|[{}]")


@pytest.fixture(scope="module")
def hits() -> list[Hit]:
    """What every failing row makes its rules say."""
    return [
        hit
        for table in BASES
        for across, tried in ((False, rules.for_table(table)), (True, rules.across(table)))
        for found in judge([rule.echoue for rule in tried], table, across=across)
        for hit in found
    ]


def test_every_module_is_a_rule_of_its_own_name() -> None:
    modules = {path.stem for path in Path(rules.__file__).parent.glob("*.py")}
    assert set(rules.codes()) == modules - MECHANISM == set(ALL)


def test_order_is_by_family_then_code() -> None:
    places = [(list(FAMILIES).index(ALL[code].famille), code) for code in rules.codes()]
    assert places == sorted(places)
    assert [rule.code for rule in rules.for_table("centres")] == ["siret_invalide"]
    assert rules.for_table("inconnue") == ()


def test_silenced_families_come_later_and_exist() -> None:
    order = list(FAMILIES)
    for name, family in FAMILIES.items():
        assert all(order.index(silenced) > order.index(name) for silenced in family.silences)


@pytest.mark.parametrize("rule", ALL.values(), ids=lambda rule: rule.code)
def test_columns_exist_in_the_schemas(rule: Rule) -> None:
    for name in rule.tables:
        con = load([], table=name, context=bool(rule.voit))
        seen = {column for sight in rule.voit for column in COLUMNS[name][sight]}
        columns = {*tables.table(name).column_names, *seen}
        assert {*rule.champs, *rule.passe, *rule.echoue} <= columns | set(SANS_HISTOIRE)
        for column in rule.champs:
            shown = [rule.expression(value, column) for value in rule.names if value != "colonne"]
            select, where = ", ".join([*shown, "true"]), rule.condition_on(column)
            query = f"SELECT {select} FROM {measured('lignes', f'{select} {where}')} WHERE {where}"
            assert con.execute(query).fetchall() == []


@pytest.mark.parametrize("rule", ALL.values(), ids=lambda rule: rule.code)
def test_a_rule_says_what_why_and_where_from(rule: Rule) -> None:
    for text in (rule.message, rule.correction):
        assert re.fullmatch(r"\S.*\S", text)
        assert text[-1] in ".?"
        assert "  " not in text
    assert rule.source
    assert set(rule.valeurs) <= set(rule.names)
    assert rule.passe != rule.echoue


def test_the_version_is_raised_with_the_rules() -> None:
    told = [
        (rule.code, rule.niveau, rule.famille, rule.champs, rule.condition, rule.voit) for rule in rules.catalogue()
    ]
    said = repr([told, list(GRANDEURS.items()), list(FAMILIES.items())])
    assert (rules.VERSION, hashlib.sha256(said.encode()).hexdigest()[:8]) == VERSION


def test_a_quantity_bears_the_name_of_no_column() -> None:
    for table in tables.INPUTS:
        assert not set(GRANDEURS) & set(tables.table(table).column_names)


def test_sentences_are_french_and_complete(hits: list[Hit]) -> None:
    assert {hit.code for hit in hits} == set(ALL)
    for hit in hits:
        for text in (hit.message, hit.correction):
            assert not NOT_FRENCH.search(text), text
            assert "(vide)" not in text
            assert not re.search(r" [:;?!»%]|« |\d \d{3}\b", text), text


def test_a_message_names_a_column_and_its_value(hits: list[Hit]) -> None:
    silent_on_value = {"periode_partielle", "energies_absentes", "categorie_inconnue", "chaleur_sans_temperature"}
    for hit in hits:
        columns = tables.table(hit.rule.tables[0]).column_names
        assert any(column in hit.message + hit.correction for column in columns), hit
        assert hit.valeur is not None or hit.code in silent_on_value, hit
