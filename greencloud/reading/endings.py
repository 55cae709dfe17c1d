"""Records that are no rows of the table (a second table, notes below it, a grand total): told, and set apart.

Only for a table of which no schema is known; with a schema, checking diagnoses each row and refuses it with its reason.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import filterfalse, islice, takewhile

from greencloud.reading.kinds import NUMERIC, kind, main_kind
from greencloud.reading.labels import label_key
from greencloud.reading.records import Record, Remark, TextTable
from greencloud.reading.words import counted

_FEW = 20_000
_FEWEST = 3
_MOST_NOTES = 20
_SAMPLE = 500
_SAME = 0.8
_USUAL = 0.6
_ALWAYS = 0.98
_SEVERAL = 3
_TOTAL = ("total", "totaux", "somme", "sum", "ensemble")
_SPACES = str.maketrans("", "", " \u00a0\u202f")


_Place = tuple[int, Record]


class Rows:
    """The rows of a table, in order: as often as they are asked for, and read anew each time unless they are few."""

    def __init__(self, table: TextTable) -> None:
        self._table = table
        self._few: list[Record] | None = None
        self._end: int | None = None
        self._apart: Callable[[Record], bool] | None = None

    def __iter__(self) -> Iterator[Record]:
        rows = islice(self._table.records() if self._few is None else self._few, self._end)
        return rows if self._apart is None else filterfalse(self._apart, rows)

    def settle(self) -> list[Remark]:
        """Set apart what is no row of the table; what is to be said of it."""
        ending = _Ending(self._table)
        few: list[Record] = []
        for record in self:
            ending.add(record)
            if len(few) <= _FEW:
                few.append(record)
        self._few = few if len(few) <= _FEW else None
        remarks = ending.remarks()
        self._end = ending.end
        if remark := self._without_total(ending):
            remarks.append(remark)
        if ending.sparse and (remark := self._without_remnants(len(self._table.header))):
            remarks.append(remark)
        return remarks

    def _without_total(self, ending: "_Ending") -> Remark | None:
        """A last row that is called a total, or has no name, and holds the sum of the rows above it."""
        if ending.end < _FEWEST or ending.last is None or not _may_be_total(ending.last[1], self._table):
            return None
        record, width = ending.last[1], len(self._table.header)
        above = (row.cells for row in islice(self, ending.end - 1) if len(row.cells) == width)
        place = _summed(record.cells, above)
        if place is None:
            return None
        self._end = ending.end - 1
        label = self._table.header[place]
        return Remark("ligne_total", f"Ligne {record.first_line} : grand total (colonne « {label} »), mis à part.")

    def _without_remnants(self, width: int) -> Remark | None:
        """Rows without one of the cells that all others have: they continue the row above, or hold default values."""

        def rows() -> Iterator[Record]:
            return (record for record in self if len(record.cells) == width and not record.blank)

        count, defaults = _solid(rows, width)
        shown, apart = [], 0
        for record in rows() if len(defaults) >= _SEVERAL else ():
            if _is_remnant(record.cells, defaults):
                apart += 1
                shown += [str(record.first_line)] if apart <= _MOST_NOTES else []
        if not apart or 2 * apart > count:
            return None
        self._apart = lambda record: (
            len(record.cells) == width and not record.blank and _is_remnant(record.cells, defaults)
        )
        lines = ", ".join(shown)
        if apart == 1:
            message = f"Mise à part, faute des cellules que toutes les autres lignes ont : la ligne {lines}."
        else:
            message = (
                f"Mis à part, faute des cellules que toutes les autres lignes ont : {counted(apart)} lignes ({lines})."
            )
        return Remark("lignes_incompletes", message)


def settled(table: TextTable) -> tuple[Rows, list[Remark]]:
    """The records that are rows of the table, and what is to be said of the others."""
    rows = Rows(table)
    return rows, rows.settle()


class _Ending:
    """How the rows of a table end, seen in one pass that keeps a few records.

    `end` is how many records there are before what does not belong to the table, `last` the last of them that is not
    blank, with its place. `sparse` are the rows that lack several cells.
    """

    def __init__(self, table: TextTable) -> None:
        self.end = self.sparse = 0
        self.last: _Place | None = None
        self._width = len(table.header)
        labels = frozenset(label for label in table.header if label)
        self._labels = labels if table.header_rows and len(labels) > 1 else frozenset[str]()
        self._second: Record | None = None
        self._second_rows = self._count = self._notes = 0
        self._sample: list[Sequence[str]] = []
        # The last records, None for a blank one, each with the one before it that is not blank.
        self._tail: deque[tuple[int, Record | None, _Place | None]] = deque(maxlen=_MOST_NOTES)

    def add(self, record: Record) -> None:
        """The next record."""
        if self._second is not None:
            self._second_rows += not record.blank
        elif self._count and self._labels and self._labels_again(record):
            self._second, self._second_rows = record, 1
        else:
            self._row(record)

    def _labels_again(self, record: Record) -> bool:
        """The same labels again below the data begin another table."""
        return len(self._labels.intersection(record.cells)) >= max(2, _SAME * len(self._labels))

    def _row(self, record: Record) -> None:
        place, width = self._count, self._width
        self._count += 1
        if len(record.cells) == width:
            if place < _SAMPLE:
                self._sample.append(record.cells)
            if width >= _SEVERAL and sum(map(bool, map(str.strip, record.cells))) <= width - _SEVERAL:
                self.sparse += not record.blank
        if not record.blank:
            for blank in range(max(self.end, place - _MOST_NOTES), place):
                self._tail.append((blank, None, self.last))
            self._tail.append((place, record, self.last))
            self.last, self.end = (place, record), place + 1
            self._notes += _is_note(record)

    def remarks(self) -> list[Remark]:
        """What is to be said, once all records were added; notes no longer count as rows then."""
        remarks = []
        if self._second is not None:
            message = (
                f"Ligne {self._second.first_line} : les intitulés reviennent, une seconde table commence ; "
                f"ses {counted(self._second_rows)} lignes sont mises à part."
            )
            remarks.append(Remark("seconde_table", message))
        remarks += _blank_end(self._count - self.end)
        return remarks + self._without_notes()

    def _without_notes(self) -> list[Remark]:
        """Sentences of one cell below a table of several columns, where the rows have more."""
        if self._width < 2 or (self._width == 2 and self._first_kind() in ("text", None)):
            return []
        taken = list(takewhile(lambda entry: entry[1] is None or _is_note(entry[1]), reversed(self._tail)))
        notes = [record for _, record, _ in reversed(taken) if record is not None]
        if not notes or len(notes) < self._notes or not taken[-1][0]:
            return []
        where = (
            f"Ligne {notes[0].first_line}"
            if len(notes) == 1
            else f"Lignes {notes[0].first_line} à {notes[-1].last_line}"
        )
        below, _, self.last = taken[-1]
        self.end = self.last[0] + 1 if self.last is not None else 0
        remark = Remark("notes_de_bas", f"{where} : texte placé sous la table, mis à part.")
        return [remark, *_blank_end(below - self.end)]

    def _first_kind(self) -> str | None:
        return main_kind(cells[0] for cells in self._sample)


def _blank_end(count: int) -> list[Remark]:
    message = (
        f"{counted(count)} lignes vides à la fin du fichier ne sont pas lues."
        if count > 1
        else "La dernière ligne est vide."
    )
    return [Remark("lignes_vides", message)] if count else []


def _is_note(record: Record) -> bool:
    """Whether a record is one text alone where a row of several cells would start."""
    cells = record.cells
    return len(cells) == 1 and not record.broken and bool(cells[0].strip()) and kind(cells[0]) == "text"


def _is_remnant(cells: Sequence[str], defaults: Mapping[int, str | None]) -> bool:
    """Whether several of the cells that others always have are missing, and the rest are default values."""
    missing = sum(not cells[place].strip() for place in defaults)
    return missing >= _SEVERAL and all(cells[place] in ("", value) for place, value in defaults.items())


def _solid(rows: Callable[[], Iterator[Record]], width: int) -> tuple[int, dict[int, str | None]]:
    """How many rows; the columns that whole ones always fill, and the value that most of them give, if one does."""
    count, usual = _filled_places((record.cells for record in rows()), range(width), _USUAL)

    def whole() -> Iterator[Sequence[str]]:
        cells = (record.cells for record in rows())
        return (row for row in cells if 2 * sum(bool(row[place].strip()) for place in usual) >= len(usual))

    all_whole, always = _filled_places(whole(), usual, _ALWAYS)
    if len(always) < _SEVERAL:
        return count, {}
    values = _likeliest(whole(), always)
    times = Counter(place for row in whole() for place, value in values.items() if row[place] == value)
    return count, {place: value if 2 * times[place] > all_whole else None for place, value in values.items()}


def _filled_places(rows: Iterable[Sequence[str]], places: Sequence[int], share: float) -> tuple[int, list[int]]:
    """How many rows, and the places that a share of them fills."""
    count, filled = 0, dict.fromkeys(places, 0)
    for row in rows:
        count += 1
        for place in places:
            filled[place] += bool(row[place].strip())
    return count, [place for place in places if filled[place] >= share * count]


def _likeliest(rows: Iterable[Sequence[str]], places: Sequence[int]) -> dict[int, str]:
    """For each place the one value that more than half of the rows may have there (Boyer and Moore's vote)."""
    values, votes = dict.fromkeys(places, ""), dict.fromkeys(places, 0)
    for row in rows:
        for place in places:
            if not votes[place]:
                values[place], votes[place] = row[place], 1
            else:
                votes[place] += 1 if row[place] == values[place] else -1
    return values


def _may_be_total(record: Record, table: TextTable) -> bool:
    named = any(label_key(cell).startswith(_TOTAL) for cell in record.cells if kind(cell) == "text")
    filled = sum(bool(cell.strip()) for cell in record.cells)
    return len(record.cells) == len(table.header) and (named or filled <= len(table.header) / 2)


def _summed(cells: Sequence[str], rows: Iterable[Sequence[str]]) -> int | None:
    """The first place where a cell is the sum of several numbers above it."""
    totals = {place: total for place, cell in enumerate(cells) if kind(cell) in NUMERIC and (total := _number(cell))}
    added, counts = dict.fromkeys(totals, Decimal(0)), dict.fromkeys(totals, 0)
    for row in rows if totals else ():
        for place in totals:
            number = _number(row[place])
            if number is not None:
                added[place] += number
                counts[place] += 1
    return next((place for place in totals if counts[place] > 1 and added[place] == totals[place]), None)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.translate(_SPACES).replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
