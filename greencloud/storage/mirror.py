"""The deposits on storage as the coordinator sees them: a folder in which large files are holes of their size.

Cards, registers, the key and whatever has no card yet are copied; the bytes of figures stay where they are. So this
folder is looked through by `deposits.scan` itself, and nothing of what a deposit is has been written twice. A hole is
believed to hold what its card says until a worker has read the file (`Mirror.learn`).
"""

import json
import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from greencloud import deposits, durable
from greencloud.deposits import CARD_SUFFIX, Deposit, Unfiled
from greencloud.program import file_sha256
from greencloud.storage.place import Object, Place, StorageError, side_by_side
from greencloud.tables import READINGS

_FIGURES = frozenset({"declarations", "consommations", READINGS})
"""The tables whose files are read by workers only; any other is a register, which the coordinator may need."""


@dataclass(frozen=True)
class Stored:
    """A deposit on storage: the name of its object below the folder, and the storage's own mark of its bytes.

    The path of `deposit` is its place in the mirror.
    """

    deposit: Deposit
    name: str
    etag: str


class Mirror:
    """The mirror of a folder on storage, in `folder`, which one process holds; what is known of it is beside it."""

    def __init__(self, raw: Place, folder: Path) -> None:
        self._raw, self._folder = raw, folder
        self._memory = folder.with_name(f"{folder.name}.json")
        known = _recalled(self._memory)
        self._copied: dict[str, str] = known["copies"]
        self._right: dict[str, str] = known["lus"]
        self._wrong: dict[str, str] = known["autres"]
        self._holes: dict[Path, str] = {}

    def scan(self) -> tuple[list[Stored], list[Unfiled]]:
        """As `deposits.scan`; the cards and the key that it makes go to storage. Raises as it does, and OSError."""
        objects = _files(self._raw.objects())
        self._follow(objects)
        found, unfiled = deposits.scan(self._folder, self._sha256)
        self._hand_over(objects)
        stored = [Stored(deposit, name := self._name(deposit.path), objects[name].etag) for deposit in found]
        return stored, [replace(stray, path=Path(self._name(stray.path))) for stray in unfiled]

    def learn(self, read: Iterable[Stored], refused: Collection[str]) -> None:
        """Workers have read these; `refused`: the names of those that are not what their cards say."""
        for stored in read:
            (self._wrong if stored.name in refused else self._right)[stored.name] = stored.etag

    def is_read(self, stored: Stored) -> bool:
        """Whether the bytes were read, here or by a worker, since they were last written."""
        return stored.deposit.path not in self._holes or self._right.get(stored.name) == stored.etag

    def _follow(self, objects: Mapping[str, Object]) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # the key is in it
        for path in [path for path in self._folder.rglob("*") if path.is_file()]:
            if self._name(path) not in objects:
                _remove(path, self._folder)
        cards = {name for name in objects if name.endswith(CARD_SUFFIX)}
        self._copy(objects[name] for name in cards)
        tables = {name.removesuffix(CARD_SUFFIX): _told(self._folder / name) for name in cards}
        held = {name: sha256 for name, (table, sha256) in tables.items() if table in _FIGURES and name in objects}
        self._copy(found for name, found in objects.items() if name not in cards and name not in held)
        wrong = {name for name, etag in self._wrong.items() if name in held and etag == objects[name].etag}
        self._holes = {self._folder / name: "" if name in wrong else sha256 for name, sha256 in held.items()}
        for path in self._holes:
            _dig(path, objects[self._name(path)].size)
        self._copied = {name: etag for name, etag in self._copied.items() if name in objects and name not in held}
        self._right = {name: etag for name, etag in self._right.items() if name in held}
        self._wrong = {name: self._wrong[name] for name in wrong}
        self.save()

    def _copy(self, wanted: Iterable[Object]) -> None:
        changed = [
            one for one in wanted if self._copied.get(one.name) != one.etag or not (self._folder / one.name).is_file()
        ]
        side_by_side(self._copy_one, changed)
        self._copied |= {one.name: one.etag for one in changed}

    def _copy_one(self, one: Object) -> None:
        path = self._folder / one.name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._raw.fetch(one.name, one.size, path)
        os.utime(path, (one.modified, one.modified))  # files without a card are adopted in the order of their dates

    def _sha256(self, path: Path) -> str:
        return self._holes[path] if path in self._holes else file_sha256(path)

    def _hand_over(self, objects: Mapping[str, Object]) -> None:
        made = {self._name(path): path for path in self._folder.rglob("*") if path.is_file()}
        for name in sorted(made.keys() - objects.keys()):
            if not name.endswith(durable.PASSING) and not self._raw.create(name, made[name].read_bytes()):
                raise StorageError(
                    f"Un autre traitement vient d'écrire « {name} » dans le dossier des dépôts. Relancez : ce qui est "
                    "déjà fait ne sera pas refait."
                )

    def _name(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()

    def save(self) -> None:
        """Remember what was learnt; what is forgotten is looked up on storage by the next run. Raises OSError."""
        content = {"copies": self._copied, "lus": self._right, "autres": self._wrong}
        durable.write_whole(self._memory, json.dumps(content, sort_keys=True).encode())


def _files(found: Iterable[Object]) -> dict[str, Object]:
    """Name -> object; an empty one that other names go through is a folder, as consoles make them."""
    objects = {one.name: one for one in found}
    folders = {str(above) for name in objects for above in PurePosixPath(name).parents}
    return {name: one for name, one in objects.items() if one.size or name not in folders}


def _told(card: Path) -> tuple[object, str]:
    """The table and the sha256 that a card tells, whatever else is wrong with it: the scan looks through it."""
    try:
        content: Any = json.loads(card.read_bytes())
        return content["table"], str(content["sha256"])
    except (ValueError, RecursionError, KeyError, TypeError):
        return None, ""


def _dig(path: Path, size: int) -> None:
    """A hole of `size` bytes, unless something of that size is there: nobody reads it."""
    if path.is_file() and path.stat().st_size == size:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size)


def _remove(path: Path, root: Path) -> None:
    path.unlink()
    with suppress(OSError):  # not empty
        for folder in path.parents:
            if folder == root:
                return
            folder.rmdir()


def _recalled(memory: Path) -> dict[str, dict[str, str]]:
    try:
        known: dict[str, dict[str, str]] = json.loads(memory.read_bytes())
    except (FileNotFoundError, ValueError):
        return {"copies": {}, "lus": {}, "autres": {}}
    return known
