"""The command that `deposit` gives to copy: a shell must read the file's own name in it, and run nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("name", ["-rf.csv", "l'été.csv", '$(touch piege) `touch piege`;&"!\\.csv', "deux mots.csv"])
def test_the_command_can_be_copied_whatever_the_file_is_called(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("id_centre,annee,energie_totale_kwh\nx,2023,1\n", encoding="utf-8")
    options = ["--table", "declarations", "--emetteur", "130025265", "--", name]
    command = [sys.executable, "-m", "greencloud", "deposit", *options]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    typed = done.stderr.rpartition("greencloud check ")[2]
    shell = ["sh", "-c", f'set -- {typed}\nprintf %s "$1"']
    read = subprocess.run(shell, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert read.removeprefix("./") == name and not read.startswith("-")
    assert {path.name for path in tmp_path.iterdir()} == {name, "data"}


METER, SENDER = "30001234567890", "999888779"
READINGS = "id_compteur,debut,fin,energie_kwh\n" + "".join(
    f"{METER},2025-01-{day:02d}T00:00:00+01:00,2025-01-{day + 1:02d}T00:00:00+01:00,24.5\n" for day in range(6, 9)
)


def deposit(folder: Path, table: str, text: str) -> str:
    file = folder / f"{table}.csv"
    file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "greencloud", "deposit", file.name, "--table", table, "--emetteur", SENDER]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.replace("\u202f", " ")


def test_who_deposits_readings_of_a_meter_that_no_register_holds_is_told_so(tmp_path: Path) -> None:
    told = deposit(tmp_path, "releves", READINGS)
    assert "Contrôle : 3 lignes acceptées, aucune rejetée." in told
    assert f"Attention : les relevés du compteur {METER} (3 créneaux) sont gardés, mais ne" in told
    assert f"greencloud deposit FICHIER --table compteurs --emetteur {SENDER}" in told
    register = "id_compteur,id_centre,poste,date_debut,unite\n{},99988877900017-01,total,2020-01-01,{}\n"
    deposit(tmp_path, "compteurs", register.format("un-autre", ""))
    assert "Attention" in deposit(tmp_path, "releves", READINGS.replace("24.5", "25"))
    deposit(tmp_path, "compteurs", register.format(METER, ""))
    assert "Attention" not in deposit(tmp_path, "releves", READINGS)


def test_deposited_readings_are_judged_with_what_the_register_says_of_their_meter(tmp_path: Path) -> None:
    row = f"{METER},99988877900017-01,total,2020-01-01,Indian/Reunion"
    deposit(tmp_path, "compteurs", f"id_compteur,id_centre,poste,date_debut,fuseau\n{row}\n")
    slot = f"{METER},2025-03-30T02:00:00,2025-03-30T03:00:00,1\n"  # an hour that Paris has not, and La Réunion has
    told = deposit(tmp_path, "releves", f"id_compteur,debut,fin,energie_kwh\n{slot}")
    assert "Contrôle : 1 ligne acceptée, aucune rejetée." in told
