"""Files made to do harm cost little: each is opened in a process of its own, whose time and memory are measured."""

import gzip
import json
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.reading.workbook_files import compound, ods, ods_row, ods_table, ods_text, record, rows, xls, xlsx, zipped

ROOT = Path(__file__).parents[2]
SECONDS, MEGABYTES = 2.0, 300

MEASURED = """
import json, sys, time
from pathlib import Path
from greencloud.reading import Unreadable, read_table
from tests.pace import pace
paces = [pace()]
before = time.process_time()
try:
    table = read_table(Path(sys.argv[1]))
    said = f"{table.encoding} : {sum(not record.blank for record in table.records())} lignes"
except Unreadable as refusal:
    said = refusal.message
spent = time.process_time() - before
paces.append(pace())
spent /= sum(paces) / 2
status = Path("/proc/self/status").read_text()  # ru_maxrss would be that of the parent, which made the file
print(json.dumps([said, spent, int(status.partition("VmHWM:")[2].split()[0]) / 1024]))
"""


def zeros(size: int) -> bytes:
    """A gzip file of zeros, made without holding them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(1 << 20)
    return b"".join(packer.compress(block) for _ in range(size >> 20)) + packer.flush()


def lying_zip() -> bytes:
    """A member of 20 MB that declares 100 bytes, in both of its headers."""
    content = bytearray(zipped({"a.csv": bytes(20 << 20)}))
    struct.pack_into("<I", content, 22, 100)
    struct.pack_into("<I", content, content.index(b"PK\x01\x02") + 24, 100)
    return bytes(content)


def number_at(place: str) -> str:
    return f'<c r="{place}"><v>1</v></c>'


def laughs() -> str:
    entities = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    return f"<?xml version='1.0'?><!DOCTYPE x [{entities}]><x>&i;</x>"


def old_cell(row: int, column: int) -> bytes:
    return record(0x0203, struct.pack("<HHHd", row, column, 0, 1.0))


def endless_chain() -> bytes:
    """A compound file whose every table entry leads to itself."""
    content = bytearray(compound("Workbook", bytes(1 << 20)))
    content[512 + 512 + (1 << 20) :] = struct.pack("<I", 5) * ((len(content) - 1024 - (1 << 20)) // 4)
    return bytes(content)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "gz of 1 GB of zeros": (lambda: zeros(1 << 30), "trop gros"),
    "zip of 200 MB of zeros": (lambda: zipped({"a.csv": bytes(200 << 20)}), "trop gros"),
    "zip that lies about its size": (lying_zip, "abîmée"),
    "zip of 20,000 members": (lambda: zipped({f"{n}.csv": b"" for n in range(20_000)}), "trop de fichiers"),
    "gz of a gz": (lambda: gzip.compress(gzip.compress(b"a")), "autre archive"),
    "sheet of 200 MB of spaces": (lambda: xlsx(" " * (200 << 20)), "trop gros"),
    "sheet of a million equal cells in 300 kB": (
        lambda: xlsx(("<row>" + "<c><v>1</v></c>" * 1000 + "</row>") * 1000),
        "trop gros",
    ),
    "two cells far apart": (lambda: xlsx(f"<row>{number_at('A1')}{number_at('XFD1048576')}</row>"), "trop gros"),
    "two cells far apart, written unusually": (
        lambda: xlsx("<row><c r='A1'><v>1</v></c><c t='n' r='XFD1048576'><v>1</v></c></row>"),
        "trop gros",
    ),
    "rows that number themselves far away": (
        lambda: xlsx("<row r='99999999'><c><v>1</v></c></row><row><c><v>1</v></c></row>"),
        "trop gros",
    ),
    "a long text shared by 100,000 cells": (
        lambda: xlsx(
            "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 100_001)),
            strings=["a" * 30_000],
        ),
        "trop de texte",
    ),
    "a billion laughs in the strings": (lambda: xlsx(rows(["a"]), more={"xl/sharedStrings.xml": laughs()}), "entités"),
    "an external entity in UTF-16": (
        lambda: xlsx(
            rows(["a"]),
            more={"xl/styles.xml": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'.encode("utf-16")},
        ),
        "abîmé",
    ),
    "markup nested a million deep": (lambda: xlsx("<row><a b='1'>" * 400_000), "classeur"),
    "spreadsheet of repeated columns": (
        lambda: ods(ods_table(ods_row(ods_text("x", repeated=2_000_000_000)))),
        "trop gros",
    ),
    "spreadsheet of repeated rows": (
        lambda: ods(ods_table(ods_row(ods_text("x", repeated=16), repeated=1_048_576))),
        "trop gros",
    ),
    "spreadsheet of repeated long texts": (
        lambda: ods(ods_table(ods_row(ods_text("x" * 1_000_000, repeated=16_000)))),
        "trop de texte",
    ),
    "spreadsheet of a billion spaces": (
        lambda: ods(ods_table(ods_row(ods_text('<text:s text:c="1000000000"/>')))),
        "trop de texte",
    ),
    "spreadsheet of laughs": (lambda: ods("", more={"content.xml": laughs()}), "entités"),
    "old workbook with cells far apart": (lambda: xls([old_cell(0, 0), old_cell(65_535, 65_535)]), "trop gros"),
    "old workbook whose chain has no end": (endless_chain, "abîmé"),
    "old workbook that announces 4 billion strings": (
        lambda: xls([old_cell(0, 0)], before=[record(0x00FC, struct.pack("<II", 2**32 - 1, 2**32 - 1))]),
        "xls",
    ),
    "16 MB of lines that are in no encoding": (lambda: b"\xc3\xa9\n" + b"\x81a\n" * 5_000_000, "mêlées"),
    "60 MB of bytes that are no letters": (lambda: b"\x81" * (60 << 20), "0x81"),
    "60 MB of one line": (lambda: b"a" * (60 << 20), "cellule"),
    "30 MB of brackets": (lambda: b"a\n" + b"[" * (15 << 20) + b"]" * (15 << 20), "cellule"),
    "30 MB of blank lines": (lambda: b"a,b\n" + b"\n" * (30 << 20), "lignes vides"),
    "200,000 stray quotes": (lambda: b"a,b,c\n" + b'a"b,1,x\n' * 200_000, "200000 lignes"),
    "200,000 quotes that are not closed": (lambda: b"a,b,c\n" + b'a,1,"x\n' * 200_000, "guillemet"),
    "a quote that swallows all": (lambda: b'"a,b,c\n' + b"1,2,3\n" * 200_000, "lignes"),
    "a line of a million quotes": (lambda: b'"' * 1_000_000, "lignes"),
    "100,000 columns": (lambda: (b",".join(b"c%d" % n for n in range(100_000)) + b"\n") * 3, "lignes"),
    "text damaged 15 million times": (lambda: b"a,b\n" + "Ã©".encode() * 15_000_000, "cellule"),
    "zip of zips": (lambda: zipped({"a.zip": zipped({"b.zip": zipped({"c.csv": b"a"})})}), "autre archive"),
    "null bytes everywhere": (lambda: b"a\x00\n" * 10_000_000, "octets nuls"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_costs_little(tmp_path: Path, name: str) -> None:
    make, word = HOSTILE[name]
    path = tmp_path / "hostile"
    path.write_bytes(make())
    for attempt in range(3):  # What the machine does besides only ever adds time.
        said, seconds, megabytes = measured(path)
        assert word in said
        assert megabytes < MEGABYTES
        if seconds < SECONDS:
            break
        assert attempt < 2, f"{seconds:.1f} s of processor"


def measured(path: Path) -> tuple[str, float, float]:
    program = [sys.executable, "-c", MEASURED, str(path)]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-500:]
    assert done.stderr == ""
    said, seconds, megabytes = json.loads(done.stdout)
    return said, seconds, megabytes
