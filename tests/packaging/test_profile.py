"""datapackage.json against the standard's own words (datapackage-v2.schema.json), and the words can fail."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from greencloud import rules, tables

PROFILE = jsonschema.Draft202012Validator(
    json.loads((Path(__file__).parent / "datapackage-v2.schema.json").read_text(encoding="utf-8")),
    format_checker=jsonschema.FormatChecker(),
)
GONE = object()


def test_the_descriptor_follows_the_standard(descriptor: dict[str, Any]) -> None:
    PROFILE.check_schema(PROFILE.schema)
    assert [error.message for error in PROFILE.iter_errors(descriptor)] == []


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("$schema",), "tabular-data-package"),
        (("name",), "Énergie"),
        (("created",), "2026-05-14"),
        (("version",), GONE),
        (("licenses",), []),
        (("licenses", 0), {"title": "Licence Ouverte"}),
        (("contributors", 0), {"title": "A", "role": "author"}),
        (("sources", 0, "path"), "../secret"),
        (("resources",), []),
        (("resources", 0, "path"), "/etc/passwd"),
        (("resources", 0, "path"), "../indicateurs.csv"),
        (("resources", 0, "hash"), "sha256:x"),
        (("resources", 0, "bytes"), -1),
        (("resources", 0, "schema"), GONE),
        (("resources", 0, "type"), "file"),
        (("resources", 0, "profile"), "tabular-data-resource"),
        (("resources", 0, "schema", "fields", 0, "example"), 1),
        (("resources", 0, "schema", "fields", 0, "type"), "text"),
        (("resources", 0, "schema", "fields", 0, "trueValues"), ["oui"]),
        (("resources", 0, "schema", "foreignKeys", 0, "reference"), {"resource": "couverture"}),
    ],
)
def test_a_broken_descriptor_fails(descriptor: dict[str, Any], place: tuple[Any, ...], value: Any) -> None:
    broken = copy.deepcopy(descriptor)
    holder = broken
    for step in place[:-1]:
        holder = holder[step]
    if value is GONE:
        del holder[place[-1]]
    else:
        holder[place[-1]] = value
    assert not PROFILE.is_valid(broken)


def test_names_and_paths_are_unique(descriptor: dict[str, Any]) -> None:
    for key in ("name", "path"):
        found = [item[key] for item in descriptor["resources"]]
        assert len(set(found)) == len(found)


def test_a_stranger_learns_the_rules_the_deposits_and_the_nature(descriptor: dict[str, Any]) -> None:
    assert descriptor["greencloud:version_regles"] == rules.VERSION
    assert descriptor["greencloud:depots"] == {
        "nombre": 2,
        "premier": "2026-02-01T08:00:00.000000Z",
        "dernier": "2026-05-14T09:30:00.000000Z",
    }
    natures = [item["greencloud:nature"] for item in descriptor["resources"]]
    assert set(natures) == {"donnees", "schema", "documentation"}
    assert natures.count("schema") == len(tables.PUBLISHED) + len(tables.DEPOSITED)
    paths = {item["path"] for item in descriptor["resources"]}
    data = [item for item in descriptor["resources"] if item["greencloud:nature"] == "donnees"]
    assert all(item["greencloud:schema"] in paths for item in data)
    assert {item["greencloud:table"] for item in data} == set(tables.PUBLISHED)


def test_the_dictionary_is_in_the_descriptor(descriptor: dict[str, Any]) -> None:
    for item in descriptor["resources"]:
        if item.get("type") == "table":
            fields = tables.table(item["name"]).fields
            told = [(field["name"], field["title"], field["description"]) for field in item["schema"]["fields"]]
            assert told == [(field.name, field.title, field.description) for field in fields]
