"""What a check leaves behind: the names of its files, and the view of them that pages and answers are made from."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from portal.worker.names import CELLS, CHANGES, CORRECTED, PAGE, REJECTS, REPORT, SITES


@dataclass(frozen=True)
class Checked:
    """What was found in a deposit. `siren` is that of its body."""

    folder: Path
    siren: str

    @cached_property
    def report(self) -> dict[str, Any]:
        """The form of `rapport.schema.json`, its lists cut, with `lisible` and `codes` (how many of each code)."""
        return dict(self._read(REPORT))

    @cached_property
    def sites(self) -> list[tuple[str, int | None]]:
        """Sites and years of the accepted rows (no year in the register)."""
        return [(site, year) for site, year in self._read(SITES)]

    @property
    def foreign(self) -> list[str]:
        """Sites of the accepted rows that bear the SIREN of another body."""
        return sorted({site for site, _ in self.sites if site[:9] != self.siren})

    @property
    def header(self) -> list[str]:
        """The labels as they were received."""
        return list(self._cells["header"])

    @property
    def positions(self) -> dict[str, int]:
        """Field of the schema -> its place among the received columns."""
        return dict(self._cells["positions"])

    @property
    def cells(self) -> dict[int, list[str]]:
        """Record number -> received cells, of the rows that have a finding."""
        return {row["row"]: row["cells"] for row in self._cells["rows"]}

    @property
    def readable(self) -> bool:
        """Whether the file could be read as a table."""
        return bool(self.report["lisible"])

    @property
    def page(self) -> Path:
        """The report as one page that needs nothing else, with its own style and policy."""
        return self.folder / PAGE

    @property
    def rejects(self) -> Path:
        """Every error, one line each."""
        return self.folder / REJECTS

    @property
    def corrected(self) -> Path | None:
        """The corrected file; None when none can be made."""
        return self._existing(CORRECTED)

    @property
    def changes(self) -> Path | None:
        """What the corrected file changed."""
        return self._existing(CHANGES)

    @cached_property
    def _cells(self) -> dict[str, Any]:
        return dict(self._read(CELLS))

    def _existing(self, name: str) -> Path | None:
        path = self.folder / name
        return path if path.is_file() else None

    def _read(self, name: str) -> Any:
        return json.loads((self.folder / name).read_text(encoding="utf-8"))
