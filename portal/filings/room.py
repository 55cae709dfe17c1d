"""The room that stays free on the disks of the portal: what was acknowledged must not run out of it."""

import shutil
from pathlib import Path

from portal.filings.errors import Unstored
from portal.settings import Settings

_LATER = 600  # seconds: an operator is to make room
_FULL = (
    "Le portail n’a presque plus de place : rien n’a été reçu. Recommencez dans dix minutes ; si cela dure, prévenez "
    "l’équipe du portail. Les dépôts qui ont un reçu ne risquent rien."
)


def enough(settings: Settings) -> bool:
    """Whether the disks have the room under which no deposit is received."""
    return all(_free(folder) >= settings.least_room for folder in (settings.data, settings.raw))


def refuse_full(settings: Settings) -> None:
    """Raise Unstored when a deposit would take room that is to stay free."""
    if not enough(settings):
        raise Unstored(_FULL, headers={"Retry-After": str(_LATER)})


def _free(folder: Path) -> int:
    """Octets free on the disk of a folder, or where it would be made."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
