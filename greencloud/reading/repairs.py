"""Rows that are cut wrong put back together, when the other rows leave only one way to do it.

A repaired row is always told: nobody but its declarant can confirm it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from greencloud.reading.dialects import OTHERS
from greencloud.reading.kinds import Profile, kind, profiles
from greencloud.reading.parsing import Dialect, RawRecord, pieces
from greencloud.reading.records import Record

_QUOTES = 40
_SPLIT_LENGTH = 300
_TOKENS = 400
_FRUITLESS = 2_000
_ATTEMPTS = 5_000
_REMEMBERED = 20_000
_WIDTH = 300
_FEWEST = 3
_NARROWEST = 3
_RARE = 4
_SLIPS = 20
_LEARNT = 20_000

_QUOTED = "un guillemet est mal placé ; la ligne a été relue cellule par cellule."
_DOUBLED = "un séparateur en trop a été retiré."
_MISSING = "il manquait un séparateur entre deux cellules ; il a été remis."
_SHORT = "il manquait le dernier séparateur ; la dernière cellule est vide."
_JOINED = "un séparateur coupait une cellule en deux ; elle a été recollée."
_FOREIGN = "cette ligne est coupée par un autre séparateur que les autres ; elle a été relue avec le sien."


@dataclass(frozen=True)
class Evidence:
    """What the rows that are well cut tell of the columns; no `profiles` when too few of them are.

    `quoted` are the places of the columns whose cells, when filled, stand in quotes in every row or nearly.
    """

    profiles: Sequence[Profile] = ()
    quoted: frozenset[int] = frozenset()


def learn(rows: Sequence[RawRecord], dialect: Dialect, width: int) -> Evidence:
    """The evidence of the first rows of a table `width` cells wide."""
    sure = [row for row in rows if len(row.cells) == width]
    if len(sure) < _FEWEST or len(sure) < len(rows) / _RARE or width > _WIDTH:
        return Evidence()
    sure = sure[: _LEARNT // width + _FEWEST]
    return Evidence(profiles((row.cells for row in sure), width), _always_quoted(sure, dialect))


def _always_quoted(rows: Sequence[RawRecord], dialect: Dialect) -> frozenset[int]:
    filled: Counter[int] = Counter()
    bare: Counter[int] = Counter()
    for row in rows:
        if row.line is not None:
            for place, (text, quoted) in enumerate(pieces(row.line.rstrip("\r\n"), dialect) or ()):
                filled[place] += bool(text.strip())
                bare[place] += bool(text.strip()) and not quoted
    return frozenset(place for place, count in filled.items() if count >= _FEWEST and bare[place] <= count / _SLIPS)


@dataclass
class Repairer:
    """Repairs rows of a table of known width; `evidence` is asked when the first row needs it.

    `free` when no schema will judge the row afterwards: a missing last cell may then be taken as empty.
    """

    dialect: Dialect
    width: int
    evidence: Callable[[], Evidence] = Evidence
    free: bool = True
    fruitless: int = field(default=0, init=False)
    attempts: int = field(default=0, init=False)

    @cached_property
    def profiles(self) -> Sequence[Profile]:
        return self.evidence().profiles

    @cached_property
    def _quoted(self) -> frozenset[int]:
        return self.evidence().quoted

    @cached_property
    def _known(self) -> list[dict[str, bool]]:
        """For each column, texts that were looked at and whether they fit."""
        return [{} for _ in self.profiles]

    @property
    def _tired(self) -> bool:
        """Whether so many rows were looked at that the others are told as they are: a file may be full of bad ones."""
        return self.fruitless >= _FRUITLESS or self.attempts >= _ATTEMPTS

    def record(self, raw: RawRecord) -> Record:
        """The record as it is, repaired, or broken."""
        number, first, last, cells, ill, line = raw
        if line is not None and len(cells) == self.width and self.dialect.quote not in line:
            return Record(number, first, last, cells)
        if last > first and not ill and self._swallows(raw):
            fault = (
                f"Ligne {first} : un guillemet ouvert n'est refermé qu'à la ligne {last} ; "
                "des lignes entières de la table sont prises pour le texte d'une cellule."
            )
            return Record(number, first, last, cells, broken=True, fault=fault)
        if not ill and (self._regular(raw) or raw.blank or self.width < 2):
            return Record(number, first, last, cells)
        repaired = None if self._tired else self._repaired(raw)
        if repaired is not None:
            mended, cause = repaired
            return Record(number, first, last, mended, repair=f"Ligne {first} : {cause}")
        if ill or self._bared(raw):
            fault = f"Ligne {first} : un guillemet est mal placé ou n'est jamais refermé."
            return Record(number, first, last, cells, broken=True, fault=fault)
        return Record(number, first, last, cells)

    def _swallows(self, raw: RawRecord) -> bool:
        """Whether a cell of several lines holds what could well be rows of this very table."""
        inside = (line for cell in raw.cells if "\n" in cell or "\r" in cell for line in cell.splitlines()[1:])
        return any(self._row_like(line.split(self.dialect.delimiter)[: self.width]) for line in inside)

    def _row_like(self, cells: Sequence[str]) -> bool:
        """Whether cells fill their columns, one at least of which seldom takes another's (the last may be cut)."""
        if len(cells) < max(self.width, _NARROWEST) or not self.profiles:
            return False
        known = list(zip(self.profiles, cells[:-1], strict=False))
        return all(profile.fits(cell) for profile, cell in known) and any(
            profile.specific and cell.strip() for profile, cell in known
        )

    def _regular(self, raw: RawRecord) -> bool:
        """Whether a record has its cells, and none that two cells with a quote between them could have made."""
        if len(raw.cells) != self.width:
            return False
        if not raw.line or self.dialect.quote not in "".join(raw.cells):
            return True
        return self._fits(raw.cells) and not self._bared(raw)

    def _bared(self, raw: RawRecord) -> bool:
        """Whether a cell of a column always in quotes stands without, in a row that has all its cells."""
        if raw.line is None or len(raw.cells) != self.width:
            return False
        always = self._quoted
        if not always:
            return False
        found = pieces(raw.line.rstrip("\r\n"), self.dialect) or []
        return any(text.strip() and not inside for place, (text, inside) in enumerate(found) if place in always)

    def _repaired(self, raw: RawRecord) -> tuple[list[str], str] | None:
        self.attempts += 1
        text = (raw.line or "").rstrip("\r\n")
        for candidates, cause in self._ways(raw, text):
            found = {tuple(cells) for cells in candidates if len(cells) == self.width}
            if len(found) == 1:
                return list(found.pop()), cause
            if found:
                break
        self.fruitless += 1
        return None

    def _ways(self, raw: RawRecord, text: str) -> Iterator[tuple[Iterator[list[str]], str]]:
        """Ways to cut the row, from the best founded to the boldest."""
        cells = raw.cells
        if text:
            yield self._requoted(text), _QUOTED
        if not self.profiles or (raw.ill and not text):
            return
        if not raw.ill:
            if len(cells) == self.width + 1 and not self._fits(cells[: self.width]):
                yield self._without_empty(cells), _DOUBLED
                yield self._joined(cells), _JOINED
            if len(cells) == self.width - 1:
                if self.free and self._fits([*cells, ""]):
                    yield iter([[*cells, ""]]), _SHORT
                yield self._parted(cells, natural=True), _MISSING
                yield self._parted(cells, natural=False), _MISSING
        if text and (len(cells) < self.width or self.dialect.delimiter == " "):
            yield self._cut_otherwise(text), _FOREIGN

    def _fits(self, cells: Sequence[str]) -> bool:
        """Whether every cell looks like its column, as far as the columns are known."""
        if all(map(dict.get, self._known, cells)):  # nearly always, where texts come again
            return True
        for profile, known, cell in zip(self.profiles, self._known, cells, strict=False):
            fits = known.get(cell)
            if fits is None:
                fits = profile.fits(cell)
                if len(known) < _REMEMBERED // self.width:
                    known[cell] = fits
            if not fits:
                return False
        return True

    def _requoted(self, text: str) -> Iterator[list[str]]:
        quote, delimiter = self.dialect.quote, self.dialect.delimiter
        if not quote or not 0 < text.count(quote) <= _QUOTES:
            return
        places = [place for place, character in enumerate(text) if character == quote]
        for place in places:
            if place == 0 or text.startswith(delimiter, place - len(delimiter)):
                yield from self._fitting(self._bare(text, place), strip=True)
            else:
                yield from self._fitting(self._strictly(text[:place] + delimiter + text[place:]))
            if place + 1 < len(text) and not text.startswith(delimiter, place + 1):
                yield from self._fitting(self._strictly(text[: place + 1] + delimiter + text[place + 1 :]))
        for pairs in (True, False):
            yield from self._fitting(self._clean(pieces(text, self.dialect, strict=False, pairs=pairs)), strip=True)

    def _bare(self, text: str, place: int) -> list[str] | None:
        """The cells when the quote at a place is the first character, and the only quote, of a bare cell."""
        quote = self.dialect.quote
        found = pieces(text, self.dialect, literal=place)
        stray = [cell for cell, quoted in found or () if not quoted and quote in cell]
        if found is None or len(stray) != 1 or not stray[0].startswith(quote) or stray[0].count(quote) > 1:
            return None
        return [cell for cell, _ in found]

    def _strictly(self, text: str) -> list[str] | None:
        return self._clean(pieces(text, self.dialect))

    def _clean(self, found: list[tuple[str, bool]] | None) -> list[str] | None:
        """The cells of a line in which every quote has its use, None when one stands inside bare text."""
        if found is None or any(self.dialect.quote in cell for cell, quoted in found if not quoted):
            return None
        return [cell for cell, _ in found]

    def _fitting(self, cells: list[str] | None, strip: bool = False) -> Iterator[list[str]]:
        if cells is None or len(cells) != self.width:
            return
        looked = [cell.strip(self.dialect.quote) for cell in cells] if strip else cells
        if self._fits(looked) or self._fits(cells):
            yield cells

    def _without_empty(self, cells: Sequence[str]) -> Iterator[list[str]]:
        for place, cell in enumerate(cells):
            rest = [*cells[:place], *cells[place + 1 :]]
            if not cell.strip() and self._fits(rest):
                yield rest

    def _joined(self, cells: Sequence[str]) -> Iterator[list[str]]:
        for place in range(len(cells) - 1):
            if cells[place].strip() and cells[place + 1].strip():
                whole = cells[place] + self.dialect.delimiter + cells[place + 1]
                rest = [*cells[:place], whole, *cells[place + 2 :]]
                if self._fits(rest):
                    yield rest

    def _parted(self, cells: Sequence[str], natural: bool) -> Iterator[list[str]]:
        """One cell cut in two; `natural`: not inside a word or a number."""
        for place, cell in enumerate(cells):
            left, right = self.profiles[place], self.profiles[place + 1]
            if len(cell) > _SPLIT_LENGTH or not (left.specific or right.specific):
                continue
            if not self._around(cells, place):
                continue
            for cut in range(1, len(cell)):
                if natural == _inside(cell, cut):
                    continue
                if left.fits(cell[:cut]) and right.fits(cell[cut:]):
                    yield [*cells[:place], cell[:cut], cell[cut:], *cells[place + 1 :]]

    def _around(self, cells: Sequence[str], place: int) -> bool:
        """Whether the cells before and after one that holds two are where they should be."""
        before = zip(self.profiles[:place], cells[:place], strict=False)
        after = zip(self.profiles[place + 2 :], cells[place + 1 :], strict=False)
        return all(profile.fits(cell) for profile, cell in [*before, *after])

    def _cut_otherwise(self, text: str) -> Iterator[list[str]]:
        for delimiter in OTHERS:
            if delimiter == self.dialect.delimiter and delimiter != " ":
                continue
            dialect = replace(self.dialect, delimiter=delimiter, padded=False)
            tokens = pieces(text, dialect)
            if tokens and self.width <= len(tokens) <= _TOKENS:
                yield from _aligned(tokens, delimiter, self.profiles)


def _inside(text: str, cut: int) -> bool:
    """Whether a cut would fall inside a word or a number."""
    before, after = text[cut - 1], text[cut]
    return (before.isdigit() and after.isdigit()) or (before.isalpha() and after.isalpha())


def _aligned(tokens: Sequence[tuple[str, bool]], delimiter: str, profiles: Sequence[Profile]) -> Iterator[list[str]]:
    """Ways to give every column one piece, or several that belong together; at most two are looked for."""
    dead: set[tuple[int, int]] = set()

    def below(place: int, column: int) -> Iterator[list[str]]:
        if column == len(profiles):
            if place == len(tokens):
                yield []
            return
        if (place, column) in dead:
            return
        found = False
        for stop in range(place + 1, len(tokens) - (len(profiles) - column - 1) + 1):
            taken = tokens[place:stop]
            if len(taken) > 1 and (taken[-1][1] or taken[0][1] or profiles[column].specific):
                break
            cell = delimiter.join(text for text, _ in taken)
            if profiles[column].fits(cell) and not (len(taken) > 1 and kind(taken[-1][0]) == "empty"):
                for rest in below(stop, column + 1):
                    found = True
                    yield [cell, *rest]
        if not found:
            dead.add((place, column))

    solutions = below(0, 0)
    for _ in range(2):
        solution = next(solutions, None)
        if solution is None:
            return
        yield solution
