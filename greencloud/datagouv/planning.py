"""The difference between what is wanted and what is there, as steps. Pure: nothing is asked, nothing is changed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from greencloud.datagouv.comparing import Change, changed, missing_marks, names, size
from greencloud.datagouv.matching import Json, Matched, announced, announcement, match, resources, sha1
from greencloud.datagouv.messages import plain
from greencloud.datagouv.wanted import DATASET, PUBLICATION, RELEASE, RESOURCE, SENDING, Addresses, Dataset, File

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?=-)")
"""How the name of an edition begins: the day of its last deposit."""
_DOUBLE = "double vide, fait par une création arrivée en retard"


class Action(Enum):
    """What a step does; the value is how the plan says it."""

    CREATE = "créer le jeu"
    MARK = "marquer le jeu"
    SEND = "envoyer"
    REPLACE = "remplacer"
    DESCRIBE = "décrire"
    REMOVE = "retirer"
    ORDER = "ordonner"
    UPDATE = "modifier le jeu"
    DROP = "retirer le jeu"


@dataclass(frozen=True)
class Step:
    """One change. `later`: it rests on other steps, so it is done once the state was read again after them."""

    action: Action
    dataset: Dataset
    subject: str
    detail: str = ""
    dataset_id: str = ""
    resource_id: str = ""
    file: File | None = None
    body: Mapping[str, Any] | None = None
    changes: tuple[Change, ...] = ()
    order: tuple[str, ...] = ()
    later: bool = False


@dataclass(frozen=True)
class Situation:
    """What a dataset is compared with: the one of the platform, the ids of the state, addresses, known schemas.

    `doubles`: the ids of datasets of the same mark in which nothing was ever put.
    """

    remote: Json | None
    ids: Mapping[str, str]
    addresses: Addresses
    schemas: frozenset[str]
    doubles: tuple[str, ...] = ()


def steps(dataset: Dataset, now: Situation) -> list[Step]:
    """The steps from what is there to what is wanted, in the order in which they are done; none: all is there."""
    if now.remote is None:
        made = Step(Action.CREATE, dataset, dataset.title, f"{len(dataset.files)} fichiers", body=creation(dataset))
        return [made, *(_send(dataset, file, "", later=True) for file in dataset.files)]
    matched = match(dataset, now.remote, now.ids)
    sending = list(_sending(dataset, now, matched))
    waits = any(step.later for step in sending)
    return [
        *_announce(dataset, now.remote, sending),
        *sending,
        *_descriptions(dataset, now, matched),
        *_removals(dataset, now.remote, matched),
        *_ordering(dataset, now.remote, matched, bool(sending)),
        *_update(dataset, now.remote, waits),
        *_marks(dataset, now.remote, bool(sending)),
        *(Step(Action.DROP, dataset, dataset.title, _DOUBLE, identifier) for identifier in now.doubles),
    ]


def newer(dataset: Dataset, remote: Json) -> str | None:
    """The edition that is online when its last deposit came after ours; None if not, or if their order is unknown."""
    online = str((remote.get("extras") or {}).get(RELEASE))
    found, ours = _DAY.match(online), _DAY.match(dataset.release)
    return online if found and ours and found[0] > ours[0] else None


def creation(dataset: Dataset) -> dict[str, Any]:
    """The body of the creation: marked from its first instant, so that it is found again whatever is lost."""
    sent = announcement((file.sha1, file.name) for file in dataset.files if file.sha1)
    return {**dataset.metadata, "extras": {**_first_marks(dataset), SENDING: sent}}


def whole(dataset: Dataset, remote: Json) -> dict[str, Any]:
    """The body of an update: the object as it is, ours changed; an absent key could be erased (udata#2468).

    Resources and extras have calls of their own, and `deleted` would restore what somebody deletes meanwhile.
    """
    kept = {key: value for key, value in remote.items() if key not in ("resources", "extras", "deleted")}
    return {**kept, **dataset.metadata}


def description(file: File, now: Situation) -> dict[str, Any]:
    """The metadata of a resource; its schema once the address of the schema's file is known."""
    body: dict[str, Any] = {"title": file.title, "description": file.description, "type": file.kind}
    if file.schema is None:
        return {**body, "schema": None}
    named = {"name": file.schema.name, "version": file.schema.version}
    if file.schema.name in now.schemas:  # then the national catalogue gives the address
        return {**body, "schema": named}
    address = now.addresses.get(file.schema.path)
    return {**body, "schema": {**named, "url": address}} if address else body


def marks(dataset: Dataset, file: File) -> dict[str, str]:
    """The extras that say that a resource is ours, which file it holds, and how that file was checked."""
    return {PUBLICATION: dataset.mark[0], RESOURCE: file.key, **file.verdict}


# ---- files ----


def _sending(dataset: Dataset, now: Situation, matched: Matched) -> Iterator[Step]:
    """Schemas first: the tables name their addresses."""
    schemas = {file.schema.path for file in dataset.files if file.schema}
    for file in sorted(dataset.files, key=lambda file: file.key not in schemas):
        resource = matched.ours.get(file.key)
        if file.sha1 is None or resource is None or sha1(resource) != file.sha1:
            identifier = str(resource["id"]) if resource else ""
            remote_id = str(now.remote["id"]) if now.remote else ""
            yield _send(dataset, file, remote_id, identifier, later=file.sha1 is None)


def _send(dataset: Dataset, file: File, dataset_id: str, resource_id: str = "", *, later: bool) -> Step:
    action = Action.REPLACE if resource_id else Action.SEND
    detail = f"{file.name}, {size(file.octets)}" if file.sha1 else f"{file.name}, une fois les autres fichiers en place"
    return Step(action, dataset, file.title, detail, dataset_id, resource_id, file, later=later)


def _announce(dataset: Dataset, remote: Json, sending: list[Step]) -> Iterator[Step]:
    new = {
        (step.file.sha1, step.file.name)
        for step in sending
        if step.action is Action.SEND and step.file and step.file.sha1
    }
    known = announced(remote)
    if new - known:
        extras = {SENDING: announcement(known | new)}
        yield Step(Action.MARK, dataset, dataset.title, "annonce des envois", str(remote["id"]), body=extras)


def _descriptions(dataset: Dataset, now: Situation, matched: Matched) -> Iterator[Step]:
    """For the files that are not sent: what is sent is described at once."""
    for file in dataset.files:
        resource = matched.ours.get(file.key)
        if now.remote is None or resource is None or file.sha1 is None or sha1(resource) != file.sha1:
            continue
        changes = changed(resource, description(file, now)) + missing_marks(resource, marks(dataset, file))
        if changes:
            where = str(now.remote["id"]), str(resource["id"])
            yield Step(Action.DESCRIBE, dataset, file.title, names(changes), *where, file, changes=changes)


def _removals(dataset: Dataset, remote: Json, matched: Matched) -> Iterator[Step]:
    for resource in matched.left:
        title = plain(str(resource.get("title")))
        detail = "publié par nous, n'est plus dans l'édition ou y est en double"
        yield Step(Action.REMOVE, dataset, title, detail, str(remote["id"]), str(resource["id"]))


def _ordering(dataset: Dataset, remote: Json, matched: Matched, waits: bool) -> Iterator[Step]:
    """Ours first, in the order of the edition; the others after them, as they were."""
    if waits or matched.left:
        return
    first = [str(matched.ours[file.key]["id"]) for file in dataset.files if file.key in matched.ours]
    order = (*first, *(str(item["id"]) for item in resources(remote) if str(item["id"]) not in first))
    if order != tuple(str(item["id"]) for item in resources(remote)):
        yield Step(Action.ORDER, dataset, dataset.title, f"{len(order)} fichiers", str(remote["id"]), order=order)


# ---- the dataset ----


def _update(dataset: Dataset, remote: Json, waits: bool) -> Iterator[Step]:
    changes = changed(remote, dataset.metadata)
    if changes:
        where, body = str(remote["id"]), whole(dataset, remote)
        yield Step(
            Action.UPDATE, dataset, dataset.title, names(changes), where, body=body, changes=changes, later=waits
        )


def _marks(dataset: Dataset, remote: Json, waits: bool) -> Iterator[Step]:
    """Last of all: the release says that everything else is there."""
    extras = remote.get("extras") or {}
    wanted: dict[str, str | None] = {key: value for key, value in dataset.extras.items() if extras.get(key) != value}
    if SENDING in extras and not waits:
        wanted[SENDING] = None
    if wanted:
        detail = ", ".join(sorted(wanted))
        yield Step(Action.MARK, dataset, dataset.title, detail, str(remote["id"]), body=wanted, later=waits)


def _first_marks(dataset: Dataset) -> dict[str, str]:
    return {key: dataset.extras[key] for key in (PUBLICATION, DATASET)}
