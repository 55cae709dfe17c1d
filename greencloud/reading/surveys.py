"""The encoding of a text too long to be held, judged over all of it in a constant memory."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from greencloud.reading import charsets
from greencloud.reading.encodings import NULLS, UTF16_MARKS, UTF16_PROBE, unmarked_utf16, why_charset
from greencloud.reading.mixtures import count_line_ends, holds_utf8
from greencloud.reading.refusals import SAVE_AGAIN, Unreadable

_SURVEYED = 1 << 24


@dataclass(frozen=True)
class Survey:
    """The encoding of a text too long to be held, and why; None when no single one reads it all.

    Otherwise `wrong` is the place of the first byte that is not UTF-8, if there is one.
    """

    encoding: str | None
    why: str = ""
    wrong: int | None = None


def survey(stream: BinaryIO) -> tuple[str, str]:
    """The one encoding in which all of a long text can be read, and why. Raises Unreadable if there is none.

    Nothing is mended line by line here: a byte that does not fit is an error, which names its line.
    """
    found = look_over(stream)
    if found.encoding is None:
        raise Unreadable(
            "encoding-error",
            f"Ligne {_line_at(stream, found.wrong or 0)} : elle n'est pas en UTF-8, et le fichier entier ne se lit pas "
            "non plus dans un autre encodage.",
            SAVE_AGAIN,
        )
    return found.encoding, found.why


def look_over(stream: BinaryIO) -> Survey:
    """What reads a long text. Raises Unreadable for what is no text."""
    head = stream.read(UTF16_PROBE)
    stream.seek(0)
    for mark, _ in UTF16_MARKS:
        if head.startswith(mark) and not head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
            return Survey("utf-16", "annoncé par son début")
    guessed = unmarked_utf16(head)
    if guessed:
        return Survey(guessed, "que montrent ses octets nuls")
    wrong = _first_not_utf8(stream)
    if wrong is None:
        marked = head.startswith(codecs.BOM_UTF8)
        return Survey("utf-8-sig" if marked else "utf-8", "parce que tout le fichier se lit ainsi")
    charset = charset_from(stream, wrong)
    if charset is None or not _fits(stream, charset):
        return Survey(None, wrong=wrong)
    return Survey(charset, why_charset(charset), wrong)


def charset_from(stream: BinaryIO, place: int) -> str | None:
    """The 8-bit charset that makes sense of what follows a place, None when none does."""
    stream.seek(max(place - 1, 0))
    return charsets.guess(stream.read(_SURVEYED))


def mixes_utf8(stream: BinaryIO) -> bool:
    """Whether some bytes of the file can only be UTF-8."""
    _begin(stream)
    return any(holds_utf8(piece) for piece in _pieces(stream) if not piece.isascii())


def _first_not_utf8(stream: BinaryIO) -> int | None:
    """The place of the first byte that UTF-8 does not read."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    place = 0
    for piece in _pieces(stream):
        _refuse_nulls(piece)
        waiting = len(decoder.getstate()[0])
        if waiting or not piece.isascii():
            try:
                decoder.decode(piece)
            except UnicodeDecodeError as error:
                return place - waiting + error.start
        place += len(piece)
    return place - len(decoder.getstate()[0]) if decoder.getstate()[0] else None


def _fits(stream: BinaryIO, charset: str) -> bool:
    """Whether every byte is one of the charset, and none of them looks like UTF-8."""
    undefined = bytes(byte for byte in range(256) if bytes([byte]).decode(charset, "ignore") == "")
    _begin(stream)
    for piece in _pieces(stream):
        if piece.isascii():
            continue
        if len(piece.translate(None, undefined)) < len(piece) or holds_utf8(piece):
            return False
    return True


def _line_at(stream: BinaryIO, place: int) -> int:
    stream.seek(0)
    line, left = 1, place
    for piece in _pieces(stream):
        line += count_line_ends(piece[:left])
        left -= min(left, len(piece))
    return line


def _begin(stream: BinaryIO) -> None:
    """Go to the first byte after the mark of UTF-8, if there is one."""
    stream.seek(0)
    if stream.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
        stream.seek(0)


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(_SURVEYED):
        yield piece


def _refuse_nulls(piece: bytes) -> None:
    if b"\x00" in piece:
        raise Unreadable("encoding-error", NULLS, SAVE_AGAIN)
