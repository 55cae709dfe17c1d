"""The command line as a user runs it: in a process of its own, by its exit status and its words."""

import json
import subprocess
import sys
from pathlib import Path

GOOD = "id_centre,annee,energie_totale_kwh,energie_it_kwh,categorie_mesure_it\n99988877900017-01,2023,314871,175121,1\n"


def run(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "greencloud", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)


def declared(folder: Path, content: str | bytes, name: str = "déclaration.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_check_says_valid_with_0(tmp_path: Path) -> None:
    result = run("check", declared(tmp_path, GOOD), cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert "déclaration.csv : fichier valide — 1 ligne acceptée sur 1 ligne" in result.stdout


def test_check_names_line_column_value_and_fix_with_1(tmp_path: Path) -> None:
    file = declared(tmp_path, GOOD.replace("314871", "environ 300 MWh"))
    result = run("check", file, "--table", "declarations", cwd=tmp_path)
    assert result.returncode == 1
    for word in ("déclaration.csv", "Ligne 2", "energie_totale_kwh", "« environ 300 MWh »", "→"):
        assert word in result.stdout


def test_check_json_and_accepted(tmp_path: Path) -> None:
    file = declared(tmp_path, GOOD + "x,2023,,,\n")
    result = run("check", file, "--format", "json", "--accepted", "ok.csv", cwd=tmp_path)
    report = json.loads(result.stdout)
    assert (result.returncode, report["valid"], report["stats"]["accepted"]) == (1, False, 1)
    assert (tmp_path / "ok.csv").read_text().splitlines()[1].startswith("99988877900017-01,2023,,,314871,175121,")


def test_wrong_usage_and_unreadable_files_give_2_without_a_traceback(tmp_path: Path) -> None:
    good, broken = declared(tmp_path, GOOD), declared(tmp_path, b"%PDF-1.7", "rapport.csv")
    schema = declared(tmp_path, '{"fields": [{"name": "a", "type": "inconnu"}]}', "schema.json")
    for arguments in (
        ["check", broken],
        ["check", tmp_path / "absent.csv"],
        ["check", good, "--table", "inconnue"],
        ["check", good, "--schema", schema],
        ["check", good, "--schema", schema, "--table", "centres"],
        ["check", good, "--format", "xml"],
        ["check", declared(tmp_path, "a,b\n1,2\n", "autre.csv")],
        ["deposit", good, "--table", "declarations", "--emetteur", "123"],
        ["lint-schema", tmp_path / "absent.json"],
        ["check", good, "--accepted", good],
        ["check", good, "--accepted", "lignes.xlsx"],
        ["check", good, "--accepted", tmp_path / "absent" / "lignes.csv"],
        ["check", "x" * 300],
        ["build", "--raw", tmp_path / "absent", "--published", tmp_path / "p"],
    ):
        result = run(*arguments, cwd=tmp_path)
        assert result.returncode == 2, arguments
        assert (result.stdout + result.stderr).strip()
        assert "Traceback" not in result.stderr
    assert good.read_text() == GOOD


def test_a_command_that_is_not_understood_is_told_in_french(tmp_path: Path) -> None:
    for arguments, words in (
        (["check"], "Il manque « FICHIER »."),
        (["deposit", "x.csv", "--emetteur", "1"], "Il manque « --table »."),
        (["check", "x.csv", "--nope"], "« --nope » n'existe pas."),
        (["sample", "--sites", "mille"], "La valeur de « --sites » manque ou ne convient pas."),
        (["check", "x.csv", "--format"], "La valeur de « --format » manque ou ne convient pas."),
        (["inconnue"], "La commande n'est pas comprise."),
    ):
        result = run(*arguments, cwd=tmp_path)
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr == f"{words} Voir « greencloud --help ».\n"


def test_check_with_any_table_schema(tmp_path: Path) -> None:
    schema = declared(tmp_path, '{"fields": [{"name": "a", "type": "integer"}]}', "schema.json")
    assert run("check", declared(tmp_path, "a\n1\n", "a.csv"), "--schema", schema, cwd=tmp_path).returncode == 0
    assert run("check", declared(tmp_path, "a\nun\n", "b.csv"), "--schema", schema, cwd=tmp_path).returncode == 1


def test_long_lists_are_cut_with_their_count(tmp_path: Path) -> None:
    file = declared(tmp_path, "id_centre,annee,energie_totale_kwh\n" + "x,2023,1\n" * 30)
    result = run("check", file, cwd=tmp_path)
    assert "autres erreurs du même type" in result.stdout


def test_markup_in_a_file_is_shown_and_not_interpreted(tmp_path: Path) -> None:
    file = declared(tmp_path, GOOD.replace("314871", "[red]x[/red]"), "a[b].csv")
    result = run("check", file, cwd=tmp_path)
    assert "a[b].csv" in result.stdout and "« [red]x[/red] »" in result.stdout


def test_deposit_keeps_the_bytes_once(tmp_path: Path) -> None:
    file = declared(tmp_path, GOOD)
    for _ in range(2):
        result = run("deposit", file, "--table", "declarations", "--emetteur", "999888779", cwd=tmp_path)
        assert result.returncode == 0, result.stderr
    stored = list((tmp_path / "data/raw").rglob("*.csv"))
    assert [path.read_text() for path in stored] == [GOOD]


def test_deposit_says_that_the_bytes_were_already_received(tmp_path: Path) -> None:
    first, correction = declared(tmp_path, GOOD), declared(tmp_path, GOOD.replace("314871", "314872"), "b.csv")

    def said(file: Path, sender: str) -> str:
        result = run("deposit", file, "--table", "declarations", "--emetteur", sender, cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        return result.stdout

    assert "conservé" in said(first, "999888779") and "conservé" in said(correction, "999888779")
    card = next(
        path for path in (tmp_path / "data/raw").rglob("*.json") if "déclaration.csv" in path.read_text("utf-8")
    )
    before = card.read_bytes()
    for sender in ("999888779", "130025265"):
        again = said(first, sender)
        assert "conservé" not in again
        assert f"déjà été reçus le {json.loads(before)['recu_le'][:10]}, déposés par 999888779" in again
        assert "Un dépôt ultérieur a pu les remplacer" in again
    assert card.read_bytes() == before
    card.write_bytes(before.replace(b'"999888779"', b"null"))
    assert "placés à la main" in said(first, "999888779")


def test_lint_schema(tmp_path: Path) -> None:
    schema = declared(tmp_path, '{"fields": [{"name": "a", "type": "string", "contraints": {}}]}', "schema.json")
    result = run("lint-schema", schema, cwd=tmp_path)
    assert result.returncode == 1
    assert "contraints" in result.stdout and "LintFinding" not in result.stdout
    assert run("lint-schema", declared(tmp_path, "[1, 2]", "liste.json"), cwd=tmp_path).returncode == 1
    noted = run("check", declared(tmp_path, "a\n1\n", "a.csv"), "--schema", schema, cwd=tmp_path)
    assert noted.returncode == 0 and "contraints" in noted.stdout


def test_sample_and_build_make_an_edition_however_few_the_sites(tmp_path: Path) -> None:
    assert run("sample", "--out", "raw/exemples", "--sites", 20, cwd=tmp_path).returncode == 0
    declared(tmp_path / "raw", "a,b\n1,2\n", "autre.csv")
    result = run("build", "--raw", "raw", "--published", "published", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "autre.csv" in result.stderr
    assert (tmp_path / "published/current/tableaux-de-bord/pue-par-hebergement.html").is_file()
