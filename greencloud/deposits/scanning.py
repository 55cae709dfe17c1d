"""The folder of the deposits: which of its files are deposits, and why the others are none."""

import os
from collections.abc import Iterable, Iterator, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from greencloud import seals
from greencloud.deposits.adopting import adopt_all
from greencloud.deposits.cards import CARD_SUFFIX, Fingerprint, carded, described, read_card
from greencloud.deposits.contents import REGISTER, protects
from greencloud.deposits.deposit import Deposit, DepositError, Unfiled, first_receptions
from greencloud.deposits.naming import clean_name
from greencloud.deposits.problems import leads_inside, unreadable
from greencloud.program import file_sha256
from greencloud.tables import METERS, READINGS

TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".xlsx", ".ods"})
NOTICE_SUFFIXES = frozenset({".md", ".txt", ""})
# The synthetic deposits come with the list of the errors put into them on purpose: a key to the exercise, which
# stands among them without being one, and whose warning at every scan would say nothing to anybody.
EXPECTED_ERRORS = ".erreurs-attendues.csv"
_SHARE = 64


class _Listed(NamedTuple):
    """What a folder lists: whether it is a file and no link, and the names of all that stands beside it."""

    path: Path
    plain: bool
    beside: Set[str]


def scan(raw_dir: Path, sha256: Fingerprint = file_sha256) -> tuple[list[Deposit], list[Unfiled]]:
    """Every deposit below `raw_dir` in the order of supersession (recu_le, sha256), and what is none, and why.

    Files placed by hand are adopted (a card is written beside them). The same bytes twice count once, at their
    first reception. Notices (README, LISEZMOI) and hidden files are left aside, but a hidden table is said. `sha256`
    gives that of a file, perhaps from memory. Real deposits are sealed where there is a key; one is made as soon as a
    register holds a real site that is not published in its name, and for the meters of real sites. Raises DepositError
    without the folder, and SealError.
    """
    if not raw_dir.is_dir():
        raise DepositError(f"Le dossier des dépôts « {raw_dir.name} » n'existe pas. Créez-le ou corrigez son chemin.")
    seen = _examined(list(_walk(raw_dir)), raw_dir, sha256)
    seen += adopt_all([found for found in seen if isinstance(found, Path)])
    unfiled = [found for found in seen if isinstance(found, Unfiled)]
    return _sealed(first_receptions([found for found in seen if isinstance(found, Deposit)]), raw_dir), unfiled


def _examined(
    listed: Sequence[_Listed | Unfiled], raw_dir: Path, sha256: Fingerprint
) -> list[Deposit | Unfiled | Path | None]:
    """What each path is, in their order."""
    ahead = _read_ahead([found for found in listed if isinstance(found, _Listed)], sha256)
    return [_examine(found, raw_dir, lambda path: ahead.get(path) or sha256(path)) for found in listed]


def _read_ahead(listed: Iterable[_Listed], sha256: Fingerprint) -> dict[Path, str]:
    """The sha256 of files with a card, those that can be read: by threads, which is all that they are worth here.

    They take many paths at once: to hand one over takes longer than to find it in the memory.
    """
    paths = [found.path for found in listed if found.plain and f"{found.path.name}{CARD_SUFFIX}" in found.beside]

    def read(share: Sequence[Path]) -> dict[Path, str]:
        found = {}
        for path in share:
            with suppress(OSError):  # told when it is asked for again
                found[path] = sha256(path)
        return found

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        shares = pool.map(read, (paths[first : first + _SHARE] for first in range(0, len(paths), _SHARE)))
        return {path: told for share in shares for path, told in share.items()}


def filed(raw_dir: Path, table: str, emetteur: str | None) -> list[Deposit]:
    """The deposits that a sender made for a table, in the order of `scan`, as far as they have a card and their bytes.

    Nothing is adopted, and only their own bytes are read. Raises OSError.
    """
    found = []
    for card in raw_dir.rglob(f"*{CARD_SUFFIX}"):
        content = read_card(card)
        if content and (content["table"], content["emetteur"]) == (table, emetteur) and described(card).is_file():
            deposit = carded(described(card))
            if isinstance(deposit, Deposit):
                found.append(deposit)
    return first_receptions(found)


def _walk(folder: Path, hidden: bool = False) -> Iterator[_Listed | Unfiled]:
    """Everything below the folder but folders, in the order of the names, notices and hidden files left aside.

    A hidden table, or one in a hidden folder, is said: its sender believes that it counts.
    """
    try:
        with os.scandir(folder) as listed:
            entries = sorted(listed, key=attrgetter("name"))
        folders = {entry.name for entry in entries if entry.is_dir(follow_symlinks=False)}
    except OSError as error:
        yield unreadable(folder, error)
        return
    names = {entry.name for entry in entries}
    for entry in entries:
        path, concealed = folder / entry.name, hidden or entry.name.startswith(".")
        if entry.name in folders:
            yield from _walk(path, concealed)
        elif concealed:
            yield from _hidden_table(path)
        elif not _is_notice(path):
            yield _Listed(path, entry.is_file(follow_symlinks=False), names)


def _is_notice(path: Path) -> bool:
    return path.name.upper().startswith(("README", "LISEZMOI")) and path.suffix.lower() in NOTICE_SUFFIXES


def _hidden_table(path: Path) -> Iterator[Unfiled]:
    if path.suffix.lower() in TABLE_SUFFIXES and path.name != EXPECTED_ERRORS:
        yield Unfiled(
            path,
            f"« {clean_name(path.name)} » est caché (son nom ou celui d'un dossier commence par un point) : "
            "il n'a pas été lu.",
            "Si c'est un dépôt, renommez-le sans ce point, ou sortez-le du dossier caché. Sinon, retirez-le.",
        )


def _examine(listed: _Listed | Unfiled, raw_dir: Path, sha256: Fingerprint) -> Deposit | Unfiled | Path | None:
    """A deposit with its card; what is wrong with the path; the path itself if to be adopted; None for a card."""
    if isinstance(listed, Unfiled):
        return listed
    path = listed.path
    try:
        odd = None if listed.plain else _odd_path(path, raw_dir)
        if odd is not None:
            return odd
        if path.name.endswith(CARD_SUFFIX):
            return None if _stands(path.name.removesuffix(CARD_SUFFIX), listed) else _orphan(path)
        return carded(path, sha256) if _stands(f"{path.name}{CARD_SUFFIX}", listed) else path
    except OSError as error:
        return unreadable(path, error)


def _stands(name: str, listed: _Listed) -> bool:
    """Whether a name stands beside a path: it was listed, or it came since."""
    return name in listed.beside or os.path.lexists(listed.path.with_name(name))


def _odd_path(path: Path, raw_dir: Path) -> Unfiled | None:
    name = clean_name(path.name)
    if path.is_symlink() and not leads_inside(path, raw_dir):
        return Unfiled(
            path,
            f"« {name} » est un lien qui mène hors du dossier des dépôts, ou nulle part : il n'a pas été suivi.",
            "Remplacez le lien par une copie du fichier.",
        )
    if path.is_dir():
        return Unfiled(
            path,
            f"« {name} » est un lien vers un autre dossier des dépôts, déjà parcouru à sa place.",
            "Retirez le lien.",
        )
    if not path.is_file():
        return Unfiled(path, f"« {name} » n'est pas un fichier ordinaire.", "Retirez-le du dossier des dépôts.")
    return None


def _orphan(card: Path) -> Unfiled:
    return Unfiled(
        card,
        f"La carte « {clean_name(card.name)} » n'a pas de fichier : "
        "son dépôt est en cours ou a été interrompu, ou le fichier a été retiré ou renommé.",
        "Si aucun dépôt n'est en cours, déposez à nouveau le fichier ou remettez-le à sa place, "
        "ou retirez aussi la carte.",
    )


def _sealed(found: list[Deposit], raw_dir: Path) -> list[Deposit]:
    """Real deposits under their keyed fingerprint; the key is read last: it stands before any card of `store` does."""
    real = [deposit for deposit in found if not deposit.synthetique]
    key = seals.read(raw_dir)
    if key is None and any(_needs_key(deposit) for deposit in real):
        seals.make(raw_dir)
        key = seals.read(raw_dir)
    if key is None:
        return found
    return [deposit if deposit.synthetique else replace(deposit, seal=_seal(key, deposit)) for deposit in found]


def _needs_key(deposit: Deposit) -> bool:
    """Whether its name, or a guess of its bytes, could tell of a protected site or of the number of a meter."""
    return deposit.table in (METERS, READINGS) or (deposit.table == REGISTER and protects(deposit))


def _seal(key: bytes, deposit: Deposit) -> seals.Seal:
    return seals.seal(key, deposit.sha256, deposit.nom_origine, deposit.told_lecture)
