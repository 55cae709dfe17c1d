"""A file of readings checked by itself, or when it is deposited beside the register of meters of its sender."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from greencloud import deposits, readings, tables
from greencloud.checking import Checked
from greencloud.checking.header import Header
from greencloud.checking.report import Note, Report
from greencloud.checking.sql import literal
from greencloud.cli.french import Misuse
from greencloud.reading import Unreadable
from greencloud.readings.formats import mapping
from greencloud.verdicts import Verdict, check_deposit
from greencloud.verdicts.conventions import instructed

_ALONE = Note(
    "registre",
    "Seul ce fichier est contrôlé : l’édition tiendra aussi compte de la table compteurs du même émetteur (unité, "
    "horodate et fuseau de chaque compteur), où chacun de ses compteurs doit figurer.",
)


def document(path: Path | None) -> dict[str, Any] | None:
    """The mapping of a file, None without one. Raises Misuse for one that is not understood."""
    try:
        return mapping.load(path) if path else None
    except Unreadable as error:
        raise Misuse(f"{error.message} {error.fix}") from error


def checked(file: Path, name: str, lecture: Mapping[str, Any] | None = None) -> Checked:
    """The verdict on a file of readings, as far as it can be given without the register of meters.

    What is told of readings is told of a meter, not of a cell: no received row stands beside it.
    """
    with tempfile.TemporaryDirectory(prefix="greencloud-") as folder:
        source = readings.Source(file, name, mapping=lecture)
        [report] = readings.read([source], Path(folder) / "acceptees.parquet", [""])
    if report.readable:
        report.notes.append(_ALONE)
    labels = Header({}, [], [], [])
    return Checked(report, tables.table(tables.READINGS), duckdb.connect, None, labels, {}, False, lambda: None)


class Unregistered(NamedTuple):
    """A meter that the register of its sender lacks, and how many of its readings are kept."""

    meter: str
    slots: int


def deposited(stored: deposits.Deposit, name: str, raw: Path) -> tuple[Report, list[Unregistered]]:
    """The verdict on deposited readings, read with what their sender has deposited of meters, and those it lacks."""
    with tempfile.TemporaryDirectory(prefix="greencloud-") as folder:
        registers = [
            check_deposit(one, Path(folder, "registre"))
            for one in deposits.filed(raw, tables.METERS, stored.emetteur)
            if one.synthetique == stored.synthetique
        ]
        [known] = instructed([stored], registers)
        told = tuple(readings.Convention(*one) for one in known.conventions)  # type: ignore[arg-type]
        accepted = Path(folder, "acceptees.parquet")
        [found] = readings.read([readings.Source(stored.path, name, told, stored.lecture)], accepted, [""])
        return found, _unregistered(accepted, registers)


def _unregistered(accepted: Path, registers: Sequence[Verdict]) -> list[Unregistered]:
    known = " UNION ALL ".join(f"SELECT id_compteur FROM read_parquet({literal(one.accepted)})" for one in registers)
    with duckdb.connect() as con:
        found = con.execute(
            f"SELECT compteur, sum(creneaux)::BIGINT FROM read_parquet({literal(accepted)}) "
            "WHERE nature <> 'ecart' AND compteur IS NOT NULL "
            f"{f'AND compteur NOT IN ({known}) ' if known else ''}GROUP BY compteur ORDER BY min(depot_ligne), compteur"
        ).fetchall()
    return [Unregistered(*row) for row in found]
