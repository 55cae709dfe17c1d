"""The published PUE as a NumEcoEval file: real or synthetic, never both; what it cannot hold is told."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from greencloud.exports import numecoeval
from greencloud.exports.dossier import ExportRefused
from greencloud.imports import numecoeval as back

SIRET = "13002526500013"
PUBLISHED: Sequence[Mapping[str, Any]] = (
    {"n": 1, "annee": 2024, "dep": "35", "calcule": 1.5, "declare": 1.4, "synthetique": False},
    {"n": 2, "annee": 2024, "dep": "974", "calcule": None, "declare": 1.75, "synthetique": False},
    {"n": 3, "annee": 2024, "dep": "75", "calcule": None, "declare": None, "synthetique": False},
    {"n": 4, "annee": 2024, "dep": None, "calcule": 1.6, "declare": None, "synthetique": False},
    {"n": 5, "annee": 2025, "dep": "75", "calcule": None, "declare": None, "synthetique": False},
    {"n": 1, "annee": 2023, "dep": "35", "calcule": 1.9, "declare": None, "synthetique": False},
    {"n": 9, "annee": 2024, "dep": "35", "calcule": 2.5, "declare": None, "synthetique": True},
)


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    values = ", ".join(
        f"('{SIRET}-0{row['n']}', {row['annee']}, 'Salle ; {row['n']}', 'Ville', {_sql(row['dep'])}, "
        f"{_sql(row['calcule'])}::DOUBLE, {_sql(row['declare'])}::DOUBLE, 'C1-D-A-M', {row['synthetique']})"
        for row in PUBLISHED
    )
    columns = "id_centre, annee, nom_site, organisme, code_departement, pue_calcule, pue_declare, classe_comparabilite"
    with duckdb.connect() as con:
        con.execute(
            f"COPY (FROM (VALUES {values}) AS t ({columns}, synthetique)) "
            f"TO '{tmp_path / numecoeval.TABLE}' (FORMAT parquet)"
        )
    return tmp_path


def _sql(value: Any) -> str:
    return "NULL" if value is None else repr(value)


def test_the_last_year_with_a_pue_is_written(edition: Path) -> None:
    found = numecoeval.datacenters(edition)
    assert (
        found.text.splitlines()[0] == "nomCourtDatacenter;nomLongDatacenter;pue;localisation;nomEntite;nomSourceDonnee"
    )
    rows = list(csv.reader(io.StringIO(found.text), delimiter=";"))[1:]
    assert [row[:5] for row in rows] == [
        [f"{SIRET}-01", "Salle ; 1", "1.5", "France", "Ville"],
        [f"{SIRET}-02", "Salle ; 2", "1.75", "Réunion", "Ville"],
    ]
    assert "PUE calculé" in rows[0][5] and "déclaré, non recalculable" in rows[1][5]
    assert (found.year, found.sites) == (2024, 2)
    assert found.left_out == {numecoeval.WITHOUT_PUE: 1, numecoeval.WITHOUT_PLACE: 1}


def test_real_and_synthetic_sites_never_share_a_file(edition: Path) -> None:
    assert "-09" not in numecoeval.datacenters(edition).text
    assert numecoeval.datacenters(edition, synthetic=True).sites == 1


def test_a_year_is_chosen_and_an_empty_one_is_refused(edition: Path) -> None:
    assert numecoeval.datacenters(edition, year=2023).text.count("\n") == 2
    with pytest.raises(ExportRefused, match=r"Années qui ont un PUE : 2023, 2024\."):
        numecoeval.datacenters(edition, year=2025)


def test_a_folder_that_is_no_edition_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match="n'est pas une édition"):
        numecoeval.datacenters(tmp_path)


def test_what_was_exported_comes_back_under_the_same_identifiers(edition: Path, tmp_path: Path) -> None:
    file = tmp_path / "dc.csv"
    file.write_text(numecoeval.datacenters(edition).text, encoding="utf-8")
    found = back.read(file, year=2024, siret=SIRET)
    assert found.report.errors == []
    assert [(row["id_centre"], row["pue_declare"]) for row in found.declarations] == [
        (f"{SIRET}-01", "1.5"),
        (f"{SIRET}-02", "1.75"),
    ]
    assert found.sites == ()
