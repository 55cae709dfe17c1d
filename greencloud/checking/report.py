"""What a check found: findings, counts, and the stable JSON form described by `rapport.schema.json`."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, overload

if TYPE_CHECKING:
    from greencloud.reading import TextTable


@dataclass(frozen=True)
class Finding:
    """One error or warning. `row` is the record number, the header being 1; None where no row or field applies.

    `proposal` is the text that would be right, where there is only one.
    """

    code: str
    row: int | None
    field: str | None
    value: str | None
    message: str
    fix: str
    proposal: str | None = None


class Cause(NamedTuple):
    """What several findings have in common; `explain(row, value)` gives their message and their fix."""

    code: str
    field: str | None
    explain: Callable[[int, str | None], tuple[str, str]]
    proposal: str | None = None


class Findings(Sequence[Finding]):
    """Findings, in the order of their rows and then of their columns, put into words only when they are looked at.

    A file may hold millions of errors: each is kept as three numbers (its row, its place in the row, its cause) and
    the received text.
    """

    def __init__(self, told: Iterable[Finding] = ()) -> None:
        self._rows = array("q")
        self._places = array("i")
        self._kinds = array("i")
        self._values: list[str | None] = []
        self._causes: list[Cause] = []
        for finding in told:
            self.tell(finding, 0)

    def cause(self, cause: Cause) -> int:
        """The number under which `add` knows a cause."""
        self._causes.append(cause)
        return len(self._causes) - 1

    def add(self, row: int | None, place: int, cause: int, value: str | None) -> None:
        """One more finding of a known cause; `place` orders those of one row."""
        self._rows.append(row or 0)
        self._places.append(place)
        self._kinds.append(cause)
        self._values.append(value)

    def tell(self, finding: Finding, place: int) -> None:
        """One more finding, in words already."""
        said = partial(_said, finding.message, finding.fix)
        cause = self.cause(Cause(finding.code, finding.field, said, finding.proposal))
        self.add(finding.row, place, cause, finding.value)

    def sort(self) -> None:
        """Put the findings in order; those of one place stay in the order in which they were added."""
        keys = [row << 16 | place for row, place in zip(self._rows, self._places, strict=True)]
        if any(left > right for left, right in pairwise(keys)):
            order = sorted(range(len(keys)), key=keys.__getitem__)
            self._rows = array("q", (self._rows[number] for number in order))
            self._places = array("i", (self._places[number] for number in order))
            self._kinds = array("i", (self._kinds[number] for number in order))
            self._values = [self._values[number] for number in order]

    def codes(self) -> Counter[str]:
        """How many findings of each code, none of them put into words."""
        codes: Counter[str] = Counter()
        for kind, count in Counter(self._kinds).items():
            codes[self._causes[kind].code] += count
        return codes

    def rows(self) -> set[int]:
        """The rows that have a finding."""
        rows = set(self._rows)
        rows.discard(0)
        return rows

    @property
    def of_file(self) -> bool:
        """Whether a finding is about the file as a whole."""
        return 0 in self._rows

    def cells(self) -> Iterator[tuple[str, int | None, str | None]]:
        """Code, row and field of each finding, none of them put into words."""
        for row, kind in zip(self._rows, self._kinds, strict=True):
            yield self._causes[kind].code, row or None, self._causes[kind].field

    def of(self, code: str) -> Iterator[Finding]:
        """The findings of one code, put into words one by one."""
        kinds = {kind for kind, cause in enumerate(self._causes) if cause.code == code}
        return (self._worded(number) for number, kind in enumerate(self._kinds) if kind in kinds)

    def _worded(self, number: int) -> Finding:
        cause, row, value = self._causes[self._kinds[number]], self._rows[number] or None, self._values[number]
        message, fix = cause.explain(row or 1, value)
        return Finding(cause.code, row, cause.field, value, message, fix, cause.proposal)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Finding]:
        return map(self._worded, range(len(self)))

    @overload
    def __getitem__(self, place: int) -> Finding: ...
    @overload
    def __getitem__(self, place: slice) -> list[Finding]: ...
    def __getitem__(self, place: int | slice) -> Finding | list[Finding]:
        if isinstance(place, slice):
            return [self._worded(number) for number in range(*place.indices(len(self)))]
        return self._worded(range(len(self))[place])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Findings({list(self[:5])!r}{'…' if len(self) > 5 else ''})"


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
    sheet: str | None = None
    member: str | None = None

    def read_as(self, text: "TextTable") -> "FileCard":
        """The same file, once its text was found."""
        return replace(
            self,
            container=text.container,
            encoding=text.encoding,
            delimiter=text.delimiter,
            header_row=text.header_row,
            sheet=text.sheet,
            member=text.member,
        )


@dataclass(frozen=True)
class Report:
    """The verdict on one file, with every error found in it. `version_regles`: None when no rule was applied.

    `energies`: of a file of meter readings, kWh as decimal texts, by their names in the stable form; else empty.
    """

    file: FileCard
    rows: int = 0
    accepted: int = 0
    notes: list[Note] = field(default_factory=list)
    errors: Findings = field(default_factory=Findings)
    warnings: Findings = field(default_factory=Findings)
    readable: bool = True
    version_regles: str | None = None
    energies: Mapping[str, str] = field(default_factory=dict)

    @property
    def valid(self) -> bool:
        return not self.errors

    @property
    def rejected(self) -> int:
        return self.rows - self.accepted

    def summary(self) -> dict[str, Any]:
        """The stable form without its findings, of which there may be millions."""
        return {
            "valid": self.valid,
            "version_regles": self.version_regles,
            "file": asdict(self.file),
            "stats": {
                "rows": self.rows,
                "accepted": self.accepted,
                "rejected": self.rejected,
                "errors": len(self.errors),
                "warnings": len(self.warnings),
                **self.energies,
            },
            "notes": [asdict(note) for note in self.notes],
        }

    def to_dict(self) -> Mapping[str, Any]:
        """The stable form: keys and types of `rapport.schema.json`."""
        return {
            **self.summary(),
            "errors": [dict(vars(finding)) for finding in self.errors],
            "warnings": [dict(vars(finding)) for finding in self.warnings],
        }


def _said(message: str, fix: str, _row: int, _value: str | None) -> tuple[str, str]:
    return message, fix
