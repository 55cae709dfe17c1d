"""Which resources of a platform declare one of our schemas, told by name or by address."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from greencloud import deposits, tables
from greencloud.datagouv.client import DEMO, Client, Json
from greencloud.datagouv.errors import BadAnswer, Refused

TAG = "centre-de-donnees"
"""The tag that datasets carry to be found while our schemas are in no catalogue: the API only searches by name."""

_DATASET = re.compile(r"[0-9a-f]{24}")
_RESOURCE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SHA1 = re.compile(r"[0-9a-f]{40}")
_SIRET = re.compile(r"[0-9]{14}")
_BADGE = "certified"
_GONE = frozenset({404, 410})
_ODD = re.compile(r"[^\w.-]+")
_NAME_LENGTH = 80  # characters: at most 320 bytes, and file systems stop at 255
_NAME_BYTES = 200
_FIELDS = (  # anybody may give a dataset of theirs any number of resources, with long descriptions
    "id,private,deleted,archived,organization{id,name},"
    "resources{id,url,format,filetype,filesize,checksum,schema,last_modified}"
)


@dataclass(frozen=True)
class Announced:
    """A resource whose producer declares that it follows the schema of `table`.

    `octets` and `sha1` are what the platform computed of a file that it hosts, None for a file elsewhere: what is said
    of that one is not known to be true. `organisation` is the identifier of the producer, None for a person; `siren` is
    its number, None when it gives none or when the platform does not certify the organisation.
    """

    plateforme: str
    jeu: str
    ressource: str
    table: str
    nom: str
    producteur: str | None
    siren: str | None
    octets: int | None
    sha1: str | None
    modifie: str
    organisation: str | None = None

    @property
    def url(self) -> str:
        """The stable link to the file, whichever it is at the moment."""
        return f"{self.plateforme}/api/1/datasets/r/{self.ressource}"

    @property
    def trial(self) -> bool:
        """Whether it stands on the platform for trials, where nothing is true."""
        return self.plateforme == DEMO

    @property
    def told(self) -> str:
        """The file and its producer, as a line of output names them."""
        return f"{self.nom} ({self.table}, {self.producteur or 'un particulier'})"


def announced(client: Client) -> list[Announced]:
    """Every public resource that declares one of our input schemas, the one modified last at the end.

    The file deposited last wins where two give the same row: so does the one modified last. Raises DatagouvError.
    """
    sirens: dict[str, str | None] = {}
    found = [
        _announced(client, dataset, resource, table, sirens)
        for dataset in _datasets(client)
        for resource in objects(dataset.get("resources"))
        if (table := declared_table(resource.get("schema"))) is not None
    ]
    return sorted(found, key=lambda item: (item.modifie, item.ressource))


def still_declared(client: Client, resource: str) -> bool:
    """Whether a resource that no list gave is public all the same, with one of our schemas. Raises DatagouvError."""
    try:
        found = client.resource(resource).get("resource")
    except Refused as refused:
        if refused.status not in _GONE:
            raise
        return False
    return isinstance(found, dict) and declared_table(found.get("schema")) is not None


def declared_table(schema: object) -> str | None:
    """The input table whose schema a resource declares, by name (with or without its owner) or by address."""
    if not isinstance(schema, Mapping):
        return None
    name, steps = _text(schema.get("name")), _steps(schema.get("url"))
    for table, known in _schema_names().items():
        if name.rpartition("/")[2] == known or known in steps or steps[-3:] == ["schemas", table, "schema.json"]:
            return table
    return None


@cache
def _schema_names() -> Mapping[str, str]:
    return {name: str(tables.table(name).descriptor["name"]) for name in tables.INPUTS}


def _steps(url: object) -> list[str]:
    """The parts of the path of an address."""
    try:
        return [step for step in urlsplit(url).path.split("/") if step] if isinstance(url, str) else []
    except ValueError:  # an address that is none declares nothing
        return []


def _datasets(client: Client) -> Iterator[Json]:
    """Public datasets that may declare our schemas, each once."""
    seen: set[str] = set()
    for filters in _searches(client):
        for dataset in client.datasets(_FIELDS, **filters):
            identifier = _matching(_DATASET, dataset.get("id"))
            if identifier not in seen and not any(dataset.get(key) for key in ("private", "deleted", "archived")):
                seen.add(identifier)
                yield dataset


def _searches(client: Client) -> Iterator[Mapping[str, str]]:
    """By our names as they are, as the catalogue of the platform gives them with an owner, and by our tag."""
    ours = set(_schema_names().values())
    listed = {_text(item.get("name")) for item in client.vocabulary("schemas")}
    for name in sorted(ours | {name for name in listed if name.rpartition("/")[2] in ours}):
        yield {"schema": name}
    yield {"tag": TAG}


def _announced(client: Client, dataset: Json, resource: Json, table: str, sirens: dict[str, str | None]) -> Announced:
    identifier = _matching(_RESOURCE, resource.get("id"))
    organization = dataset.get("organization")
    owner = _text(organization.get("id")) if isinstance(organization, Mapping) else ""
    if owner and owner not in sirens:
        sirens[owner] = _certified(client, owner)
    hosted = resource.get("filetype") == "file"
    octets = resource.get("filesize")
    return Announced(
        plateforme=client.base,
        jeu=_matching(_DATASET, dataset.get("id")),
        ressource=identifier,
        table=table,
        nom=file_name(resource),
        producteur=_text(organization.get("name")) or None if isinstance(organization, Mapping) else None,
        siren=sirens.get(owner),
        octets=octets if hosted and type(octets) is int else None,
        sha1=sha1_of(resource) if hosted else None,
        modifie=_text(resource.get("last_modified")),
        organisation=owner or None,
    )


def sha1_of(resource: Mapping[str, Any]) -> str | None:
    """The sha1 that the platform gives of a resource, None without one."""
    checksum = resource.get("checksum")
    value = _text(checksum.get("value")) if isinstance(checksum, Mapping) and checksum.get("type") == "sha1" else ""
    return value if _SHA1.fullmatch(value) else None


def file_name(resource: Mapping[str, Any]) -> str:
    """A plain name for the file of a resource: the end of its address, else its id, with a suffix that we know.

    Nothing of it can leave a folder, hide a file or overflow a file system.
    """
    steps = _steps(resource.get("url"))
    last = _ODD.sub("-", deposits.clean_name(unquote(steps[-1]))) if steps else ""
    path = PurePosixPath(last.lstrip(".-") or f"ressource-{_text(resource.get('id'))[:8]}")
    suffix = path.suffix.lower()
    if suffix not in deposits.SUFFIXES:
        form = f".{_text(resource.get('format')).lower()}"
        path, suffix = PurePosixPath(path.name + "."), form if form in deposits.SUFFIXES else ""
    stem = path.stem[:_NAME_LENGTH].encode()[:_NAME_BYTES].decode(errors="ignore").rstrip(".")
    return f"{stem or 'ressource'}{suffix}"


def _certified(client: Client, identifier: str) -> str | None:
    """The SIREN of an organisation that the platform certifies; one that is gone (its datasets stay) has none.

    The badge `certified` is given by the administrators of the platform only; the SIRET is what the producer wrote.
    """
    try:
        organization = client.organization(identifier)
    except Refused as refused:
        if refused.status not in _GONE:
            raise
        return None
    certified = any(badge.get("kind") == _BADGE for badge in objects(organization.get("badges")))
    return _siren(organization) if certified else None


def _siren(organization: Json) -> str | None:
    """The first nine digits of the SIRET that an organisation gives on the platform, if it is a number that exists."""
    siret = re.sub(r"\s", "", _text(organization.get("business_number_id")))
    return siret[:9] if _SIRET.fullmatch(siret) and deposits.is_siren(siret[:9]) else None


def objects(value: object) -> Iterator[Json]:
    """What is an object in what should be a list of objects."""
    yield from (item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def _text(value: object) -> str:
    """A text of the platform, cut and without invisible characters, empty for anything else."""
    return deposits.visible(value) if isinstance(value, str) else ""


def _matching(pattern: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise BadAnswer(
            "Chercher les fichiers à moissonner : la plateforme a donné un identifiant mal formé. "
            "Vérifiez que l'adresse est bien celle d'une plateforme udata."
        )
    return value
