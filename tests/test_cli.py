"""The command line as a user runs it: in a process of its own, by its exit status and its words."""

import json
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import duckdb
import pytest

from greencloud import cli

GOOD = "id_centre,annee,energie_totale_kwh,energie_it_kwh,categorie_mesure_it\n99988877900017-01,2023,314871,175121,1\n"


def run(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "greencloud", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)


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


def test_a_command_that_is_not_understood_is_told_in_french_with_where_to_look(tmp_path: Path) -> None:
    for arguments, words, command in (
        (["check"], "Il manque « FICHIER » : le fichier à contrôler.", " check"),
        (
            ["deposit", "x.csv", "--emetteur", "1"],
            "Il manque « --table NOM » : centres, declarations, consommations, compteurs ou",
            " deposit",
        ),
        (["check", "x.csv", "--schem", "y"], "« --schem » n'existe pas. Vouliez-vous dire « --schema » ?", " check"),
        (["check", "x.csv", "--qqq"], "L'option « --qqq » n'existe pas. Voir", " check"),
        (
            ["sample", "--sites", "mille"],
            "« --sites » ne convient pas : il faut un nombre entier entre 1 et",
            " sample",
        ),
        (["sample", "--seed", "x"], "« --seed » ne convient pas : il faut un nombre entier. Voir", " sample"),
        (["check", "x.csv", "--format"], "Il manque une valeur après « --format » : « --format text|json ».", " check"),
        (["check", "x.csv", "--strict=1"], "L'option « --strict » ne prend pas de valeur.", " check"),
        (["check", "mes", "fichiers.csv"], "« fichiers.csv » est de trop. Un chemin qui contient un espace", " check"),
        (["chek", "x.csv"], "La commande « chek » n'existe pas. Vouliez-vous dire « check » ?", ""),
        (["\x1b[2J"], "La commande « [U+001B][2J » n'existe pas. Voir", ""),
        (["--inconnue"], "L'option « --inconnue » n'existe pas.", ""),
    ):
        result = run(*arguments, cwd=tmp_path)
        assert (result.returncode, result.stdout) == (2, "")
        assert words in result.stderr and result.stderr.endswith(f" Voir « greencloud{command} --help ».\n")


def test_the_version_is_that_of_the_package(tmp_path: Path) -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    result = run("--version", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, f"greencloud {project['project']['version']}\n")
    assert "--version" in run("--help", cwd=tmp_path).stdout


def test_check_with_any_table_schema(tmp_path: Path) -> None:
    schema = declared(tmp_path, '{"fields": [{"name": "a", "type": "integer"}]}', "schema.json")
    assert run("check", declared(tmp_path, "a\n1\n", "a.csv"), "--schema", schema, cwd=tmp_path).returncode == 0
    assert run("check", declared(tmp_path, "a\nun\n", "b.csv"), "--schema", schema, cwd=tmp_path).returncode == 1


def test_long_lists_are_cut_with_their_count(tmp_path: Path) -> None:
    file = declared(tmp_path, "id_centre,annee,energie_totale_kwh\n" + "x,2023,1\n" * 30)
    result = run("check", file, cwd=tmp_path)
    assert "… et 27 autres, lignes 5, 6, 7, 8, 9…" in result.stdout


def test_check_writes_each_file_that_is_asked_for(tmp_path: Path) -> None:
    file = declared(tmp_path, GOOD + "99988877900017-02,2023,12 MWh,6000,1\n")
    asked = ("--html", "r.html", "--rejects", "r.csv", "--corrected", "c.csv", "--accepted", "a.csv")
    result = run("check", file, *asked, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (1, "")
    written = ("a.csv", "c.changements.csv", "c.csv", "déclaration.csv", "r.csv", "r.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(written)
    for name in ("r.html", "r.csv", "c.csv, 2 lignes", "a.csv", "c.changements.csv"):
        assert name in result.stdout
    assert "1 valeur proposée et écrite." in result.stdout
    assert run("check", "c.csv", "--table", "declarations", cwd=tmp_path).returncode == 0
    quiet = run("check", file, "--format", "json", *asked, cwd=tmp_path)
    assert json.loads(quiet.stdout)["errors"][0]["proposal"] == "12000" and "c.csv" in quiet.stderr


def test_no_output_overwrites_what_is_read_or_another(tmp_path: Path) -> None:
    file, schema = declared(tmp_path, "a\n1\n", "a.csv"), tmp_path / "schema.csv"
    schema.write_text('{"fields": [{"name": "a", "type": "integer"}]}', encoding="utf-8")
    (tmp_path / "lien.csv").hardlink_to(file)
    (tmp_path / "b.changements.csv").hardlink_to(file)
    for asked in (
        ("--corrected", "a.csv"),
        ("--rejects", "./a.csv"),
        ("--accepted", "lien.csv"),
        ("--corrected", "b.csv"),
        ("--rejects", "schema.csv"),
        ("--rejects", "r.csv", "--accepted", "r.csv"),
        ("--rejects", "c.changements.csv", "--corrected", "c.csv"),
        ("--html", "r.csv"),
        ("--rejects", "r.html"),
        ("--corrected", "absent/c.csv"),
    ):
        result = run("check", file, "--schema", schema, *asked, cwd=tmp_path)
        assert result.returncode == 2, asked
        assert result.stderr.count("\n") == 1 and "Traceback" not in result.stderr
    assert file.read_text() == "a\n1\n" and schema.read_text().startswith("{")
    assert len(list(tmp_path.iterdir())) == 4


def test_a_corrected_file_needs_a_sound_header(tmp_path: Path) -> None:
    file = declared(tmp_path, "id_centre,ID_CENTRE,annee,energie_totale_kwh\nx,y,2023,1\n")
    result = run("check", file, "--table", "declarations", "--corrected", "c.csv", cwd=tmp_path)
    assert "n'a pas été écrit : corrigez d'abord les intitulés" in result.stdout
    assert not (tmp_path / "c.csv").exists() and not (tmp_path / "c.changements.csv").exists()


def test_strict_delimiter_and_encoding(tmp_path: Path) -> None:
    schema = declared(tmp_path, '{"fields": [{"name": "a", "type": "number"}, {"name": "b"}]}', "schema.json")
    file = declared(tmp_path, "a\tb\n1,5\té\n".encode("utf-16-le"))
    options = ("--delimiter", "tab", "--encoding", "utf-16-le", "--schema", schema)
    assert run("check", file, *options, cwd=tmp_path).returncode == 0
    assert run("check", file, *options, "--strict", cwd=tmp_path).returncode == 1
    for wrong in (("--delimiter", "ab"), ("--delimiter", ""), ("--encoding", "klingon"), ("--encoding", "rot13")):
        result = run("check", file, *wrong, cwd=tmp_path)
        assert result.returncode == 2 and result.stderr.count("\n") == 1, wrong


def test_strict_says_once_which_separator_to_ask_for(tmp_path: Path) -> None:
    schema = declared(tmp_path, '{"fields": [{"name": "a"}, {"name": "b", "type": "integer"}]}', "schema.json")
    misread = declared(tmp_path, "a;b,c\n1;2,3\n1;2,4\n", "a.csv")
    hint = 'Le séparateur paraît être « ; » et le fichier a été lu avec « , » : essayez --delimiter ";".'
    assert run("check", misread, "--schema", schema, "--strict", cwd=tmp_path).stdout.count(hint) == 1
    for content, options in (("a;b\n1;x\n2;y\n", ()), ("a;b,c\n1;2,3\n1;2,4\n", ("--delimiter", ";"))):
        file = declared(tmp_path, content, "b.csv")
        result = run("check", file, "--schema", schema, "--strict", *options, cwd=tmp_path)
        assert result.returncode == 1 and "--delimiter" not in result.stdout


def test_strict_says_once_that_it_wants_all_the_columns_in_their_order(tmp_path: Path) -> None:
    file = declared(tmp_path, GOOD.replace(",", ";"))
    hint = "Avec --strict, le fichier doit avoir toutes les colonnes du schéma, dans le même ordre."
    assert run("check", file, "--strict", cwd=tmp_path).stdout.count(hint) == 1
    assert hint not in run("check", file, cwd=tmp_path).stdout
    schema = declared(tmp_path, '{"fields": [{"name": "a", "type": "integer"}]}', "schema.json")
    wrong = declared(tmp_path, "a\nx\n", "a.csv")
    assert hint not in run("check", wrong, "--schema", schema, "--strict", cwd=tmp_path).stdout


def test_the_help_is_french_to_its_headings(tmp_path: Path) -> None:
    for arguments in (
        (),
        ("--help",),
        ("check", "--help"),
        ("sample", "--help"),
        ("deposit", "--help"),
        ("lint-schema", "--help"),
    ):
        result = run(*arguments, cwd=tmp_path)
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout.startswith("Usage : ")
        for english in (
            "Usage: ",
            "Arguments\n",
            "Show this",
            "[default",
            "[required]",
            "OPTIONS",
            "COMMAND",
            "<",
            "(sinon : )",
        ):
            assert english not in result.stdout
    assert "--corrected SORTIE.csv" in run("check", "--help", cwd=tmp_path).stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told_in_french(tmp_path: Path) -> None:
    file = declared(tmp_path, GOOD)
    for output in ("text", "json"):
        with Path("/dev/full").open("w") as full:
            command = [sys.executable, "-m", "greencloud", "check", str(file), "--format", output]
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, encoding="utf-8", check=False)
        assert done.returncode == 2
        told = "il n'y a plus de place sur le disque. Libérez de la place, puis relancez."
        assert done.stderr == f"Sortie : lecture ou écriture impossible, {told}\n"


def test_a_reader_that_leaves_is_no_accident(tmp_path: Path) -> None:
    file = declared(tmp_path, "id_centre,annee,energie_totale_kwh\n" + "x,2023,z\n" * 5_000)
    command = [sys.executable, "-m", "greencloud", "check", str(file), "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.read(1) == b"{"
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_an_interruption_is_told_in_french(tmp_path: Path) -> None:
    program = "import signal, sys, greencloud.cli as cli, greencloud.cli.checks as checks\n"
    program += "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background job ignores it
    program += "checks.check_file = lambda *a, **k: print('prêt', flush=True) or __import__('time').sleep(60)\n"
    program += "sys.argv[1:] = ['check', sys.argv[1], '--table', 'declarations']\ncli.main()\n"
    file = declared(tmp_path, GOOD)
    command = [sys.executable, "-c", program, str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == "prêt\n"
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == "Interrompu.\n"
    assert process.returncode == 130


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


@pytest.mark.parametrize(
    ("name", "content", "why", "what"),
    [
        ("rapport annuel.pdf", b"%PDF-1.7", "c'est un document PDF", "au format « CSV UTF-8 »"),
        ("page.csv", b"<html><body><p>Bonjour</p></body></html>", "c'est une page web", "au format « CSV UTF-8 »"),
        ("bilan.csv", "id_centre,energie_totale_kwh\nx,1\n", "« annee » manque", "greencloud check bilan.csv --table"),
        ("faux.csv", GOOD.replace("314871", "?"), "Ligne 2", "Corrigez-le, puis déposez-le à nouveau."),
        ("seul.csv", GOOD.splitlines()[0] + "\n", "aucune ligne", "Remplissez-le"),
    ],
)
def test_a_deposit_of_which_nothing_would_count_is_kept_and_told(
    tmp_path: Path, name: str, content: str | bytes, why: str, what: str
) -> None:
    file = declared(tmp_path, content, name)
    for kept in ("conservé", "Rien de nouveau"):
        result = run("deposit", name, "--table", "declarations", "--emetteur", "999888779", cwd=tmp_path)
        assert (result.returncode, result.stdout.count("\n"), result.stderr.count("\n")) == (1, 1, 1)
        assert kept in result.stdout and why in result.stderr and what in result.stderr
    cards = list((tmp_path / "data/raw").rglob("*.depot.json"))
    assert [card.with_name(card.name.removesuffix(".depot.json")).read_bytes() for card in cards] == [file.read_bytes()]


def test_a_deposit_says_how_many_rows_would_be_rejected(tmp_path: Path) -> None:
    declared(tmp_path, GOOD + "x,2023,,,\n99988877900017-02,2023,12 MWh,1,1\n", "mon fichier.csv")
    result = run("deposit", "mon fichier.csv", "--table", "declarations", "--emetteur", "999888779", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    command = 'greencloud check "mon fichier.csv" --table declarations'
    assert result.stdout.splitlines()[1] == f"Contrôle : 1 ligne acceptée, 2 rejetées. Pour savoir pourquoi : {command}"
    assert run("check", "mon fichier.csv", "--table", "declarations", cwd=tmp_path).returncode == 1


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
    for content in ("[1, 2]", "3", "null", "{", '"texte"'):
        refused = run("lint-schema", declared(tmp_path, content, "autre.json"), cwd=tmp_path)
        assert (refused.returncode, refused.stdout) == (2, "") and "autre.json » " in refused.stderr
    noted = run("check", declared(tmp_path, "a\n1\n", "a.csv"), "--schema", schema, cwd=tmp_path)
    assert noted.returncode == 0 and "contraints" in noted.stdout


def test_sample_and_build_make_an_edition_however_few_the_sites(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("sample", "--out", "raw/exemples", "--sites", 20, cwd=tmp_path).returncode == 0
    declared(tmp_path / "raw", "a,b\n1,2\n", "autre.csv")
    result = run("build", "--raw", "raw", "--published", "published", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "autre.csv" in result.stdout
    assert (tmp_path / "published/current/tableaux-de-bord/pue-par-hebergement.html").is_file()
    edition = tmp_path / "published" / "current"
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    again = run("build", "--raw", "raw", "--published", "published", cwd=tmp_path)
    assert again.returncode == 0 and f"{edition.resolve().name}, déjà publiée" in again.stdout
    loaded = {line.rpartition("|")[2].strip() for line in again.stderr.splitlines()}
    assert "duckdb" in loaded and not loaded & {"frictionless", "jinja2.ext", "pandas", "pandera", "plotly"}
    monkeypatch.delenv("PYTHONPROFILEIMPORTTIME")
    (edition / "couverture.csv").write_text("autre\n", encoding="utf-8")
    altered = run("build", "--raw", "raw", "--published", "published", cwd=tmp_path)
    assert altered.returncode == 2 and "existe déjà avec un autre contenu (couverture.csv)" in altered.stderr


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (duckdb.OutOfMemoryException("failed to allocate"), "Le traitement a manqué de mémoire ou de place"),
        (duckdb.BinderException("no column\nfoo\x1b[2J"), "Erreur imprévue du programme (BinderException : no column"),
        (KeyError("clé"), "Erreur imprévue du programme (KeyError : 'clé')"),
    ],
)
def test_an_error_that_nobody_expected_is_one_sentence_and_not_mistaken_for_another(
    error: Exception, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(**_: object) -> None:
        raise error

    monkeypatch.setattr(cli, "app", broken)
    with pytest.raises(SystemExit) as end:
        cli.main()
    printed = capsys.readouterr().err
    assert end.value.code == 2 and printed.startswith(told) and printed.count("\n") == 1 and "\x1b" not in printed
    monkeypatch.setenv("GREENCLOUD_TRACE", "1")
    with pytest.raises(type(error)):
        cli.main()


def test_the_damaged_number_of_a_meter_is_not_sought_among_firms(tmp_path: Path) -> None:
    content = 'id_compteur,id_centre,poste,date_debut\n"9,99E+13",13002526500013-01,total,2020-01-01\n'
    told = run("check", declared(tmp_path, content), cwd=tmp_path).stdout
    assert "que le tableur a changé en nombre" in told and "au format « Texte »" in told
    assert "annuaire-entreprises" not in told
