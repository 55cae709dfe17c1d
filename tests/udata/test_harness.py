"""The server is what the publisher will meet: values of data.gouv.fr, and what breaks naive clients."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.udata.running import Udata, missing, oracle_missing


@pytest.fixture
def api(udata: Udata) -> httpx.Client:
    """A bare client: what the server does, without the publisher between."""
    return httpx.Client(base_url=f"{udata.url}/api", headers={"X-API-KEY": udata.token}, timeout=60)


@pytest.fixture
def dataset(api: httpx.Client, udata: Udata) -> dict[str, Any]:
    """A fresh dataset with tags, years and a zone."""
    body = {
        "title": f"Jeu {uuid4()}",
        "description": "Un jeu d'essai.",
        "organization": udata.organization,
        "license": "lov2",
        "frequency": "annual",
        "tags": ["energie", "pue"],
        "temporal_coverage": {"start": "2023-01-01", "end": "2024-12-31"},
        "spatial": {"zones": ["country:fr"], "granularity": "country"},
    }
    answer = api.post("/1/datasets/", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def _upload(api: httpx.Client, dataset: dict[str, Any], name: str, content: bytes) -> httpx.Response:
    return api.post(f"/1/datasets/{dataset['id']}/upload/", files={"file": (name, content, "text/csv")})


def test_the_environments_are_there_or_the_run_says_so() -> None:
    if reason := missing() or oracle_missing():
        pytest.skip(reason)


def test_it_knows_licences_frequencies_and_zones(api: httpx.Client, dataset: dict[str, Any]) -> None:
    assert {"lov2", "notspecified"} <= {licence["id"] for licence in api.get("/1/datasets/licenses/").json()}
    assert "annual" in {frequency["id"] for frequency in api.get("/1/datasets/frequencies/").json()}
    assert "parquet" not in api.get("/1/datasets/extensions/").json()
    assert (dataset["license"], dataset["frequency"]) == ("lov2", "annual")
    assert dataset["spatial"]["zones"] == ["country:fr"]


def test_another_server_lists_parquet(udata_with_parquet: Udata) -> None:
    assert "parquet" in httpx.get(f"{udata_with_parquet.url}/api/1/datasets/extensions/").json()


def test_producers_write_in_their_own_organisation_only(udata: Udata) -> None:
    ours, other = udata.producers[:2]
    body = {"title": "Intrus", "description": "Pas chez moi.", "organization": other.organization}
    answer = httpx.post(f"{udata.url}/api/1/datasets/", json=body, headers={"X-API-KEY": ours.token}, timeout=60)
    assert answer.status_code in (400, 403)


def test_a_partial_put_loses_tags_and_years(api: httpx.Client, dataset: dict[str, Any]) -> None:
    changed = api.put(f"/1/datasets/{dataset['id']}/", json={"title": dataset["title"], "description": "Autre."}).json()
    assert (changed["tags"], changed["temporal_coverage"]) == ([], None)


def test_one_file_name_twice_in_a_second_is_a_500(api: httpx.Client, dataset: dict[str, Any]) -> None:
    answers = [_upload(api, dataset, "table.csv", b"a\n1\n").status_code for _ in range(4)]
    assert answers[0] == 201 and 500 in answers


def test_a_new_file_takes_the_title_away(api: httpx.Client, dataset: dict[str, Any]) -> None:
    made = _upload(api, dataset, "premier.csv", b"a\n1\n").json()
    address = f"/1/datasets/{dataset['id']}/resources/{made['id']}/"
    api.put(address, json={"title": "Un beau titre", "description": "Décrit."})
    replaced = api.post(f"{address}upload/", files={"file": ("second.csv", b"a\n2\n", "text/csv")}).json()
    assert (replaced["id"], replaced["title"]) == (made["id"], "second.csv")


def test_two_creations_are_two_datasets(api: httpx.Client, udata: Udata) -> None:
    body = {"title": f"Deux fois {uuid4()}", "description": "La même.", "organization": udata.organization}
    made = [api.post("/1/datasets/", json=body).json()["id"] for _ in range(2)]
    assert made[0] != made[1]
