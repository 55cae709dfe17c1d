"""Bytes -> text table: encodings, separators, records, and clear refusals."""

from pathlib import Path

import pytest

from greencloud.reading import TextTable, Unreadable, read_table

EXPECTED = ("site", "énergie", "note")


def read(tmp_path: Path, content: bytes, expected: tuple[str, ...] = EXPECTED) -> TextTable:
    path = tmp_path / "fichier.csv"
    path.write_bytes(content)
    return read_table(path, expected)


def cells(table: TextTable) -> list[list[str]]:
    return [record.cells for record in table.records()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_encoding_and_separator_gives_the_same_table(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = delimiter.join(EXPECTED) + "\r\n" + delimiter.join(["Salle é", "12", "«ok»"]) + "\r\n"
    table = read(tmp_path, text.encode(encoding))
    assert table.header == EXPECTED
    assert cells(table) == [["Salle é", "12", "«ok»"]]
    assert (table.encoding, table.delimiter) == (encoding, delimiter)


def test_the_expected_labels_outweigh_a_more_frequent_separator(tmp_path: Path) -> None:
    table = read(tmp_path, "site;énergie;note\na;1,5;x, y, z\nb;2,5;u, v, w\n".encode())
    assert table.delimiter == ";"
    assert cells(table) == [["a", "1,5", "x, y, z"], ["b", "2,5", "u, v, w"]]


def test_without_expected_labels_the_agreeing_separator_wins(tmp_path: Path) -> None:
    assert read(tmp_path, b"a;b\n1,5;2\n2,5;3,5\n", ()).delimiter == ";"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_quoted_newlines(tmp_path: Path, end: str) -> None:
    text = end.join(["site,énergie,note", '"a ""x""",1,"deux', 'lignes"', "b,2,fin"])
    table = read(tmp_path, text.encode())
    assert [(record.number, record.cells[0]) for record in table.records()] == [(2, 'a "x"'), (3, "b")]
    assert cells(table)[0][2] == f"deux{end}lignes"


def test_an_unclosed_quote_is_limited_to_its_line_and_told(tmp_path: Path) -> None:
    table = read(tmp_path, 'site,énergie,note\na,1,x\nb,2,"jamais fermé\nc,3,y\n'.encode())
    assert [(r.number, r.first_line, r.last_line, r.broken) for r in table.records()] == [
        (2, 2, 2, False),
        (3, 3, 3, False),
        (4, 4, 4, False),
    ]
    assert [bool(record.repair) for record in table.records()] == [False, True, False]


def test_a_quote_closed_by_a_later_one_swallows_no_row_in_silence(tmp_path: Path) -> None:
    table = read(tmp_path, 'site,énergie,note\na,1,"oups\nb,2,ok\nc,3,"bien"\nd,4,fin\n'.encode())
    assert [(r.number, r.first_line, r.last_line, r.broken) for r in table.records()] == [
        (2, 2, 2, False),
        (3, 3, 3, False),
        (4, 4, 4, False),
        (5, 5, 5, False),
    ]
    assert [bool(record.repair) for record in table.records()] == [True, False, False, False]


def test_a_closed_quoted_newline_at_the_end_is_not_broken(tmp_path: Path) -> None:
    table = read(tmp_path, 'site,énergie,note\na,1,"x\ny"'.encode())
    assert [record.broken for record in table.records()] == [False]


@pytest.mark.parametrize("before", ["\n\n", ";;\n", "sep=;\n", "SEP=;\r\n\r\n"])
def test_what_stands_above_the_header_is_passed(tmp_path: Path, before: str) -> None:
    table = read(tmp_path, (before + "site;énergie;note\na;1;x\n").encode())
    assert table.header == EXPECTED
    assert cells(table) == [["a", "1", "x"]]


def test_a_separator_that_would_make_one_endless_cell_loses_to_the_right_one(tmp_path: Path) -> None:
    row = 'Salle 3,"bleue;1;x\n'
    table = read(tmp_path, ("site;énergie;note\n" + row * 60_000).encode())
    assert table.delimiter == ";"
    assert sum(len(record.cells) == 3 for record in table.records()) == 60_000


def test_labels_that_look_like_sylk_are_labels(tmp_path: Path) -> None:
    assert read(tmp_path, b"ID;PUE\n1;1.5\n", ("ID", "PUE")).header == ("ID", "PUE")


@pytest.mark.parametrize(
    ("content", "code", "word"),
    [
        (b"", "source-error", "vide"),
        (b" \r\n\n", "source-error", "vide"),
        (b"%PDF-1.7", "format-error", "PDF"),
        (b"\x89PNG\r\n", "format-error", "image"),
        (b"\xff\xd8\xff\xe0", "format-error", "image"),
        (b"ID;PWXL;N;E", "format-error", "SYLK"),
        (b"\xef\xbb\xbf  <!DOCTYPE html>", "format-error", "HTML"),
        (b"<?xml version='1.0'?>", "format-error", "XML"),
        (b'{"a": 1}', "format-error", "JSON"),
        (b"\xff\xfe\x00\x00s\x00\x00\x00", "encoding-error", "UTF-32"),
        (b"\xef\xbb\xbf", "source-error", "vide"),
        (b'"site,a\n1,2\n', "source-error", "intitulés"),
        (b'site,a\n1,"' + b"x" * 1_000_001 + b'"\n', "source-error", "million"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_cause(tmp_path: Path, content: bytes, code: str, word: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        list(read(tmp_path, content).records())
    assert refusal.value.code == code
    assert word in refusal.value.message
    assert refusal.value.fix.endswith(".")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="introuvable"):
        read_table(tmp_path / "absent.csv")


def test_a_file_beyond_the_limit_is_refused_without_being_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("greencloud.reading.containers.FILE_LIMIT", 10)
    with pytest.raises(Unreadable, match="1 Go"):
        read(tmp_path, b"site,a\n1,2\n3,4\n")


def test_a_line_that_cannot_be_decoded_is_one_fault(tmp_path: Path) -> None:
    table = read(tmp_path, "site,énergie,note\na,1,été\nb,2,".encode() + b"\xff\x81\nc,3,fin\n")
    assert [record.fault is not None for record in table.records()] == [False, True, False]


def test_lines_in_two_encodings_are_read_and_told(tmp_path: Path) -> None:
    table = read(tmp_path, "site,énergie,note\nété,1,x\n".encode() + "été,2,y\n".encode("cp1252"))
    assert [row[0] for row in cells(table)] == ["été", "été"]
    assert table.remarks


def test_a_separator_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "fichier.csv"
    path.write_bytes(b"a;b\n1;2\n")
    with pytest.raises(Unreadable, match="séparateur"):
        read_table(path, delimiter=";;")


def test_the_separator_and_the_encoding_may_be_imposed(tmp_path: Path) -> None:
    path = tmp_path / "fichier.csv"
    path.write_bytes("a;b,c\n1;2,é\n".encode("cp1252"))
    table = read_table(path, delimiter=",", encoding="cp1252")
    assert (table.header, cells(table)) == (("a;b", "c"), [["1;2", "é"]])


def test_lone_carriage_returns_give_plain_blocks(tmp_path: Path) -> None:
    path = tmp_path / "mac.csv"
    path.write_bytes(b"a;b\r1;2\r3;4\r")
    table = read_table(path)
    assert [block.content for block in table.blocks()] == [b"1;2\n3;4\n"]
    assert [(record.number, record.first_line, record.cells) for record in table.records()] == [
        (2, 2, ["1", "2"]),
        (3, 3, ["3", "4"]),
    ]
