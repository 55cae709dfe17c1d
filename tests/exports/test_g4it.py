"""The data-centre files of G4IT, valid and invalid, through import and rules, with the outcomes that they announce."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from greencloud import rules, tables
from greencloud.checking import check_file
from greencloud.exports.files import csv_of_texts
from greencloud.imports import numecoeval

REAL = Path(__file__).parents[3] / "shared" / "real"
FIXTURES = REAL / "pue" / "g4it"
SIRET = "13002526500013"

pytestmark = pytest.mark.skipif(not FIXTURES.is_dir(), reason="the received files (shared/real/pue) are not here")


class Outcome(NamedTuple):
    """Lines declared, refused with their codes, and set aside with their codes."""

    declared: tuple[int, ...] = ()
    refused: Mapping[int, tuple[str, ...]] = {}
    aside: Mapping[int, str] = {}


DEFAULT, ABROAD = "valeur_par_defaut", "hors_de_france"
IMPOSSIBLE, PLACE, REPEATED = "pue_declare_impossible", "localisation_inconnue", "nom_repete"
VOLUME = Outcome((3, 4, 8), aside={2: DEFAULT, 5: ABROAD, 6: ABROAD, 7: ABROAD, 9: ABROAD})

OUTCOMES = {
    # A PUE of 1.0 passes in that tool's fixture, although it says itself that a PUE is above 1: refused here.
    "valid/datacenter_for_zip_test.csv": Outcome(refused={2: (IMPOSSIBLE,)}),
    "valid/numecoeval_datacenter.csv": Outcome((3, 4), {2: (IMPOSSIBLE,)}),
    "valid/dataCenters_ok.csv": Outcome((2, 3, 4, 5, 6)),
    "valid/datacenter_3_rows.csv": Outcome((2, 3, 4)),
    "valid/datacenter_19-07-2023_18-05.csv": VOLUME,
    "valid/volume_1-datacenter.csv": VOLUME,
    "valid/eval_DATACENTER_nominal.csv": Outcome(aside={2: DEFAULT, 3: ABROAD}),
    "valid/eval_export_datacenter.csv": Outcome(aside={2: DEFAULT, 3: ABROAD}),
    "valid/frontend_datacenter.csv": Outcome((2, 4), aside={3: DEFAULT, 5: ABROAD}),
    "valid/sample_1-datacenter.csv": Outcome((3, 4), aside={2: DEFAULT, 5: ABROAD}),
    "valid/template_datacenter.csv": Outcome(),
    # A row whose stray quotes are read right has nothing wrong.
    "invalid/datacenter_with_quote.csv": Outcome((2,)),
    "invalid/datacenter_avec_erreur_champs_obligatoire.csv": Outcome(
        refused={2: ("constraint-error",), 3: ("constraint-error",)}
    ),
    "invalid/datacenter_avec_erreur_format.csv": Outcome(
        refused={2: (IMPOSSIBLE,), 3: ("type-error",), 4: (IMPOSSIBLE,)}
    ),
    "invalid/datacenter_avec_erreur_referentiel.csv": Outcome(refused={2: (PLACE,), 3: (PLACE, IMPOSSIBLE)}),
    "invalid/datacenter_duplicates.csv": Outcome((2,), dict.fromkeys(range(3, 18), (REPEATED,))),
    "invalid/reject_input_DATACENTER_nominal.csv": Outcome(refused={3: (PLACE,)}, aside={2: DEFAULT}),
    "invalid/reject_output_datacenter.csv": Outcome(refused={2: (PLACE,)}),
}
HEADERS = "invalid/invalid_headers.csv"


def truth() -> dict[str, Any]:
    files = json.loads((REAL / "truth.json").read_text(encoding="utf-8"))["files"]
    return {entry["file"].removeprefix("pue/g4it/"): entry for entry in files if entry["file"].startswith("pue/g4it/")}


def test_every_received_file_has_its_outcome() -> None:
    found = {path.relative_to(FIXTURES).as_posix() for path in FIXTURES.rglob("*.csv")}
    assert found == {*OUTCOMES, HEADERS} == set(truth())


@pytest.mark.parametrize("name", sorted(OUTCOMES))
def test_the_outcome_is_the_one_announced(name: str) -> None:
    found = numecoeval.read(FIXTURES / name, year=2024, siret=SIRET)
    refused: dict[int | None, list[str]] = {}
    for error in found.report.errors:
        refused.setdefault(error.row, []).append(error.code)
        assert error.message and error.fix
    outcome = OUTCOMES[name]
    assert {row: tuple(codes) for row, codes in refused.items()} == dict(outcome.refused)
    assert {warning.row: warning.code for warning in found.report.warnings} == dict(outcome.aside)
    assert len(found.declarations) == found.report.accepted == len(outcome.declared)
    comments = [row["commentaire"] for row in found.declarations]
    assert [f"(ligne {line}," in text for line, text in zip(outcome.declared, comments, strict=True)] == [True] * len(
        comments
    )
    assert found.report.rows == truth()[name]["rows"] == len(refused) + len(outcome.aside) + len(outcome.declared)


@pytest.mark.parametrize("name", [name for name, outcome in sorted(OUTCOMES.items()) if outcome.declared])
def test_what_is_made_of_them_is_accepted_by_the_check(name: str, tmp_path: Path) -> None:
    found = numecoeval.read(FIXTURES / name, year=2024, siret=SIRET)
    for table, columns, rows in (
        ("declarations", numecoeval.DECLARED, found.declarations),
        ("centres", numecoeval.REGISTERED, found.sites),
    ):
        path = tmp_path / f"{table}.csv"
        path.write_text(csv_of_texts(columns, rows), encoding="utf-8", newline="")
        report = check_file(path, tables.table(table), rules=rules.for_table(table)).report
        assert report.errors == []
        assert report.accepted == len(rows)
    assert {row["id_centre"] for row in found.declarations} <= {row["id_centre"] for row in found.sites}


def test_a_file_of_other_labels_is_refused_with_the_expected_ones() -> None:
    found = numecoeval.read(FIXTURES / HEADERS, year=2024, siret=SIRET)
    [error] = found.report.errors
    assert error.row is None and not found.declarations and not found.sites
    for label in ("nomCourtDatacenter", "nomLongDatacenter", "pue", "localisation"):
        assert label in error.fix


def test_the_stray_quotes_stay_in_the_names() -> None:
    found = numecoeval.read(FIXTURES / "invalid/datacenter_with_quote.csv", year=2024, siret=SIRET)
    assert [site["nom_site"] for site in found.sites] == ['Datacenter numéro 12"']
    assert found.declarations[0]["pue_declare"] == "1.1"
