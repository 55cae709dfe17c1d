"""The folders of the portal, below `settings.data`. A received file is named by its bytes, never by its sender.

`quarantaine/` what is still being received; `recus/<aa>/<sha256>` every file ever received, for good;
`travail/<deposit>/<program>/` what a check made of it, which can be made again, like all of `travail/`;
`retires/<instant>-<deposit>/` what left `raw` when a body withdrew it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from greencloud import durable
from greencloud import program as running
from greencloud.deposits import SUFFIXES, clean_name
from portal.errors import Conflict
from portal.models import Filing
from portal.settings import PREFIX, Settings

_NAME_BYTES = 200
_OTHER_SUFFIX = ".bin"


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Hold the data folder for the life of a service: another would take for remains what this one is about to finish.

    The lock is that of `travail/`: migrations and mails hold the folder itself for a moment. Raises Conflict, OSError.
    """
    place = work(settings)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with durable.held(place):
            yield
    except durable.Busy as error:
        raise Conflict(
            f"Un portail sert déjà le dossier « {settings.data} ». Arrêtez-le d'abord, ou donnez un autre dossier par "
            f"{PREFIX}DATA."
        ) from error


def quarantine(settings: Settings) -> Path:
    """Where a file is written while it arrives."""
    return settings.data / "quarantaine"


def received(settings: Settings, sha256: str) -> Path:
    """Where the bytes of that fingerprint stand."""
    return settings.data / "recus" / sha256[:2] / sha256


def work(settings: Settings) -> Path:
    """Where the workers write: all of it can be made again."""
    return settings.data / "travail"


def results(settings: Settings, filing: Filing) -> Path:
    """What this very program found in a deposit; the folder stands whole or not at all."""
    return work(settings) / filing.id / program()[:16]


@cache
def program() -> str:
    """What gives the verdicts of this process, as `greencloud.program` names it: it cannot change while it runs."""
    return running.fingerprint()


def accepted(settings: Settings) -> Path:
    """The accepted rows of deposits of `raw`, by what decides them."""
    return work(settings) / "acceptees" / program()[:16]


def withdrawn(settings: Settings) -> Path:
    """What left `raw`: never deleted."""
    return settings.data / "retires"


def file_name(name: str) -> str:
    """The name that a sender gave, as a safe name of a file of at most 200 octets that keeps its suffix."""
    cleaned = clean_name(name).lstrip(". ") or "sans-nom"
    path = Path(cleaned)
    suffix = path.suffix if path.suffix.lower() in SUFFIXES else ""
    stem = cleaned.removesuffix(suffix).encode()[: _NAME_BYTES - len(suffix)].decode(errors="ignore")
    return (stem.strip() or "sans-nom") + suffix


def suffix(name: str) -> str:
    """The suffix under which `greencloud.deposits` will keep a file of that name: it tells how it is read."""
    found = Path(name).suffix.lower()
    return found if found in SUFFIXES else _OTHER_SUFFIX
