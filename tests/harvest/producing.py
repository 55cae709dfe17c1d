"""Producers who publish on the test platform as they would on data.gouv.fr, by its API and without our client."""

import atexit
import io
import json
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import httpx
import pytest

from greencloud import tables
from tests.udata.running import Producer, Udata, missing, running

SITE, OTHER = "13002526500013-01", "21750001600019-01"  # of existing organisations; their figures here are invented
CENTRES = (
    "id_centre,nom_site,type_hebergement,categorie_organisme\n"
    f"{SITE},Salle A,salle_serveurs,commune\n{OTHER},Salle B,salle_serveurs,commune\n"
)
READINGS = f"id_centre,poste,date_debut,date_fin,energie_kwh\n{SITE},total,2023-01-01,2023-01-31,1000\n"


class Everybody(Mapping[str, Collection[str]]):
    """A mandate of whoever asks for both sites: who may speak is not what most tests are about."""

    def __getitem__(self, organization: str) -> Collection[str]:
        return {SITE[:9], OTHER[:9]}

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


EVERYBODY = Everybody()


def mandates(folder: Path, *producers: "Publisher") -> Path:
    """The table of mandates that lets these producers speak for both sites."""
    path = folder / "mandats.csv"
    pairs = [f"{producer.organization},{site[:9]}\n" for producer in producers for site in (SITE, OTHER)]
    path.write_text("organisation,siren\n" + "".join(pairs), encoding="utf-8")
    return path


def declarations(*rows: tuple[str, int, object]) -> str:
    """A file of declarations: site, year, total energy in kWh."""
    lines = "".join(f"{site},{year},{energy},175121,1\n" for site, year, energy in rows)
    return "id_centre,annee,energie_totale_kwh,energie_it_kwh,categorie_mesure_it\n" + lines


def schema_name(table: str) -> str:
    """The name that a resource declares to follow the schema of a table."""
    return str(tables.table(table).descriptor["name"])


def workbook(text: str) -> bytes:
    """A CSV text as an XLSX workbook, all cells being text."""
    cells = [line.split(",") for line in text.splitlines()]
    rows = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in cells)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="a" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="Feuille" sheetId="1" r:id="b"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="b" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


class Publisher:
    """One organisation and what it publishes."""

    def __init__(self, url: str, producer: Producer, admin_token: str) -> None:
        self._producer, self._admin_token = producer, admin_token
        self.organization = producer.organization
        self.name = producer.name
        self._api = httpx.Client(base_url=f"{url}/api", headers={"X-API-KEY": producer.token}, timeout=60)

    def dataset(self, **fields: Any) -> str:
        """A new dataset; gives its id."""
        body = {"title": f"Jeu {uuid4()}", "description": "Essai.", "organization": self.organization}
        return str(self._json("POST", "/1/datasets/", json=body | fields)["id"])

    def file(self, dataset: str, name: str, content: str | bytes, schema: dict[str, str] | str | None) -> str:
        """A file that the platform hosts, with the schema that it declares (a table, or what is sent); gives its id."""
        identifier = self._json("POST", f"/1/datasets/{dataset}/upload/", files={"file": (name, _bytes(content))})["id"]
        self.declare(dataset, identifier, schema)
        return str(identifier)

    def declare(self, dataset: str, resource: str, schema: dict[str, str] | str | None) -> None:
        """Declare a schema, or another one, or none any more."""
        body = {"schema": {"name": schema_name(schema)} if isinstance(schema, str) else schema}
        self._json("PUT", f"/1/datasets/{dataset}/resources/{resource}/", json=body)

    def replace(self, dataset: str, resource: str, name: str, content: str | bytes) -> None:
        """Another file in place of the one before; its metadata but its title stay."""
        self._json(
            "POST", f"/1/datasets/{dataset}/resources/{resource}/upload/", files={"file": (name, _bytes(content))}
        )

    def link(self, dataset: str, url: str, table: str) -> str:
        """A file that stands elsewhere; gives its id."""
        body = {"title": "ailleurs", "url": url, "filetype": "remote", "type": "main", "format": "csv"}
        body["schema"] = {"name": schema_name(table)}  # type: ignore[assignment]
        return str(self._json("POST", f"/1/datasets/{dataset}/resources/", json=body)["id"])

    def publish(self, name: str, content: str | bytes, table: str) -> tuple[str, str]:
        """A dataset of one hosted file; gives both ids."""
        dataset = self.dataset()
        return dataset, self.file(dataset, name, content, table)

    def delete(self, dataset: str) -> None:
        """Remove a dataset."""
        assert self._api.delete(f"/1/datasets/{dataset}/").status_code == 204

    def untag(self, dataset: str) -> None:
        """Take the tags of a dataset away."""
        body = self._json("GET", f"/1/datasets/{dataset}/")
        self._json("PUT", f"/1/datasets/{dataset}/", json=body | {"tags": []})

    def hide(self, dataset: str) -> None:
        """Make a dataset private."""
        body = self._json("GET", f"/1/datasets/{dataset}/")
        self._json("PUT", f"/1/datasets/{dataset}/", json=body | {"private": True})

    def register(self, siret: str) -> None:
        """Give the organisation a SIRET, as anybody may; `certify` is for administrators."""
        address = f"/1/organizations/{self.organization}/"
        body = self._json("GET", address)
        fields = {"name": body["name"], "description": body["description"], "business_number_id": siret}
        self._json("PUT", address, json=fields)

    def certify(self) -> None:
        """Have an administrator of the platform certify the organisation."""
        address = f"/1/organizations/{self.organization}/badges/"
        self._json("POST", address, json={"kind": "certified"}, headers={"X-API-KEY": self._admin_token})

    def certify_itself(self) -> int:
        """What the platform answers to an organisation that certifies itself."""
        address = f"/1/organizations/{self.organization}/badges/"
        return self._api.post(address, json={"kind": "certified"}).status_code

    def close(self) -> None:
        """Remove the organisation; its datasets stay."""
        assert self._api.delete(f"/1/organizations/{self.organization}/").status_code == 204

    def discussions(self, dataset: str) -> list[dict[str, Any]]:
        """What has been said of a dataset."""
        found = self._json("GET", "/1/discussions/", params={"page_size": 100})["data"]
        return [item for item in found if item["subject"]["id"] == dataset]

    def say(self, dataset: str, comment: str) -> None:
        """Open a discussion as this producer."""
        body = {"subject": {"class": "Dataset", "id": dataset}, "title": "Une question", "comment": comment}
        self._json("POST", "/1/discussions/", json=body)

    def _json(self, method: str, address: str, **options: Any) -> Any:
        answer = self._api.request(method, address, **options)
        assert answer.is_success, f"{method} {address}: {answer.status_code} {answer.text}"
        return json.loads(answer.content)


def publishers(udata: Udata) -> Sequence[Publisher]:
    """The producers of a server."""
    return [Publisher(udata.url, producer, udata.admin_token) for producer in udata.producers]


@cache
def _server() -> Udata:
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(running(Path(stack.enter_context(TemporaryDirectory(prefix="greencloud-")))))


def cleared() -> Udata:
    """The server of all tests of the harvest in a process, without a dataset: a harvest sees all that is published.

    Skips when it cannot run here.
    """
    if reason := missing():
        pytest.skip(reason)
    clear(_server())
    return _server()


def clear(udata: Udata) -> None:
    """Remove every dataset of a server."""
    headers = {"X-API-KEY": udata.admin_token}
    with httpx.Client(base_url=f"{udata.url}/api/1", headers=headers, timeout=60) as api:
        while found := api.get("/datasets/", params={"page_size": 100, "deleted": "false"}).json()["data"]:
            for dataset in found:
                assert api.delete(f"/datasets/{dataset['id']}/").status_code == 204


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def _cell(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'
