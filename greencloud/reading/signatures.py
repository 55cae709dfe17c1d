"""What kind of file bytes are, told by how they begin; whatever is no table is refused by its name."""

import codecs
import json
import re
from collections.abc import Sequence

from greencloud.reading.refusals import DEPOSIT_THE_TABLE, SAVE_AS_CSV, Unreadable, empty_file

_UNPACK_IT = "Décompressez-le, puis déposez le fichier CSV ou le classeur qu'il contient."
_EXPORT_IT = "Exportez la table au format « CSV UTF-8 », puis déposez ce fichier."

_TABLES: Sequence[tuple[bytes, str]] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gz"),
    (b"\xd0\xcf\x11\xe0", "ole"),
)
_OTHERS: Sequence[tuple[bytes, str, str]] = (
    (b"%PDF", "un document PDF", DEPOSIT_THE_TABLE),
    (b"%!PS", "un document PostScript", DEPOSIT_THE_TABLE),
    (b"{\\rtf", "un document de traitement de texte (RTF)", DEPOSIT_THE_TABLE),
    (b"\x89PNG", "une image", DEPOSIT_THE_TABLE),
    (b"\xff\xd8\xff", "une image", DEPOSIT_THE_TABLE),
    (b"GIF8", "une image", DEPOSIT_THE_TABLE),
    (b"II*\x00", "une image", DEPOSIT_THE_TABLE),
    (b"MM\x00*", "une image", DEPOSIT_THE_TABLE),
    (b"RIFF", "une image ou un enregistrement", DEPOSIT_THE_TABLE),
    (b"PAR1", "un fichier Parquet", _EXPORT_IT),
    (b"ARROW1", "un fichier Arrow", _EXPORT_IT),
    (b"\xff\xff\xff\xff\x10\x00\x00\x00", "un fichier Arrow", _EXPORT_IT),
    (b"Obj\x01", "un fichier Avro", _EXPORT_IT),
    (b"ORC", "un fichier ORC", _EXPORT_IT),
    (b"\x89HDF", "un fichier HDF5", _EXPORT_IT),
    (b"SQLite format 3\x00", "une base de données SQLite", _EXPORT_IT),
    (b"\x00\x01\x00\x00Standard ", "une base de données Access", _EXPORT_IT),
    (b"7z\xbc\xaf\x27\x1c", "une archive 7z", _UNPACK_IT),
    (b"Rar!\x1a\x07", "une archive rar", _UNPACK_IT),
    (b"BZh", "un fichier compressé (bzip2)", _UNPACK_IT),
    (b"\xfd7zXZ\x00", "un fichier compressé (xz)", _UNPACK_IT),
    (b"\x28\xb5\x2f\xfd", "un fichier compressé (zstd)", _UNPACK_IT),
    (b"\x04\x22\x4d\x18", "un fichier compressé (lz4)", _UNPACK_IT),
    (b"\x1f\x9d", "un fichier compressé (compress)", _UNPACK_IT),
    (b"PK\x07\x08", "une archive zip en plusieurs morceaux", _UNPACK_IT),
    (b"MZ\x90\x00", "un programme", DEPOSIT_THE_TABLE),
    (b"\x7fELF", "un programme", DEPOSIT_THE_TABLE),
    (b"\x09\x00\x04\x00", "un classeur d'un format trop ancien", SAVE_AS_CSV),
    (b"\x09\x02\x06\x00", "un classeur d'un format trop ancien", SAVE_AS_CSV),
    (b"\x09\x04\x06\x00", "un classeur d'un format trop ancien", SAVE_AS_CSV),
)
_MARKUP: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(r"<!doctype html|<html|<head|<body|<table|<div", re.IGNORECASE), "une page web (HTML)"),
    (re.compile(r"<\?xml[^>]*>\s*<\?mso-application progid=\"Excel"), "un classeur au format XML de 2003"),
    (re.compile(r"<\?xml|<!doctype|<svg|<kml|<!--", re.IGNORECASE), "un document XML"),
    (re.compile(r"ID;PWXL|ID;P[^\r\n]*[\r\n]+(?:[BCFOPW]|NN|NU|NE);[A-Z]"), "un fichier SYLK"),
    (re.compile(r"TABLE[\r\n]+0,1[\r\n]"), "un fichier DIF"),
    (re.compile(r"\{\s*(?:[\"}]|$)"), "un document JSON"),
    (re.compile(r"\[\s*[\[{]\s*\"|\[\s*\{"), "un document JSON"),
    (re.compile(r"MIME-Version:|Received: |Return-Path: |Delivered-To: ", re.IGNORECASE), "un message électronique"),
    (re.compile(r"BEGIN:V(?:CARD|CALENDAR)"), "une fiche de contact ou un agenda"),
    (re.compile(r"-----BEGIN "), "une clé ou un certificat"),
)
_MESSAGE_FIELDS = re.compile(r"(?:[A-Z][A-Za-z-]+: [^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n){2,}\r?\n")
_PROBE = 1 << 12
_TAR = (257, b"ustar")
_JSON_LIMIT = 4 << 20


def kind_of(head: bytes) -> str:
    """`text`, `zip`, `gz` or `ole` by the first bytes; raises Unreadable for any other format that is known."""
    if not head:
        raise empty_file()
    for signature, kind in _TABLES:
        if head.startswith(signature):
            return kind
    for signature, kind, fix in _OTHERS:
        if head.startswith(signature):
            raise refused(kind, fix)
    if head[_TAR[0] :].startswith(_TAR[1]):
        raise refused("une archive tar", _UNPACK_IT)
    return "text"


def refuse_other_texts(content: bytes) -> None:
    """Raise Unreadable for a text that is no table: a web page, JSON, XML, SYLK, a message."""
    start = _start(content)
    for pattern, kind in _MARKUP:
        if pattern.match(start):
            raise refused(kind, SAVE_AS_CSV if "classeur" in kind or "SYLK" in kind else DEPOSIT_THE_TABLE)
    if _MESSAGE_FIELDS.match(start):
        raise refused("un message électronique", DEPOSIT_THE_TABLE)
    if _ends_as_json(content):
        raise refused("un document JSON précédé d'autres lignes", DEPOSIT_THE_TABLE)


def refused(kind: str, fix: str) -> Unreadable:
    """The refusal of a file that is something else than a table."""
    return Unreadable("format-error", f"Le fichier n'est pas un tableau : c'est {kind}.", fix)


def _start(content: bytes) -> str:
    return _text(content[:_PROBE], "ignore").lstrip("\ufeff \t\r\n")


def _text(content: bytes, errors: str) -> str:
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if marked else "utf-8", errors)


def _ends_as_json(content: bytes) -> bool:
    """Whether lines of something else are followed by one JSON document to the end."""
    if not content[-_PROBE:].rstrip(b"\x00 \r\n\t").endswith((b"}", b"]")) or len(content) > _JSON_LIMIT:
        return False
    text = _text(content, "replace")
    opening = re.search(r"^[{\[]\s*[\"{\[]", text, re.MULTILINE)
    if not opening:
        return False
    try:
        json.loads(text[opening.start() :])
    except (ValueError, RecursionError):
        return False
    return True
