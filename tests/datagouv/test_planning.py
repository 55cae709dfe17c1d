"""The plan is the difference, no more and no less: each case written down by hand, no platform needed."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from greencloud.datagouv.comparing import changed
from greencloud.datagouv.matching import announced, announcement, match
from greencloud.datagouv.planning import Action, Situation, creation, description, newer, steps, whole
from greencloud.datagouv.wanted import Dataset, File, SchemaReference

SHA = {"table": "a" * 40, "schema": "b" * 40, "paper": "c" * 40}
SCHEMA = SchemaReference("indicateurs", "0.2.0", "schema")
LATEST = {key: f"https://x/r/{key}" for key in SHA}


def file(key: str, name: str, schema: SchemaReference | None = None) -> File:
    return File(key, name, f"Titre {key}", f"Dit {key}.", "main", Path(name), SHA[key], 10, schema)


FILES = (file("table", "table.csv", SCHEMA), file("schema", "schema.json"), file("paper", "regles.txt"))
DATASET = Dataset(
    "principal",
    {
        "title": "Jeu",
        "description": "Long.",
        "license": "lov2",
        "frequency": "annual",
        "temporal_coverage": {"start": "2019-01-01", "end": "2024-12-31"},
        "spatial": {"zones": ["country:fr"], "granularity": "country"},
        "tags": ["b", "a"],
        "private": False,
    },
    {"gcn:publication": "essai", "gcn:jeu": "principal", "gcn:release": "2026-1"},
    FILES,
)


def resource(wanted: File, **changes: Any) -> dict[str, Any]:
    made = {
        "id": f"id-{wanted.key}",
        "title": wanted.title,
        "description": wanted.description,
        "type": "main",
        "checksum": {"type": "sha1", "value": wanted.sha1},
        "latest": LATEST[wanted.key],
        "schema": {"name": "indicateurs", "version": "0.2.0", "url": LATEST["schema"]} if wanted.schema else None,
        "extras": {"gcn:publication": "essai", "gcn:ressource": wanted.key, "analysis:x": 1},
    }
    return made | changes


def remote(*resources: dict[str, Any], **changes: Any) -> dict[str, Any]:
    made = {
        **DATASET.metadata,
        "id": "d1",
        "tags": ["a", "b"],
        "spatial": {"zones": ["country:fr"], "granularity": "country", "geom": None},
        "temporal_coverage": {"start": "2019-01-01T00:00:00+00:00", "end": "2024-12-31"},
        "extras": {**DATASET.extras, "autre:x": "1"},
        "resources": list(resources or map(resource, FILES)),
        "quality": {},
    }
    return made | changes


def now(
    found: dict[str, Any] | None, *, ids: dict[str, str] | None = None, schemas: frozenset[str] = frozenset()
) -> Situation:
    return Situation(found, ids or {}, LATEST, schemas)


def planned(found: dict[str, Any] | None, dataset: Dataset = DATASET, **known: Any) -> list[tuple[Action, str]]:
    return [(step.action, step.subject) for step in steps(dataset, now(found, **known))]


def test_nothing_is_left_when_all_is_there() -> None:
    assert planned(remote()) == []


def test_what_others_added_is_nobodys_business() -> None:
    foreign: dict[str, Any] = {"id": "z", "title": "Autre", "extras": {}, "checksum": None}
    assert planned(remote(*map(resource, FILES), foreign)) == []


def test_a_first_publication_creates_then_sends() -> None:
    found = steps(DATASET, now(None))
    assert [step.action for step in found] == [Action.CREATE, Action.SEND, Action.SEND, Action.SEND]
    assert [step.later for step in found] == [False, True, True, True]


def test_a_creation_is_marked_and_announces_its_files() -> None:
    extras = creation(DATASET)["extras"]
    assert extras["gcn:jeu"] == "principal"
    assert "gcn:release" not in extras  # said last, when everything is there
    assert announced({"extras": extras}) == {(item.sha1, item.name) for item in FILES}


def test_a_new_file_is_announced_then_sent_and_the_schema_goes_first() -> None:
    found = steps(DATASET, now(remote(resource(FILES[2]))))
    assert [(step.action, step.subject) for step in found] == [
        (Action.MARK, "Jeu"),
        (Action.SEND, "Titre schema"),
        (Action.SEND, "Titre table"),
    ]
    assert found[0].body == {"gcn:envois": announcement([(SHA["table"], "table.csv"), (SHA["schema"], "schema.json")])}


def test_changed_bytes_are_replaced_and_nothing_else() -> None:
    old = resource(FILES[0], checksum={"type": "sha1", "value": "0" * 40})
    assert planned(remote(old, *map(resource, FILES[1:]))) == [(Action.REPLACE, "Titre table")]


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({"title": "table.csv"}, "titre"),
        ({"description": None}, "description"),
        ({"type": "other"}, "type"),
        ({"schema": None}, "schéma"),
        ({"extras": {"analysis:x": 1}}, "marques"),
    ],
)
def test_lost_metadata_are_described_again(changes: dict[str, Any], label: str) -> None:
    found = steps(
        DATASET, now(remote(resource(FILES[0], **changes), *map(resource, FILES[1:])), ids={"table": "id-table"})
    )
    assert [(step.action, step.detail) for step in found] == [(Action.DESCRIBE, label)]


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({"title": "Autre"}, "titre"),
        ({"tags": []}, "mots-clés"),
        ({"temporal_coverage": None}, "couverture temporelle"),
        ({"license": "notspecified"}, "licence"),
        ({"frequency": "unknown"}, "fréquence"),
        ({"spatial": None}, "couverture spatiale"),
        ({"private": True}, "visibilité"),
    ],
)
def test_lost_metadata_of_the_dataset_are_put_back_whole(changes: dict[str, Any], label: str) -> None:
    (step,) = steps(DATASET, now(remote(**changes, acronym="GCN", deleted=None)))
    assert (step.action, step.detail) == (Action.UPDATE, label)
    assert step.body is not None
    assert step.body["acronym"] == "GCN"  # an absent key could be erased
    assert {"resources", "extras", "deleted"}.isdisjoint(step.body)
    assert step.body["tags"] == ["b", "a"]


def test_ours_that_left_the_edition_is_removed_and_a_strangers_stays() -> None:
    left = resource(FILES[0], id="vieux", title="Vieux", extras={"gcn:publication": "essai", "gcn:ressource": "vieux"})
    other = resource(FILES[0], id="autre", extras={"gcn:publication": "autre", "gcn:ressource": "table"})
    found = steps(DATASET, now(remote(left, *map(resource, FILES), other)))
    assert [(step.action, step.resource_id) for step in found] == [(Action.REMOVE, "vieux")]


def test_a_resource_that_is_there_twice_is_kept_once_that_of_the_state() -> None:
    twin = resource(FILES[0], id="double")
    found = steps(DATASET, now(remote(resource(FILES[0]), twin, *map(resource, FILES[1:])), ids={"table": "double"}))
    assert [(step.action, step.resource_id) for step in found] == [(Action.REMOVE, "id-table")]


def test_the_order_is_ours_then_the_others_as_they_were() -> None:
    foreign: dict[str, Any] = {"id": "z", "title": "Autre", "extras": {}}
    (step,) = steps(DATASET, now(remote(foreign, *(resource(item) for item in reversed(FILES)))))
    assert (step.action, step.order) == (Action.ORDER, ("id-table", "id-schema", "id-paper", "z"))


def test_the_release_comes_last_and_the_announcement_goes() -> None:
    extras = {**DATASET.extras, "gcn:release": "2025-9", "gcn:envois": "x y"}
    (step,) = steps(DATASET, now(remote(extras=extras)))
    assert step.body == {"gcn:release": "2026-1", "gcn:envois": None}
    behind = remote(resource(FILES[0], checksum=None), *map(resource, FILES[1:]), extras=extras)
    assert [(step.action, step.later) for step in steps(DATASET, now(behind))] == [
        (Action.REPLACE, False),
        (Action.MARK, True),
    ]


def test_a_transfer_whose_answer_was_lost_is_recognised_and_described() -> None:
    orphan = {"id": "o", "title": "table.csv", "extras": {}, "checksum": {"type": "sha1", "value": SHA["table"]}}
    extras = {**DATASET.extras, "gcn:envois": announcement([(SHA["table"], "table.csv")])}
    found = steps(DATASET, now(remote(orphan, *map(resource, FILES[1:]), extras=extras)))
    assert [step.action for step in found] == [Action.DESCRIBE, Action.MARK]
    assert found[0].resource_id == "o"


def test_a_lost_transfer_of_an_older_edition_is_removed() -> None:
    orphan = {"id": "o", "title": "ancien.csv", "extras": {}, "checksum": {"type": "sha1", "value": "0" * 40}}
    found = match(DATASET, remote(orphan, extras={"gcn:envois": announcement([("0" * 40, "ancien.csv")])}), {})
    assert [item["id"] for item in found.left] == ["o"]


@pytest.mark.parametrize(
    ("changes", "left"),
    [({}, ["tard"]), ({"description": "Déposé à la main."}, []), ({"title": "ma-table.csv"}, [])],
    ids=["late", "described", "renamed"],
)
def test_a_transfer_that_comes_after_the_end_is_removed(changes: dict[str, Any], left: list[str]) -> None:
    late = resource(FILES[0], id="tard", title="table.csv", description=None, extras={}) | changes
    found = steps(DATASET, now(remote(late, *map(resource, FILES))))
    assert [step.resource_id for step in found if step.action is Action.REMOVE] == left


def test_an_empty_double_of_the_dataset_is_dropped() -> None:
    (step,) = steps(DATASET, replace(now(remote()), doubles=("d2",)))
    assert (step.action, step.dataset_id) == (Action.DROP, "d2")


def test_a_file_that_was_never_announced_is_not_ours() -> None:
    look_alike = {"id": "o", "title": "table.csv", "extras": {}, "checksum": {"type": "sha1", "value": SHA["table"]}}
    assert [item["id"] for item in match(DATASET, remote(look_alike), {}).others] == ["o"]


def test_a_verdict_that_changed_is_written_again() -> None:
    table = replace(FILES[0], verdict={"gcn:validation:rows": "3"})
    found = steps(replace(DATASET, files=(table, *FILES[1:])), now(remote()))
    assert [(step.action, step.subject, step.detail) for step in found] == [(Action.DESCRIBE, "Titre table", "marques")]


@pytest.mark.parametrize(
    ("online", "ours", "told"),
    [
        ("2026-05-15-aaaaaaaa", "2026-05-14-bbbbbbbb", True),
        ("2026-05-15-aaaaaaaa", "2026-05-15-bbbbbbbb", False),  # one day: their order is unknown
        ("2026-05-15-aaaaaaaa", "2026-06-01-bbbbbbbb", False),
        ("9999", "2026-05-14-bbbbbbbb", False),
        (None, "2026-05-14-bbbbbbbb", False),
    ],
)
def test_a_newer_edition_online_is_noticed(online: str | None, ours: str, told: bool) -> None:
    dataset = replace(DATASET, extras={**DATASET.extras, "gcn:release": ours})
    assert newer(dataset, remote(extras={"gcn:release": online})) == (online if told else None)


def test_a_made_file_waits_and_the_update_with_it() -> None:
    made = replace(FILES[2], path=None, sha1=None)
    dataset = replace(DATASET, files=(*FILES[:2], made))
    found = steps(dataset, now(remote(*map(resource, FILES[:2]), title="Autre")))
    assert [(step.action, step.later) for step in found] == [(Action.SEND, True), (Action.UPDATE, True)]


def test_a_schema_is_named_by_its_address_until_the_catalogue_knows_it() -> None:
    assert description(FILES[0], now(None))["schema"]["url"] == LATEST["schema"]
    assert description(FILES[0], Situation(None, {}, {}, frozenset())).get("schema") is None
    known = description(FILES[0], now(None, schemas=frozenset({"indicateurs"})))
    assert known["schema"] == {"name": "indicateurs", "version": "0.2.0"}


def test_the_body_of_an_update_keeps_what_is_not_ours() -> None:
    assert whole(DATASET, {"id": "d1", "contact_points": [{"id": "c"}], "title": "Vieux"})["contact_points"] == [
        {"id": "c"}
    ]


@pytest.mark.parametrize(
    ("key", "found", "wanted", "sentence"),
    [
        ("title", "Autre", "Jeu", "titre : « Autre » au lieu de « Jeu »"),
        ("tags", [], ["b", "a"], "mots-clés : rien au lieu de « a, b »"),
        ("private", True, False, "visibilité : « oui » au lieu de « non »"),
        ("description", "x" * 90, "y", f"description : « {'x' * 80}… » au lieu de « y »"),
        (
            "description",
            f"{'x' * 90} édition 1",
            f"{'x' * 90} édition 2",
            f"description : « …{'x' * 31} édition 1 » au lieu de « …{'x' * 31} édition 2 »",
        ),
        (
            "temporal_coverage",
            None,
            {"start": "2019-01-01", "end": "2024-12-31"},
            "couverture temporelle : rien au lieu de « du 2019-01-01, au 2024-12-31 »",
        ),
    ],
)
def test_a_change_is_read_as_a_sentence(key: str, found: Any, wanted: Any, sentence: str) -> None:
    assert [str(change) for change in changed({key: found}, {key: wanted})] == [sentence]
