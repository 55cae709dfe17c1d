"""A published edition as its folder tells it: its identifier, what it is made of, its tables."""

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greencloud.deposits import fingerprint
from greencloud.errors import GreencloudError

EDITIONS = "editions"
CURRENT = "current"
_FEW = 3  # how many known editions a message names

Card = Mapping[str, Any]


class DifferenceError(GreencloudError):
    """Two editions that cannot be compared; the text is a French sentence with the cause and the fix."""


@dataclass(frozen=True)
class Snapshot:
    """An edition on disk. `made_of` are the ingredients of its `edition.json`."""

    folder: Path
    identifier: str
    made_of: Mapping[str, Any]

    @property
    def deposits(self) -> dict[str, Card]:
        """The cards of its deposits by their published fingerprint, in the order of their reception.

        A card that keeps the name and the sha256 of its file to itself has its table and its keyed fingerprint there.
        """
        return {
            name: {"sha256": name, "nom_origine": f"fichier {card['table']}", **card} if "empreinte" in card else card
            for card in self.made_of["depots"]
            for name in [fingerprint(card)]
        }

    @property
    def before(self) -> str | None:
        """The identifier of the edition published before it."""
        found = self.made_of.get("edition_precedente")
        return str(found) if found else None

    def parquet(self, table: str) -> Path:
        """Where the rows of a published table stand; an older edition may lack the file."""
        return self.folder / f"{table}.parquet"


def open_snapshot(folder: Path) -> Snapshot:
    """The edition of a folder. Raises DifferenceError when it is none."""
    try:
        content = json.loads((folder / "edition.json").read_text(encoding="utf-8"))
        found = Snapshot(folder, str(content["id"]), dict(content["ingredients"]))
        if all(isinstance(fingerprint(card), str) for card in found.made_of["depots"]):
            return found
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DifferenceError(_no_edition(folder)) from error
    raise DifferenceError(_no_edition(folder))


def find(name: str, published: Path) -> Snapshot:
    """An edition by its folder, its identifier, the beginning of one, or `current`.

    Raises DifferenceError with the nearest identifiers when there is none, or more than one.
    """
    if Path(name).is_dir():
        return open_snapshot(Path(name))
    if name == CURRENT:
        return open_snapshot(published / CURRENT)
    known = sorted(path.parent.name for path in (published / EDITIONS).glob("*/edition.json"))
    meant = [one for one in known if one == name] or [one for one in known if name and name in one]
    if len(meant) == 1:
        return open_snapshot(published / EDITIONS / meant[0])
    if meant:
        raise DifferenceError(f"« {name} » désigne plusieurs éditions : {', '.join(meant[:_FEW])}. Précisez laquelle.")
    near = difflib.get_close_matches(name, known, _FEW, 0.4) or known[-_FEW:]
    told = f"Les plus proches : {', '.join(near)}." if near else f"Aucune n'est publiée dans {published}."
    raise DifferenceError(f"L'édition « {name} » n'existe pas dans {published / EDITIONS}. {told}")


def _no_edition(folder: Path) -> str:
    return (
        f"Le dossier « {folder} » n'est pas une édition : edition.json y manque ou n'est pas lisible. "
        "Donnez le dossier ou l'identifiant d'une édition publiée."
    )
