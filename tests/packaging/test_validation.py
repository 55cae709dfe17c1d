"""rapport_validation.json: its published form, its truth, its counts, and how it becomes a report of Validata's."""

import json
from pathlib import Path
from typing import Any

import duckdb
import frictionless
import jsonschema
import pytest

from greencloud import packaging, rules, tables
from greencloud.editions import draft
from greencloud.packaging import validation
from tests.published import DEPOSITS, ROWS, connection, synthetic

PUBLISHED = [tables.table(name) for name in tables.PUBLISHED]


def load(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


@pytest.fixture
def report(edition: Path) -> dict[str, Any]:
    return load(edition / "rapport_validation.json")


@pytest.fixture
def form(edition: Path) -> jsonschema.Draft202012Validator:
    schema = load(edition / "rapport_validation.schema.json")
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def broken(folder: Path) -> dict[str, Any]:
    """The report on files one of which breaks its schema, as no edition would be published."""
    with connection({"couverture": [{**row, "statut": "inconnu"} for row in ROWS["couverture"]]}) as con:
        for table in PUBLISHED:
            key = ", ".join(table.primary_key)
            for suffix in ("csv", "parquet"):
                con.execute(f"COPY (FROM {table.name} ORDER BY {key}) TO '{folder}/{table.name}.{suffix}'")
    contents = packaging.read(folder, PUBLISHED, "2026-05-14-00000000", DEPOSITS)
    with packaging.judging() as judge:
        packaging.ask_verdict(judge, folder, contents)
        return validation.report(folder, contents, judge)


def test_the_report_has_its_published_form(report: dict[str, Any], form: jsonschema.Draft202012Validator) -> None:
    form.validate(report)


@pytest.mark.parametrize("key", ["valid", "tasks", "version_regles", "rejets"])
def test_the_form_can_fail(report: dict[str, Any], form: jsonschema.Draft202012Validator, key: str) -> None:
    assert not form.is_valid({**report, key: None})
    assert not form.is_valid({name: value for name, value in report.items() if name != key})
    assert not form.is_valid({**report, "autre": 1})


def test_frictionless_agrees(edition: Path, report: dict[str, Any]) -> None:
    verdict = frictionless.Package(str(edition / "datapackage.json")).validate()
    found = {task.place: (task.valid, task.stats["bytes"], task.stats["sha256"]) for task in verdict.tasks}
    assert len(report["tasks"]) == 2 * len(tables.PUBLISHED)
    for task in report["tasks"]:
        assert found[task["place"]] == (task["valid"], task["stats"]["bytes"], task["stats"]["sha256"])
    assert report["valid"] is verdict.valid is True


def test_every_row_of_every_table_is_counted(report: dict[str, Any]) -> None:
    counted = {task["place"]: task["stats"] for task in report["tasks"]}
    for name in tables.PUBLISHED:
        assert counted[f"{name}.parquet"]["rows"] == len(ROWS[name])
        table = counted[f"{name}.csv"]
        assert (table["rows"], table["rows_processed"]) == (len(ROWS[name]), len(ROWS[name]))
        assert table["fields"] == len(tables.table(name).fields)


def test_an_invalid_table_is_told(tmp_path: Path, form: jsonschema.Draft202012Validator) -> None:
    report = broken(tmp_path)
    form.validate(report)
    assert not report["valid"]
    assert report["stats"]["errors"] == len(ROWS["couverture"])
    (task,) = [task for task in report["tasks"] if not task["valid"]]
    assert task["place"] == "couverture.csv"
    first = task["errors"][0]
    assert (first["type"], first["rowNumber"], first["fieldName"]) == ("constraint-error", 2, "statut")
    contents = packaging.read(tmp_path, PUBLISHED, "2026-05-14-00000000", DEPOSITS)
    assert "**Non valide.** 2 erreurs" in packaging.documents.validation_summary(contents, report)


def test_a_task_becomes_a_report_of_validata(tmp_path: Path) -> None:
    """The correspondence that the JSON Schema states, applied: facts on Validata 0.12.5."""
    report = broken(tmp_path)
    task = next(task for task in report["tasks"] if not task["valid"])
    theirs = {"version": report["version"], "date": report["date"]}
    theirs["report"] = {
        "valid": task["valid"],
        "stats": task["stats"],
        "warnings": task["warnings"],
        "errors": task["errors"],
    }
    assert theirs["report"]["stats"].keys() >= {"errors", "warnings", "fields", "rows", "rows_processed"}
    wanted = {"title", "message", "type", "tags", "rowNumber", "fieldName", "fieldNumber", "cell"}
    assert all(error.keys() == wanted for error in theirs["report"]["errors"])
    json.dumps(theirs, allow_nan=False)


def test_anomalies_are_counted_by_table_and_code(tmp_path: Path) -> None:
    base = ROWS["rejets"][-1]
    rejects = [
        {**base, "numero": 1, "ligne": 3},
        {**base, "numero": 2, "ligne": 3, "champ": "energie_it_kwh"},
        {**base, "numero": 3, "ligne": 5},
        {**base, "numero": 4, "ligne": None, "code": "encoding-error"},
        {**base, "numero": 5, "synthetique": True},
        {**base, "depot_sha256": "b" * 64, "ligne": 3, "table_visee": "consommations"},
    ]
    warned = [{**ROWS["indicateurs_annuels"][0], "avertissements": "ecart_consommations|pue_rond"}]
    warned.append({**ROWS["indicateurs_annuels"][1], "avertissements": "pue_rond"})
    with draft(connection({"rejets": rejects, "indicateurs_annuels": warned}), tmp_path, DEPOSITS) as work:
        pass
    report = load(work.destination / "rapport_validation.json")
    keys = ("table", "code", "synthetique", "nb_anomalies", "nb_lignes", "nb_depots")
    assert [tuple(row[key] for key in keys) for row in report["rejets"]] == [
        ("consommations", "type-error", False, 1, 1, 1),
        ("declarations", "encoding-error", False, 1, 0, 1),
        ("declarations", "type-error", False, 3, 2, 1),
        ("declarations", "type-error", True, 1, 1, 1),
    ]
    assert [(row["code"], row["nb_lignes"]) for row in report["avertissements"]] == [
        ("ecart_consommations", 1),
        ("pue_rond", 2),
    ]
    summary = (work.destination / "rapport_validation.md").read_text(encoding="utf-8")
    assert "| `declarations` | `type-error` | réelles | 3 | 2 | 1 |" in summary
    assert "| `pue_rond` | réelles | 2 |" in summary


def test_without_anomaly_the_summary_says_so(tmp_path: Path) -> None:
    with draft(connection({"rejets": []}), tmp_path, DEPOSITS) as work:
        pass
    summary = (work.destination / "rapport_validation.md").read_text(encoding="utf-8")
    assert "Rien. Version des règles" in summary
    assert "Rien : aucune ligne publiée ne porte d'avertissement." in summary
    assert "\n\n\n" not in summary


def test_the_report_names_nothing_that_the_tables_do_not(edition: Path, report: dict[str, Any]) -> None:
    """Its counts come from published files alone: no deposit, no site, no sender in it."""
    text = json.dumps(report)
    for deposit in DEPOSITS:
        assert deposit.sha256 not in text
        assert str(deposit.emetteur) not in text
    sites = duckdb.sql(f"SELECT DISTINCT id_centre FROM '{edition}/couverture.parquet'").fetchall()
    assert sites
    assert all(site not in text for (site,) in sites)


def test_samples_are_counted_apart(tmp_path: Path) -> None:
    with draft(connection({"rejets": synthetic("rejets")}), tmp_path, DEPOSITS) as work:
        pass
    report = load(work.destination / "rapport_validation.json")
    assert {row["synthetique"] for row in report["rejets"]} == {True}
    assert report["version_regles"] == rules.VERSION
