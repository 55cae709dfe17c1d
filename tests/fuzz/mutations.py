"""Files no one would make on purpose: seeds of every kind the reading room takes, mutated byte by byte.

The n-th file is the same on any machine: a failure is named by its number and can be made again.
"""

import gzip
import io
import random
import zipfile
from collections.abc import Callable, Sequence
from functools import cache

from greencloud import tables

_MARKS: Sequence[bytes] = (b",", b";", b"\t", b"|", b'"', b'""', b"'", b"\\", b"\\n", b"\r", b"\n", b"\r\n", b"\n\n")
_TOKENS: Sequence[bytes] = (
    *_MARKS,
    *(
        b"sep=;\n",
        b"#",
        b"=",
        b"\x00",
        b"\x1a",
        b"\x7f",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xfe\xff",
        b"\xc3\xa9",
    ),
    *(b"\xe9", b"\x8e", b"\xef\xbf\xbd", b"\xe2\x80\xa8", b"\xe2\x80\xae", b"\xc2\xa0", b"\xe2\x80\xaf", b"e\xcc\x81"),
    *(b"1,5", b"1.234", b"1 234,5", b"1e999", b"-0", b"NaN", b"n.c.", b"#REF!", b"31/02/2025", b"43831", b"9" * 400),
    *(
        b"Total",
        b"id_centre",
        b"annee",
        b"=cmd|'/c'!A1",
        b"<script>",
        b"<!DOCTYPE",
        b"PK\x03\x04",
        b"\x1f\x8b",
        b"%PDF-",
    ),
)
_PIECE = 64


def mutated(number: int) -> bytes:
    """The n-th file: a seed with one to six mutations."""
    chance = random.Random(number)
    content = chance.choice(seeds())
    for _ in range(chance.randint(1, 6)):
        content = chance.choice(_MUTATIONS)(content, chance)
    return content


@cache
def seeds() -> tuple[bytes, ...]:
    """Small whole files: our own examples, in the encodings, separators and containers that deposits come in."""
    texts = [
        (tables.schemas_dir() / name / f"exemple-{kind}.csv").read_text(encoding="utf-8")
        for name in tables.INPUTS
        for kind in ("valide", "invalide")
    ]
    french = [text.replace(",", ";").replace(".", ",") for text in texts]
    plain = [text.encode() for text in texts]
    encoded = [text.encode(code, errors="replace") for text in french for code in ("cp1252", "utf-16", "utf-8-sig")]
    archives = [gzip.compress(plain[0], mtime=0), _zipped({"depot.csv": plain[2]}), workbook(texts[2])]
    return (*plain, *encoded, *archives, b"", b"\xef\xbb\xbf", b"a\n", b"%PDF-1.7\n", b"<html><table></table></html>")


def workbook(text: str) -> bytes:
    """The smallest workbook that holds a table of plain text (no quote in it)."""
    lines = [line.split(",") for line in text.splitlines()]
    cells = ["".join(f'<c t="inlineStr"><is><t>{_escaped(cell)}</t></is></c>' for cell in line) for line in lines]
    rows = "".join(f'<row r="{number}">{line}</row>' for number, line in enumerate(cells, start=1))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="Feuil1" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    }
    return _zipped({name: part.encode() for name, part in parts.items()})


def _escaped(cell: str) -> str:
    return cell.replace("&", "&amp;").replace("<", "&lt;")


def _zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()


def _flipped(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]


def _removed(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + content[at + chance.randint(1, _PIECE) :]


def _inserted(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(_TOKENS) * chance.choice((1, 1, 1, 2, 50)) + content[at:]


def _truncated(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _repeated(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + content[at : at + _PIECE] * chance.randint(2, 20) + content[at:]


def _swapped(content: bytes, chance: random.Random) -> bytes:
    """A piece of another seed in the place of a piece of this one: two exports pasted together."""
    other = chance.choice(seeds())
    at, there = chance.randrange(len(content) + 1), chance.randrange(len(other) + 1)
    return content[:at] + other[there : there + 8 * _PIECE] + content[at + _PIECE :]


def _replaced(content: bytes, chance: random.Random) -> bytes:
    """One token for another, everywhere: separators, quotes and line ends change as a whole."""
    return content.replace(chance.choice(_MARKS), chance.choice(_TOKENS))


_MUTATIONS: Sequence[Callable[[bytes, random.Random], bytes]] = (
    _flipped,
    _removed,
    _inserted,
    _inserted,
    _truncated,
    _repeated,
    _swapped,
    _replaced,
)
