"""The publisher against the real server: what it publishes, and that it does nothing twice.

The test that needs a server of its own runs with GREENCLOUD_FAULTS set, as in `make test-udata`.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from greencloud.datagouv.planning import Action
from tests.udata import small
from tests.udata.proxy import Proxy
from tests.udata.publisher import Publisher
from tests.udata.running import Udata, ask_oracle, oracle_missing
from tests.udata.standing import Published
from tests.udata.truth import MADE, Truth, as_producer, sha1

# ---- nothing twice ----


def test_a_plan_changes_nothing(
    udata: Udata, truth: Truth, proxy: Proxy, editions: dict[str, Path], tmp_path: Path
) -> None:
    publisher = Publisher(proxy.url, udata.token, truth.organization(), tmp_path)
    steps = publisher.plan(editions["first"])
    assert {step.action for step in steps} == {Action.CREATE, Action.SEND}
    assert {seen.method for seen in proxy.seen} == {"GET"}
    assert truth.datasets(publisher.organization) == []


def test_the_second_plan_is_empty_and_the_second_run_writes_nothing(standing: Published) -> None:
    before = standing.datasets
    assert standing.publisher.plan(standing.edition) == []
    assert standing.publisher.publish(standing.edition) == []
    assert standing.datasets == before


def test_without_its_state_file_the_plan_is_still_empty(standing: Published) -> None:
    before = standing.publisher.state.read_bytes()
    standing.publisher.state.unlink()
    assert standing.publisher.plan(standing.edition) == []
    assert standing.publisher.publish(standing.edition) == []
    assert standing.publisher.state.read_bytes() == before


def test_one_row_touches_the_files_that_hold_it_and_no_other(own: Published) -> None:
    before = own.resources
    small.change_row(own.edition)
    own.publisher.publish(own.edition)
    after = own.resources
    assert [item["id"] for item in after.values()] == [item["id"] for item in before.values()]
    touched = {key for key in after if after[key]["last_modified"] != before[key]["last_modified"]}
    holding = {small.TABLE, "edition-complete.zip", "SHA256SUMS", *MADE}
    assert touched == {f"principal/{name}" for name in holding}
    assert own.publisher.plan(own.edition) == []


# ---- what is published ----


def test_the_quality_score_is_whole(standing: Published) -> None:
    assert [dataset["quality"]["score"] for dataset in standing.datasets] == [1.0, 1.0]
    assert set(standing.publisher.quality(standing.edition).values()) == {1.0}


def test_the_metadata_are_those_of_the_edition(standing: Published) -> None:
    package = json.loads((standing.edition / "datapackage.json").read_text(encoding="utf-8"))
    main = standing.main
    assert (main["title"], main["license"], main["frequency"]) == (package["title"], "lov2", "annual")
    assert main["description"].startswith(package["description"])
    assert main["organization"]["id"] == standing.publisher.organization and main["private"] is False
    assert main["spatial"]["zones"] == ["country:fr"]
    # The two rows of tests/published.py are about 2024.
    assert main["temporal_coverage"] == {"start": "2024-01-01", "end": "2024-12-31"}
    assert "pue" in main["tags"] and len(main["tags"]) == len(package["keywords"])
    assert {key for key in main["extras"] if not key.startswith("gcn:")} == set()
    assert main["extras"]["gcn:release"] == standing.edition.name


def test_every_file_arrives_as_it_is(standing: Published) -> None:
    sent = set()
    for name, resource in standing.resources.items():
        content = standing.truth.content(resource)
        assert resource["checksum"]["value"] == sha1(content), name
        path = standing.edition / name.partition("/")[2]
        if path.name not in MADE and path.is_file():
            assert content == path.read_bytes(), name
            sent.add(path)
    assert sent == {path for path in standing.edition.rglob("*") if path.is_file() and path.name not in MADE}


def test_what_names_addresses_names_stable_ones_that_answer(standing: Published) -> None:
    package = json.loads(standing.truth.content(standing.resources["principal/datapackage.json"]))
    for item in package["resources"]:
        answer = standing.truth.http.get(item["path"], follow_redirects=True)
        assert "/datasets/r/" in item["path"] and answer.status_code == 200
        assert f"sha256:{hashlib.sha256(answer.content).hexdigest()}" == item["hash"]
    catalogue = standing.truth.content(standing.resources["principal/dcat.ttl"]).decode()
    assert standing.resources[f"principal/{small.TABLE}"]["latest"] in catalogue


def test_tables_name_a_schema_that_can_be_fetched(standing: Published) -> None:
    named = {key: item["schema"] for key, item in standing.resources.items() if item["schema"]}
    assert f"principal/{small.TABLE}" in named and "rejets/rejets.csv" in named
    for key, schema in named.items():
        fetched = standing.truth.http.get(schema["url"], follow_redirects=True).json()
        assert (fetched["name"], fetched["version"]) == (schema["name"], schema["version"]), key


def test_no_none_in_the_exported_catalogue(standing: Published) -> None:
    for dataset in standing.datasets:
        for form in ("ttl", "xml", "json"):
            answer = standing.truth.http.get(f"{standing.truth.udata.url}/api/1/datasets/{dataset['id']}/rdf.{form}")
            assert answer.status_code == 200 and dataset["id"] in answer.text
            assert '"None"' not in answer.text and ">None<" not in answer.text


def test_the_official_client_reads_what_we_meant(standing: Published, tmp_path: Path) -> None:
    if reason := oracle_missing():
        pytest.skip(reason)
    main = standing.main
    read: Any = ask_oracle(standing.truth.udata, main["id"], str(tmp_path))
    package = json.loads((standing.edition / "datapackage.json").read_text(encoding="utf-8"))
    assert (read["title"], read["license"], read["quality"]["score"]) == (package["title"], "lov2", 1.0)
    assert read["temporal_coverage"] == {"start": "2024-01-01", "end": "2024-12-31"}
    described = {item["title"]: item["hash"].partition(":")[2] for item in package["resources"]}
    for resource in read["resources"]:
        assert resource["description"] and resource["checksum"]["value"] == resource["downloaded"]
        if resource["title"] in described:
            content = (tmp_path / resource["id"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == described.pop(resource["title"])
    # What is left belongs to the other dataset, or is of a kind that the platform does not take.
    assert not any("Couverture" in title for title in described)


def test_a_whole_edition_fits(udata: Udata, truth: Truth, edition: Path, tmp_path: Path) -> None:
    publisher = Publisher(udata.url, udata.token, truth.organization(), tmp_path)
    publisher.publish(edition)
    assert publisher.plan(edition) == []
    datasets = truth.datasets(publisher.organization)
    assert [dataset["quality"]["score"] for dataset in datasets] == [1.0, 1.0]
    held = {item["extras"]["gcn:ressource"] for dataset in datasets for item in dataset["resources"]}
    assert {path.name for path in edition.glob("*.csv")} <= held
    assert not any(name.endswith(".parquet") for name in held)


@pytest.mark.skipif("GREENCLOUD_FAULTS" not in os.environ, reason="a second server: `make test-udata` starts it")
def test_parquet_goes_where_it_is_listed(udata_with_parquet: Udata, edition: Path, tmp_path: Path) -> None:
    truth = as_producer(udata_with_parquet)
    publisher = Publisher(udata_with_parquet.url, udata_with_parquet.token, truth.organization(), tmp_path)
    sent = {step.file.key for step in publisher.plan(edition) if step.file}
    assert {path.name for path in edition.glob("*.parquet")} <= sent
