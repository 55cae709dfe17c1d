"""Bytes -> text, judged over the whole file and not on a sample."""

import codecs
from dataclasses import dataclass

from greencloud.reading.containers import Unreadable

_FIX = "Enregistrez à nouveau le fichier au format « CSV UTF-8 »."


@dataclass(frozen=True)
class Decoded:
    """The text of a file, the encoding it was read in, and whether that was certain."""

    text: str
    encoding: str
    certain: bool


def decode(content: bytes) -> Decoded:
    """Decode by byte order mark, else strict UTF-8, else cp1252. Raises Unreadable when none can be right."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return Decoded(_strict(content, encoding), encoding, certain=True)
    try:
        decoded = Decoded(content.decode("utf-8"), "utf-8", certain=True)
    except UnicodeDecodeError:
        decoded = Decoded(_strict(content, "cp1252"), "cp1252", certain=False)
    if "\x00" in decoded.text:
        raise Unreadable("encoding-error", "Le fichier contient des octets nuls : ce n'est pas un texte.", _FIX)
    return decoded


def _strict(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        tried = "ni en UTF-8 ni en Windows-1252" if encoding == "cp1252" else f"en {encoding}, annoncé par son début"
        raise Unreadable(
            "encoding-error",
            f"Ligne {line} : l'octet 0x{error.object[error.start]:02X} ne peut pas être lu {tried}.",
            _FIX,
        ) from error
