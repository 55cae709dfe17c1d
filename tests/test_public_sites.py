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
