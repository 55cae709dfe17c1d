"""The card of a deposit: what is known of the file beside which it stands. It is written whole, and never believed
before it was looked through."""

import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from greencloud import durable, tables
from greencloud.deposits.deposit import Deposit, Origin, Unfiled
from greencloud.deposits.naming import NAME_LENGTH, clean_name, is_siren, is_time, visible
from greencloud.program import file_sha256

CARD_SUFFIX = ".depot.json"
CARD_BYTES = 65_536
_ORIGIN_LENGTH = NAME_LENGTH  # an address, an identifier, the name of an organisation
_OPTIONAL = frozenset({"origine", "lecture"})
_REQUIRED = frozenset(field.name for field in fields(Deposit)) - {"path", "seal", "conventions"} - _OPTIONAL
_SHA256 = re.compile(r"[0-9a-f]{64}")

Fingerprint = Callable[[Path], str]


def card_path(path: Path) -> Path:
    """Where the card of a deposited file stands: its whole name and `.depot.json`."""
    return path.with_name(path.name + CARD_SUFFIX)


def write_card(deposit: Deposit) -> Path:
    """Write the card of a deposit beside it, over any other, whole or not at all; return its path. Raises OSError."""
    card = card_path(deposit.path)
    with card_aside(deposit) as aside:
        aside.replace(card)
    return card


@contextmanager
def card_aside(deposit: Deposit) -> Iterator[Path]:
    """The card of a deposit, whole, under a passing name in its folder."""
    content = asdict(deposit)
    del content["path"], content["seal"], content["conventions"]
    for name in _OPTIONAL:
        if content[name] is None:
            del content[name]
    with durable.passing(deposit.path.parent) as aside:
        text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        aside.write_text(text, encoding="utf-8", newline="\n")
        durable.flush(aside)
        yield aside


def name_once(source: Path, name: Path) -> None:
    """Give a whole file its name unless it is taken; the caller then reads what stands there, its own or another's."""
    with suppress(FileExistsError, FileNotFoundError):  # another was first, or has already completed the reservation
        os.link(source, name)


def described(card: Path) -> Path:
    """The file that a card stands beside."""
    return card.with_name(card.name.removesuffix(CARD_SUFFIX))


def carded(path: Path, sha256: Fingerprint = file_sha256) -> Deposit | Unfiled:
    """The deposit that the card beside `path` describes, once its bytes are seen to be those of the card."""
    content = read_card(card_path(path))
    if content is None:
        return Unfiled(
            path,
            f"La carte de « {clean_name(path.name)} » est illisible ou incomplète.",
            f"Restaurez la carte, ou effacez « {clean_name(card_path(path).name)} » : le fichier sera repris à neuf.",
        )
    if (content["sha256"], content["octets"]) != (sha256(path), path.stat().st_size):
        return Unfiled(
            path,
            f"Le contenu de « {clean_name(path.name)} » n'est plus celui de sa carte : "
            "le fichier a été modifié après son dépôt.",
            "Restaurez le fichier d'origine. Une correction se dépose dans un nouveau fichier.",
        )
    return Deposit(path=path, **content)


def read_card(card: Path) -> dict[str, Any] | None:
    """The checked content of a card (the fields of Deposit but `path`), None when anything in it is wrong."""
    try:
        found = card.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > CARD_BYTES:
            return None
        content = json.loads(card.read_bytes().decode())
    except (ValueError, RecursionError, FileNotFoundError):  # no JSON, or removed while it was read
        return None
    if not isinstance(content, dict) or content.keys() - _OPTIONAL != _REQUIRED or not _is_card(content):
        return None
    if "origine" not in content:
        return content
    return {**content, "origine": Origin(**content["origine"])} if _is_origin(content["origine"]) else None


def _is_card(content: dict[str, Any]) -> bool:
    texts = [content[name] for name in ("sha256", "nom_origine", "recu_le", "table", "version_schema")]
    sender = content["emetteur"]
    return (
        all(isinstance(text, str) for text in texts)
        and _SHA256.fullmatch(content["sha256"]) is not None
        and clean_name(content["nom_origine"]) == content["nom_origine"]
        and is_time(content["recu_le"])
        and content["table"] in tables.DEPOSITED
        and type(content["octets"]) is int
        and type(content["synthetique"]) is bool
        and (sender is None or (isinstance(sender, str) and is_siren(sender)))
        and ("lecture" not in content or (content["table"] == tables.READINGS and type(content["lecture"]) is dict))
    )


def _is_origin(content: object) -> bool:
    if not isinstance(content, dict) or set(content) != {field.name for field in fields(Origin)}:
        return False
    texts = [text for name, text in content.items() if (name, text) != ("producteur", None)]
    return all(isinstance(text, str) and 0 < len(text) <= _ORIGIN_LENGTH and visible(text) == text for text in texts)
