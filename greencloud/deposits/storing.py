"""A file that is handed in: its bytes are copied, and its card is made once, whoever else deposits the same bytes."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from greencloud import durable, seals, tables
from greencloud.deposits.cards import CARD_SUFFIX, card_aside, card_path, described, name_once, read_card
from greencloud.deposits.contents import FICTITIOUS, fictitious
from greencloud.deposits.deposit import Deposit, DepositError, Origin, first_receptions
from greencloud.deposits.naming import clean_name, is_time, now, siren_fault, visible
from greencloud.deposits.problems import cause, leads_inside
from greencloud.program import file_sha256

SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".zip", ".gz"})
OTHER_SUFFIX = ".bin"
BLOCK_BYTES = 1 << 20
LECTURE_BYTES = 16_384  # a card stays well below CARD_BYTES


def store(
    file: Path,
    *,
    table: str,
    emetteur: str | None,
    raw_dir: Path,
    recu_le: str | None = None,
    synthetique: bool = False,
    origine: Origin | None = None,
    lecture: Mapping[str, Any] | None = None,
) -> Deposit:
    """Copy the exact bytes of `file` into `raw_dir`, with a card; the same bytes twice change nothing.

    `emetteur` may only be None for a harvested file, which has an `origine`. `lecture`: how a file of readings is read,
    a parsed JSON or TOML document; only for that table.
    The card says synthetic when the depositor says so, and also when the file is fictitious (see `fictitious`), or, of
    readings, which name no site, when its sender is.
    `recu_le` is now unless given (see `now`). Raises DepositError: file missing, empty or unreadable, unknown table,
    wrong SIREN or date, bytes already deposited for another table, to be read otherwise, or whose card is unreadable,
    folder that cannot be written or leads out of `raw_dir`.
    """
    version = _version(table)
    _refuse_useless(lecture, table)
    sender = None if emetteur is None and origine is not None else _siren(emetteur or "")
    received = _received(recu_le)
    _refuse_odd_file(file)
    name = clean_name(file.name)
    try:
        _refuse_outside(raw_dir / "depots", raw_dir)
        with _copied(file, raw_dir / "depots") as (copy, sha256, octets):
            if octets == 0:
                raise DepositError(f"Le fichier « {name} » est vide. Déposez le fichier rempli.")
            path = raw_dir / "depots" / sha256[:2] / f"{sha256}{_suffix(name)}"
            _refuse_outside(path.parent, raw_dir)
            invented = synthetique or (_is_invented(sender) if table == tables.READINGS else fictitious(copy))
            if not invented:
                seals.make(raw_dir)
            card = Deposit(path, sha256, octets, name, received, sender, table, version, invented, origine)
            return _file_away(copy, replace(card, lecture=lecture))
    except OSError as error:
        raise DepositError(
            f"Le fichier « {name} » n'a pas pu être copié ({cause(error)}). "
            "Vérifiez le droit de le lire, celui d'écrire dans le dossier des dépôts, et la place libre."
        ) from error


def _is_invented(sender: str | None) -> bool:
    return sender is not None and sender.startswith(FICTITIOUS)


def _version(table: str) -> str:
    if table not in tables.DEPOSITED:
        raise DepositError(
            f"La table « {table} » ne reçoit pas de dépôt. Choisissez parmi : {', '.join(tables.DEPOSITED)}."
        )
    return tables.table(table).version


def _refuse_useless(lecture: Mapping[str, Any] | None, table: str) -> None:
    if lecture is None:
        return
    if table != tables.READINGS:
        raise DepositError(
            f"Une correspondance de lecture ne sert qu'à la table « {tables.READINGS} ». "
            "Retirez-la, ou changez de table."
        )
    try:
        text = json.dumps(lecture, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise DepositError(
            "La correspondance de lecture contient une valeur qui n'est ni un texte, ni un nombre, ni un oui ou non "
            "(une date ?). Écrivez cette valeur entre guillemets."
        ) from error
    if len(text.encode()) > LECTURE_BYTES:
        raise DepositError("La correspondance de lecture est trop longue. Ne gardez que ce qui dit comment lire.")


def _siren(text: str) -> str:
    digits = re.sub(r"\s", "", text)
    if fault := siren_fault(digits):
        raise DepositError(
            f"« {visible(text)} » n'est pas un numéro SIREN valide : {fault}. "
            "Donnez les 9 chiffres du SIREN de l'organisme qui dépose (les 9 premiers de son SIRET)."
        )
    return digits


def _received(text: str | None) -> str:
    if text is None:
        return now()
    if not is_time(text):
        raise DepositError(
            f"La date de réception « {visible(text)} » n'est pas de la forme 2026-05-14T09:30:00.000000Z (heure UTC). "
            "Corrigez-la, ou ne la donnez pas : ce sera l'instant du dépôt."
        )
    return text


def _suffix(name: str) -> str:
    suffix = Path(name).suffix.lower()
    return suffix if suffix in SUFFIXES else OTHER_SUFFIX


def _refuse_odd_file(file: Path) -> None:
    name = clean_name(file.name)
    if not file.exists():
        raise DepositError(f"Le fichier « {name} » est introuvable. Vérifiez son nom et son dossier.")
    if not file.is_file():
        raise DepositError(
            f"« {name} » n'est pas un fichier ordinaire. Donnez un fichier CSV ou un classeur, un à la fois."
        )


def _refuse_outside(folder: Path, raw_dir: Path) -> None:
    if folder.is_symlink() and not leads_inside(folder, raw_dir):
        raise DepositError(
            f"« {clean_name(folder.name)} » est un lien qui mène hors du dossier des dépôts, ou nulle part : "
            "rien n'a été déposé. Remplacez le lien par un vrai dossier."
        )


def _file_away(copy: Path, fresh: Deposit) -> Deposit:
    """Write the card, then move the copy to its place; bytes that have a card keep it and are only restored."""
    fresh.path.parent.mkdir(exist_ok=True)
    durable.sweep(fresh.path.parent)
    deposit = _known(fresh.path.parent, fresh.sha256) or _first_card(fresh)
    _reservation(fresh.path.parent, fresh.sha256).unlink(missing_ok=True)  # left by a crash after the card was made
    erase = f"effacez « {deposit.path} » et, à côté, « {card_path(deposit.path).name} »"
    if deposit.table != fresh.table:
        raise DepositError(
            f"Ces mêmes octets sont déjà déposés pour la table « {deposit.table} » (le {deposit.recu_le[:10]}). "
            f"Vérifiez la table. Si ce premier dépôt est une erreur, {erase}, puis déposez à nouveau le fichier."
        )
    if deposit.lecture != fresh.lecture:
        raise DepositError(
            f"Ces mêmes octets sont déjà déposés (le {deposit.recu_le[:10]}) pour être lus autrement. Si cette "
            f"première lecture est une erreur, {erase}, puis déposez à nouveau le fichier. S'il a plusieurs compteurs, "
            "n'effacez rien : déposez une copie qui n'ait que les colonnes de l'autre."
        )
    path = deposit.path
    if path.is_symlink() or not path.is_file() or file_sha256(path) != deposit.sha256:
        copy.replace(path)
    durable.flush(path.parent)
    return deposit


def _first_card(fresh: Deposit) -> Deposit:
    """Write the card of bytes that have none, unless another deposit of them comes first: what the card says then.

    The reservation bears no suffix, so that « a.csv » and « a.txt » of the same bytes meet there. It is removed only
    once the card stands: whoever finds one, even left by a crash, may thus complete it and remove it.
    """
    folder, sha256 = fresh.path.parent, fresh.sha256
    reservation = _reservation(folder, sha256)
    with card_aside(fresh) as aside:
        name_once(aside, reservation)
    first = read_card(reservation)
    if first is not None and _known(folder, sha256) is None:
        name_once(reservation, card_path(folder / f"{sha256}{_suffix(first['nom_origine'])}"))
    reservation.unlink(missing_ok=True)
    known = _known(folder, sha256)
    if known is None:
        raise DepositError(
            "Ces octets ont déjà une carte, mais elle est illisible ou incomplète. "
            f"Restaurez « {clean_name(card_path(fresh.path).name)} » ou effacez-la, puis recommencez le dépôt."
        )
    return known


def _reservation(folder: Path, sha256: str) -> Path:
    return folder / f".{sha256}.reserve"


@contextmanager
def _copied(file: Path, folder: Path) -> Iterator[tuple[Path, str, int]]:
    """The file copied aside in `folder`, the sha256 and the size of the copy; the copy never outlives the block."""
    folder.mkdir(parents=True, exist_ok=True)
    durable.sweep(folder)
    with durable.passing(folder) as aside:
        digest = hashlib.sha256()
        with file.open("rb") as source, aside.open("wb") as target:
            for block in _blocks(source):
                digest.update(block)
                target.write(block)
        durable.flush(aside)
        yield aside, digest.hexdigest(), aside.stat().st_size


def _blocks(source: BinaryIO) -> Iterator[bytes]:
    while block := source.read(BLOCK_BYTES):
        yield block


def _known(folder: Path, sha256: str) -> Deposit | None:
    """What the card of these bytes says, whatever the suffix they were deposited with."""
    cards = [(card, read_card(card)) for card in folder.glob(f"{sha256}.*{CARD_SUFFIX}")]
    known = [Deposit(path=described(card), **content) for card, content in cards if content is not None]
    return next(iter(first_receptions([deposit for deposit in known if deposit.sha256 == sha256])), None)
