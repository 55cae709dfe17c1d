"""``rapport_validation.json``: the verdict of Frictionless on each published table, and the anomalies of each code.

The counts are made from the published tables alone, so the report says nothing that they do not. Its form is described
by `rapport_validation.schema.json`, which is published beside it.
"""

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from greencloud import rules
from greencloud.packaging.arbiter import Arbiter
from greencloud.packaging.contents import Contents
from greencloud.packaging.datapackage import NAME, describe

_ERROR_KEYS = ("type", "title", "message", "tags", "rowNumber", "fieldName", "fieldNumber", "cell")
_COUNTS = {
    "rejets": """
        SELECT table_visee AS "table", code, synthetique, count(*) AS nb_anomalies,
            count(DISTINCT (depot_sha256, ligne)) FILTER (ligne IS NOT NULL) AS nb_lignes,
            count(DISTINCT depot_sha256) AS nb_depots
        FROM read_parquet(?) GROUP BY table_visee, code, synthetique ORDER BY table_visee, code, synthetique
    """,
    "indicateurs_annuels": """
        SELECT code, synthetique, count(*) AS nb_lignes
        FROM (SELECT unnest(string_split(avertissements, '|')) AS code, synthetique FROM read_parquet(?))
        GROUP BY code, synthetique ORDER BY code, synthetique
    """,
}


def ask(judge: Arbiter, folder: Path, contents: Contents) -> None:
    """Have the tables of the folder validated, all that their links lead to at hand, but without their sources."""
    judge.ask({"name": NAME, "resources": describe(contents, ())["resources"]}, folder)


def report(folder: Path, contents: Contents, judge: Arbiter) -> dict[str, Any]:
    """What the judge, who was asked, finds in the tables of the folder, and their anomalies; no clock, no duration.

    Raises OSError or duckdb.Error when a file cannot be read; an invalid table is said in the report.
    """
    tasks = _tasks(contents, judge)
    errors, warnings = (sum(task["stats"][kind] for task in tasks) for kind in ("errors", "warnings"))
    with duckdb.connect() as con:
        rejects, warned = (_rows(con, sql, folder / f"{name}.parquet") for name, sql in _COUNTS.items())
    return {
        "$schema": "rapport_validation.schema.json",
        "version": version("frictionless"),
        "date": contents.updated,
        "edition": contents.edition_id,
        "version_regles": rules.VERSION,
        "valid": not errors,
        "stats": {"tasks": len(tasks), "errors": errors, "warnings": warnings},
        "tasks": tasks,
        "rejets": rejects,
        "avertissements": warned,
    }


def _tasks(contents: Contents, judge: Arbiter) -> list[dict[str, Any]]:
    """One task for each file of each table."""
    whole = {item.table.name: item.rows for item in contents.tables}
    described = describe(contents, ())["resources"]
    rows = {item["name"]: item.get("rows", whole[item["greencloud:table"]]) for item in described}
    return [_task(task, rows[task["name"]]) for task in judge.answer()["tasks"]]


def _task(task: Mapping[str, Any], rows: int) -> dict[str, Any]:
    stats = task["stats"]
    return {
        "name": task["name"],
        "type": task["type"],
        "place": task["place"],
        "valid": task["valid"],
        "stats": {
            "errors": stats["errors"],
            "warnings": stats["warnings"],
            "fields": task["fields"],
            "rows": rows,
            "rows_processed": stats.get("rows", 0),
            "bytes": stats["bytes"],
            "sha256": stats["sha256"],
        },
        "warnings": task["warnings"],
        "errors": [_error(error) for error in task["errors"]],
    }


def _error(descriptor: Mapping[str, Any]) -> dict[str, Any]:
    return {key: descriptor[key] for key in _ERROR_KEYS if key in descriptor}


def _rows(con: duckdb.DuckDBPyConnection, sql: str, path: Path) -> list[dict[str, Any]]:
    found = con.execute(sql, [str(path)])
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
