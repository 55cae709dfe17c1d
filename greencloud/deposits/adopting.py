"""A file placed by hand becomes a deposit: its table is read off its header and a card is written beside it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from greencloud import reading, tables
from greencloud.deposits.cards import card_aside, card_path, carded, name_once
from greencloud.deposits.contents import detect_table, fictitious, read
from greencloud.deposits.deposit import Deposit, Unfiled
from greencloud.deposits.naming import after, clean_name, now
from greencloud.deposits.problems import unreadable
from greencloud.program import file_sha256


def adopt_all(paths: list[Path]) -> Iterator[Deposit | Unfiled]:
    """Adopt files in the order they were last written, each a microsecond after the other: the newest one wins.

    A file that another scan adopts meanwhile keeps the card of that scan, and the next files come after it.
    """
    moment = now()
    for path in sorted(paths, key=lambda path: (_written(path), str(path))):
        found = _adopt(path, moment)
        yield found
        if isinstance(found, Deposit) and found.emetteur is None:
            moment = after(max(moment, found.recu_le))


def _written(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:  # gone or closed since it was listed: its adoption says so
        return 0


def _adopt(path: Path, received: str) -> Deposit | Unfiled:
    try:
        header = _header(path)
        if isinstance(header, Unfiled):
            return header
        table = detect_table(header)
        if table is None:
            return _no_table(path)
        version, name = tables.table(table).version, clean_name(path.name)
        invented = fictitious(path)
        deposit = Deposit(path, file_sha256(path), path.stat().st_size, name, received, None, table, version, invented)
        with card_aside(deposit) as aside:
            name_once(aside, card_path(path))
        return carded(path)
    except OSError as error:
        return unreadable(path, error)


def _header(path: Path) -> Sequence[str] | Unfiled:
    if path.stat().st_size == 0:
        return Unfiled(path, f"« {clean_name(path.name)} » est vide.", "Placez le fichier rempli, ou retirez celui-ci.")
    try:
        return read(path).header
    except reading.Unreadable as error:
        return Unfiled(path, error.message, error.fix)


def _no_table(path: Path) -> Unfiled:
    required = (
        ", ".join(field.name for field in tables.table(name).fields if field.required) + f" ({name})"
        for name in tables.DEPOSITED
    )
    return Unfiled(
        path,
        f"« {clean_name(path.name)} » : son en-tête n'est celui d'aucune table attendue.",
        f"Donnez au moins ces colonnes : {' ; ou '.join(required)}.",
    )
