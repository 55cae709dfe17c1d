"""The key of the platform's API: from the environment or a file, never shown."""

import os
from pathlib import Path

from greencloud.datagouv.errors import Unfit

VARIABLE = "DATAGOUV_TOKEN"
_LONGEST = 4096  # characters; a file longer than that holds something else


class Token:
    """A key that no message, log or traceback prints."""

    def __init__(self, text: str) -> None:
        """Raises Unfit for a text that cannot be a key: empty, long, with spaces or characters no header carries."""
        if not text or len(text) > _LONGEST or not text.isascii() or not text.isprintable() or " " in text:
            raise Unfit(
                "Le jeton doit être un seul mot, sans espace ni accent. Copiez-le de nouveau depuis la plateforme."
            )
        self._text = text

    def __repr__(self) -> str:
        return "Token(•••)"

    def reveal(self) -> str:
        """The key itself, for the header of a request and nothing else."""
        return self._text


def read(path: Path | None = None) -> Token | None:
    """The key of a file, else of the environment variable DATAGOUV_TOKEN; None when there is neither.

    Raises Unfit for a file that is missing, unreadable, empty or no key.
    """
    if path is None:
        text = os.environ.get(VARIABLE, "").strip()
        return Token(text) if text else None
    try:
        with path.open(encoding="ascii") as file:
            text = file.read(_LONGEST + 1).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Unfit(
            f"Le fichier du jeton, « {path.name} », est introuvable ou illisible. Vérifiez son chemin."
        ) from error
    return Token(text)
