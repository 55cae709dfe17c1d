"""Texts too long to be held: how they are read, told by all of them, and their bytes in UTF-8 as often as needed.

They get the same remarks as the others, and lines of another encoding are read, or told damaged, as in the others.
"""

import codecs
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from greencloud.reading.blocks import Pieces
from greencloud.reading.charsets import NAMES
from greencloud.reading.encodings import (
    WHY_MIXED,
    WHY_NEARLY,
    Decoded,
    refuse_nonsense,
    remarks_on_charset,
    remarks_on_mixture,
    why_charset,
)
from greencloud.reading.mixtures import Lines, count_line_ends, usual_line
from greencloud.reading.oddities import Oddities
from greencloud.reading.records import Remark
from greencloud.reading.refusals import EXPORT_AGAIN, SAVE_AGAIN, Unreadable
from greencloud.reading.surveys import charset_from, look_over, mixes_utf8

_HEAD_SIZE = 1 << 20
_READ_SIZE = 1 << 20
_LONGEST_LINE = 16 << 20


@dataclass(frozen=True)
class LongText:
    """A long text. `decoded` holds its head alone, with what is to be said of the whole.

    `pieces` are its bytes in UTF-8, in stretches of whole lines. Without `line_feeds`, lone carriage returns end its
    lines.
    """

    decoded: Decoded
    pieces: Pieces
    line_feeds: bool
    quotes: bool


@dataclass(frozen=True)
class _Way:
    """How the bytes become text: in one encoding, or line by line as `lines` does, which begins anew each time.

    `as_it_is`: the file is known to be in UTF-8 from end to end.
    """

    encoding: str
    why: str
    remarks: tuple[Remark, ...] = ()
    lines: Callable[[], Lines] | None = None
    as_it_is: bool = False


def read_long(path: Path, encoding: str | None = None) -> LongText:
    """Look over a long text, in `encoding` when it is given. Raises Unreadable when no reading can be right."""
    with path.open("rb") as stream:
        mark = len(codecs.BOM_UTF8) if stream.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8 else 0
    way = _Way(_known(encoding), "parce qu'il a été demandé") if encoding else _found(path, bool(mark))
    lines = None if way.lines is None else way.lines()
    head, oddities, line_feeds, quotes = b"", Oddities(), False, False
    for piece in _pieces(path, mark, way, lines):
        head = head if len(head) >= _HEAD_SIZE else head + piece
        oddities.add(piece)
        line_feeds = line_feeds or b"\n" in piece
        quotes = quotes or b'"' in piece
    remarks = [*_said(way, lines, oddities.line), *oddities.remarks()]
    damaged = lines.damaged if lines is not None else {}
    if damaged:
        remarks = [remark for remark in remarks if remark.code != "caractere_perdu"]
    decoded = Decoded(head.decode(), way.encoding, tuple(remarks), damaged, way.why)
    return LongText(decoded, partial(_again, path, mark, way), line_feeds, quotes)


def _found(path: Path, marked: bool) -> _Way:
    with path.open("rb") as stream:
        found = look_over(stream)
        if found.encoding is not None:
            told = remarks_on_charset(found.encoding, marked) if found.encoding in NAMES else ()
            utf8 = found.encoding in ("utf-8", "utf-8-sig")
            return _Way(found.encoding, found.why, told, as_it_is=utf8)
        if mixes_utf8(stream):
            return _Way("utf-8", WHY_MIXED, lines=partial(Lines, "utf-8", usual_line))
        charset = charset_from(stream, found.wrong or 0)
    if charset is not None:
        lines = partial(Lines, charset, _nothing)
        return _Way(charset, why_charset(charset), remarks_on_charset(charset, marked), lines)
    return _Way("utf-8", WHY_NEARLY, lines=partial(Lines, "utf-8", _nothing))


def _nothing(_line: bytes) -> None:
    return None


def _said(way: _Way, lines: Lines | None, count: int) -> tuple[Remark, ...]:
    """What is said of the encoding of a text of `count` lines, once all of it was read."""
    if lines is None or way.why not in (WHY_MIXED, WHY_NEARLY):
        return way.remarks
    if way.why == WHY_NEARLY:
        refuse_nonsense(lines, count)
    return remarks_on_mixture(lines)


def _known(encoding: str) -> str:
    try:
        "a".encode(encoding)  # a codec of something else than text is none
        return codecs.lookup(encoding).name
    except (LookupError, UnicodeError) as error:
        raise Unreadable(
            "encoding-error",
            f"L'encodage demandé, « {encoding} », n'est pas connu.",
            "Donnez par exemple utf-8 ou cp1252.",
        ) from error


def _again(path: Path, mark: int, way: _Way) -> Iterator[bytes]:
    return _pieces(path, mark, way, None if way.lines is None else way.lines())


def _pieces(path: Path, mark: int, way: _Way, lines: Lines | None) -> Iterator[bytes]:
    """The text in UTF-8 without its mark, in stretches of whole lines."""
    if lines is not None:
        return (lines.read(piece).encode() for piece in _whole_lines(_bytes(path, mark)))
    if way.as_it_is:
        return _whole_lines(_bytes(path, mark))
    return _whole_lines(text.encode() for text in _decoded(path, mark, way.encoding))


def _bytes(path: Path, mark: int) -> Iterator[bytes]:
    with path.open("rb") as stream:
        stream.seek(mark)
        while piece := stream.read(_READ_SIZE):
            yield piece


def _decoded(path: Path, mark: int, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line = 1
    try:
        for piece in _bytes(path, mark):
            text = decoder.decode(piece)
            yield text
            line += count_line_ends(text)
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        line += count_line_ends(error.object[: error.start])
        byte = f"l'octet 0x{error.object[error.start]:02X}"
        raise Unreadable(
            "encoding-error", f"Ligne {line} : {byte} ne peut pas être lu en {encoding}.", SAVE_AGAIN
        ) from error


def _whole_lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces cut anew, each after the last end of line that it holds."""
    begun: list[bytes] = []
    for piece in pieces:
        # The last byte aside: a carriage return there may be half of a longer end of line.
        place = piece.rfind(b"\n") + 1 or piece.rfind(b"\r", 0, -1) + 1
        if place:
            yield b"".join((*begun, piece[:place]))
            begun = []
        begun.append(piece[place:])
        if len(begun) > _LONGEST_LINE // _READ_SIZE:
            raise Unreadable("source-error", "Une ligne du fichier dépasse 16 Mo.", EXPORT_AGAIN)
    yield b"".join(begun)
