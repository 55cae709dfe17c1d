"""The first lines of an export, read through a mapping that is not believed yet."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb

from greencloud.reading import TextTable, Unreadable, read_table
from greencloud.reading.signatures import kind_of
from greencloud.readings.findings import cause, unreadable
from greencloud.readings.formats import UNREADABLE, opened
from greencloud.readings.sources import Source

_HEAD = 1 << 20
_DECIMALS = 6
_SEEN = 100
_USUAL = (";", "\t", "|", ",")  # the comma last: it may be a decimal sign
_RARE = (":", " ", "^", "~")
_PER_KWH = {"W": Decimal(1000), "kW": Decimal(1), "MW": Decimal("0.001")}
_PER_KWH |= {f"{unit}h": size for unit, size in _PER_KWH.items()}


@dataclass(frozen=True)
class Sample:
    """A file, or the head of a long text, and its table. `delimiter`: what has to be imposed to read it so."""

    path: Path
    table: TextTable
    delimiter: str | None = None


@dataclass(frozen=True)
class Row:
    """A line as it would be read. `start` and `end` are as the clock shows them, `?` where they are not known; the
    energy is rounded to the milliwatt-hour."""

    line: int
    meter: str | None
    start: str
    end: str
    value: Decimal | None
    unit: str | None
    energy_kwh: Decimal | None
    problem: str | None


@contextmanager
def sampled(path: Path) -> Iterator[Sample]:
    """A file to look at; of a long text, its head. Raises Unreadable, with a French cause and fix."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        raise Unreadable("source-error", "Le fichier est introuvable ou illisible.", "Vérifiez son chemin.") from error
    if len(head) < _HEAD or kind_of(head) != "text":
        yield Sample(path, *_read(path))
        return
    with tempfile.TemporaryDirectory(prefix="greencloud-") as folder:
        part = Path(folder, "debut")
        # Whole lines; in UTF-16 a line feed takes two bytes, and reading cuts what is left of a letter.
        part.write_bytes(head[: head.rfind(b"\n") + 1] or head)
        yield Sample(part, *_read(part))


def _read(path: Path) -> tuple[TextTable, str | None]:
    """The table, and the delimiter that has to be imposed: the colons of stamps may be more regular than it is."""
    table = read_table(path)
    if table.header_rows > 1:  # through a mapping, labels are looked for on one line
        table = read_table(path, expected=list(_endings(table.header)))
    if table.delimiter not in _RARE:
        return table, None
    for delimiter in _USUAL:
        try:
            other = read_table(path, delimiter=delimiter)
        except Unreadable:
            continue
        widths = [len(record.cells) for record in islice(other.records(), _SEEN)]
        if len(other.header) > 1 and widths and all(width == len(other.header) for width in widths):
            return other, delimiter
    return table, None


def _endings(labels: Sequence[str]) -> Iterator[str]:
    """What the last lines of labels of several lines may be."""
    for label in labels:
        words = label.split()
        yield from (" ".join(words[place:]) for place in range(len(words)))


def known_format(sample: Sample) -> str | None:
    """The format that the file has by itself, None when it needs a mapping."""
    with duckdb.connect() as con:
        [group] = opened(con, [Source(sample.path, sample.path.name)])
        return None if group.format == UNREADABLE else group.format


def needs_no_mapping(path: Path) -> bool:
    """Whether a file, readable or not, is an export of readings that is known by its labels."""
    try:
        with sampled(path) as sample:
            return known_format(sample) is not None
    except Unreadable:
        return False


def first_rows(sample: Sample, mapping: Mapping[str, Any] | None, count: int) -> list[Row]:
    """The first lines of a file, through a mapping when it has one. Raises Unreadable."""
    with duckdb.connect() as con:
        [group] = opened(con, [Source(sample.path, sample.path.name, mapping=mapping)])
        for finding in group.refusal.values():
            raise Unreadable(finding.code, finding.message, finding.fix)
        group.make_view(con)
        default = group.defaults
        # A bound parameter would import pandas.
        query = (
            f"SELECT ligne, compteur, debut, fin, pas, valeur, unite, probleme FROM lues ORDER BY ligne LIMIT {count}"
        )
        try:
            rows = con.execute(query).fetchall()
        except duckdb.Error as error:
            refused = unreadable()
            raise Unreadable(refused.code, refused.message, refused.fix) from error
    return [_row(row, default.unite, default.horodate or "debut") for row in rows]


def _row(row: tuple[Any, ...], unit: str | None, end: str) -> Row:
    line, meter, start, stop, step, value, own_unit, problem = row
    if step is not None and (start is None) != (stop is None):
        stamp, length = start or stop, timedelta(seconds=step)
        start, stop = (stamp - length, stamp) if end == "fin" else (stamp, stamp + length)
    known = own_unit or unit
    energy = None
    if value is not None and known is not None:
        hours = Decimal(1) if known.endswith("h") else _hours(start, stop)
        energy = None if hours is None else round(value / _PER_KWH[known] * hours, _DECIMALS)
    told = None if problem is None else cause(problem)
    return Row(line, meter, _shown(start), _shown(stop), value, known, energy, told)


def _hours(start: datetime | None, stop: datetime | None) -> Decimal | None:
    if start is None or stop is None:
        return None
    return Decimal(int((stop - start).total_seconds())) / 3600


def _shown(moment: datetime | None) -> str:
    return "?" if moment is None else f"{moment:%d/%m/%Y %H:%M}"
