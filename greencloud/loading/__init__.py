"""The checked deposits in DuckDB: current, superseded and refused rows.

A row leaves the stream only with a printed reason (table `anomalies`). A row whose key a later deposit gives again
moves to `<table>_remplaces`, with the line that replaces it. Real and synthetic rows never share a site.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from greencloud import tables
from greencloud.errors import GreencloudError
from greencloud.loading import anomalies, meters
from greencloud.loading.refusals import judge_together, refuse, warn_of_changed_periods
from greencloud.rules.writing import sentence
from greencloud.tables import Table, quote
from greencloud.verdicts import ORIGIN, Verdict, key

REFERENCES = ("communes", "departements", "facteurs_emission", "hypotheses_economies", "pue_reference", "regions")

_PROVENANCE = {
    "depot_sha256": "VARCHAR",
    "depot_ligne": "BIGINT",
    "depot_recu_le": "DATE",
    "emetteur": "VARCHAR",
    "synthetique": "BOOLEAN",
}
# A text that a spreadsheet would run as a formula is published with a leading apostrophe; a negative number is none.
_TEXTE_PUBLIE = r"""CREATE MACRO texte_publie(texte) AS CASE
    WHEN regexp_matches(texte, '^[=+@\t\r\n]')
        OR (texte LIKE '-%' AND NOT regexp_full_match(texte, '-[0-9][0-9.,\x{a0}\x{202f} ]*([eE][-+]?[0-9]+)?'))
        THEN '''' || texte
    ELSE nullif(texte, '')
END"""


class WarehouseError(GreencloudError):
    """The deposits cannot become the published tables; the text is a French sentence with the cause."""


def load(verdicts: Sequence[Verdict]) -> duckdb.DuckDBPyConnection:
    """The checked deposits in an in-memory DuckDB, whatever the order they are given in.

    Tables: `centres`, `declarations`, `consommations`, `compteurs` (current rows: the schema's columns, then
    depot_sha256, depot_ligne, depot_recu_le, emetteur, synthetique), `<table>_remplaces` (the same, then
    remplace_par_sha256, remplace_par_ligne, remplace_le), `depots`, `anomalies`, `ref_*`; and of meters
    `emplois_compteurs`, `releves`, `releves_ecartes` (see `meters`). Raises WarehouseError for a broken reference.
    """
    con = duckdb.connect(":memory:")
    con.execute("SET threads = 1")  # sums of floating-point numbers in one order: the same bytes on any machine
    con.execute(_TEXTE_PUBLIE)
    con.execute(meters.KWH)
    for name in REFERENCES:
        _load_reference(con, name)
    ordered = sorted(verdicts, key=lambda verdict: (verdict.deposit.recu_le, verdict.deposit.sha256))
    _load_deposits(con, ordered)
    anomalies.create(con, ordered)
    for name in tables.INPUTS:
        _receive(con, tables.table(name), [verdict for verdict in ordered if verdict.deposit.table == name])
    for name in tables.INPUTS:  # centres first: the other tables refer to its current rows
        refuse(con, name)
        judge_together(con, tables.table(name))
        _supersede(con, tables.table(name))
    warn_of_changed_periods(con)
    _load_readings(con, [verdict for verdict in ordered if verdict.deposit.table == tables.READINGS])
    return con


def _load_readings(con: duckdb.DuckDBPyConnection, verdicts: Sequence[Verdict]) -> None:
    """The readings of meters, once the register of meters is known."""
    meters.employ(con)
    meters.prepare(con)
    if verdicts:
        _create(con, "_acceptees", _ACCEPTED, [_accepted(verdict) for verdict in verdicts])
        meters.receive(con, sorted({str(verdict.accepted) for verdict in verdicts}))
        con.execute("DROP TABLE _acceptees")
    meters.settle(con)


def _load_reference(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """`ref_<name>`: the CSV file of `data/reference`, all columns as text."""
    path = tables.reference_dir() / f"{name}.csv"
    try:
        labels = path.read_text(encoding="utf-8").splitlines()[0].split(",")
        columns = dict.fromkeys(labels, "VARCHAR")
        con.execute(
            f"CREATE TABLE {quote(f'ref_{name}')} AS FROM read_csv(?, columns = {columns}, header = true, "
            "auto_detect = false, delim = ',', quote = '\"', escape = '\"')",
            [str(path)],
        )
    except (OSError, IndexError, duckdb.Error) as error:
        raise WarehouseError(
            sentence(f"La table de référence « {path.name} » est absente ou illisible. Restaurez data/reference.")
        ) from error


_DEPOSITS = {
    "rang": "BIGINT",
    "sha256": "VARCHAR",
    "octets": "BIGINT",
    "nom_origine": "VARCHAR",
    "recu_le": "TIMESTAMP",
    "emetteur": "VARCHAR",
    "table_visee": "VARCHAR",
    "version_schema": "VARCHAR",
    "synthetique": "BOOLEAN",
}


def _load_deposits(con: duckdb.DuckDBPyConnection, ordered: Sequence[Verdict]) -> None:
    """`depots`: one row per deposit; `rang` is the order of supersession, `sha256` the published fingerprint."""
    rows = []
    for rank, card in enumerate(verdict.deposit for verdict in ordered):
        received = card.recu_le.removesuffix("Z")  # UTC; DuckDB would need the icu extension to read the mark
        named = (card.emetteur, card.table, card.version_schema, card.synthetique)
        values = (rank, card.empreinte, card.octets, card.nom_origine, received, *named)
        rows.append(dict(zip(_DEPOSITS, values, strict=True)))
    _create(con, "depots", _DEPOSITS, rows)


def _create(
    con: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]
) -> None:
    """A table of rows at hand, at once: row by row would cost a query each."""
    con.execute(
        f"CREATE OR REPLACE TABLE {quote(name)} AS SELECT unnest(from_json($rows, $shape), recursive := true)",
        {"rows": json.dumps(rows), "shape": json.dumps([columns])},
    )


def _receive(con: duckdb.DuckDBPyConnection, table: Table, verdicts: Sequence[Verdict]) -> None:
    """`recues_<table>`: the accepted rows of all deposits, in the order of supersession."""
    columns = table.duckdb_columns() | _PROVENANCE | {"rang": "BIGINT"}
    definition = ", ".join(f"{quote(name)} {kind}" for name, kind in columns.items())
    received = quote(f"recues_{table.name}")
    con.execute(f"CREATE TABLE {received} ({definition})")
    if not verdicts:
        return
    _create(con, "_acceptees", _ACCEPTED, [_accepted(verdict) for verdict in verdicts])
    con.execute(
        f"INSERT INTO {received} BY NAME SELECT a.* EXCLUDE ({ORIGIN}, chemin), d.sha256 AS depot_sha256, "
        "CAST(d.recu_le AS DATE) AS depot_recu_le, d.emetteur, d.synthetique, d.rang "
        "FROM read_parquet($paths, filename = 'chemin') AS a "
        f"INNER JOIN _acceptees AS v ON v.chemin = a.chemin AND v.cle = a.{ORIGIN} "
        "INNER JOIN depots AS d ON d.sha256 = v.sha256 ORDER BY d.rang, a.depot_ligne",
        {"paths": sorted({str(verdict.accepted) for verdict in verdicts})},
    )
    con.execute("DROP TABLE _acceptees")


_ACCEPTED = {"chemin": "VARCHAR", "cle": "VARCHAR", "sha256": "VARCHAR"}


def _accepted(verdict: Verdict) -> dict[str, str]:
    deposit = verdict.deposit
    return {"chemin": str(verdict.accepted), "cle": key(deposit), "sha256": deposit.empreinte}


def _supersede(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Split `recues_<table>` into its current rows, the last of each key, and those that another replaced."""
    received, current, replaced = quote(f"recues_{table.name}"), quote(table.name), quote(f"{table.name}_remplaces")
    key = ", ".join(quote(name) for name in table.primary_key)
    order = f"PARTITION BY {key} ORDER BY rang, depot_ligne"
    con.execute(
        f"CREATE TABLE {replaced} AS SELECT * EXCLUDE (rang), lead(depot_sha256) OVER versions AS remplace_par_sha256, "
        "lead(depot_ligne) OVER versions AS remplace_par_ligne, lead(depot_recu_le) OVER versions AS remplace_le "
        f"FROM {received} WINDOW versions AS ({order}) ORDER BY {key}, rang"
    )
    con.execute(
        f"CREATE TABLE {current} AS SELECT * EXCLUDE (remplace_par_sha256, remplace_par_ligne, remplace_le) "
        f"FROM {replaced} WHERE remplace_par_sha256 IS NULL ORDER BY {key}"
    )
    con.execute(f"DELETE FROM {replaced} WHERE remplace_par_sha256 IS NULL")
    con.execute(f"DROP TABLE {received}")
