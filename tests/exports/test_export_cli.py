"""`greencloud export` and `greencloud import` as a user runs them: exit codes, French words, no traceback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.exports import site

HEADER = "nomCourtDatacenter;nomLongDatacenter;pue;localisation;nomEntite\n"


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return site.write(tmp_path_factory.mktemp("raw"))


def run(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "greencloud", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)


def test_the_report_is_printed_and_written(raw: Path, tmp_path: Path) -> None:
    asked = ("export", "eu-2024-1364", site.FULL, 2024, "--raw", raw, "--csv", "r.csv", "--json", "r.json")
    result = run(*asked, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert "E_DC" in result.stdout and "Écrit : r.csv" in result.stdout
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["annee"] == 2024
    assert (tmp_path / "r.csv").read_text(encoding="utf-8").startswith("id_centre,annee,annexe,")


def test_missing_indicators_give_1(raw: Path, tmp_path: Path) -> None:
    result = run("export", "eu-2024-1364", site.SMALL, 2024, "--raw", raw, cwd=tmp_path)
    assert result.returncode == 1
    assert "À compléter" in result.stdout and "Remplissez energie_it_kwh dans declarations" in result.stdout


def test_the_page_is_three_files(raw: Path, tmp_path: Path) -> None:
    result = run("export", "page", site.FULL, "--raw", raw, "--out", "pages", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    names = {path.name for path in (tmp_path / "pages").iterdir()}
    assert names == {f"{site.FULL}{suffix}" for suffix in (".html", ".csv", ".jsonld")}
    assert "seuil de 500" in result.stdout


def test_an_import_writes_declarations_and_sites(tmp_path: Path) -> None:
    file = tmp_path / "dc.csv"
    file.write_text(f"{HEADER}A;Nord;1.5;France;\nB;Sud;0.5;France;\n", encoding="utf-8")
    asked = ("import", "numecoeval", file, "--annee", 2024, "--siret", site.SIRET, "--out", "d.csv")
    result = run(*asked, cwd=tmp_path)
    assert result.returncode == 1
    assert "Laissé vide, car ce format ne le dit pas : energie_totale_kwh" in result.stdout
    checked = run("check", "d.csv", "--table", "declarations", cwd=tmp_path)
    registered = run("check", "d.centres.csv", "--table", "centres", cwd=tmp_path)
    assert (checked.returncode, registered.returncode) == (0, 0)


def test_a_file_without_a_row_is_told(tmp_path: Path) -> None:
    file = tmp_path / "dc.csv"
    file.write_text(HEADER, encoding="utf-8")
    result = run("import", "numecoeval", file, "--annee", 2024, "--siret", site.SIRET, "--out", "d.csv", cwd=tmp_path)
    assert result.returncode == 0
    assert "Aucune déclaration à écrire." in result.stdout
    assert not (tmp_path / "d.csv").exists()


def test_what_cannot_be_done_gives_2_and_a_french_sentence(raw: Path, tmp_path: Path) -> None:
    file = tmp_path / "dc.csv"
    file.write_text(f"{HEADER}A;Nord;1.5;France;\n", encoding="utf-8")
    picture = tmp_path / "image.csv"
    picture.write_bytes(b"%PDF-1.7")
    options = ("--annee", 2024, "--siret", site.SIRET, "--out")
    for arguments in (
        ("export", "eu-2024-1364", "x", 2024, "--raw", raw),
        ("export", "eu-2024-1364", site.FULL, 1999, "--raw", raw),
        ("export", "eu-2024-1364", site.FULL, 2024, "--raw", tmp_path / "absent"),
        ("export", "eu-2024-1364", site.FULL, 2024, "--csv", "r.xlsx"),
        ("export", "page", site.EXEMPT, "--raw", raw),
        ("export", "numecoeval", "--out", "n.csv", "--edition", tmp_path),
        ("export", "numecoeval"),
        ("export", "inconnu"),
        ("import", "numecoeval", file, *options, "dc.csv"),
        ("import", "numecoeval", "absent.csv", *options, "d.csv"),
        ("import", "numecoeval", picture, *options, "d.csv"),
        ("import", "numecoeval", file, "--annee", 2024, "--siret", "123", "--out", "d.csv"),
    ):
        result = run(*arguments, cwd=tmp_path)
        assert result.returncode == 2, arguments
        assert (result.stdout + result.stderr).strip() and "Traceback" not in result.stderr
    assert file.read_text(encoding="utf-8").endswith("A;Nord;1.5;France;\n")
    assert not (tmp_path / "d.csv").exists()
