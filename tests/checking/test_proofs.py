"""Proofs are sound: what SQL takes as it stands, the reader takes as it stands."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greencloud import tables
from greencloud.checking import tolerances, values
from greencloud.checking.patterns import for_re2, within_line
from greencloud.checking.proofs import missing_values, proof, strictly_plain
from greencloud.checking.sql import literal
from greencloud.checking.verdicts import CellReader
from greencloud.checking.written import between, written

TEXTS = st.one_of(
    st.text(max_size=8),
    st.text(alphabet="0123456789-+.,:eETZ/ _'\u00a0", max_size=20),
    st.from_regex(r"-?[0-9]{1,17}([.,][0-9]{0,5})?", fullmatch=True),
    st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z?)?( \(BC\))?", fullmatch=True),
    st.dates().map(str),
    st.sampled_from(
        ["", "a", "b", "S1", "E", "Err:502", "-", "-0", "0", "1.234", "true", "oui", "=1", "é", "e\u0301", "٣"]
    ),
)
FIELDS: list[dict[str, Any]] = [
    {"type": "string"},
    {"type": "string", "constraints": {"pattern": r"S\d+"}},
    {"type": "string", "constraints": {"pattern": "[^=+@\\t][\\s\\S]*", "maxLength": 5}},
    {"type": "string", "constraints": {"pattern": r"\w[^\d]*", "minLength": 2}},
    {"type": "string", "constraints": {"enum": ["a", "b", "="]}},
    {"type": "integer", "constraints": {"minimum": 1, "maximum": 5000}},
    {"type": "integer", "constraints": {"enum": [1, 2]}},
    {"type": "number", "constraints": {"minimum": 0}},
    {"type": "number", "constraints": {"exclusiveMaximum": 3.5}},
    {"type": "number", "decimalChar": ","},
    {"type": "date", "constraints": {"minimum": "1990-01-01"}},
    {"type": "datetime"},
    {"type": "time"},
    {"type": "year", "constraints": {"maximum": 2100}},
    {"type": "yearmonth"},
    {"type": "boolean"},
    {"type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]},
    {"type": "any"},
]
MISSING: tuple[list[str], ...] = (["", "0"], [""], [])


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@dataclass(frozen=True)
class Case:
    """A field, what reads its cells, and texts that may stand in them."""

    field: tables.Field
    table: tables.Table
    reader: CellReader
    plain: str | None
    texts: list[str]

    def held(self, connection: duckdb.DuckDBPyConnection, shown: str, condition: str) -> list[tuple[Any, ...]]:
        """What SQL gives of the texts for which a condition holds."""
        listed = ", ".join(f"({literal(text)})" for text in self.texts)
        return connection.execute(f"SELECT {shown} FROM (VALUES {listed}) AS t(texte) WHERE {condition}").fetchall()


@st.composite
def cases(draw: st.DrawFn, number: int, strict: bool) -> Case:
    missing, described = draw(st.sampled_from(MISSING)), FIELDS[number]
    constraints = {**described.get("constraints", {}), "required": draw(st.booleans())}
    descriptor = {"name": "energie_kwh", **described, "constraints": constraints}
    table = tables.from_descriptor({"fields": [descriptor, {"name": "b"}], "missingValues": missing})
    field = table.fields[0]
    reader = values.reader(field, table) if strict else tolerances.reader(field, table, tolerances.evidence(field, ()))
    plain = strictly_plain(field) if strict else tolerances.plain(field, table)
    texts = draw(st.lists(TEXTS, min_size=1, max_size=40))
    texts = [text for text in texts if "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)]
    return Case(field, table, reader, plain, [*texts, *missing, ""])


for_each_field = pytest.mark.parametrize(
    ("number", "strict"), [(number, strict) for number in range(len(FIELDS)) for strict in (True, False)]
)


@for_each_field
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_proven_text_stands_for_itself(
    connection: duckdb.DuckDBPyConnection, number: int, strict: bool, data: st.DataObject
) -> None:
    case = data.draw(cases(number, strict))
    proven = proof(case.field, case.table, "texte", case.reader, case.plain)
    if proven is None:
        return
    for text, canonical in case.held(connection, f"texte, {proven.canonical}", proven.holds):
        cell = case.reader(text)
        assert (cell.text, cell.faults, cell.tolerance) == (canonical, (), None), text


@for_each_field
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_text_of_the_pattern_stands_for_itself(
    connection: duckdb.DuckDBPyConnection, number: int, strict: bool, data: st.DataObject
) -> None:
    case = data.draw(cases(number, strict))
    found = written(case.field, case.table, case.reader, case.plain, ',"\n\r')
    if found is None:
        return
    missing = missing_values(case.field, case.table)
    for (text,) in case.held(connection, "texte", f"regexp_full_match(texte, {literal(found.pattern)})"):
        cell = case.reader(text)
        assert not set(text) & set(',"\n\r')
        assert (cell.faults, cell.tolerance) == ((), None), text
        assert cell.text == (None if text in missing else text)
        assert found.width in (None, len(text))


def test_most_fields_have_a_proof_and_a_pattern() -> None:
    """Nothing is shown of a field that has none."""
    has: Counter[str] = Counter()
    for described in FIELDS:
        table = tables.from_descriptor({"fields": [{"name": "a", **described}]})
        field = table.fields[0]
        reader, plain = values.reader(field, table), strictly_plain(field)
        has["proof"] += proof(field, table, "texte", reader, plain) is not None
        has["pattern"] += written(field, table, reader, plain, ",") is not None
    assert has["proof"] > 15 and has["pattern"] > 10


@pytest.mark.parametrize(("least", "most"), [(0, 0), (0, 120), (7, 7), (9, 11), (95, 1003), (2000, 2100), (1000, 2199)])
def test_a_range_of_whole_numbers_as_a_pattern(least: int, most: int) -> None:
    pattern = re.compile(between(least, most))
    assert [number for number in range(3000) if pattern.fullmatch(str(number))] == list(range(least, most + 1))
    assert not pattern.fullmatch(f"0{most}")


def test_the_calendar_as_a_pattern(connection: duckdb.DuckDBPyConnection) -> None:
    table = tables.from_descriptor({"fields": [{"name": "jour", "type": "date", "constraints": {"required": True}}]})
    field = table.fields[0]
    found = written(field, table, values.reader(field, table), strictly_plain(field), ",")
    assert found is not None and found.width == len("2023-01-01")
    days = "SELECT unnest(range(DATE '0990-01-01', DATE '2210-01-01', INTERVAL 1 DAY))::DATE::VARCHAR AS jour"
    inside = "jour >= '1000' AND jour < '2200'"
    query = f"SELECT count(*) FROM ({days}) WHERE regexp_full_match(jour, {literal(found.pattern)}) <> ({inside})"
    assert connection.execute(query).fetchall() == [(0,)]
    for wrong in ("2023-02-29", "1900-02-29", "2100-02-29", "2023-04-31", "2023-13-01", "2023-00-10", "2023-01-00"):
        query = f"SELECT regexp_full_match({literal(wrong)}, {literal(found.pattern)})"
        assert connection.execute(query).fetchall() == [(False,)]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pattern=st.sampled_from(
        [
            r"\d+",
            r"\w*",
            r"[^\s]x?",
            r"(a|b)+$",
            r"^.{2,3}",
            r"[\s\S]*",
            r"é?[A-Z]",
            r"a\.b",
            r"\D\W\S",
            r"[^\d\w]",
            "a{2,}?",
        ]
    ),
    text=st.text(alphabet="ab1 \n\u00e9A.x_\u0663\u00a0-", max_size=4),
)
def test_a_translated_pattern_matches_no_more(connection: duckdb.DuckDBPyConnection, pattern: str, text: str) -> None:
    translated, part = for_re2(pattern), within_line(pattern, "1\n\u0663")
    assert translated is not None
    query = f"SELECT regexp_full_match({literal(text)}, {literal(translated)})"
    if connection.execute(query).fetchall() == [(True,)]:
        assert re.fullmatch(pattern, text)
    query = f"SELECT regexp_full_match({literal(text)}, {literal(part)})"
    if part is not None and connection.execute(query).fetchall() == [(True,)]:
        assert re.fullmatch(pattern, text) and not set(text) & set("1\n\u0663")


@pytest.mark.parametrize("pattern", ["(?=x)x", r"(a)\1", "(?i)a", r"\bmot", "a{2000}"])
def test_what_re2_cannot_say_is_left_to_python(pattern: str) -> None:
    assert for_re2(pattern) is None
