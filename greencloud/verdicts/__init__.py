"""The verdict on each deposit: what was accepted, what was refused and why, and which site and year that speaks of."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from greencloud import checking, readings, rules, tables
from greencloud.checking import header
from greencloud.checking.sql import ROW, literal
from greencloud.deposits import Deposit
from greencloud.reading import read_table
from greencloud.tables import Table, quote

__all__ = ["ORIGIN", "RefusedKey", "Verdict", "check_deposit", "check_small", "key"]

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
    """What decides a verdict, the program apart: the suffix tells a workbook from a text, the name is in the report.

    Readings: also how they are read, and what the register says of the meters of their sender (see `instructed`).
    """
    decides: list[Any] = [deposit.sha256, deposit.table, deposit.nom_origine, deposit.path.suffix]
    if deposit.table == tables.READINGS:
        decides += [deposit.told_lecture, deposit.conventions]
    return hashlib.sha256(repr(decides).encode()).hexdigest()


def check_deposit(deposit: Deposit, work_dir: Path) -> Verdict:
    """Check a deposit against the schema and the rules of its table; its rows go to `work_dir/<sha256>.parquet`.

    A bad file gives a report and no accepted row, never an exception. Raises OSError when a file cannot be opened.
    """
    if deposit.table == tables.READINGS:
        return _check_readings([deposit], work_dir / f"{deposit.sha256}.parquet")[0]
    work_dir.mkdir(parents=True, exist_ok=True)
    table = tables.table(deposit.table)
    checked = checking.check_file(deposit.path, table, name=deposit.nom_origine, rules=rules.for_table(deposit.table))
    accepted = work_dir / f"{deposit.sha256}.parquet"
    with checked.connection:
        _write_accepted(checked, key(deposit), accepted)
    return _verdict(deposit, accepted, checked.report)


def check_small(several: Sequence[Deposit], work_dir: Path) -> list[Verdict]:
    """Check small deposits of one table side by side, as `check_deposit` would; their rows go to one file.

    Those that turn out to have many rows have no verdict here: they have to be checked alone.
    """
    if several[0].table == tables.READINGS:
        return _check_readings(several, work_dir / f"{several[0].sha256}-{len(several)}.parquet")
    work_dir.mkdir(parents=True, exist_ok=True)
    table, keys = tables.table(several[0].table), {place: key(deposit) for place, deposit in enumerate(several)}
    accepted = work_dir / f"{several[0].sha256}-{len(several)}.parquet"
    files = [(deposit.path, deposit.nom_origine) for deposit in several]
    with checking.check_several(files, table, rules.for_table(table.name)) as checked:
        checked.write_accepted(accepted, keys, ORIGIN)
        reports = sorted(checked.reports.items())
    return [_verdict(several[place], accepted, report) for place, report in reports]


def _check_readings(several: Sequence[Deposit], accepted: Path) -> list[Verdict]:
    """The verdicts on files of readings; what is accepted of them, in one file, is the days of their meters."""
    accepted.parent.mkdir(parents=True, exist_ok=True)
    sources = [
        readings.Source(
            deposit.path,
            deposit.nom_origine,
            tuple(readings.Convention(*told) for told in deposit.conventions),  # type: ignore[arg-type]
            deposit.lecture,
            deposit.sha256,
        )
        for deposit in several
    ]
    reports = readings.read(sources, accepted, [key(deposit) for deposit in several])
    return [
        Verdict(deposit, accepted, dict(report.to_dict())) for deposit, report in zip(several, reports, strict=True)
    ]


def _verdict(deposit: Deposit, accepted: Path, report: checking.Report) -> Verdict:
    rows = {finding.row for finding in report.errors if finding.row is not None}
    refused = tuple(_refused_keys(deposit.path, tables.table(deposit.table), rows)) if rows else ()
    return Verdict(deposit, accepted, dict(report.to_dict()), refused)


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
            told = "" if table.name == tables.METERS else cells.get("annee", cells.get("date_debut", ""))
            year = _YEAR.fullmatch(told)  # the first day of a meter is no year that anybody declares
            yield RefusedKey(record.number, cells.get("id_centre", "").strip(), int(year[1]) if year else None)
