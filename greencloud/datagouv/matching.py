"""Which resources of a dataset are which of our files, and which are nobody's business of ours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from greencloud.datagouv.wanted import PUBLICATION, RESOURCE, SENDING, Dataset

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Matched:
    """`ours`: key of a wanted file -> its resource; `left`: ours that are wanted no more; `others`: not ours."""

    ours: Mapping[str, Json]
    left: tuple[Json, ...]
    others: tuple[Json, ...]


def match(dataset: Dataset, remote: Json, ids: Mapping[str, str]) -> Matched:
    """Recognise our resources by their mark, else by the ids of the state, else by what was announced before sending.

    A resource without a mark is what a transfer leaves whose answer was lost: it bears the name and the sha1 that
    `announced` gives. Two resources for one file: the one of the state is kept, else the first; the other is left.
    So is a transfer that came after the announcement was over: never described, it bears those of one of ours.
    """
    wanted = {file.key: file for file in dataset.files}
    keys = {file.name: file.key for file in dataset.files}
    sent, by_id = announced(remote), {identifier: key for key, identifier in ids.items()}
    ours: dict[str, Json] = {}
    left, others = [], []
    for resource in sorted(resources(remote), key=lambda item: item.get("id") not in by_id):
        key = _marked(resource, dataset.mark[0]) or by_id.get(str(resource.get("id")))
        if key is None and (sha1(resource), resource.get("title")) in sent:
            key = keys.get(str(resource.get("title")), "")
        if key is None:
            others.append(resource)
        elif key in wanted and key not in ours:
            ours[key] = resource
        else:
            left.append(resource)
    there = {(sha1(ours[file.key]), file.name) for file in dataset.files if file.key in ours}
    late = [item for item in others if not item.get("description") and (sha1(item), item.get("title")) in there]
    return Matched(ours, (*left, *late), tuple(item for item in others if item not in late))


def resources(remote: Json) -> list[Json]:
    """The resources of a dataset, in the order of its page."""
    return list(remote.get("resources") or ())


def sha1(resource: Json) -> str | None:
    """The sha1 that the platform computed of a hosted file."""
    checksum = resource.get("checksum") or {}
    return str(checksum.get("value")) if checksum.get("type") == "sha1" else None


def announced(remote: Json) -> set[tuple[str, str]]:
    """(sha1, name) of the files whose transfer was begun."""
    lines = str((remote.get("extras") or {}).get(SENDING) or "").splitlines()
    return {(digest, name) for digest, _, name in (line.partition(" ") for line in lines)}


def announcement(sent: Iterable[tuple[str, str]]) -> str:
    """The text of the extra that `announced` reads."""
    return "\n".join(f"{digest} {name}" for digest, name in sorted(sent))


def _marked(resource: Json, publication: str) -> str | None:
    extras = resource.get("extras") or {}
    key = extras.get(RESOURCE)
    return str(key) if key and extras.get(PUBLICATION) == publication else None
