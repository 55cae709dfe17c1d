"""One reader of schemas: strict, and the same constraints in Frictionless, Pandera and DuckDB."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.errors
import pytest

from greencloud import tables

FIELD = {"name": "a", "type": "string"}


def schema(**changes: Any) -> dict[str, Any]:
    return {"fields": [{**FIELD, **changes}]}


@pytest.mark.parametrize(
    ("descriptor", "word"),
    [
        ([], "Table Schema"),
        ({"fields": []}, "Table Schema"),
        ({"fields": [{"type": "string"}]}, "name"),
        (schema(type="entier"), "entier"),
        (schema(format="couleur"), "couleur"),
        (schema(type="geopoint", format="x"), "format"),
        (schema(name=""), "nom vide"),
        (schema(name="a\x01"), "invisibles"),
        (schema(type=["string"]), "type"),
        (schema(constraints=None), "constraints"),
        (schema(constraints={"required": "false"}), "required"),
        (schema(constraints={"minLength": "x"}), "minLength"),
        (schema(constraints={"enum": []}), "enum"),
        (schema(constraints={"enum": "123"}), "enum"),
        (schema(constraints={"pattern": 12}), "pattern"),
        (schema(type="integer", constraints={"maximum": 1.5}), "illisible"),
        (schema(type="number", constraints={"minimum": "NaN"}), "illisible"),
        (schema(type="date", constraints={"minimum": "20240101"}), "illisible"),
        (schema(type="number", decimalChar=""), "decimalChar"),
        (schema(type="number", groupChar="."), "groupChar"),
        (schema(type="number", bareNumber="non"), "bareNumber"),
        (schema(type="list", itemType="object"), "object"),
        (schema(type="list", delimiter=""), "delimiter"),
        (schema(type="list", constraints={"enum": ["a"]}), "enum"),
        (schema(type="array", arrayItem={"type": "entier"}), "entier"),
        (schema(type="array", arrayItem=[]), "arrayItem"),
        (schema(type="integer", constraints={"minLength": 2}), "minLength"),
        (schema(type="integer", constraints={"enum": ["a"]}), "enum"),
        (schema(type="yearmonth", constraints={"minimum": [2020, 1]}), "illisible"),
        (schema(missingValues="n.c."), "missingValues"),
        (schema(missingValues=[{"label": "inconnu"}]), "missingValues"),
        ({**schema(), "fieldsMatch": "any"}, "fieldsMatch"),
        (schema(type="boolean", trueValues=[1]), "trueValues"),
        ({**schema(), "missingValues": "n.c."}, "missingValues"),
        ({**schema(), "missingValues": [1]}, "missingValues"),
        ({**schema(), "primaryKey": None}, "primaryKey"),
        ({**schema(), "foreignKeys": [{"fields": "a"}]}, "reference"),
        ({**schema(), "foreignKeys": [{"fields": "a", "reference": {"fields": ["a", "a"]}}]}, "relie 1"),
        ({**schema(), "foreignKeys": [{"fields": "a", "reference": {"fields": "z"}}]}, "z"),
        ({**schema(), "custom_checks": [{"params": {}}]}, "name"),
        ({**schema(), "custom_checks": [{"name": "siret", "params": []}]}, "params"),
        (schema(constraints={"minimun": 1}), "minimun"),
        (schema(constraints={"minimum": 1}), "minimum"),
        (schema(type="number", constraints={"pattern": "x"}), "pattern"),
        (schema(type="number", constraints={"minimum": "beaucoup"}), "illisible"),
        (schema(type="date", constraints={"minimum": "31/12/2020"}), "illisible"),
        (schema(constraints={"pattern": "("}), "expression régulière"),
        ({"fields": [FIELD, {"name": "A"}]}, "même nom"),
        ({**schema(), "primaryKey": "b"}, "b"),
        ({**schema(), "foreignKeys": [{"fields": "b", "reference": {"resource": "", "fields": "a"}}]}, "b"),
    ],
)
def test_what_cannot_be_applied_whole_is_refused(descriptor: Any, word: str) -> None:
    with pytest.raises(tables.SchemaError, match=word):
        tables.from_descriptor(descriptor)


def test_an_unreadable_schema_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "faux.json").write_text("{")
    for path in (tmp_path / "faux.json", tmp_path / "absent.json"):
        with pytest.raises(tables.SchemaError, match=path.name):
            tables.from_file(path)


def test_an_unknown_table_names_those_that_exist() -> None:
    with pytest.raises(tables.SchemaError, match="declarations"):
        tables.table("inconnue")


def test_a_schema_read_from_a_file_takes_its_name(tmp_path: Path) -> None:
    path = tmp_path / "mesures.json"
    path.write_text(json.dumps({**schema(), "title": "Mesures", "version": "1.0.0"}), encoding="utf-8-sig")
    table = tables.from_file(path)
    assert (table.name, table.title, table.version, table.description) == ("mesures", "Mesures", "1.0.0", "")


def test_accessors() -> None:
    table = tables.from_descriptor(
        {
            "fields": [
                {"name": "d", "type": "date", "constraints": {"minimum": "2020-01-02"}},
                {"name": "b", "type": "boolean"},
            ]
        }
    )
    date, boolean = table.fields
    assert date.bound("minimum") == dt.date(2020, 1, 2)
    assert date.bound("maximum") is None
    assert (date.title, date.description, date.example, date.required) == ("d", "", None, False)
    assert ("true" in boolean.true_values, "0" in boolean.false_values) == (True, True)
    assert table.duckdb_columns() == {"d": "DATE", "b": "BOOLEAN"}
    with pytest.raises(KeyError):
        table.field("x")


def test_every_type_and_notation_has_its_place() -> None:
    table = tables.from_descriptor(
        {
            "fieldsMatch": "subset",
            "missingValues": [{"value": "", "label": "vide"}, {"value": "ND"}],
            "fields": [
                {"name": "p", "type": "geopoint", "format": "array", "missingValues": ["-"]},
                {"name": "m", "type": "yearmonth", "constraints": {"exclusiveMinimum": "2020-01"}},
                {"name": "x", "type": "number", "decimalChar": ",", "groupChar": " ", "bareNumber": False},
                {"name": "e", "format": "fmt:email", "required": True},
            ],
        }
    )
    point, month, number, address = table.fields
    assert (table.fields_match, table.missing_values, point.missing_values) == ("subset", ("", "ND"), ("-",))
    assert {field.duckdb_type for field in (point, month)} == {"VARCHAR"}
    assert month.bound("exclusiveMinimum") == (2020, 1)
    assert (number.decimal_comma, number.group_char, number.bare_number, number.float_number) == (
        True,
        " ",
        False,
        False,
    )
    assert (address.format, address.required, address.unique) == ("email", True, False)
    with pytest.raises(tables.SchemaError, match="garde-fous"):
        table.pandera()


def test_quote_protects_identifiers() -> None:
    assert tables.quote('a"; DROP') == '"a""; DROP"'


FULL = {
    "fields": [
        {"name": "cle", "type": "string", "constraints": {"pattern": "a|b", "maxLength": 1}},
        {"name": "n", "type": "integer", "constraints": {"minimum": 1, "maximum": 9}},
        {"name": "x", "type": "number"},
        {"name": "b", "type": "boolean"},
        {"name": "d", "type": "date", "constraints": {"minimum": "2020-01-01"}},
        {"name": "e", "type": "string", "constraints": {"enum": ["u", "v"], "required": True, "unique": True}},
    ],
    "primaryKey": ["cle"],
}


def frame(**changes: Any) -> pd.DataFrame:
    cells = {"cle": "a", "n": 1, "x": 0.5, "b": True, "d": pd.Timestamp("2021-01-01"), "e": "u", **changes}
    data = pd.DataFrame([cells]).astype({"d": "datetime64[us]"})
    return data if isinstance(cells["b"], bool) else data.astype({"b": "boolean"})


@pytest.mark.parametrize("changes", [{}, {"b": None}, {"x": None}, {"n": None}, {"cle": "b"}])
def test_pandera_accepts_what_the_schema_allows(changes: dict[str, Any]) -> None:
    data = frame(**changes).astype({"n": "Int64", "x": "float64"})
    guarded = tables.from_descriptor(FULL).pandera().validate(data)
    # A missing boolean stays missing: it is not False.
    assert guarded["b"].isna().tolist() == [changes.get("b", True) is None]


@pytest.mark.parametrize(
    "changes",
    [
        {"cle": "ab"},
        {"cle": "ax"},
        {"cle": None},
        {"n": 0},
        {"n": 10},
        {"d": pd.Timestamp("2019-12-31")},
        {"e": "w"},
        {"e": None},
    ],
)
def test_pandera_refuses_what_the_schema_forbids(changes: dict[str, Any]) -> None:
    with pytest.raises(pandera.errors.SchemaError):
        tables.from_descriptor(FULL).pandera().validate(frame(**changes))


def test_pandera_refuses_text_for_a_date_extra_columns_and_repeated_keys() -> None:
    model = tables.from_descriptor(FULL).pandera()
    good = frame()
    for wrong in (
        good.astype({"d": "str"}),
        good.assign(autre=1),
        good[["n", "cle", "x", "b", "d", "e"]],
        pd.concat([good, good.assign(e="v")], ignore_index=True),
    ):
        with pytest.raises((pandera.errors.SchemaError, pandera.errors.SchemaErrors)):
            model.validate(wrong)


@pytest.mark.parametrize("name", tables.INPUTS + tables.PUBLISHED)
def test_our_tables_derive_everywhere(name: str) -> None:
    table = tables.table(name)
    assert tuple(table.frictionless().field_names) == table.column_names == tuple(table.pandera().columns)
    assert set(table.duckdb_columns()) == set(table.column_names)
    assert table.primary_key
