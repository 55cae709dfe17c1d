"""The catalogue of rules: found without a list, in a fixed order, with sentences that can be read."""

import re
from pathlib import Path

import pytest

from greencloud import rules, tables
from greencloud.rules import Hit, Rule
from greencloud.rules.families import FAMILIES
from greencloud.rules.grandeurs import GRANDEURS, measured
from tests.rules.rows import BASES, judge, load

MECHANISM = {"__init__", "evaluation", "families", "grandeurs", "rule", "writing"}
ALL = {rule.code: rule for table in tables.INPUTS for rule in rules.for_table(table)}
NOT_FRENCH = re.compile(r"\b(the|and|is|not|None|NULL|nan|inf|float|str|int|bool|True|False)\b|[{}]")


@pytest.fixture(scope="module")
def hits() -> list[Hit]:
    """What every failing row makes its rules say."""
    rows = {table: [rule.echoue for rule in rules.for_table(table)] for table in BASES}
    return [hit for table, cells in rows.items() for found in judge(cells, table) for hit in found]


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
        con = load([], table=name)
        columns = tables.table(name).column_names
        assert {*rule.champs, *rule.passe, *rule.echoue} <= set(columns)
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
        columns = tables.table("declarations").column_names
        assert any(column in hit.message + hit.correction for column in columns), hit
        assert hit.valeur is not None or hit.code in silent_on_value, hit
