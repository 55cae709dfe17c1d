"""A file of readings checked by itself: the register of meters, which may say its unit or its clock, is not at hand."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from greencloud import readings
from greencloud.checking.report import Note, Report
from greencloud.cli.french import Misuse
from greencloud.reading import Unreadable
from greencloud.readings.formats import mapping

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


def report(file: Path, name: str, lecture: Mapping[str, Any] | None = None) -> Report:
    """The verdict on a file of readings, as far as it can be given without the register of meters."""
    with tempfile.TemporaryDirectory(prefix="greencloud-") as folder:
        source = readings.Source(file, name, mapping=lecture)
        [found] = readings.read([source], Path(folder) / "acceptees.parquet", [""])
    if found.readable:
        found.notes.append(_ALONE)
    return found
