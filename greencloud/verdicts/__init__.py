"""The verdict on each deposit: what was accepted, what was refused and why, and which site and year that speaks of."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from greencloud import checking, rules, tables
from greencloud.checking import header
from greencloud.checking.sql import ROW, literal
from greencloud.deposits import Deposit
from greencloud.reading import read_table
from greencloud.tables import Table, quote

__all__ = ["ORIGIN", "RefusedKey", "Verdict", "check_deposit", "key"]

ORIGIN = "cle_verdict"
"""The column of a file of accepted rows that says which verdict accepted each: one file may hold those of many."""
_YEAR = re.compile(r"\s*([0-9]{4})(?:-[0-9]{2}-[0-9]{2})?\s*")


class RefusedKey(NamedTuple):
    """The site and the year that a refused line speaks of, as far as they can be read."""

    ligne: int
    id_centre: str | None
    annee: int | None


@dataclass(frozen=True)
class Verdict:
    """One checked deposit: its report (JSON form) and what its refused lines speak of.

    `accepted` is a Parquet file that holds its accepted rows, perhaps beside those of others (see `ORIGIN`).
    """

    deposit: Deposit
    accepted: Path
    report: dict[str, Any]
    refused: tuple[RefusedKey, ...] = ()


def key(deposit: Deposit) -> str:
    """What decides a verdict, the program apart: the suffix tells a workbook from a text, the name is in the report."""
    decides = [deposit.sha256, deposit.table, deposit.nom_origine, deposit.path.suffix]
    return hashlib.sha256(json.dumps(decides).encode()).hexdigest()


def check_deposit(deposit: Deposit, work_dir: Path) -> Verdict:
    """Check a deposit against the schema and the rules of its table; its rows go to `work_dir/<sha256>.parquet`.

    A bad file gives a report and no accepted row, never an exception. Raises OSError when a file cannot be opened.
    """
    work_dir.mkdir(parents=True, exist_ok=True)
    table = tables.table(deposit.table)
    checked = checking.check_file(deposit.path, table, name=deposit.nom_origine, rules=rules.for_table(deposit.table))
    accepted, report = work_dir / f"{deposit.sha256}.parquet", dict(checked.report.to_dict())
    with checked.connection:
        _write_accepted(checked, key(deposit), accepted)
    rows = {finding.row for finding in checked.report.errors if finding.row is not None}
    return Verdict(deposit, accepted, report, tuple(_refused_keys(deposit.path, table, rows)) if rows else ())


def _write_accepted(checked: checking.Checked, origin: str, path: Path) -> None:
    checked.accept()
    columns = ", ".join(quote(name) for name in checked.table.column_names)
    checked.connection.execute(
        f"COPY (SELECT {columns}, {ROW} AS depot_ligne, {literal(origin)} AS {ORIGIN} FROM acceptees ORDER BY {ROW}) "
        f"TO {literal(path)} (FORMAT parquet, COMPRESSION zstd)"
    )


def _refused_keys(path: Path, table: Table, rows: set[int]) -> Iterator[RefusedKey]:
    """What the refused lines of a readable file speak of, so that `couverture` can tell refused from absent."""
    text = read_table(path, expected=table.column_names)
    positions = header.match(text.header, table).positions
    for record in text.records():
        if record.number in rows:
            cells = {name: record.cells[at] for name, at in positions.items() if at < len(record.cells)}
            year = _YEAR.fullmatch(cells.get("annee", cells.get("date_debut", "")))
            yield RefusedKey(record.number, cells.get("id_centre", "").strip(), int(year[1]) if year else None)
