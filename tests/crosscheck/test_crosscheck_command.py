"""`greencloud crosscheck` as a user runs it: exit codes, French words, no traceback."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from greencloud.crosscheck import deliveries
from tests.crosscheck.edition import ELECTRICITY, GAS, addresses, row, site, write

REAL = Path(__file__).parents[3] / "shared" / "real" / "grid"


def run(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "greencloud", "crosscheck", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "data" / "published" / "current", [row(1, energie_totale_kwh=377844.0), row(2)])
    addresses(tmp_path, {1: "12 bis av du Mal de l'Exemple", 2: "rue de l'Exemple"})
    return tmp_path


def test_a_site_beyond_gives_1_with_figures_and_limits(folder: Path) -> None:
    result = run(ELECTRICITY, GAS, "--adresses", "adresses.csv", "--out", "out.csv", cwd=folder)
    said = result.stdout.replace("\u202f", " ")
    assert (result.returncode, result.stderr) == (1, "")
    for words in (
        f"{site(1)}   2024          377 844          314 870  au-delà de 62 974 kWh, 20 %",
        "Salle 1 (synthétique) ; 12 BIS AVENUE DU MARECHAL DE L EXEMPLE ; électricité 314 870 kWh (tertiaire, 1 point",
        "non comparé : l'adresse donnée n'a pas de numéro",
        "2 comparaisons demandées : 1 au-delà, 0 compatible, 1 non comparée.",
        "1. Les points de livraison professionnels de 36 kVA",
        "moins de 10 points de livraison résidentiels",
        "haute tension",
        "à confirmer",
        "fabriquée pour la démonstration",
    ):
        assert words in said, words
    with (folder / "out.csv").open(encoding="utf-8", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["verdict"], first["depassement_kwh"], first["depassement_pct"]) == ("au_dela", "62974", "20.0")
    assert (first["synthetique"], first["lignes"]) == ("true", f"{ELECTRICITY.name}:2")
    assert (second["verdict"], second["motif"], second["energie_livree_kwh"]) == (
        "non_compare",
        "adresse_sans_numero",
        "",
    )


def test_nothing_beyond_gives_0(folder: Path) -> None:
    write(folder / "data" / "published" / "moindre", [row(1, energie_totale_kwh=1000.0)])
    arguments = (ELECTRICITY, "--adresses", "adresses.csv", "--edition", "data/published/moindre")
    assert run(*arguments, cwd=folder).returncode == 0


def test_nothing_compared_is_no_success_and_the_year_is_told(folder: Path) -> None:
    write(folder / "data" / "published" / "ancienne", [row(1, annee=2022), row(1, annee=2023)])
    arguments = (ELECTRICITY, "--adresses", "adresses.csv", "--edition", "data/published/ancienne")
    result = run(*arguments, cwd=folder)
    assert (result.returncode, result.stderr) == (2, "")
    assert "centre publié pour 2022 et 2023, pas pour 2024" in result.stdout
    assert "Rien n'a pu être comparé" in result.stdout


def test_the_columns_of_the_files_are_told(tmp_path: Path) -> None:
    told = run("--help", cwd=tmp_path).stdout
    schema = json.loads((Path(deliveries.__file__).parent / "dle.schema.json").read_text(encoding="utf-8"))
    required = [field["name"] for field in schema["fields"] if field.get("constraints", {}).get("required")]
    assert [name for name in required if name not in told] == []


def test_what_cannot_be_done_gives_2_and_a_french_sentence(folder: Path) -> None:
    (folder / "faux.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    for arguments in (
        [ELECTRICITY],
        ["absent.csv", "--adresses", "adresses.csv"],
        [ELECTRICITY, "--adresses", "absentes.csv"],
        [ELECTRICITY, "--adresses", "faux.csv"],
        ["faux.csv", "--adresses", "adresses.csv"],
        [ELECTRICITY, "--adresses", "adresses.csv", "--edition", "1999"],
        [ELECTRICITY, "--adresses", "adresses.csv", "--published", "absent"],
        [ELECTRICITY, "--adresses", "adresses.csv", "--out", "out.txt"],
        [ELECTRICITY, "--adresses", "adresses.csv", "--out", "adresses.csv"],
        [ELECTRICITY, ELECTRICITY.resolve(), "--adresses", "adresses.csv"],
    ):
        result = run(*arguments, cwd=folder)
        assert result.returncode == 2, arguments
        assert result.stderr.strip() and "Traceback" not in result.stderr
    assert (folder / "adresses.csv").read_text(encoding="utf-8").startswith("id_centre")


@pytest.mark.skipif(not REAL.is_dir(), reason="the received files are not beside the repository (see CONTRIBUTING.md)")
def test_a_synthetic_site_at_a_received_address(tmp_path: Path) -> None:
    """Any line of the received file that stands alone: its own energy is compatible, a kWh more is not."""
    with (REAL / "DLE-elec-2019-CCPM.csv").open(encoding="utf-8", newline="") as file:
        lines = [line for line in csv.DictReader(file, delimiter=";") if line["CODE_GRAND_SECTEUR"] == "A"]
    rows, given = [], {}
    for number, line in enumerate(lines, 1):
        kwh = float(line["CONSO"].replace(",", ".")) * 1000
        changed = {"annee": 2019, "code_insee": line["CODE_IRIS"][:5], "date_debut": None, "date_fin": None}
        rows.append(row(number, energie_totale_kwh=round(kwh, 3) + (number == 1), **changed))
        given[number] = line["ADRESSE"].title()
    write(tmp_path / "current", rows)
    result = run(
        REAL / "DLE-elec-2019-CCPM.csv", "--adresses", addresses(tmp_path, given), "--published", ".", cwd=tmp_path
    )
    assert result.returncode == 1
    assert "2 comparaisons demandées : 1 au-delà, 1 compatible, 0 non comparée." in result.stdout.replace("\u202f", " ")
