"""Cells of every type: what is read, in which canonical spelling, and what is wrong with the others."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from greencloud import tables
from greencloud.checking import values
from greencloud.checking.verdicts import Cell
from greencloud.reading.native import NativeText
from greencloud.table_schema.wkt import is_wkt

TABLE: dict[str, Any] = {"missingValues": ["", "ND"]}


def read(text: str, kind: str = "string", **field: Any) -> Cell:
    table = tables.from_descriptor({**TABLE, "fields": [{"name": "c", "type": kind, **field}]})
    return values.reader(table.fields[0], table)(text)


@pytest.mark.parametrize(
    ("kind", "field", "text", "canonical", "value"),
    [
        ("string", {}, " a ", " a ", " a "),
        ("integer", {}, " +007 ", "7", 7),
        ("integer", {"bareNumber": False}, "12 agents", "12", 12),
        ("number", {}, "+05.50", "5.50", Decimal("5.50")),
        ("number", {}, ".5", "0.5", Decimal("0.5")),
        ("number", {}, "5.", "5", Decimal(5)),
        ("number", {}, "-1E+3", "-1e+3", Decimal(-1000)),
        ("number", {"decimalChar": ",", "groupChar": "\u202f"}, "1\u202f234,5", "1234.5", Decimal("1234.5")),
        ("number", {"bareNumber": False}, "$12.50 HT", "12.50", Decimal("12.50")),
        ("number", {"floatNumber": True}, "0.1", "0.1", 0.1),
        ("boolean", {"trueValues": ["Oui"], "falseValues": ["Non"]}, "Oui", "true", True),
        ("boolean", {}, "0", "false", False),
        ("date", {"format": "%d/%m/%Y"}, "01/02/2023", "2023-02-01", dt.date(2023, 2, 1)),
        ("date", {"format": "%Y"}, "2023", "2023-01-01", dt.date(2023, 1, 1)),
        ("date", {"format": "any"}, "3 January 2023", "2023-01-03", dt.date(2023, 1, 3)),
        ("datetime", {}, "2023-01-02T10:00:00Z", "2023-01-02T10:00:00Z", None),
        ("datetime", {}, "2023-01-02 24:00:00", "2023-01-03T00:00:00", dt.datetime(2023, 1, 3)),
        ("time", {}, "10:00:00", "10:00:00", dt.time(10)),
        ("year", {}, "0987", "0987", 987),
        ("yearmonth", {}, "2023-01", "2023-01", (2023, 1)),
        ("duration", {}, "P1DT2H", "P1DT2H", dt.timedelta(days=1, hours=2)),
        ("list", {"itemType": "integer"}, "1,2", "1,2", [1, 2]),
        ("array", {}, "[1, null]", "[1, null]", [1, None]),
        ("object", {}, '{"a": 1}', '{"a": 1}', {"a": 1}),
        ("geopoint", {}, "2.5, 48", "2.5, 48", (Decimal("2.5"), Decimal(48))),
        ("any", {}, "a", "a", "a"),
    ],
)
def test_a_right_cell_has_one_canonical_spelling(
    kind: str, field: dict[str, Any], text: str, canonical: str, value: Any
) -> None:
    cell = read(text, kind, **field)
    assert (cell.text, cell.faults) == (canonical, ())
    assert value is None or cell.value == value


@pytest.mark.parametrize("kind", ["integer", "number", "boolean", "date", "datetime", "time", "year", "yearmonth"])
@pytest.mark.parametrize("text", ["x", "12 34", "--", "2023-02-30", "[]"])
def test_a_text_of_another_type_is_one_type_error(kind: str, text: str) -> None:
    (fault,) = read(text, kind).faults
    assert (fault.code, fault.detail) == ("type-error", None)


@pytest.mark.parametrize("text", ["", "ND"])
def test_a_missing_value_is_absent_and_wrong_only_where_required(text: str) -> None:
    assert read(text, "integer") == Cell(None)
    (fault,) = read(text, "integer", constraints={"required": True, "minimum": 1}).faults
    assert (fault.code, fault.constraint) == ("constraint-error", "required")
    assert read(text, missingValues=["-"]).text == text


def test_each_violated_constraint_is_told() -> None:
    cell = read("abcdef", constraints={"maxLength": 3, "pattern": "[0-9]+", "enum": ["x"], "minLength": 1})
    assert [fault.constraint for fault in cell.faults] == ["maxLength", "pattern", "enum"]
    assert (cell.text, values.key_of(cell)) == (None, "abcdef")


def test_the_items_of_an_array_are_read_too() -> None:
    item = {"type": "integer", "constraints": {"minimum": 1, "required": True}}
    cell = read('[0, "x", null, -1]', "array", arrayItem=item)
    assert [(fault.code, fault.constraint, fault.detail) for fault in cell.faults] == [
        ("type-error", None, "element"),
        ("constraint-error", "minimum", "element"),
        ("constraint-error", "required", "element"),
    ]


def test_a_moment_is_held_to_a_bound_in_universal_time() -> None:
    bounded = {"constraints": {"minimum": "2023-01-01T00:00:00"}}
    assert read("2023-01-01T00:30:00+01:00", "datetime", **bounded).faults[0].constraint == "minimum"
    assert read("2023-01-01T00:30:00Z", "datetime", **bounded).faults == ()


def test_not_a_number_breaks_its_bounds_as_for_frictionless() -> None:
    assert read("NaN", "number", constraints={"minimum": 0}).faults[0].constraint == "minimum"
    assert read("NaN", "number").faults[0].detail == "non_fini"


def test_a_number_of_a_workbook_is_no_text() -> None:
    assert read(NativeText(35238.0)).faults[0].code == "type-error"
    assert read(NativeText(35238.0), "integer").text == "35238"
    assert read(NativeText(0.1), "number", decimalChar=",").text == "0.1"
    assert read(NativeText(dt.datetime(2023, 1, 2)), "date").text == "2023-01-02"
    assert read(NativeText(True), "boolean").text == "true"


def test_lists_and_objects_can_be_keys() -> None:
    assert values.key_of(read('{"a": 1, "b": 2}', "object")) == values.key_of(read('{"b": 2, "a": 1}', "object"))


@pytest.mark.parametrize(
    "text",
    [
        "POINT (1 2)",
        "POINTZ(1 2 3)",
        "LINESTRING ZM (0 0 0 0, 1 1 1 1)",
        "POLYGON ((0 0, 1 0, 1 1, 0 0), (0 0, 1 1, 0 0))",
        "MULTIPOINT ((0 0), EMPTY)",
        "MULTIPOLYGON (((0 0, 1 1, 0 0)), EMPTY)",
        "TIN (((0 0, 1 1, 0 0)))",
        "COMPOUNDCURVE (CIRCULARSTRING (0 0, 1 1), (1 1, 2 2))",
        "GEOMETRYCOLLECTION (POINT EMPTY, LINESTRING (0 0, 1.5e3 -.5))",
        "GEOMETRYCOLLECTION EMPTY",
    ],
)
def test_well_known_text(text: str) -> None:
    assert is_wkt(text)
    assert read(text, format="wkt").faults == ()


NO_GEOMETRIES = """POINT|POINT (1)|POINT (1 2) x|point (1 2)|POINT (1 2|CARRE (1 2)|POLYGON (0 0)|POINT (1, 2)|(|
POINT (1 2 3 4 5)|MULTIPOINT (0 0)|POINT (é 2)"""


@pytest.mark.parametrize("text", [*NO_GEOMETRIES.replace("\n", "").split("|"), "GEOMETRYCOLLECTION " * 60 + "("])
def test_what_is_no_well_known_text(text: str) -> None:
    assert not is_wkt(text)


def test_geometries_nest_only_so_deep() -> None:
    assert not is_wkt("GEOMETRYCOLLECTION (" * 60 + "POINT EMPTY" + ")" * 60)
