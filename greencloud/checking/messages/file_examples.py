"""What is said of whole files: small files of every kind, really read, with what the reading answers."""

import gzip
import io
import tempfile
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from greencloud.checking.messages.examples import Example
from greencloud.reading import Unreadable, read_table

_EXPECTED = ("site", "annee", "energie_kwh")
_TABLE = "site,annee,energie_kwh\nS1,2024,12.5\nS2,2024,13.5\nS3,2024,14.5\n"


def _zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, _TABLE)
    return buffer.getvalue()


_FILES: tuple[tuple[str, bytes], ...] = (
    ("vide.csv", b""),
    ("vide.csv", b"\n\n"),
    ("page.csv", b"<html><body><table><tr><td>site</td></tr></table></body></html>"),
    ("rapport.pdf", b"%PDF-1.7\n"),
    ("photo.csv", b"\x89PNG\r\n\x1a\n"),
    ("donnees.json", b'{"site": "S1"}'),
    ("donnees.parquet", b"PAR1\x00"),
    ("archive.7z", b"7z\xbc\xaf\x27\x1c"),
    ("deux.zip", _zipped("a.csv", "b.csv")),
    ("chemin.zip", _zipped("../a.csv")),
    ("coupe.csv.gz", gzip.compress(_TABLE.encode() * 100, mtime=0)[:60]),
    ("binaire.csv", bytes(range(256)) * 8),
    ("windows.csv", _TABLE.replace("S1", "Évry").encode("cp1252")),
    ("melange.csv", _TABLE.replace("S1", "Évry").encode() + "Orléans,2024,1\n".encode("cp1252")),
    ("utf16.csv", _TABLE.encode("utf-16")),
    ("abime.csv", _TABLE.replace("S1", "Ã‰vry").encode()),
    ("perdu.csv", _TABLE.replace("S1", "\ufffdvry").encode()),
    ("decompose.csv", _TABLE.replace("S1", "E\u0301vry").encode()),
    ("sep.csv", b"sep=,\n" + _TABLE.encode()),
    ("titre.csv", b"Consommation 2024,,\n,,\n" + _TABLE.encode()),
    ("total.csv", _TABLE.encode() + b"Total,,40.5\n"),
    ("note.csv", _TABLE.encode() + b"\nSource : direction informatique,,\n"),
    ("doubles.csv", _TABLE.replace(",", ",,").encode()),
    ("barres.csv", _TABLE.replace(",", "|").encode()),
    ("apostrophes.csv", b"site,annee,energie_kwh\n'S1, nord',2024,1\n'S2, sud',2024,2\n'S3, est',2024,3\n"),
    ("deux-tables.csv", _TABLE.encode() + b"\n" + _TABLE.encode()),
)


def refusals() -> Iterator[Example]:
    """The refusals of the files that no one could read rightly."""
    yield from (example for example in _read() if example.fix is not None)


def remarks() -> Iterator[Example]:
    """What is noticed in the files that can be read."""
    yield from (example for example in _read() if example.fix is None)


@cache
def _read() -> tuple[Example, ...]:
    with tempfile.TemporaryDirectory() as folder:
        found = [example for name, content in _FILES for example in _told(Path(folder, name), content)]
    return tuple(dict.fromkeys(found))


def _told(path: Path, content: bytes) -> Iterator[Example]:
    path.write_bytes(content)
    try:
        table = read_table(path, expected=_EXPECTED)
    except Unreadable as refusal:
        yield Example(refusal.code, path.name, refusal.message, refusal.fix)
    else:
        yield from (Example(remark.code, "", remark.message, None) for remark in table.remarks)
