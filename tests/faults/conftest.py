"""A process to fork victims from, and folders with a few deposits."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from greencloud import deposits

ROOT = Path(__file__).parents[2]
SITES = [f"99988877900017-{number:02d}" for number in range(1, 10)]


@dataclass(frozen=True)
class End:
    """How a victim ended: exit status (negative: the signal), operations on files begun, seconds, what it printed."""

    status: int
    begun: int
    seconds: float
    printed: str


class Victims:
    """Forks victims, one at a time."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def run(self, victim: str, folder: Path, **order: Any) -> End:
        """Run one in a folder; `at`, `after`: killed before an operation, or after some seconds (see `victims`)."""
        assert self._process.stdin is not None and self._process.stdout is not None
        print(json.dumps({"victim": victim, "folder": str(folder), **order}), file=self._process.stdin, flush=True)
        return End(**json.loads(self._process.stdout.readline()))


@pytest.fixture(scope="session")
def victims() -> Iterator[Victims]:
    command = [sys.executable, "-m", "tests.faults.victims"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Victims(process)
        assert process.stdin is not None
        process.stdin.close()


def store(folder: Path, number: int) -> deposits.Deposit:
    """Deposit declarations of one site, or for number 0 the register of them all."""
    raw, name = folder / "raw", "declarations" if number else "centres"
    file = folder / f"{name}-{number}.csv"
    if number:
        rows = [f"{SITES[number]},{year},{1000 * number + year},Donnée synthétique" for year in (2023, 2024)]
        file.write_text("\n".join(["id_centre,annee,energie_totale_kwh,commentaire", *rows, ""]), encoding="utf-8")
    else:
        rows = [f"{site},Salle {site[-2:]},salle_serveurs,commune" for site in SITES]
        header = "id_centre,nom_site,type_hebergement,categorie_organisme"
        file.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    moment = f"2026-05-{number + 1:02d}T09:30:00.000000Z"
    found = deposits.store(file, table=name, emetteur="130025265", raw_dir=raw, recu_le=moment)
    file.unlink()
    return found


def tree(folder: Path) -> dict[str, bytes | str]:
    """Every file and link below a folder: relative path -> bytes, or the target of a link."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    return {
        name: str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for name, path in found.items()
        if path.is_symlink() or path.is_file()
    }
