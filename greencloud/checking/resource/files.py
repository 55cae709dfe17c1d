"""The data of a resource, read as its descriptor says: scheme, format, compression, encoding, dialect."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from frictionless import Dialect as TableDialect
from frictionless import Resource

from greencloud.checking.resource.metadata import Folder
from greencloud.checking.resource.refused import CORRECT
from greencloud.reading import TextTable, Unreadable
from greencloud.reading.native import NativeText
from greencloud.reading.plain import Dialect, read_plain, read_rows
from greencloud.reading.signatures import kind_of

_TEXTS = ("csv", "tsv")
_WORKBOOKS = ("xlsx", "xls", "ods")
_HEAD = 1 << 16
_ARCHIVES = ("gz", "zip")
_CONTROLS: Mapping[str, str] = {"xlsx": "excel", "xls": "excel", "ods": "ods"}


def located(resource: Resource, folder: Folder) -> Path:
    """The file of a resource. Raises Unreadable when it is elsewhere than on this disk, or is not there."""
    if resource.extrapaths:
        raise Unreadable(
            "scheme-error", "Une ressource en plusieurs fichiers n'est pas lue.", "Faites-en un seul fichier."
        )
    if resource.scheme not in ("file", "", None):
        raise Unreadable(
            "scheme-error",
            f"Le mode d'accès « {resource.scheme} » n'est pas pris en charge : seuls les fichiers locaux sont lus.",
            "Téléchargez le fichier à côté du descripteur.",
        )
    path = folder.place(str(resource.path), "resource-error")
    if not path.is_file():
        raise Unreadable("scheme-error", f"Le fichier « {resource.path} » est introuvable.", "Vérifiez son chemin.")
    return path


def read(resource: Resource, path: Path | None, expected: Sequence[str]) -> TextTable:
    """The table of a resource; None stands for data that are in the descriptor itself. Raises Unreadable."""
    dialect = _dialect(resource.dialect, resource.format or "")
    if path is None:
        return read_rows(_inline(resource.data), dialect)
    encoding, compression = resource.encoding, resource.compression
    if encoding is not None:
        _refuse_unknown(encoding)
    if compression:
        _refuse_other_compression(compression, path)
        return read_plain(path, expected, encoding=encoding, dialect=dialect)
    if resource.format in _TEXTS:
        if encoding is None and _kind(path) in _ARCHIVES:
            raise Unreadable("encoding-error", "Le fichier n'est pas un texte.", CORRECT)
        return read_plain(path, expected, encoding=encoding, dialect=dialect, text=True)
    if resource.format in _WORKBOOKS:
        return read_plain(path, expected, dialect=dialect)
    raise Unreadable(
        "format-error",
        f"Le format « {resource.format} » n'est pas pris en charge pour un tableau.",
        "Donnez le tableau en CSV, XLSX, XLS ou ODS.",
    )


def _dialect(dialect: TableDialect, form: str) -> Dialect:
    """The part of a Table Dialect that a reader needs."""
    found = Dialect(
        join=dialect.header_join,
        comment=dialect.comment_char or "",
        comment_rows=frozenset(dialect.comment_rows),
        skip_blank=dialect.skip_blank_rows,
        delimiter="\t" if form == "tsv" else None,
    )
    if not dialect.header:
        found = replace(found, header_rows=())
    elif dialect.has_defined("header") or dialect.has_defined("header_rows"):
        found = replace(found, header_rows=tuple(dialect.header_rows))
    if dialect.has_control("csv"):
        found = _csv(dialect.get_control("csv"), found)
    kind = _CONTROLS.get(form, "")
    workbook: Any = dialect.get_control(kind) if dialect.has_control(kind) else None
    return found if workbook is None else replace(found, sheet=workbook.sheet)


def _csv(control: Any, dialect: Dialect) -> Dialect:
    """The dialect with what its CSV part defines."""
    names = {
        "delimiter": "delimiter",
        "quote_char": "quote",
        "escape_char": "escape",
        "double_quote": "doubled",
        "skip_initial_space": "padded",
    }
    defined = {ours: getattr(control, theirs) for theirs, ours in names.items() if control.has_defined(theirs)}
    return replace(dialect, **defined)


def _refuse_unknown(encoding: str) -> None:
    try:
        b"".decode(encoding)
    except LookupError as error:
        raise Unreadable("encoding-error", f"L'encodage « {encoding} » n'existe pas.", CORRECT) from error


def _refuse_other_compression(compression: str, path: Path) -> None:
    """Raise Unreadable when a file is not compressed as it is said to be."""
    if compression not in _ARCHIVES:
        raise Unreadable(
            "compression-error",
            f"La compression « {compression} » n'est pas prise en charge.",
            "Compressez le fichier en gz ou en zip, ou pas du tout.",
        )
    if _kind(path) != compression:
        raise Unreadable(
            "compression-error",
            f"Le fichier n'est pas compressé en {compression}, contrairement à ce que dit le descripteur.",
            "Corrigez la « compression » du descripteur, ou le nom du fichier.",
        )


def _kind(path: Path) -> str:
    with path.open("rb") as stream:
        return kind_of(stream.read(_HEAD))


def _inline(data: Any) -> list[list[str]]:
    """The rows that a descriptor holds, each a list of cells, or of objects that name them."""
    rows = data if isinstance(data, list) else []
    if rows and all(isinstance(row, dict) for row in rows):
        labels = list(rows[0])
        rows = [labels, *([row.get(label) for label in labels] for row in rows)]
    if not all(isinstance(row, list) for row in rows):
        raise Unreadable("source-error", "Les données du descripteur ne sont pas des lignes de cellules.", CORRECT)
    return [[_cell(value) for value in row] for row in rows]


def _cell(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else NativeText(value)
