"""What a child of the worker does with one file; the web process never calls any of it, for it opens hostile bytes."""

import csv
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from greencloud import deposits, durable, reading, rules, tables
from greencloud.checking import Checked, check_file, page
from greencloud.checking.corrected import obstacle, write_corrected
from greencloud.checking.rejects import write_rejects
from greencloud.errors import GreencloudError
from greencloud.program import program
from greencloud.readings.trying import needs_no_mapping
from portal.worker import foreseeing
from portal.worker.names import (
    ANSWER,
    CELLS,
    CHANGES,
    CORRECTED,
    FORESEEN,
    MOST_FINDINGS,
    MOST_ROWS,
    PAGE,
    REJECTS,
    REPORT,
    ROWS,
    SITES,
    WIDEST,
)

_YEARS = {"centres": "NULL", "declarations": "annee", "consommations": "year(date_debut)"}


def run(job: str, folder: Path, data: Mapping[str, Any]) -> None:
    """Do a job in its folder and leave its answer there; what a library refuses is its answer, in French."""
    try:
        answer = JOBS[job](folder, data)
    except GreencloudError as error:
        answer = {"refus": str(error)}
    except reading.Unreadable as error:
        answer = {"refus": f"{error.message} {error.fix}"}
    _write(folder / ANSWER, answer)
    durable.flush_tree(folder)


def warm() -> None:
    """Make ready what every check needs and no file changes; without a database, whose threads no fork would have."""
    for name in (*tables.INPUTS, *tables.PUBLISHED):
        tables.table(name)
    for name in tables.INPUTS:
        rules.for_table(name)
    program()
    page.ready()


def detect(folder: Path, data: Mapping[str, Any]) -> dict[str, Any]:
    """The table whose columns a file has; None when no table, or more than one, has them."""
    with _Named(folder, data) as path:
        found = deposits.detect_table(deposits.read(path).header)
        return {"table": found or (tables.READINGS if needs_no_mapping(path) else None)}


def check(folder: Path, data: Mapping[str, Any]) -> dict[str, Any]:
    """The verdict on a file, and all that is shown of it."""
    table = tables.table(data["table"])
    with _Named(folder, data) as path:
        checked = check_file(path, table, name=data["nom"], rules=rules.for_table(table.name))
        _write(folder / REPORT, _report(checked))
        _write(folder / SITES, _sites(checked))
        _write(folder / CELLS, _cells(checked))
        page.write_page(checked, folder / PAGE, command=False)
        write_rejects(checked.report, folder / REJECTS)
        if obstacle(checked.report) is None:
            write_corrected(checked, folder / CORRECTED, folder / CHANGES)
    stats = checked.report.summary()["stats"]
    return {"lisible": checked.report.readable, **stats}


def judge(folder: Path, data: Mapping[str, Any]) -> dict[str, Any]:
    """The report alone on a file, for whoever is still filling in a form."""
    table = tables.table(data["table"])
    with _Named(folder, data) as path:
        checked = check_file(path, table, name=data["nom"], rules=rules.for_table(table.name))
        _write(folder / REPORT, _report(checked))
    return {}


def rows(folder: Path, data: Mapping[str, Any]) -> dict[str, Any]:
    """The received rows as text, the header first, as a CSV file that this program wrote."""
    table = tables.table(data["table"])
    labels = [label for field in table.fields for label in (field.name, field.title)]
    with _Named(folder, data) as path, (folder / ROWS).open("w", encoding="utf-8", newline="") as stream:
        writer, text = csv.writer(stream, lineterminator="\n"), reading.read_table(path, expected=labels)
        writer.writerow(text.header)
        writer.writerows([str(cell) for cell in record.cells] for record in text.records())
    return {}


def accepted(folder: Path, data: Mapping[str, Any]) -> dict[str, Any]:
    """The accepted rows of deposits of `raw`, normalised, one CSV file each, named as it is asked for."""
    for deposit in data["depots"]:
        table = tables.table(deposit["table"])
        checked = check_file(Path(deposit["chemin"]), table, name=deposit["nom"], rules=rules.for_table(table.name))
        checked.write_accepted(folder / deposit["fichier"])
    return {}


def store(_folder: Path, data: Mapping[str, Any]) -> dict[str, Any]:
    """Copy a file into `raw`, with its card; who gave these bytes first, and when."""
    with _Named(_folder, data) as path:
        kept = deposits.store(
            path, table=data["table"], emetteur=data["siren"], raw_dir=Path(data["raw"]), recu_le=data["recu_le"]
        )
    return {"emetteur": kept.emetteur, "recu_le": kept.recu_le, "chemin": str(kept.path)}


def cover(folder: Path, data: Mapping[str, Any]) -> dict[str, Any]:
    """Whether a file gives again each key that an older one of the same table gives."""
    return {"couvre": not _lost(folder, data, data["ancien"])}


def _lost(folder: Path, data: Mapping[str, Any], older: Mapping[str, Any]) -> set[tuple[Any, ...]]:
    """The keys of an older file that a file does not give again."""
    aside = folder / str(older["sha256"])
    aside.mkdir()
    return _keys(aside, older) - _keys(folder, data)


def _keys(folder: Path, data: Mapping[str, Any]) -> set[tuple[Any, ...]]:
    table = tables.table(data["table"])
    columns = ", ".join(tables.quote(name) for name in table.primary_key)
    with _Named(folder, data) as path:
        checked = check_file(path, table, name=data["nom"], rules=rules.for_table(table.name))
        checked.accept()
        return set(checked.connection.execute(f"SELECT DISTINCT {columns} FROM acceptees").fetchall())


def foresee(folder: Path, data: Mapping[str, Any]) -> dict[str, Any]:
    """What an edition would publish if a file were confirmed, and the rows that would go with what it replaces."""
    lost = {older["sha256"]: _lost(folder, data, older) for older in data["remplaces"]}
    leaving = {sha256 for sha256, keys in lost.items() if keys}
    with _Named(folder, data) as path:
        foreseen = foreseeing.foresee(path, data, leaving)
    names = tables.table(data["table"]).primary_key
    gone = sorted({tuple(map(str, key)) for keys in lost.values() for key in keys})
    _write(folder / FORESEEN, foreseen | {"perdues": [dict(zip(names, key, strict=True)) for key in gone]})
    return {}


JOBS: Mapping[str, Callable[[Path, Mapping[str, Any]], dict[str, Any]]] = {
    "reconnaitre": detect,
    "controler": check,
    "juger": judge,
    "lignes": rows,
    "acceptees": accepted,
    "ranger": store,
    "couvrir": cover,
    "prevoir": foresee,
}


class _Named:
    """The received bytes under the name of their sender, which tells how they are read, in a folder of the job."""

    def __init__(self, folder: Path, data: Mapping[str, Any]) -> None:
        self._folder, self._source = folder / "entree", Path(data["chemin"])
        self.path: Path = self._folder / data["nom"]

    def __enter__(self) -> Path:
        self._folder.mkdir()
        os.link(self._source, self.path)
        return self.path

    def __exit__(self, *_: object) -> None:
        self.path.unlink()
        self._folder.rmdir()


def _report(checked: Checked) -> dict[str, Any]:
    """The stable form of the report, with the first findings alone; `stats` counts them all, `codes` each code."""
    report = checked.report
    return {
        **report.summary(),
        "errors": [dict(vars(finding)) for finding in report.errors[:MOST_FINDINGS]],
        "warnings": [dict(vars(finding)) for finding in report.warnings[:MOST_FINDINGS]],
        "lisible": report.readable,
        "codes": {"errors": dict(report.errors.codes()), "warnings": dict(report.warnings.codes())},
    }


def _sites(checked: Checked) -> list[list[Any]]:
    """The sites and years that the accepted rows speak of."""
    checked.accept()
    found = checked.connection.execute(
        f"SELECT DISTINCT id_centre, {_YEARS[checked.table.name]} FROM acceptees ORDER BY ALL"
    ).fetchall()
    return [list(row) for row in found]


def _cells(checked: Checked) -> dict[str, Any]:
    """The received rows that have a finding, as text, the first of them."""
    found = [*checked.report.errors[:MOST_FINDINGS], *checked.report.warnings[:MOST_FINDINGS]]
    wanted = set(sorted({finding.row for finding in found if finding.row is not None})[:MOST_ROWS])
    header = list(checked.text.header) if checked.text is not None else []
    kept: list[dict[str, Any]] = []
    last = max(wanted, default=0)
    for record in checked.text.records() if checked.text is not None and wanted else ():
        if record.number > last:
            break
        if record.number in wanted:
            kept.append({"row": record.number, "cells": [str(cell)[: WIDEST + 1] for cell in record.cells]})
    return {"header": header, "positions": dict(checked.labels.positions), "rows": kept}


def _write(path: Path, content: Any) -> None:
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, default=str)
    path.write_bytes(text.encode("utf-8", "replace"))
