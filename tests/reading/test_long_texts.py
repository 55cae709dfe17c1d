"""A text too long to be held is read, told and refused as one that is not."""

from pathlib import Path

import pytest

from greencloud.reading import Record, TextTable, Unreadable, read_table

BELOW = 100
ROWS = "".join(f"salle {number};{number},5;relevé du compteur\n" for number in range(1, 60))
TEXT = "nom;conso;remarque\n" + ROWS
TEXTS = {
    "clean": TEXT.encode(),
    "marked": TEXT.encode("utf-8-sig"),
    "cp1252": TEXT.encode("cp1252"),
    "mac-roman": TEXT.encode("mac-roman"),
    "utf-16": TEXT.encode("utf-16"),
    "misleading mark": b"\xef\xbb\xbf" + TEXT.encode("cp1252"),
    "spoilt before": (TEXT + "salle;1;chauffÃ© Ã©tÃ©\nsalle;2;Ã©\n").encode(),
    "lost": (TEXT + "salle;1;chauff\ufffd\n").encode(),
    "invisible": (TEXT + "salle;1;a\u200bb\nsalle;\x01;e\u0301\n").encode(),
    "two encodings": TEXT.encode() + "salle 60;60,5;relevé\n".encode("cp1252") * 3,
    "damaged": TEXT.encode() + b"salle 60;60,5;relev\x81\xe9\x8d\nsalle 61;1;RAS\n",
    "old Mac": TEXT.replace("\n", "\r").encode(),
    "old Mac with quotes": TEXT.replace("\n", "\r").replace("salle 7", '"salle\r7"').encode(),
    "old Mac, odd": TEXT.replace("\n", "\r").replace("salle 7;", "salle Ã©;").encode(),
    "line ends of two kinds": TEXT.encode() + TEXT.split("\n", 1)[1].replace("\n", "\r").encode(),
    "no last end": TEXT.encode()[:-1],
}


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Every text is long, and read in small pieces."""
    monkeypatch.setattr("greencloud.reading.containers.STREAMED_FROM", BELOW)
    monkeypatch.setattr("greencloud.reading.long_texts._READ_SIZE", 256)
    monkeypatch.setattr("greencloud.reading.blocks._READ_SIZE", 256)
    return monkeypatch


def told(table: TextTable) -> tuple[object, ...]:
    records: list[Record] = list(table.records())
    assert records == list(table.records())
    return table.header, table.header_row, table.encoding, table.delimiter, table.remarks, records


@pytest.mark.parametrize("name", TEXTS)
def test_a_long_text_is_told_as_a_short_one(tmp_path: Path, long: pytest.MonkeyPatch, name: str) -> None:
    path = tmp_path / "texte.csv"
    path.write_bytes(TEXTS[name])
    streamed = told(read_table(path, ("nom", "conso", "remarque")))
    long.undo()
    assert streamed == told(read_table(path, ("nom", "conso", "remarque")))


@pytest.mark.parametrize(
    ("content", "encoding", "word"),
    [
        (TEXT.encode() + b"a;b;\xe9\n", "utf-8", "Ligne 61 : l'octet 0xE9"),
        (TEXT.encode(), "klingon", "klingon"),
        (TEXT.encode(), "hex", "« hex », n'est pas connu"),
        (TEXT.encode(), "undefined", "« undefined », n'est pas connu"),
        (b"nom;conso\n" + b"R\xffS;1\n" * 9, None, "9 lignes n'ont de sens dans aucun, à partir de la ligne 2"),
        (TEXT.encode() + b"a" * 20_000, None, "Une ligne du fichier"),
    ],
)
def test_what_cannot_be_read_is_refused(
    tmp_path: Path, long: pytest.MonkeyPatch, content: bytes, encoding: str | None, word: str
) -> None:
    long.setattr("greencloud.reading.long_texts._LONGEST_LINE", 10_000)
    path = tmp_path / "texte.csv"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=word):
        read_table(path, ("nom",), encoding=encoding)
