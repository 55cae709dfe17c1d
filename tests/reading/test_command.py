"""`python -m greencloud.reading`: what it writes, what it never writes over, and what it says."""

import gzip
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from greencloud.reading.__main__ import main
from tests.reading.workbook_files import ods, ods_row, ods_table, ods_text, rows, xlsx, zipped

gzipped = partial(gzip.compress, mtime=0)  # the same names of cases in every process of the tests

TEXT = b"a;b\n1;2\n"
KINDS = {
    "csv": TEXT,
    "csv.gz": gzipped(TEXT),
    "csv.zip": zipped({"table.csv": TEXT}),
    "xlsx": xlsx(rows(["a", "b"], [1, 2])),
    "ods": ods(ods_table(ods_row(ods_text("a"), ods_text("b")) + ods_row(ods_text("1"), ods_text("2")))),
}


def run(folder: Path, content: bytes, *options: str) -> tuple[int, Path, Path]:
    source, out, report = folder / "table.xls", folder / "out.csv", folder / "report.json"
    source.write_bytes(content)
    return main([str(source), "--to", str(out), "--report", str(report), *options]), out, report


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_gives_the_same_table_whatever_its_name(tmp_path: Path, kind: str) -> None:
    code, out, report = run(tmp_path, KINDS[kind])
    assert (code, out.read_bytes()) == (0, b"a,b\n1,2\n")
    assert json.loads(report.read_text(encoding="utf-8"))["container"] == kind
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "report.json", "table.xls"]


@pytest.mark.parametrize(
    "content",
    [
        "a;é\n1;2\n".encode("utf-16-le"),
        "a;é\n1;2\n".encode("utf-16"),
        b"\xef\xbb\xbf" + "a;é\n1;2\n".encode("cp1252"),
        "a;é\n1;2\n".encode("cp1252"),
    ],
)
def test_every_encoding_gives_the_same_table(tmp_path: Path, content: bytes) -> None:
    code, out, _ = run(tmp_path, content)
    assert (code, out.read_text(encoding="utf-8")) == (0, "a,é\n1,2\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (TEXT, "table.xls (csv) : 1 ligne et 2 colonnes, encodage utf-8, séparateur « ; », aucune réparation.\n"),
        (
            "é\tb\n1\t2\n3\t4\n".encode("cp1252"),
            "table.xls (csv) : 2 lignes et 2 colonnes, encodage cp1252, séparateur « tabulation », "
            "aucune réparation.\n",
        ),
        (KINDS["xlsx"], "table.xls (xlsx) : 1 ligne et 2 colonnes, aucune réparation.\n"),
    ],
)
def test_one_line_says_what_was_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    assert run(tmp_path, content)[0] == 0
    assert capsys.readouterr() == (said, "")


def test_the_repairs_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, _, report = run(tmp_path, b'a;b\n1;"2\n3;4\n5;6\n7;8\n')
    repairs = len(json.loads(report.read_text(encoding="utf-8"))["repairs"])
    assert repairs and f"{repairs} réparation" in capsys.readouterr().out


def test_a_refused_file_leaves_what_was_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out.csv").write_text("avant", encoding="utf-8")
    code, out, report = run(tmp_path, b"%PDF-1.7")
    assert (code, out.read_text(encoding="utf-8")) == (2, "avant")
    assert json.loads(report.read_text(encoding="utf-8"))["refused"]["code"] == "format-error"
    assert "PDF" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["a.csv"], ["a.csv", "--to"], ["a.csv", "--to", "b.csv", "--inconnu"]])
def test_a_command_that_is_not_complete_is_told_in_french(
    arguments: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    said = capsys.readouterr().err
    assert said.startswith("La commande n'est pas complète ou n'est pas comprise. Écrivez : ")
    assert "error" not in said and "usage" not in said


def test_the_file_that_is_read_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "a.csv"
    source.write_bytes(TEXT)
    with pytest.raises(SystemExit, match="2"):
        main([str(source), "--to", str(tmp_path / "." / "a.csv")])
    assert source.read_bytes() == TEXT
    assert "trois fichiers différents" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "a.csv"
    source.write_bytes(TEXT)
    assert main([str(source), "--to", str(tmp_path / "absent" / "b.csv")]) == 2
    assert "Rien n'a pu être écrit" in capsys.readouterr().err
