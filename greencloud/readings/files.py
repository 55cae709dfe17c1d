"""Files of readings in, one Parquet file of accepted rows and one report a file out; no file ever stops the others."""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import duckdb

from greencloud.checking.engine import card_of
from greencloud.checking.report import Finding, Findings, Note, Report
from greencloud.checking.sql import literal
from greencloud.readings import accepting, findings, formats
from greencloud.readings.accepting import Outcome
from greencloud.readings.conventions import contradicted, unknown
from greencloud.readings.energy import kwh
from greencloud.readings.formats import correspondance, enedis_sge, releves
from greencloud.readings.formats.mapping import said
from greencloud.readings.partials import COLUMNS
from greencloud.readings.sources import Convention, Source

if TYPE_CHECKING:
    from greencloud.reading import TextTable
    from greencloud.readings.formats import Opened

_T = TypeVar("_T")
_R = TypeVar("_R")

ORIGIN = "cle_verdict"
"""The column that says which verdict accepted each row; the name that `verdicts` knows."""

_TOGETHER = 500
_BYTES_TOGETHER = 500 << 20
"""Files are read at once up to this many, and while they are this small together."""
_BYTES_STORED = 200 << 20
"""The same where their lines are stored, which then fit in memory."""
_BYTES_OF_ONE_THREAD = 8 << 20
_MOST_TOLD = 100
"""Meters that the register tells of, among which that of a line is looked for without a join."""
_LINE_BY_LINE = (enedis_sge.NAME, releves.NAME, correspondance.NAME)
"""The formats of which a line of the file is a line of the view, in the same order."""
_MEMORY = "1000MB"
"""What the database may hold before it writes aside; a process then stays below 2 GB."""


@dataclass(frozen=True)
class _Found:
    """What became of a file: it was read (`text` tells how), or refused as a whole."""

    outcome: Outcome
    text: "TextTable | None" = None
    notes: Sequence[Note] = ()


def read(sources: Sequence[Source], accepted: Path, origins: Sequence[str]) -> list[Report]:
    """Read files of readings; their days, periods and gaps go to `accepted` (Parquet), the reports come back in order.

    `origins`: what the column `cle_verdict` says of the rows of each file. A file that cannot be read has a report with
    an error and no row. Raises OSError when a file cannot be opened, or `accepted` cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="greencloud-") as folder:
        reading = _Reading(sources, Path(folder))
        with reading.connection:
            for known, groups in _ahead(reading.open, _batches(range(len(sources)), sources, _BYTES_TOGETHER)):
                reading.several(known, groups)
            reading.write(accepted, origins)
    return [_report(source, reading.found[place]) for place, source in enumerate(sources)]


def _batches(places: Iterable[int], sources: Sequence[Source], most: int) -> Iterator[list[int]]:
    """Places in the list that are `most` bytes together, unless it is one file."""
    batch: list[int] = []
    size = 0
    for place in places:
        octets = sources[place].path.stat().st_size
        if batch and (len(batch) == _TOGETHER or size + octets > most):
            yield batch
            batch, size = [], 0
        batch.append(place)
        size += octets
    if batch:
        yield batch


def _ahead(work: Callable[[_T], _R], items: Iterable[_T]) -> Iterator[_R]:
    """The work on each item, that on the next one being done while the last result is looked at."""
    with ThreadPoolExecutor(1) as pool:
        coming = None
        for item in items:
            following = pool.submit(work, item)
            if coming is not None:
                yield coming.result()
            coming = following
        if coming is not None:
            yield coming.result()


class _Reading:
    """The database of one `read`, and what was found so far."""

    def __init__(self, sources: Sequence[Source], folder: Path) -> None:
        self.sources = sources
        self.found: dict[int, _Found] = {}
        settings: dict[str, str | bool | int | float | list[str]] = {
            "threads": os.cpu_count() or 1,
            "memory_limit": _MEMORY,
            "temp_directory": str(folder),
        }
        # Many lines at once are stored compressed, on disk; few of them are faster without.
        large = any(source.path.stat().st_size > _BYTES_STORED for source in sources)
        self.connection = duckdb.connect(folder / "releves.duckdb" if large else ":memory:", config=settings)
        columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS)
        self.connection.execute(f"CREATE TABLE acceptes (place INTEGER, {columns})")

    def open(self, places: Sequence[int]) -> "tuple[list[int], list[Opened]]":
        """Of files of the list, those whose conventions are known, and these in groups of one format."""
        known = []
        for place in places:
            words = [word for told in self.sources[place].conventions if (word := unknown(told)) is not None]
            if words:
                self._refuse(place, findings.unknown_convention(words[0]))
            else:
                known.append(place)
        return known, formats.opened(self.connection, [self.sources[place] for place in known])

    def several(self, known: Sequence[int], groups: "Sequence[Opened]") -> None:
        """Read files of the list, of one format at once."""
        for opened in groups:
            refused: Mapping[int, Finding] = opened.refusal
            for number, finding in refused.items():
                self._refuse(known[number], finding)
            numbers = [number for number in opened.places if number not in refused]
            if numbers:
                self._group(opened, {number: known[number] for number in numbers})

    def _group(self, opened: "Opened", places: Mapping[int, int]) -> None:
        """`places`: the number of a file in `opened` -> its place in the whole list."""
        left = dict(places)
        try:
            self._keep(opened, left, self._swept(opened, left))
            numbers = {place: number for number, place in left.items()}
            for batch in _batches(list(numbers), self.sources, _BYTES_STORED):
                rest = {numbers[place]: place for place in batch}
                self._keep(opened, left, self._judged(opened.only(rest), rest))
        except duckdb.Error:
            self._one_by_one(list(left.values()))

    def _swept(self, opened: "Opened", places: Mapping[int, int]) -> dict[int, Outcome]:
        """What is found in the files that are plain. What goes wrong on the way is told by the long one."""
        recipe = opened.recipe
        if recipe is None:
            return {}
        try:
            return accepting.sweep(self.connection, opened.files, recipe, self._told(places), opened.defaults)
        except duckdb.Error:
            return {}

    def _judged(self, opened: "Opened", places: Mapping[int, int]) -> dict[int, Outcome]:
        first = self._first_of_lone(opened, places)
        opened.make_view(self.connection, numbered=first is None)
        return accepting.judge(self.connection, self._told(places), opened.defaults, first)

    def _told(self, places: Mapping[int, int]) -> dict[int, Sequence[Convention]]:
        return {number: self.sources[place].conventions for number, place in places.items()}

    def _keep(self, opened: "Opened", left: dict[int, int], outcomes: Mapping[int, Outcome]) -> None:
        """What was found in some of the files, which are then no longer left."""
        if not outcomes:
            return
        mapping = self.sources[left[next(iter(outcomes))]].mapping  # that of all files of a group
        wrong = contradicted(self.connection, said(mapping)) if mapping else {}
        places = {number: left.pop(number) for number in outcomes}
        for number, words in wrong.items():
            self._refuse(places[number], findings.contradicted(*words))
        right = {number: place for number, place in places.items() if number not in wrong}
        if right:
            self._accept(right)
        for laid in (laid for laid in opened.files if laid.place in right):
            notes = opened.notes.get(laid.place, ())
            self.found[places[laid.place]] = _Found(outcomes[laid.place], laid.table, notes)

    def _accept(self, places: Mapping[int, int]) -> None:
        columns = ", ".join(name for name, _ in COLUMNS)
        numbers = f"MAP {{{', '.join(f'{number}: {place}' for number, place in places.items())}}}"
        self.connection.execute(
            f"INSERT INTO acceptes SELECT {numbers}[fichier], {columns} FROM partiels "
            f"WHERE fichier IN ({', '.join(map(str, places))})"
        )

    def _first_of_lone(self, opened: "Opened", places: Mapping[int, int]) -> int | None:
        """The number of the first line of a lone file whose lines can be numbered by their order once they are stored.

        Counting them while they are read is one thread's work. None for any other group.
        """
        if len(opened.files) > 1 or opened.format not in _LINE_BY_LINE or opened.files[0].copied:
            return None
        [place] = places.values()
        if len(self.sources[place].conventions) > _MOST_TOLD:
            return None
        return opened.files[0].first if self.sources[place].path.stat().st_size > _BYTES_OF_ONE_THREAD else None

    def _one_by_one(self, places: Sequence[int]) -> None:
        """One of several files cannot be read to its end: it is told, and the others are read without it."""
        if len(places) == 1:
            self._refuse(places[0], findings.unreadable())
            return
        for place in places:
            self.several(*self.open([place]))

    def _refuse(self, place: int, finding: Finding) -> None:
        self.found[place] = _Found(Outcome(errors=(finding,)))

    def write(self, accepted: Path, origins: Sequence[str]) -> None:
        """The accepted rows of all files, with their origins, in the order of their bytes."""
        columns = ", ".join(name for name, _ in COLUMNS)
        self.connection.execute("CREATE TABLE origines (place INTEGER, origine VARCHAR)")
        if origins:
            values = ", ".join(f"({place}, {literal(origin)})" for place, origin in enumerate(origins))
            self.connection.execute(f"INSERT INTO origines VALUES {values}")
        self.connection.execute(
            f"COPY (SELECT {columns}, origine AS {ORIGIN} FROM acceptes INNER JOIN origines USING (place) "
            f"ORDER BY ALL) TO {literal(accepted)} (FORMAT parquet, COMPRESSION zstd)"
        )


def _report(source: Source, found: _Found) -> Report:
    outcome, text = found.outcome, found.text
    card = card_of(source.path, source.name, source.sha256)
    errors = Findings(findings.ordered(outcome.errors))
    if text is None:
        return Report(card, errors=errors, readable=False)
    return Report(
        card.read_as(text),
        rows=outcome.rows,
        accepted=outcome.accepted,
        notes=[*found.notes, *outcome.notes],
        errors=errors,
        warnings=Findings(findings.ordered(outcome.warnings)),
        energies={
            "energie_lue_kwh": kwh(outcome.kept_mj + outcome.aside_mj),
            "energie_gardee_kwh": kwh(outcome.kept_mj),
            "energie_ecartee_kwh": kwh(outcome.aside_mj),
        },
    )
