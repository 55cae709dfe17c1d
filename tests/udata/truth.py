"""What the server holds, read over its own address: never through the product, never through the proxy."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.udata.running import Producer, Udata

Json = dict[str, Any]

MADE = ("datapackage.json", "dcat.ttl")
"""The files whose content names the identifiers of the others."""
_DATASET = ("title", "description", "license", "frequency", "temporal_coverage", "spatial", "private", "archived")
_RESOURCE = ("title", "description", "type", "format", "filetype")


@dataclass(frozen=True)
class Truth:
    """A server, and the means to ask it."""

    udata: Udata
    http: httpx.Client

    def organization(self, name: str = "Organisation") -> str:
        """A fresh organisation of the first producer: what a test publishes there is alone."""
        body = {"name": f"{name} {uuid4()}", "description": "Pour un essai."}
        return str(self.send("POST", "/1/organizations/", body)["id"])

    def send(self, method: str, path: str, body: Json | list[Json] | None = None) -> Json:
        """Call the API as the first producer, and take its answer."""
        answer = self.http.request(method, f"{self.udata.url}/api{path}", json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return dict(answer.json()) if answer.content else {}

    def datasets(self, organization: str) -> list[Json]:
        """Every dataset of an organisation, whole, private ones too, those deleted not; by length of title."""
        found = self.send("GET", f"/1/datasets/?organization={organization}&page_size=100")["data"]
        return [
            self.send("GET", f"/1/datasets/{item['id']}/")
            for item in sorted(found, key=lambda item: len(item["title"]))
            if not item["deleted"]
        ]

    def content(self, resource: Json) -> bytes:
        """The bytes that the stable address of a resource gives."""
        answer = self.http.get(resource["latest"], follow_redirects=True)
        assert answer.status_code == 200, resource["latest"]
        return answer.content

    def picture(self, organization: str, proxy: str = "") -> list[Json]:
        """All that was meant of an organisation's datasets, alike for two publications of the same edition.

        Identifiers become the keys of what they name, the proxy's address that of the server; what the server decides
        (dates, addresses of files) is left out.
        """
        datasets = self.datasets(organization)
        names = {item["id"]: f"<{item['extras'].get('gcn:jeu')}>" for item in datasets}
        names |= {
            resource["id"]: f"<{resource['extras'].get('gcn:ressource')}>"
            for item in datasets
            for resource in item["resources"]
        }
        names |= {proxy: self.udata.url} if proxy else {}
        return [self._picture(item, names) for item in datasets]

    def _picture(self, dataset: Json, names: Mapping[str, str]) -> Json:
        kept = {key: dataset[key] for key in _DATASET}
        resources = [self._resource(item, names) for item in dataset["resources"]]
        return {**kept, "tags": sorted(dataset["tags"]), "extras": dataset["extras"], "resources": resources}

    def _resource(self, resource: Json, names: Mapping[str, str]) -> Json:
        schema = {key: _renamed(str(value), names) for key, value in (resource["schema"] or {}).items() if value}
        kept = {key: resource[key] for key in _RESOURCE}
        return {**kept, "schema": schema, "extras": resource["extras"], "content": self._content(resource, names)}

    def _content(self, resource: Json, names: Mapping[str, str]) -> str | Json:
        """The checksum and size that the server counted; the text itself where it holds identifiers."""
        counted = {"checksum": resource["checksum"], "octets": resource["filesize"]}
        if resource["extras"].get("gcn:ressource") not in MADE:
            return counted
        content = self.content(resource)
        assert counted == {"checksum": {"type": "sha1", "value": sha1(content)}, "octets": len(content)}
        return _renamed(content.decode("utf-8"), names)


def as_producer(udata: Udata, producer: Producer | None = None) -> Truth:
    """The truth of a server, as a producer sees it (the first one unless told)."""
    token = (producer or udata.producers[0]).token
    return Truth(udata, httpx.Client(headers={"X-API-KEY": token}, timeout=120))


def sha1(content: bytes) -> str:
    """What the server should count of these bytes."""
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def _renamed(text: str, names: Mapping[str, str]) -> str:
    for identifier, name in names.items():
        text = text.replace(identifier, name)
    return text
