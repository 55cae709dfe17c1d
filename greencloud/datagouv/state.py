"""Which dataset and which resources of a platform are ours, by id; found again from their marks if the file is lost."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from greencloud import durable
from greencloud.datagouv.errors import Unfit

_VERSION = 1
_MEND = "Restaurez-le d'une copie, ou retirez-le : les jeux seront retrouvés par leurs marques."


class State:
    """The ids of one platform, in a file that also holds those of others."""

    def __init__(self, path: Path, platform: str) -> None:
        """Raises Unfit for a file that is no state."""
        self._path, self._platform = path.resolve(), platform  # a link stays one: what it leads to is written
        self._all = _read(path)
        self._changed = False

    def dataset_id(self, mark: tuple[str, str]) -> str | None:
        """The id of a dataset of ours, None when it is not known."""
        found = self._entry(mark).get("id")
        return str(found) if found else None

    def resource_ids(self, mark: tuple[str, str]) -> Mapping[str, str]:
        """Key of a file -> id of its resource."""
        found: Mapping[str, str] = self._entry(mark).get("ressources", {})
        return found

    def keep(self, mark: tuple[str, str], dataset_id: str, resources: Mapping[str, str]) -> None:
        """Note the ids; `save` writes them down."""
        entry = {"id": dataset_id, "ressources": dict(sorted(resources.items()))}
        if entry != self._entry(mark):
            self._all.setdefault("plateformes", {}).setdefault(self._platform, {})["/".join(mark)] = entry
            self._changed = True

    def save(self) -> None:
        """Write the file whole, or not at all, if an id changed since. Raises OSError."""
        if self._changed:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            content = {**self._all, "version": _VERSION}
            text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
            durable.write_whole(self._path, text.encode())
            self._changed = False

    def _entry(self, mark: tuple[str, str]) -> Mapping[str, Any]:
        entry: Mapping[str, Any] = self._all.get("plateformes", {}).get(self._platform, {}).get("/".join(mark), {})
        return entry


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise Unfit(f"Le fichier d'état « {path.name} » est illisible. {_MEND}") from error
    if not _is_state(content):
        raise Unfit(f"« {path.name} » n'est pas un fichier d'état de publication. {_MEND}")
    return dict(content)


def _is_state(content: Any) -> bool:
    """Platform -> mark -> `{"id": text, "ressources": {key: id}}`, and nothing that we would misread."""
    if not isinstance(content, dict) or content.get("version") != _VERSION:
        return False
    platforms = content.get("plateformes", {})
    entries = [
        entry
        for platform in (platforms.values() if isinstance(platforms, dict) else [None])
        for entry in (platform.values() if isinstance(platform, dict) else [None])
    ]
    return all(
        isinstance(entry, dict)
        and isinstance(entry.get("id"), str)
        and isinstance(entry.get("ressources"), dict)
        and all(isinstance(identifier, str) for identifier in entry["ressources"].values())
        for entry in entries
    )
