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
