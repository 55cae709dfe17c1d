"""The pipeline as `make run` starts it: good and bad files in, an edition and a French report out."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.pipeline import main, pipeline
from greencloud import deposits, tables, warehouse
from greencloud.cli.outcome import named

ROOT = Path(__file__).parents[2]
CENTRES = "id_centre,nom_site,type_hebergement,categorie_organisme\n99988877900017-01,Salle A,salle_serveurs,commune\n"
DECLARATIONS = (
    "id_centre,annee,energie_totale_kwh,energie_it_kwh,categorie_mesure_it\n"
    "99988877900017-01,2023,314871,175121,1\n"
    "99988877900017-01,2024,beaucoup,175121,1\n"
    "99988877900033-01,2024,314871,175121,1\n"  # a centre that no file registers
)


@dataclass(frozen=True)
class Run:
    """What a run left: its exit status, its output (both streams) and its editions."""

    status: int
    output: str
    published: Path


def deposit(raw: Path, table: str, text: str) -> deposits.Deposit:
    """Deposit a file on a day that does not change, so that editions can be compared."""
    file = raw.parent / f"{table}.csv"
    file.write_text(text, encoding="utf-8")
    received = "2026-05-14T09:30:00.000000Z"
    return deposits.store(file, table=table, emetteur="130025265", raw_dir=raw, recu_le=received)


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register, a file with one good row, one wrong row and one of an unknown centre, and a stray file."""
    folder = tmp_path_factory.mktemp("depots") / "raw"
    deposit(folder, "centres", CENTRES)
    deposit(folder, "declarations", DECLARATIONS)
    (folder / "liste des\x1b[31m courses.csv").write_text("article;prix\npain;1,20\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def run(api_url: str, raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The command in a process of its own."""
    published = tmp_path_factory.mktemp("editions")
    command = [sys.executable, "-m", "flows.pipeline", "--raw", str(raw), "--published", str(published)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PREFECT_API_URL": api_url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return Run(done.returncode, done.stdout, published)


def cells(published: Path, table: str) -> list[dict[str, str]]:
    with (published / "current" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def line(output: str, word: str) -> str:
    """The only line of the output with that word; U+202F shown as a plain space."""
    (found,) = [one for one in output.replace("\u202f", " ").splitlines() if word in one]
    return found


def test_a_normal_run_ends_with_0_and_no_traceback(run: Run) -> None:
    assert run.status == 0, run.output
    assert "Traceback" not in run.output
    assert "ERROR" not in run.output


def test_the_edition_holds_the_good_row_and_the_reasons_of_the_others(run: Run) -> None:
    (row,) = cells(run.published, "indicateurs_annuels")
    assert (row["annee"], float(row["energie_totale_kwh"]), float(row["energie_it_kwh"])) == ("2023", 314871, 175121)
    assert {(row["ligne"], row["code"]) for row in cells(run.published, "rejets")} == {
        ("3", "type-error"),
        ("4", "foreign-key"),
    }
    assert {path.name for path in (run.published / "current").glob("*.csv")} == {f"{n}.csv" for n in tables.PUBLISHED}


def test_the_report_has_a_line_a_file(run: Run) -> None:
    good, mixed = line(run.output, "centres.csv"), line(run.output, "declarations.csv")
    assert re.fullmatch(r"✔ centres\.csv \(centres, de 130025265, \w{12}\) : 1 ligne acceptée, 0 rejetée", good)
    assert re.fullmatch(
        r"✘ declarations\.csv \(declarations, de 130025265, \w{12}\) : 1 ligne acceptée, 2 rejetées", mixed
    )
    assert "non classé" in line(run.output, "courses.csv")
    assert "\x1b" not in run.output


def test_files_of_one_name_are_told_apart_by_their_sender_or_their_folder(tmp_path: Path) -> None:
    names = []
    for folder, sender in (("mairie", None), ("hopital", None), ("ab", "130025265")):
        path, moment = tmp_path / folder / "a.csv", "2026-05-14T09:30:00.000000Z"
        names.append(named(deposits.Deposit(path, "ab" * 32, 1, "a.csv", moment, sender, "centres", "1", False)))
    whences = ("dossier mairie", "dossier hopital", "de 130025265")
    assert names == [f"a.csv (centres, {whence}, abababababab)" for whence in whences]


def test_the_report_says_how_to_open_the_dashboards(run: Run) -> None:
    page = Path(line(run.output, "index.html").split("ouvrez ")[1].removesuffix(" dans un navigateur"))
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    edition = (run.published / "current").resolve()
    assert str(run.published / "editions" / edition.name) in line(run.output, "Édition ")


@pytest.mark.usefixtures("api_url")
def test_nothing_to_publish_is_a_sentence_and_status_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "vide").mkdir()
    monkeypatch.setattr(sys, "argv", ["pipeline", "--raw", f"{tmp_path}/vide", "--published", f"{tmp_path}/editions"])
    assert main() == 2
    printed = capsys.readouterr()
    assert "Aucun dépôt" in printed.out
    assert "Traceback" not in printed.out + printed.err
    assert not (tmp_path / "editions" / "current").exists()


@pytest.mark.usefixtures("api_url")
def test_readings_are_read_with_the_register_s_word_whoever_builds(tmp_path: Path) -> None:
    """Their unit stands in another deposit, which must be checked before them: as by `greencloud build`."""
    raw, moment = tmp_path / "raw", "2026-05-14T09:30:00.000000Z"
    site, meter = "13002526500013-01", "30001234567890"
    deposit(raw, "centres", f"id_centre,nom_site\n{site},Salle A\n")
    register = "id_compteur,id_centre,poste,unite,horodate,date_debut"
    deposit(raw, "compteurs", f"{register}\n{meter},{site},total,kW,debut,2020-01-01\n")
    powers = tmp_path / "puissances.csv"
    lines = [f"{meter};06/01/2025 {hour:02d}:00;{hour}" for hour in range(24)]
    powers.write_text("\n".join(["Compteur;Date;Puissance", *lines, ""]), encoding="utf-8")
    columns = {"horodate": "Date", "valeur": "Puissance", "compteur": "Compteur"}
    reading = {"colonnes": columns, "format_date": "JJ/MM/AAAA HH:MM", "pas": "PT60M"}
    sender = "130025265"
    deposits.store(powers, table="releves", emetteur=sender, raw_dir=raw, recu_le=moment, lecture=reading)
    outcome = pipeline(raw, tmp_path / "editions")
    assert outcome.exit_code == 0
    [month] = cells(tmp_path / "editions", "mesures_mensuelles")
    assert (month["mois"], month["energie_kwh"], month["jours_complets"]) == ("2025-01", "276", "1")
    command = ["build", "--raw", str(raw), "--published", str(tmp_path / "autres")]
    subprocess.run([sys.executable, "-m", "greencloud", *command], cwd=ROOT, check=True, capture_output=True)
    sums = [(tmp_path / name / "current" / "SHA256SUMS").read_bytes() for name in ("editions", "autres")]
    assert sums[0] == sums[1]


@pytest.fixture
def broken_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], list[str]]:
    """Make the check of one deposit fail as a disk does, a number of times; gives back the list of the tries."""
    honest = warehouse.check_deposit

    def break_for(name: str, times: int) -> list[str]:
        tries: list[str] = []

        def check(deposit: deposits.Deposit, work: Path) -> warehouse.Verdict:
            if deposit.nom_origine == name:
                tries.append(name)
                if len(tries) <= times:
                    raise OSError(5, "Input/output error")
            return honest(deposit, work)

        monkeypatch.setattr(warehouse, "check_deposit", check)
        return tries

    return break_for


@pytest.mark.usefixtures("api_url")
def test_a_disk_that_answers_at_the_second_try_changes_not_a_byte(
    raw: Path, run: Run, tmp_path: Path, broken_disk: Callable[[str, int], list[str]]
) -> None:
    tries = broken_disk("declarations.csv", 1)
    outcome = pipeline(shutil.copytree(raw, tmp_path / "elsewhere"), tmp_path / "editions")
    assert len(tries) == 2
    assert (outcome.exit_code, outcome.failures) == (0, [])
    sums = run.published / "current" / "SHA256SUMS"
    assert (outcome.edition / "SHA256SUMS").read_bytes() == sums.read_bytes()
    again = pipeline(tmp_path / "elsewhere", tmp_path / "editions")
    assert (again.new, again.edition) == (False, outcome.edition)
    assert "déjà publiée" in line("\n".join(again.lines()), "Édition ")


@pytest.mark.usefixtures("api_url")
def test_a_deposit_that_cannot_be_checked_stops_no_other_and_is_told(
    raw: Path, run: Run, tmp_path: Path, broken_disk: Callable[[str, int], list[str]]
) -> None:
    broken_disk("declarations.csv", 99)
    outcome = pipeline(raw, tmp_path / "editions")
    assert outcome.exit_code == 1
    assert "non contrôlé" in line("\n".join(outcome.lines()), "declarations.csv")
    cards = json.loads((outcome.edition / "edition.json").read_text(encoding="utf-8"))["ingredients"]["depots"]
    assert [card["table"] for card in cards] == ["centres"]
    assert outcome.edition.name != (run.published / "current").resolve().name
