"""Bytes that no single encoding reads: line by line, each in the encoding that makes sense of it, else damaged."""

import re
from collections.abc import Callable, Iterator, Sized

from greencloud.reading import charsets
from greencloud.reading.refusals import SAVE_AGAIN, Unreadable

# What UTF-8 makes of Latin letters, signs and typographic marks: no such bytes are met by chance in another encoding.
_UTF8_SEQUENCE = re.compile(
    rb"[\xc2-\xc5][\x80-\xbf]|\xe2[\x80-\x84][\x80-\xbf]|\xcc[\x80-\xbf]|\xef\xbb\xbf|\xef\xbf\xbd"
)

_NO_LEADS = bytes(byte for byte in range(256) if byte not in b"\xc2\xc3\xc4\xc5\xcc\xe2\xef")
_CHUNK = 1 << 16
_JUDGED_LINES = 50_000
_DAMAGED_LINES = 5_000
_LONGEST_DAMAGED = 1 << 20
_LINE_END = re.compile(rb"\r\n|\r|\n")


class Lines:
    """Reads bytes in one charset, and what does not decode in it line by line with `other`, else as damaged.

    The bytes may come in several stretches of whole lines.
    """

    def __init__(self, charset: str, other: Callable[[bytes], str | None]) -> None:
        self.charset = charset
        self.other = other
        self.converted: list[int] = []
        self.damaged: dict[int, str] = {}
        self._number = 1

    def read(self, content: bytes) -> str:
        return "".join(self._pieces(content))

    def _pieces(self, content: bytes) -> Iterator[str]:
        for chunk in _chunks(content):
            try:
                yield chunk.decode(self.charset)
            except UnicodeDecodeError:
                for offset, line in enumerate(chunk.splitlines(keepends=True)):
                    yield self._line(self._number + offset, line)
            self._number += count_line_ends(chunk)

    def _line(self, number: int, line: bytes) -> str:
        try:
            return line.decode(self.charset)
        except UnicodeDecodeError as error:
            other = self.other(line)
            if other is not None:
                self.converted.append(number)
                self._stop_beyond(self.converted, _JUDGED_LINES)
                return other
            self.damaged[number] = (
                f"Ligne {number} : l'octet 0x{line[error.start]:02X} ne peut être lu {_tried(self.charset)}."
            )
            self._stop_beyond(self.damaged, _DAMAGED_LINES)
            if len(line) > _LONGEST_DAMAGED:
                raise Unreadable("encoding-error", self.damaged[number], SAVE_AGAIN) from error
            return line.decode(self.charset, "replace")

    def _stop_beyond(self, lines: Sized, limit: int) -> None:
        if len(lines) > limit:
            raise Unreadable(
                "encoding-error", "Des lignes de plusieurs encodages sont mêlées dans tout le fichier.", SAVE_AGAIN
            )


def _tried(charset: str) -> str:
    return "ni en UTF-8 ni en Windows-1252" if charset in ("utf-8", "cp1252") else f"en {charsets.NAMES[charset]}"


def _chunks(content: bytes) -> Iterator[bytes]:
    """The content in pieces of whole lines."""
    start = 0
    while start < len(content):
        end = _LINE_END.search(content, start + _CHUNK)
        stop = end.end() if end else len(content)
        yield content[start:stop]
        start = stop


def count_line_ends(text: bytes | str) -> int:
    if isinstance(text, str):
        return text.count("\n") + ("\r" in text and text.count("\r") - text.count("\r\n"))
    return text.count(b"\n") + (b"\r" in text and text.count(b"\r") - text.count(b"\r\n"))


def holds_utf8(content: bytes) -> bool:
    """Whether some of the bytes can only be UTF-8."""
    return bool(content.translate(None, _NO_LEADS)) and _UTF8_SEQUENCE.search(content) is not None


def usual_line(line: bytes) -> str | None:
    """A line in Windows-1252, or None if it makes no sense so, or holds UTF-8 as well."""
    if holds_utf8(line) or not charsets.sense(line, "cp1252").likely:
        return None
    return line.decode("cp1252")
