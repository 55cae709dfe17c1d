"""The table `anomalies`: every error and warning on every deposit, and which site and year a refused line speaks of."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import islice
from typing import Any, NamedTuple

import duckdb

from greencloud.checking import Finding
from greencloud.verdicts import RefusedKey, Verdict

_TOLD = tuple(field.name for field in fields(Finding))
_BATCH = 20_000  # anomalies handed to DuckDB at once, as one JSON text


class Anomaly(NamedTuple):
    """A finding about a deposit; `level` is "erreur" or "avertissement"; `key` is None for what is not of one line."""

    sha256: str
    level: str
    finding: Finding
    key: RefusedKey | None


def create(con: duckdb.DuckDBPyConnection, ordered: Sequence[Verdict]) -> None:
    """`anomalies`: every error and warning of every report; `id_centre` and `annee` of refused lines when known."""
    con.execute(
        "CREATE TABLE anomalies (depot_sha256 VARCHAR, numero BIGINT, niveau VARCHAR, ligne BIGINT, champ VARCHAR, "
        "valeur VARCHAR, code VARCHAR, message VARCHAR, correction VARCHAR, id_centre VARCHAR, annee BIGINT)"
    )
    add(con, (anomaly for verdict in ordered for anomaly in _reported(verdict)))


def _reported(verdict: Verdict) -> Iterator[Anomaly]:
    keys = {key.ligne: key for key in verdict.refused}
    for level, items in (("erreur", verdict.report["errors"]), ("avertissement", verdict.report["warnings"])):
        for item in items:
            yield Anomaly(verdict.deposit.empreinte, level, Finding(**item), keys.get(item["row"]))


def add(con: duckdb.DuckDBPyConnection, found: Iterable[Anomaly]) -> None:
    """Add anomalies, numbered in their order after those that their deposits already have."""
    remaining = iter(found)
    while batch := list(islice(remaining, _BATCH)):
        con.execute(
            "INSERT INTO anomalies SELECT a.sha256, coalesce(d.nombre, 0) "
            "+ row_number() OVER (PARTITION BY a.sha256 ORDER BY a.place), "
            "a.level, a.row, a.field, a.value, a.code, a.message, a.fix, a.key.id_centre, a.key.annee FROM ("
            'SELECT unnest(from_json($rows, \'[{"place": "BIGINT", "sha256": "VARCHAR", "level": "VARCHAR", '
            '"code": "VARCHAR", "row": "BIGINT", "field": "VARCHAR", "value": "VARCHAR", "message": "VARCHAR", '
            '"fix": "VARCHAR", "key": {"id_centre": "VARCHAR", "annee": "BIGINT"}}]\')) AS a) '
            "LEFT JOIN (SELECT depot_sha256, count(*) AS nombre FROM anomalies GROUP BY depot_sha256) AS d "
            "ON d.depot_sha256 = a.sha256 ORDER BY a.place",
            {"rows": json.dumps([_row(place, anomaly) for place, anomaly in enumerate(batch)])},
        )


def _row(place: int, anomaly: Anomaly) -> dict[str, Any]:
    heading = {"place": place, "sha256": anomaly.sha256, "level": anomaly.level}
    told = {name: getattr(anomaly.finding, name) for name in _TOLD}  # `asdict` copies: too slow for a million
    return heading | told | {"key": anomaly.key._asdict() if anomaly.key else None}
