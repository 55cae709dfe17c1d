"""The sessions that the documents print are those that the commands give today."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# As Excel in French saves it: semicolons, cp1252, decimal comma, no-break spaces between thousands.
FILE = (
    "id_centre;annee;energie_totale_kwh;energie_it_kwh;categorie_mesure_it;qualite_mesure\n"
    "99988877900017-01;2024;322\u00a0400,5;176\u00a0300;1;mesure\n"
    "99988877900017-02;2024;41,73 MWh;24\u00a0000;1;mesure\n"
)


def greencloud(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "greencloud", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)
    return done.stdout.strip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "declarations.csv").write_bytes(FILE.encode("cp1252"))
    return tmp_path


@pytest.mark.parametrize("document", ["README.md", "LISEZMOI.md"])
def test_the_printed_report_is_the_real_one(document: str, folder: Path) -> None:
    report = greencloud(folder, "check", "declarations.csv")
    assert "Ligne 3" in report
    assert report in (ROOT / document).read_text(encoding="utf-8")


def test_the_printed_deposit_is_the_real_one(folder: Path) -> None:
    arguments = ("deposit", "declarations.csv", "--table", "declarations", "--emetteur", "999888779")
    shown = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"$ greencloud {' '.join(arguments)}\n{greencloud(folder, *arguments)}\n" in shown


@pytest.mark.parametrize("document", sorted(ROOT.glob("*.md")), ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", document.read_text(encoding="utf-8"))
    assert not [target for target in targets if not (ROOT / target).exists()]


def test_every_target_of_the_makefile_is_listed() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert set(re.findall(r"^([a-z]+):.* ## .+ \| .+$", makefile, re.MULTILINE)) == set(phony.split())
