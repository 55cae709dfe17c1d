"""The keyed fingerprint under which a real deposit is published: whoever guesses its bytes cannot check the guess.

A deposit of one line has few unknown digits: its sha256, its size or its name would confirm what somebody supposes of a
protected site. The key stands with the deposits, is backed up with them, and is never published nor logged: it is one
of the inputs, so that the same folder always gives the same bytes.
"""

import hmac
import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from greencloud import durable
from greencloud.errors import GreencloudError, cause

KEY_FILE = ".sel"
_KEY = re.compile(r"[0-9a-f]{64}")


class SealError(GreencloudError):
    """A key that cannot be read or made; the text is a French sentence with the cause and the fix."""


@dataclass(frozen=True)
class Seal:
    """What may be told of a deposit, as HMAC-SHA256 in hexadecimal.

    `empreinte` stands for its bytes, `nom` for its file name, `cle` for the key itself: it tells one key from another.
    `lecture`: for how its readings are read, None for a known format.
    """

    empreinte: str
    nom: str
    cle: str
    lecture: str | None = None


def seal(key: bytes, sha256: str, name: str, lecture: str | None = None) -> Seal:
    """The seal of a deposit, from the sha256 of its bytes (in hexadecimal), its file name and how it is read."""
    read = None if lecture is None else _keyed(key, f"lecture {sha256} {lecture}")
    return Seal(_keyed(key, sha256), _keyed(key, f"nom {sha256} {name}"), _keyed(key, "cle"), read)


def _keyed(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), "sha256").hexdigest()


def read(raw_dir: Path) -> bytes | None:
    """The key of a folder of deposits, None without one. Raises SealError for one that cannot be read."""
    try:
        text = (raw_dir / KEY_FILE).read_bytes().decode("ascii", "replace").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SealError(
            f"La clé des empreintes « {raw_dir / KEY_FILE} » ne peut pas être lue ({cause(error)}). "
            "Donnez au traitement le droit de la lire."
        ) from error
    if _KEY.fullmatch(text) is None:
        raise SealError(
            f"La clé des empreintes « {raw_dir / KEY_FILE} » est abîmée. Restaurez-la depuis la sauvegarde des dépôts."
        )
    return bytes.fromhex(text)


def make(raw_dir: Path) -> None:
    """Make the key of a folder that exists, unless it has one: whole, once, for its owner alone. Raises SealError."""
    durable.sweep(raw_dir)
    if os.path.lexists(raw_dir / KEY_FILE):
        return
    try:
        with durable.passing(raw_dir) as aside:
            aside.chmod(0o600)
            aside.write_bytes(f"{secrets.token_hex(32)}\n".encode())
            durable.flush(aside)
            with suppress(FileExistsError):  # another process was first
                os.link(aside, raw_dir / KEY_FILE)
        durable.flush(raw_dir)
    except OSError as error:
        raise SealError(
            f"La clé des empreintes « {raw_dir / KEY_FILE} » ne peut pas être créée ({cause(error)}). "
            "Donnez au traitement le droit d'écrire dans le dossier des dépôts."
        ) from error
