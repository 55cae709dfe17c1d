"""What a file is, by its content: text, archives of one file, workbooks, and everything else refused by its name."""

import gzip
import io
import stat
import zipfile
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greencloud.reading.containers import STREAMED_FROM, Unpacked, unpack
from greencloud.reading.refusals import Unreadable
from tests.reading.workbook_files import compound, ods, ods_row, ods_table, ods_text, rows, xlsx, zipped

gzipped = partial(gzip.compress, mtime=0)  # the same names of cases in every process of the tests

TEXT = "site;énergie\nSalle;12\n".encode()
BOOK = xlsx(rows(["site", "énergie"], ["Salle", 12]))
SPREADSHEET = ods(ods_table(ods_row(ods_text("site"), ods_text("énergie"))))
REAL = Path(__file__).parents[3] / "shared" / "real"


def opened(tmp_path: Path, content: bytes, name: str = "fichier.csv") -> Unpacked:
    path = tmp_path / name
    path.write_bytes(content)
    return unpack(path)


def refusal_of(tmp_path: Path, content: bytes) -> Unreadable:
    with pytest.raises(Unreadable) as refusal:
        opened(tmp_path, content)
    assert refusal.value.message.endswith(".")
    assert refusal.value.fix.endswith(".")
    return refusal.value


@pytest.mark.parametrize("name", ["a.csv", "a.xls", "a.xlsx", "a.zip", "a.json", "a"])
def test_the_name_says_nothing(tmp_path: Path, name: str) -> None:
    assert opened(tmp_path, TEXT, name) == Unpacked("csv", TEXT)
    assert opened(tmp_path, BOOK, name).container == "xlsx"
    assert opened(tmp_path, SPREADSHEET, name).container == "ods"


@pytest.mark.parametrize(
    ("content", "container", "member"),
    [
        (gzipped(TEXT), "csv.gz", None),
        (gzipped(TEXT[:7]) + gzipped(TEXT[7:]), "csv.gz", None),
        (gzipped(TEXT) + bytes(512), "csv.gz", None),
        (zipped({"données.csv": TEXT}), "csv.zip", "données.csv"),
        (zipped({"d/": b"", "d/a.csv": TEXT, "__MACOSX/d/._a.csv": b"x", "d/.DS_Store": b"x"}), "csv.zip", "a.csv"),
        (zipped({"a.txt": TEXT}, stored=["a.txt"]), "csv.zip", "a.txt"),
    ],
)
def test_an_archive_of_one_file_is_that_file(
    tmp_path: Path, content: bytes, container: str, member: str | None
) -> None:
    assert opened(tmp_path, content) == Unpacked(container, TEXT, member=member)


@pytest.mark.parametrize("archive", [gzipped(BOOK), zipped({"a.xlsx": BOOK})])
def test_a_workbook_in_an_archive_is_read(tmp_path: Path, archive: bytes) -> None:
    unpacked = opened(tmp_path, archive)
    assert unpacked.container in ("xlsx.gz", "xlsx.zip")
    assert unpacked.rows == [["site", "énergie"], ["Salle", "12"]]


def link() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        info = zipfile.ZipInfo("a.csv")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return target.getvalue()


def encrypted_zip() -> bytes:
    content = bytearray(zipped({"a.csv": TEXT}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (zipped({"a.csv": TEXT, "b.csv": TEXT}), "2 fichiers"),
        (zipped({}), "vide"),
        (zipped({"d/": b""}), "vide"),
        (zipped({"a.zip": zipped({"a.csv": TEXT})}), "autre archive"),
        (zipped({"a.gz": gzipped(TEXT)}), "autre archive"),
        (gzipped(gzipped(TEXT)), "autre archive"),
        (zipped({"../../a.csv": TEXT}), "sort de son dossier"),
        (zipped({"..\\a.csv": TEXT}), "sort de son dossier"),
        (zipped({"/etc/a.csv": TEXT}), "sort de son dossier"),
        (zipped({"C:/a.csv": TEXT}), "sort de son dossier"),
        (link(), "un lien"),
        (encrypted_zip(), "mot de passe"),
        (zipped({"a.csv": TEXT * 50})[:-40], "tronquée"),
        (zipped({"a.csv": TEXT * 50})[:60], "tronquée"),
        (gzipped(TEXT * 50)[:-9], "tronqué"),
        (gzipped(TEXT * 50)[:-4] + b"\x00\x00\x00\x01", "somme de contrôle"),
        (gzipped(TEXT) + b"suite", "suivi d'octets"),
        (b"\x1f\x8b\x08", "tronqué"),
    ],
)
def test_an_archive_that_is_not_one_whole_file_is_refused(tmp_path: Path, content: bytes, word: str) -> None:
    refusal = refusal_of(tmp_path, content)
    assert refusal.code == "compression-error"
    assert word in refusal.message


def test_a_wrong_check_sum_in_a_zip_is_refused(tmp_path: Path) -> None:
    content = zipped({"a.csv": TEXT}, stored=["a.csv"])
    assert "abîmée" in refusal_of(tmp_path, content.replace(b"Salle;12", b"Salle;13")).message


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "image"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image"),
        (b"GIF89a", "image"),
        (b"{\\rtf1\\ansi}", "traitement de texte"),
        (b"PAR1\x15\x04", "Parquet"),
        (b"SQLite format 3\x00", "SQLite"),
        (b"7z\xbc\xaf\x27\x1c\x00", "7z"),
        (b"Rar!\x1a\x07\x00", "rar"),
        (b"BZh91AY&SY", "bzip2"),
        (b"\xfd7zXZ\x00\x00", "xz"),
        (b"\x28\xb5\x2f\xfd\x00", "zstd"),
        (b"a.csv".ljust(257, b"\x00") + b"ustar\x0000", "tar"),
        (b'ID;PWXL;N;E\r\nC;Y1;X1;K"a"\r\nE\r\n', "SYLK"),
        (b"ID;PSCALC3\nP;PGeneral\nC;X1;Y1;K1\nE\n", "SYLK"),
        (b'TABLE\r\n0,1\r\n"EXCEL"\r\n', "DIF"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><table>", "HTML"),
        (b"<html><body><table><tr><td>1", "HTML"),
        (b"<table><tr><td>1", "HTML"),
        (b"<?xml version='1.0'?><data/>", "XML"),
        (b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?><Workbook/>', "XML de 2003"),
        (b'{"a": [1, 2]}', "JSON"),
        (b'[\n  {"a": 1}\n]', "JSON"),
        ('{"a": 1}'.encode("utf-16"), "JSON"),
        (b"journal du jour\nVA 1 Tier 2\n" + b'{"a": {"b": [1, 2]}}\n', "JSON précédé"),
        (b"From: a@b.fr\r\nTo: c@d.fr\r\nSubject: tableau\r\n\r\nBonjour\r\n", "message"),
        (b"BEGIN:VCARD\r\nVERSION:3.0\r\n", "contact"),
        (zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<a/>"}), "docx"),
        (zipped({"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": "<a/>"}), "pptx"),
        (zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": "a"}), "xlsb"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.text"}, ["mimetype"]), "bureautique"),
        (compound("EncryptedPackage", bytes(5000)), "mot de passe"),
        (compound("WordDocument", bytes(5000)), "traitement de texte"),
        (compound("Contents", bytes(5000)), "autre logiciel"),
    ],
)
def test_what_is_no_table_is_refused_by_its_name(tmp_path: Path, content: bytes, word: str) -> None:
    refusal = refusal_of(tmp_path, content)
    assert refusal.code == "format-error"
    assert word in refusal.message


@pytest.mark.parametrize(
    "text", [b"ID;PUE\n1;1.5\n", b"[id],nom\n1,a\n", b"nom;note\na;{b}\n", b"From: Paris\nTo: Lyon\n", b"BZ;a\n1;2\n"]
)
def test_tables_that_begin_like_something_else_are_tables(tmp_path: Path, text: bytes) -> None:
    assert opened(tmp_path, text) == Unpacked("csv", text)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    for content in (b"", gzipped(b""), zipped({"a.csv": b""})):
        assert "vide" in refusal_of(tmp_path, content).message


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="introuvable"):
        unpack(tmp_path / "absent.csv")


def test_a_long_text_is_left_to_be_streamed(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("wb") as stream:
        stream.write(TEXT)
        stream.truncate(STREAMED_FROM + 1)
    assert unpack(path) == Unpacked("csv")


@given(
    st.binary(max_size=200), st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
)
def test_any_bytes_are_opened_or_refused(tmp_path_factory: pytest.TempPathFactory, rest: bytes, start: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "octets"
    path.write_bytes(start + rest)
    try:
        unpack(path)
    except Unreadable as refusal:
        assert refusal.fix


@pytest.mark.skipif(not REAL.is_dir(), reason="the received files are not beside the repository (see CONTRIBUTING.md)")
def test_documents_of_other_kinds_among_real_files_are_refused() -> None:
    for path in sorted((REAL / "dcoi").glob("*.json")):
        with pytest.raises(Unreadable, match="JSON"):
            unpack(path)


@pytest.mark.skipif(not REAL.is_dir(), reason="the received files are not beside the repository (see CONTRIBUTING.md)")
def test_tab_separated_texts_named_xls_are_texts() -> None:
    found = [unpack(path) for path in sorted((REAL / "grid").glob("*.xls"))]
    assert {unpacked.container for unpacked in found} == {"csv"}
    assert all(unpacked.content for unpacked in found)
