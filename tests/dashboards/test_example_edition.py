"""The example edition says nothing that an edition never says: a page tested on it is a page that will be met."""

import csv
import re
from pathlib import Path

import pytest

from greencloud import tables
from greencloud.checking import check_file

SQL = Path(__file__).parents[2] / "greencloud" / "sql"


@pytest.mark.parametrize("name", tables.PUBLISHED)
def test_its_tables_hold_to_their_schemas(edition_dir: Path, name: str) -> None:
    report = check_file(edition_dir / f"{name}.csv", tables.table(name)).report
    assert [(error.code, error.row, error.field, error.value) for error in report.errors] == []


def test_its_reasons_and_its_peer_groups_are_those_of_the_computation(edition_dir: Path) -> None:
    with (edition_dir / "indicateurs_annuels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    years = (SQL / "_sites_annees.sql").read_text(encoding="utf-8")
    given = re.findall(r"THEN '(\w+)'", years.partition("lettre_comparabilite,")[2].partition("motif_exclusion")[0])
    reasons = {row["motif_exclusion"] for row in rows} - {""}
    assert len(given) == 7 and len(reasons) > 1 and reasons <= set(given)
    groups = {row[column] for row in rows for column in ("groupe_pairs", "groupe_quartiles")} - {""}
    words = set(re.findall(r"tou\w+ \w+", (SQL / "_groupes_pairs.sql").read_text(encoding="utf-8")))
    widened = {word for group in groups for word in group.split(", ") if word.startswith("tou")}
    assert widened == words
    assert all(re.fullmatch(r"T\d( à T\d)?(, [^,]+){2}, C[123], [^,]+", group) for group in groups)
