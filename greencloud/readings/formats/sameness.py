"""Cells that are the same in all the lines of a text: exports repeat on each line what they say of the whole file.

Those at the beginning of lines and those at their end are looked for, by counting the bytes that they take together.
"""

import os
from collections.abc import Mapping
from itertools import takewhile
from pathlib import Path

_PIECE = 1 << 16  # bytes that stay in the cache of a processor


def same_cells(path: Path, start: int, delimiter: str, lines: int) -> Mapping[int, str]:
    """Place of a cell -> its text, of an even UTF-8 text of `lines` lines from the byte `start` on (see `evenness`)."""
    mark = delimiter.encode()
    with path.open("rb") as stream:
        stream.seek(start)
        first = stream.readline()
        end = b"\r\n" if first.endswith(b"\r\n") else b"\n"
        cells, others = (line.removesuffix(end).split(mark) for line in (first, last_line(path)))
    alike = [one == other for one, other in zip(cells, others, strict=False)]
    if len(cells) != len(others) or all(alike):
        return {}
    before = len(list(takewhile(bool, alike)))
    after = len(list(takewhile(bool, reversed(alike))))
    above = b"".join(cell + mark for cell in cells[:before])
    below = b"".join(mark + cell for cell in cells[len(cells) - after :]) + end
    begun, ended = _counts(path, start, b"\n" + above, below)
    places = [*range(before if begun == lines else 0)]
    places += range(len(cells) - (after if ended == lines else 0), len(cells))
    return {place: cells[place].decode() for place in places}


def last_line(path: Path) -> bytes:
    with path.open("rb") as stream:
        stream.seek(-min(os.fstat(stream.fileno()).st_size, _PIECE), os.SEEK_END)
        return stream.read().rstrip(b"\r\n").rpartition(b"\n")[2]


def _counts(path: Path, start: int, above: bytes, below: bytes) -> tuple[int, int]:
    """How many lines begin with the first bytes, which follow a line end, and how many end with the second ones."""
    begun = ended = 0
    rest = b"\n"
    with path.open("rb") as stream:
        stream.seek(start)
        while piece := stream.read(_PIECE):
            content = rest + piece
            cut = content.rfind(b"\n")
            # The line end that closes a piece opens the next one.
            begun += content.count(above, 0, cut)
            ended += content.count(below, 1, cut + 1)
            rest = content[cut:]
    if len(rest) > 1:
        begun += rest.startswith(above)
        ended += (rest + (b"\r\n" if below.endswith(b"\r\n") else b"\n")).endswith(below)
    return begun, ended
