"""What a hostile schema or file may not do: keep the checker busy for ever, or have figures written otherwise."""

import random
import re
import re._parser as parser  # type: ignore[import-not-found]

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greencloud import tables
from greencloud.checking import tolerances
from greencloud.checking.checked import _printed
from greencloud.checking.messages.cells import fault
from greencloud.checking.messages.constraints import violated
from greencloud.checking.tolerances.nearby import Nearby
from greencloud.checking.verdicts import Fault
from greencloud.table_schema.linear import _Automaton, matcher
from tests.pace import costs_under

_COSTLY = [
    r"(a+)+$",
    r"(?:a|ab|b)*c?",
    r"([a-z]+ ?)*",
    r"(?i)^(é?\w{1,2}-?)+\Z",
    r"((a*)*b{2,3})*",
    r"(.+\n?)+$",
    r"(a?){5}b*",
    r"a*a*a*b",
    r".*a.*b.*é",
    r"^\w*[a-é]+ ?\w*$",
    r"(a|ab)?(b|é*)a*b*\n?\Z",
    r"a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?b{2}",
]


@pytest.mark.parametrize("pattern", _COSTLY)
@settings(max_examples=150, deadline=None)
@given(text=st.text("abcé-É \n", max_size=16) | st.text("ab", min_size=13, max_size=16))
def test_a_costly_pattern_matches_what_re_matches(pattern: str, text: str) -> None:
    found = re.fullmatch(pattern, text) is not None
    assert matcher(pattern)(text) == found
    assert _Automaton(parser.parse(pattern)).matches(text) == found


@pytest.mark.parametrize("pattern", _COSTLY)
@settings(max_examples=40, deadline=None)
@given(text=st.text("ab\n", max_size=25).map(lambda text: text * 50))
def test_a_long_text_is_matched_alike(pattern: str, text: str) -> None:
    """What the automaton remembers of one text serves another: the anchors must not be remembered with it."""
    known = matcher(pattern)
    for one in (text, text + "\n", text + "b"):
        assert known(one) == _Automaton(parser.parse(pattern)).matches(one)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("a*a*a*b", "a" * 1_000_000),
        ("a*a*", "a" * 1_000_000 + "!"),
        (r".*,.*,.*;", "," * 1_000_000),
        (r"(\w*\d*){3}!", "1" * 1_000_000),
        (r"\w{0,200}\d{0,200}\w{0,200}\d{0,200}!", "1" * 1_000),
        ("a?" * 30 + "a{30}", "a" * 29),
    ],
)
def test_parts_that_take_the_same_letters_end(pattern: str, text: str) -> None:
    with costs_under(5):
        assert not matcher(pattern)(text)


@pytest.mark.parametrize("pattern", [r"[0-9]{14}", r"[A-Z]{2}[0-9]+", r"(A|B|C)-[0-9]{1,5}( bis)?", r"^\S+$"])
def test_an_ordinary_pattern_is_left_to_re(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("greencloud.table_schema.linear._Automaton", None)
    assert matcher(pattern)("x" * 100_000) == (re.fullmatch(pattern, "x" * 100_000) is not None)


def test_a_costly_pattern_ends() -> None:
    field = {"name": "code", "type": "string", "constraints": {"pattern": "(a+)+$"}}
    table = tables.from_descriptor({"fields": [field]})
    read = tolerances.reader(table.fields[0], table, tolerances.evidence(table.fields[0], []))
    with costs_under(5):
        assert [fault.constraint for fault in read("a" * 40 + "!").faults] == ["pattern"]
        assert read("a" * 4000).text == "a" * 4000


def test_a_long_list_is_searched_quickly() -> None:
    chance = random.Random(1)
    values = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=12)) for _ in range(1500)]
    field = {"name": "code", "type": "string", "constraints": {"enum": values[:1000]}}
    table = tables.from_descriptor({"fields": [field]})
    read = tolerances.reader(table.fields[0], table, tolerances.evidence(table.fields[0], []))
    with costs_under(8):
        for wrong in values[1000:]:
            assert read(wrong).faults
            violated(Fault("constraint-error", "enum"), table.fields[0], wrong)
    assert Nearby(values).of(values[3][:-1] + "é", 1, 0.8) == [values[3]]


@settings(max_examples=200, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([1e-05, 1e20, -1e-7]))
def test_a_number_is_printed_without_exponent(number: float) -> None:
    field = tables.from_descriptor({"fields": [{"name": "v", "type": "number"}]}).fields[0]
    ((printed,),) = duckdb.execute(f"SELECT {_printed(field)} FROM (SELECT ?::DOUBLE AS v)", [number]).fetchall()
    assert "e" not in printed and float(printed) == number


@pytest.mark.parametrize("text", ["1" + "a" * 100_000, "1" + "é x" * 50_000, "1 " * 60_000 + "-"])
def test_a_long_text_where_a_number_is_due_is_told_at_once(text: str) -> None:
    field = tables.from_descriptor({"fields": [{"name": "v", "type": "number"}]}).fields[0]
    with costs_under(1):
        assert fault(Fault("type-error"), field, 2, text)
        assert fault(Fault("unite_dans_cellule"), field, 2, text)
