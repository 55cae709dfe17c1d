"""What a check found: findings, counts, and the stable JSON form described by `rapport.schema.json`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One error or warning. `row` is the record number, the header being 1; None where no row or field applies."""

    code: str
    row: int | None
    field: str | None
    value: str | None
    message: str
    fix: str


@dataclass(frozen=True)
class Note:
    """Something tolerated or worth knowing, which rejects nothing."""

    code: str
    message: str


@dataclass(frozen=True)
class FileCard:
    """How the file was read. What could not be established (an unreadable file) is None."""

    name: str
    sha256: str
    bytes: int
    container: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None


@dataclass(frozen=True)
class Report:
    """The verdict on one file, with every error found in it."""

    file: FileCard
    rows: int = 0
    accepted: int = 0
    notes: list[Note] = field(default_factory=list)
    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    readable: bool = True

    @property
    def valid(self) -> bool:
        return not self.errors

    @property
    def rejected(self) -> int:
        return self.rows - self.accepted

    def to_dict(self) -> Mapping[str, Any]:
        """The stable form: keys and types of `rapport.schema.json`."""
        return {
            "valid": self.valid,
            "file": asdict(self.file),
            "stats": {
                "rows": self.rows,
                "accepted": self.accepted,
                "rejected": self.rejected,
                "errors": len(self.errors),
                "warnings": len(self.warnings),
            },
            "notes": [asdict(note) for note in self.notes],
            "errors": [asdict(finding) for finding in self.errors],
            "warnings": [asdict(finding) for finding in self.warnings],
        }
