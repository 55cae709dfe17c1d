"""What a file is, told by its content and never by its name, and the text or the rows it holds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from greencloud.reading import archives, signatures
from greencloud.reading.records import Remark
from greencloud.reading.refusals import Unreadable, empty_file

if TYPE_CHECKING:
    from greencloud.reading.workbooks import Workbook

__all__ = ["STREAMED_FROM", "Unpacked", "Unreadable", "unpack"]

STREAMED_FROM = 64 << 20
FILE_LIMIT = 1 << 30
_HEAD = 1 << 16


@dataclass(frozen=True)
class Unpacked:
    """What a file held: the bytes of a text, or the rows of a sheet, or neither for a text too long to be held.

    `rows[i]` is row i + 1 of the sheet, every row as wide as the sheet. `member` is the file read inside an archive.
    """

    container: str
    content: bytes | None = None
    rows: Sequence[Sequence[str]] | None = None
    member: str | None = None
    sheet: str | None = None
    remarks: tuple[Remark, ...] = ()


def unpack(path: Path, expected: Sequence[str] = ()) -> Unpacked:
    """Open a file; `expected` are the column names of the schema, if there is one.

    Raises Unreadable, with a French cause and fix, for whatever is not one table.
    """
    try:
        return _unpack(path, expected)
    except OSError as error:
        raise Unreadable("source-error", "Le fichier est introuvable ou illisible.", "Vérifiez son chemin.") from error


def _unpack(path: Path, expected: Sequence[str]) -> Unpacked:
    size = path.stat().st_size
    if size > FILE_LIMIT:
        raise Unreadable("source-error", "Le fichier dépasse 1 Go.", "Découpez-le, par exemple par année.")
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    kind = signatures.kind_of(head)
    if kind == "text" and size > STREAMED_FROM:
        signatures.refuse_other_texts(head)
        return Unpacked("csv")
    return _opened(path.read_bytes(), kind, expected)


def _opened(content: bytes, kind: str, expected: Sequence[str], inside: str | None = None) -> Unpacked:
    """The table in bytes of a known kind; `inside` is the archive they come from, as archives hold no archives."""
    if kind == "gz":
        return _unwrapped(archives.gunzip(content), None, "gz", expected, inside)
    if kind == "text":
        signatures.refuse_other_texts(content)
        return Unpacked("csv", content)
    if kind == "ole":
        from greencloud.reading.workbooks import read_compound  # texts do not wait for the readers of workbooks

        return _of(read_compound(content, expected))
    zipped = archives.Zip(content)
    document = zipped.kind()
    if document == "zip":
        name, member = zipped.only_file()
        return _unwrapped(member, name, "zip", expected, inside)
    from greencloud.reading.workbooks import read_zipped

    return _of(read_zipped(zipped, document, len(content), expected))


def _of(book: "Workbook") -> Unpacked:
    return Unpacked(book.container, rows=book.rows, sheet=book.sheet, remarks=book.remarks)


def _unwrapped(
    content: bytes, member: str | None, archive: str, expected: Sequence[str], inside: str | None
) -> Unpacked:
    if inside:
        raise Unreadable(
            "compression-error",
            "L'archive contient une autre archive.",
            archives.DEPOSIT_ONE,
        )
    if not content:
        raise empty_file()
    opened = _opened(content, signatures.kind_of(content), expected, archive)
    return replace(opened, container=f"{opened.container}.{archive}", member=member)
