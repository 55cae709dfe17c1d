"""The proof that every line of a text has as many cells as its header, at the speed of a count of bytes.

All bytes but delimiters, line ends and those that ask for a closer look are taken out: what is left of an even text is
one short pattern again and again. DuckDB then meets no line it would refuse, pad or skip (it skips blank lines), and
the n-th row it gives is the n-th line.
"""

import codecs
from functools import cache
from pathlib import Path

MARKS = b"\x01\x02"
"""Begin the lines of our own making in a laid text (see `laying`): a received text that holds one is no even text."""
ASKING = b'"\r\n\x00' + MARKS
_PIECE = 1 << 16


@cache
def _others(delimiter: bytes) -> bytes:
    """What says nothing about the lines of a text."""
    return bytes(byte for byte in range(256) if byte not in ASKING + delimiter)


def even_lines(content: bytes, delimiter: str, width: int) -> int | None:
    """How many lines of `width` cells whole lines of a text hold, None when one of them is another kind of line."""
    mark = delimiter.encode()
    left = content.translate(None, _others(mark))
    if not left.endswith(b"\n"):
        left += b"\n"
    end = b"\r\n" if left.endswith(b"\r\n") else b"\n"
    pattern = mark * (width - 1) + end
    count, rest = divmod(len(left), len(pattern))
    return count if not rest and left == pattern * count else None


def count_even_lines(path: Path, start: int, delimiter: str, width: int) -> int | None:
    """The lines of a UTF-8 file from the byte `start` on, None when one is not UTF-8 or not of `width` cells.

    A file of which a line may be longer than a piece is none either: DuckDB refuses those of two megabytes.
    """
    mark = delimiter.encode()
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    lines, left, pattern, pure = 0, b"", b"", True
    with path.open("rb") as stream:
        stream.seek(start)
        while piece := stream.read(_PIECE):
            try:
                if not (pure and piece.isascii()):
                    decoder.decode(piece)
                    pure = decoder.getstate()[0] == b""
            except UnicodeDecodeError:
                return None
            if b"\n" not in piece and len(piece) == _PIECE:
                return None
            left += piece.translate(None, _others(mark))
            pattern = pattern or _pattern(left, mark, width)
            count = len(left) // len(pattern)
            if left[: count * len(pattern)] != pattern * count:
                return None
            lines, left = lines + count, left[count * len(pattern) :]
    if not pure:
        return None
    if left and left not in (mark * (width - 1), mark * (width - 1) + b"\r"):
        return None
    return lines + bool(left)


def _pattern(left: bytes, mark: bytes, width: int) -> bytes:
    """The pattern of the first line, which all others must have."""
    return mark * (width - 1) + (b"\r\n" if left[width - 1 : width] == b"\r" else b"\n")
