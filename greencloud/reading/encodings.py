"""Bytes -> text, judged over the whole file and not on a sample."""

import codecs
from dataclasses import dataclass

from greencloud.reading.containers import Unreadable

_FIX = "Enregistrez à nouveau le fichier au format « CSV UTF-8 »."


_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Decoded:
    """The text of a file and the encoding it was read in."""

    text: str
    encoding: str


def decode(content: bytes) -> Decoded:
    """Decode by byte order mark, else strict UTF-8, else cp1252. Raises Unreadable when none can be right."""
    decoded = _decoded(content)
    if "\x00" in decoded.text:
        raise Unreadable("encoding-error", "Le fichier contient des octets nuls : ce n'est pas un texte.", _FIX)
    return decoded


def _decoded(content: bytes) -> Decoded:
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise Unreadable("encoding-error", "Le fichier est en UTF-32, que les tableurs ne relisent pas.", _FIX)
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return Decoded(_strict(content, encoding), encoding)
    try:
        return Decoded(content.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        _refuse_mixture(content)
        return Decoded(_strict(content, "cp1252"), "cp1252")


def _refuse_mixture(content: bytes) -> None:
    """Lines in UTF-8 beside lines that are not: read in one encoding, some of them would be wrong in silence."""
    accented = [(number, line) for number, line in enumerate(content.splitlines(), start=1) if not line.isascii()]
    others = [number for number, line in accented if not _is_utf8(line)]
    if len(others) < len(accented):
        raise Unreadable(
            "encoding-error",
            f"Ligne {others[0]} : cette ligne n'est pas en UTF-8 alors que d'autres le sont.",
            "Deux exports ont sans doute été collés bout à bout : " + _FIX[0].lower() + _FIX[1:],
        )


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


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
