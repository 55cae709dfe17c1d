"""The folder of the editions: ``editions/<id>/``, never written twice, and ``current``, a link to the newest.

Each edition names the one it comes after. An edition that a crash left in its place, before `current` led to it, is
thus known for the newest, and the next run finishes what the crash interrupted.
"""

import datetime as dt
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from greencloud import durable
from greencloud.deposits import Deposit
from greencloud.editions.errors import EditionError, listed
from greencloud.editions.ingredients import BEFORE, ingredients, refuse_other_key
from greencloud.editions.verifying import is_whole
from greencloud.errors import cause, fix

EDITIONS = "editions"
CURRENT = "current"
ASIDE = ".en-cours-"
_CARD = "edition.json"


@contextmanager
def locked(published_dir: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold the folder for one publication, rid of what a crash left; the system lets go of it even after a crash.

    `wait`: until another publication has finished. Raises EditionError when one is under way, when the folder cannot
    be made or written, and when `current` cannot be trusted.
    """
    with ExitStack() as stack:
        try:
            published_dir.mkdir(parents=True, exist_ok=True)
            stack.enter_context(durable.held(published_dir, wait=wait))
            sweep(published_dir)
            _try_to_write(published_dir)
        except durable.Busy as error:
            raise EditionError(
                "Une autre publication est en cours dans ce dossier. Attendez sa fin, ou relancez avec --attendre."
            ) from error
        except OSError as error:
            raise EditionError(
                f"Le dossier de publication « {published_dir} » ne peut pas être créé ou écrit : {cause(error)}. "
                f"{fix(error)}"
            ) from error
        heal(published_dir)
        yield


def _try_to_write(published_dir: Path) -> None:
    """Know it before hours of work rather than after. Raises OSError."""
    place = published_dir / f"{ASIDE}essai"
    place.mkdir()
    place.rmdir()


def sweep(published_dir: Path) -> None:
    """Remove what a crashed publication left; nobody else is writing, since the folder is locked."""
    for path in published_dir.glob(f"{ASIDE}*"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def heal(published_dir: Path) -> None:
    """Point `current` to the newest edition if a crash, or a hand, has left it elsewhere.

    Raises EditionError when `current` is no link, when two editions claim to be the newest, and when the newest does
    not hold what its checksums tell.
    """
    _refuse_real_current(published_dir)
    last = newest(published_dir)
    if last is None or pointed(published_dir) == last:
        return
    if not is_whole(published_dir / EDITIONS / last):
        raise EditionError(
            f"L'édition {last} est la plus récente, mais ses fichiers ne sont plus ceux de son SHA256SUMS. "
            f"Restaurez le dossier {EDITIONS}/{last} depuis une copie."
        )
    point(published_dir, last)


def point(published_dir: Path, identifier: str) -> None:
    """Have `current` lead to an edition, at once, and the disk take it."""
    link = published_dir / f"{ASIDE}{CURRENT}"
    link.symlink_to(Path(EDITIONS) / identifier)
    link.replace(published_dir / CURRENT)
    durable.flush(published_dir)


def pointed(published_dir: Path) -> str | None:
    """The id of the edition that `current` leads to; None when it leads to none."""
    current = published_dir / CURRENT
    return current.resolve().name if (current / _CARD).is_file() else None


def newest(published_dir: Path) -> str | None:
    """The id of the edition that comes after all others, whether or not `current` leads to it; None without edition."""
    before = _links(published_dir)
    heads = [identifier for identifier in before if identifier not in before.values()]
    current = pointed(published_dir)
    if current is not None:
        heads = [head for head in heads if current in _ancestry(head, before)] or [current]
    if len(heads) > 1:
        raise EditionError(
            f"Plusieurs éditions se disent la plus récente : {listed(sorted(heads))}. "
            f"Faites mener le lien « {CURRENT} » à celle qui est en ligne et mettez les autres dossiers de côté."
        )
    return heads[0] if heads else None


def earlier(published_dir: Path, deposits: Sequence[Deposit], vintage: dt.date | None = None) -> list[Path]:
    """The folders of the editions that the one of these deposits comes after, newest first.

    An edition is compared with those before it, so that their difference betrays nobody. Published again from the same
    ingredients, it comes after the same editions as the first time. Raises EditionError when one is missing (it has
    been public, so secrecy cannot do without it), and when the key of the fingerprints is not that of the newest.
    """
    last = newest(published_dir)
    if last is None:
        return []
    made_of = recorded(published_dir, last)
    refuse_other_key(made_of, deposits)
    return since(published_dir, made_of[BEFORE] if _same(made_of, deposits, vintage) else last)


def standing(published_dir: Path, deposits: Sequence[Deposit], vintage: dt.date | None = None) -> Path | None:
    """The newest edition if it is made of exactly this, and whole: nothing is left to be done. Raises EditionError."""
    last = newest(published_dir)
    if last is None or not _same(recorded(published_dir, last), deposits, vintage):
        return None
    folder = published_dir / EDITIONS / last
    return folder if is_whole(folder) else None


def _same(made_of: Mapping[str, Any], deposits: Sequence[Deposit], vintage: dt.date | None) -> bool:
    return made_of == ingredients(deposits, made_of[BEFORE], vintage)


def since(published_dir: Path, first: str | None) -> list[Path]:
    """The folder of an edition and of all those before it, newest first. Raises EditionError when one is missing."""
    found = []
    while first is not None:
        found.append(published_dir / EDITIONS / first)
        first = _before(published_dir, first)
    return found


def recorded(published_dir: Path, identifier: str) -> dict[str, Any]:
    """What a published edition says it is made of. Raises EditionError when it is missing or unreadable."""
    path = published_dir / EDITIONS / identifier / _CARD
    try:
        made_of: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["ingredients"]
    except (OSError, ValueError, KeyError) as error:
        raise EditionError(
            f"L'édition {identifier}, publiée avant celle-ci, est absente ou illisible : le secret statistique ne peut "
            f"pas s'assurer que leur différence ne trahit personne. Restaurez le dossier {EDITIONS}/{identifier}."
        ) from error
    return {BEFORE: None, **made_of}


def _links(published_dir: Path) -> dict[str, str | None]:
    """Edition -> the one it comes after."""
    names = sorted(path.parent.name for path in published_dir.glob(f"{EDITIONS}/*/{_CARD}"))
    return {name: _before(published_dir, name) for name in names}


def _before(published_dir: Path, identifier: str) -> str | None:
    """The edition that one comes after: what a file says of thousands of deposits is read once for this one word."""
    path = published_dir / EDITIONS / identifier / _CARD
    seen = path.stat() if path.is_file() else None
    return _told(published_dir, identifier, (seen.st_mtime_ns, seen.st_size) if seen else None)


@lru_cache(10_000)
def _told(published_dir: Path, identifier: str, _seen: object) -> str | None:
    before: str | None = recorded(published_dir, identifier)[BEFORE]
    return before


def _ancestry(identifier: str, before: Mapping[str, str | None]) -> list[str]:
    found: list[str] = []
    at: str | None = identifier
    while at is not None and at not in found:
        found.append(at)
        at = before.get(at)
    return found


def _refuse_real_current(published_dir: Path) -> None:
    current = published_dir / CURRENT
    if current.exists() and not current.is_symlink():
        raise EditionError(
            f"« {CURRENT} » est un vrai dossier ou fichier, au lieu d'un lien vers la dernière édition. "
            "Mettez-le de côté, puis relancez."
        )
