"""The real deposit that comes with the repository: published figures of French public data centres."""

import csv
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from greencloud import rules, tables
from greencloud.checking import check_file
from greencloud.checking.custom import valid_identifier
from greencloud.deposits import scan

FOLDER = Path(__file__).parents[1] / "data" / "raw" / "sites-publics"
STATUSES = ("(statut : vérifié)", "(statut : secondaire)", "(statut : à confirmer)")


def rows(name: str) -> list[Mapping[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def test_both_files_are_deposits_of_nobody_with_a_fixed_date(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "raw")
    found, unfiled = scan(tmp_path / "raw")
    assert unfiled == []
    assert [(item.nom_origine, item.table, item.recu_le) for item in found] == [
        ("centres.csv", "centres", "2026-11-20T09:00:00.000000Z"),
        ("declarations.csv", "declarations", "2026-11-20T09:01:00.000000Z"),
    ]
    assert all(item.emetteur is None and not item.synthetique for item in found)
    assert {item.version_schema for item in found} == {"0.1.0"}  # the version at the time of the deposit


@pytest.mark.parametrize("name", ["centres", "declarations"])
def test_the_file_is_accepted_whole(name: str) -> None:
    report = check_file(FOLDER / f"{name}.csv", tables.table(name), rules=rules.for_table(name)).report
    assert report.errors == []
    assert report.accepted == report.rows == len(rows(name))


@pytest.mark.parametrize("name", ["centres", "declarations"])
def test_every_row_names_its_source_and_its_status(name: str) -> None:
    for row in rows(name):
        assert "https://" in row["commentaire"], row
        assert any(status in row["commentaire"] for status in STATUSES), row


def test_every_identifier_is_built_on_a_valid_siret_of_the_register() -> None:
    for row in rows("centres"):
        assert valid_identifier("siret", row["siret"]), row
        assert row["id_centre"].startswith(row["siret"] + "-"), row
    assert {row["id_centre"] for row in rows("declarations")} <= {row["id_centre"] for row in rows("centres")}


def test_every_commune_is_in_the_reference_table() -> None:
    with (tables.reference_dir() / "communes.csv").open(encoding="utf-8", newline="") as stream:
        known = {row["code_insee"] for row in csv.DictReader(stream)}
    assert {row["code_insee"] for row in rows("centres") if row["code_insee"]} <= known


def test_what_the_press_got_wrong_or_promised_is_not_declared_as_annual() -> None:
    energies = {row["energie_totale_kwh"] for row in rows("declarations")}
    assert energies == {"", "17000000"}  # 2,000 kWh was a power
    annual = {(row["id_centre"], row["annee"]) for row in rows("declarations") if row["nature_valeur"] == "annuelle"}
    assert annual == {("18008901303720-01", "2024")}
    target = [row for row in rows("declarations") if row["pue_declare"] == "1.3"]
    assert [row["nature_valeur"] for row in target] == ["conception"]
    assert "energie_it_kwh" not in rows("declarations")[0]


def test_an_assumption_of_a_study_is_not_declared_for_the_operator() -> None:
    assert [row["annee"] for row in rows("declarations") if row["id_centre"] == "18008901303720-01"] == ["2024"]
    note = (FOLDER / "LISEZMOI.md").read_text(encoding="utf-8")
    assert "hypothèse de l'étude d'empreinte BLOOM" in note
    assert any(row["pue"] == "1.20" and "BLOOM" in row["perimetre"] for row in references("IDRIS Jean Zay"))


def test_a_value_without_a_period_says_so_and_is_not_called_annual() -> None:
    for row in rows("declarations"):
        unknown = "période non précisée" in row["commentaire"]
        assert unknown is (row["pue_declare"] != ""), row
        assert unknown is (row["nature_valeur"] != "annuelle"), row


def test_the_first_day_of_a_centre_is_in_its_column_and_explained() -> None:
    dated = {row["nom_site"]: (row["mise_en_service"], row["commentaire"]) for row in rows("centres")}
    expected = {
        "Datacenter métropolitain": ("2023-07", "annonce, saisie comme mise en service"),
        "Datacenter mutualisé lorrain": ("2023-12", "mois non publié, 12 saisi"),
        "Datacenter de l'université": ("2019-01", "mois non publié (01 saisi"),
        "Datacenter Dijon-Montmuzard": ("2015-12", "mois non publié, 12 saisi"),
    }
    assert {name for name, (month, _) in dated.items() if month} == set(expected)
    for name, (month, words) in expected.items():
        assert dated[name][0] == month
        assert words in dated[name][1]


def test_the_note_says_whose_siret_each_identifier_is() -> None:
    note = (FOLDER / "LISEZMOI.md").read_text(encoding="utf-8")
    assert all(f"`{row['id_centre']}`" in note for row in rows("centres"))
    assert "**client**" in next(line for line in note.splitlines() if "22440002800011-02" in line)


def test_what_was_deduced_says_so() -> None:
    said = {row["id_centre"]: "déduit" in row["commentaire"] for row in rows("centres")}
    assert all(said.values()), said


def test_foreign_centres_are_where_the_note_says() -> None:
    lines = (FOLDER / "LISEZMOI.md").read_text(encoding="utf-8").splitlines()
    foreign = {name: line for line in lines for name in ("NREL", "Mayence", "DKRZ", "LUMI", "CSCS") if name in line}
    for name, line in foreign.items():
        assert ("pue_reference.csv" in line) is bool(references(name)), name
    assert len(foreign) == 5


def references(name: str) -> list[Mapping[str, str]]:
    with (tables.reference_dir() / "pue_reference.csv").open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if name in row["reference"]]
