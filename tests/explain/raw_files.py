"""Deposits read again by other means than the product's: `hashlib`, `csv` and a guess of the encoding."""

import csv
import hashlib
import io
from functools import cache
from pathlib import Path


@cache
def by_sha(raw: Path) -> dict[str, Path]:
    """Every file below a folder by the sha256 of its bytes."""
    return {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in raw.rglob("*") if path.is_file()}


@cache
def encoding_of(path: Path) -> str:
    content = path.read_bytes()
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    try:
        content.decode()
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


@cache
def records(path: Path) -> list[list[str]]:
    """Every record of a text, titles and header included."""
    text = path.read_bytes().decode(encoding_of(path))
    delimiter = max(";,\t|", key=text.count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def lines(path: Path) -> list[bytes]:
    """The physical lines of a text as bytes, their ends left out."""
    encoding = encoding_of(path)
    if encoding != "utf-16":
        return path.read_bytes().replace(b"\r\n", b"\n").split(b"\n")
    return [line.encode("utf-16-le") for line in path.read_bytes().decode(encoding).split("\r\n")]


def header(path: Path) -> list[str]:
    """The record that names the columns."""
    return next(record for record in records(path) if "id_centre" in record)


def number(text: str) -> float:
    """A number as French and English spreadsheets write it."""
    digits = "".join(text.split()).replace("\u202f", "").replace("\u00a0", "")
    if "," in digits:
        digits = digits.replace(".", "").replace(",", ".")
    return float(digits)
