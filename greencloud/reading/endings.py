"""Records that are no rows of the table (a second table, notes below it, a grand total): told, and set apart.

Only for a table of which no schema is known; with a schema, checking diagnoses each row and refuses it with its reason.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from greencloud.reading.kinds import NUMERIC, kind, main_kind
from greencloud.reading.labels import label_key
from greencloud.reading.records import Record, Remark, TextTable
from greencloud.reading.words import counted

_MOST_NOTES = 20
_SAMPLE = 500
_SAME = 0.8
_USUAL = 0.6
_ALWAYS = 0.98
_SEVERAL = 3
_TOTAL = ("total", "totaux", "somme", "sum", "ensemble")
_SPACES = str.maketrans("", "", " \u00a0\u202f")


def settled(table: TextTable) -> tuple[list[Record], list[Remark]]:
    """The records that are rows of the table, and what is to be said of the others."""
    records, remarks = list(table.records()), []
    steps: tuple[Callable[[list[Record], TextTable], tuple[list[Record], Remark | None]], ...] = (
        _without_second_table,
        _without_blank_end,
        _without_notes,
        _without_blank_end,
        _without_total,
        _without_remnants,
    )
    for step in steps:
        records, remark = step(records, table)
        if remark is not None:
            remarks.append(remark)
    return records, remarks


def _without_second_table(records: list[Record], table: TextTable) -> tuple[list[Record], Remark | None]:
    """The same labels again below the data begin another table."""
    labels = frozenset(label for label in table.header if label)
    if table.header_rows == 0 or len(labels) < 2:
        return records, None
    for place, record in enumerate(records):
        if place and len(labels.intersection(record.cells)) >= max(2, _SAME * len(labels)):
            count = sum(not other.blank for other in records[place:])
            message = (
                f"Ligne {record.first_line} : les intitulés reviennent, une seconde table commence ; "
                f"ses {counted(count)} lignes sont mises à part."
            )
            return records[:place], Remark("seconde_table", message)
    return records, None


def _without_blank_end(records: list[Record], table: TextTable) -> tuple[list[Record], Remark | None]:
    end = len(records)
    while end and records[end - 1].blank:
        end -= 1
    count = len(records) - end
    if not count:
        return records, None
    message = (
        f"{counted(count)} lignes vides à la fin du fichier ne sont pas lues."
        if count > 1
        else "La dernière ligne est vide."
    )
    return records[:end], Remark("lignes_vides", message)


def _without_notes(records: list[Record], table: TextTable) -> tuple[list[Record], Remark | None]:
    """Sentences of one cell below a table of several columns, where the rows have more."""
    width, end = len(table.header), len(records)
    if width < 2:
        return records, None
    mains = _mains(records, width)
    while end and len(records) - end < _MOST_NOTES and (records[end - 1].blank or _is_note(records[end - 1], mains)):
        end -= 1
    notes = [record for record in records[end:] if not record.blank]
    others = any(_is_note(record, mains) for record in records[:end])
    if not notes or others or not end:
        return records, None
    where = (
        f"Ligne {notes[0].first_line}" if len(notes) == 1 else f"Lignes {notes[0].first_line} à {notes[-1].last_line}"
    )
    remark = Remark("notes_de_bas", f"{where} : texte placé sous la table, mis à part.")
    return records[:end], remark


def _mains(records: Sequence[Record], width: int) -> list[str | None]:
    full = [record.cells for record in records[:_SAMPLE] if len(record.cells) == width]
    return [main_kind(row[place] for row in full) for place in range(width)]


def _is_note(record: Record, mains: Sequence[str | None]) -> bool:
    """Whether a record is one text that starts where a row would start, and could not be its first cell."""
    cells = [cell for cell in record.cells if cell.strip()]
    if record.broken or len(cells) != 1 or not record.cells[0].strip() or kind(cells[0]) != "text":
        return False
    return len(record.cells) == 1 and (len(mains) > 2 or mains[0] not in ("text", None))


def _without_remnants(records: list[Record], table: TextTable) -> tuple[list[Record], Remark | None]:
    """Rows without one of the cells that all others have: they continue the row above, or hold default values."""
    width = len(table.header)
    rows = [record for record in records if len(record.cells) == width and not record.blank]
    defaults = _solid(rows, width) if rows else {}
    apart = {record.number for record in rows if _is_remnant(record.cells, defaults)}
    if not apart or 2 * len(apart) > len(rows):
        return records, None
    told = [record for record in rows if record.number in apart]
    shown = ", ".join(str(record.first_line) for record in told[:_MOST_NOTES])
    message = (
        f"Mis à part, faute des cellules que toutes les autres lignes ont : {counted(len(told))} lignes ({shown})."
    )
    if len(told) == 1:
        message = f"Mise à part, faute des cellules que toutes les autres lignes ont : la ligne {shown}."
    return [record for record in records if record.number not in apart], Remark("lignes_incompletes", message)


def _is_remnant(cells: Sequence[str], defaults: Mapping[int, str | None]) -> bool:
    """Whether several of the cells that others always have are missing, and the rest are default values."""
    missing = sum(not cells[place].strip() for place in defaults)
    return missing >= _SEVERAL and all(cells[place] in ("", value) for place, value in defaults.items())


def _solid(rows: Sequence[Record], width: int) -> dict[int, str | None]:
    """The columns that whole rows always fill, and the value that most of them give, if one does."""
    usual = _filled_places(rows, range(width), _USUAL)
    whole = [record for record in rows if 2 * sum(bool(record.cells[place].strip()) for place in usual) >= len(usual)]
    solid = {}
    for place in _filled_places(whole, usual, _ALWAYS):
        value, count = Counter(record.cells[place] for record in whole).most_common(1)[0]
        solid[place] = value if 2 * count > len(whole) else None
    return solid


def _filled_places(rows: Sequence[Record], places: Iterable[int], share: float) -> list[int]:
    return [p for p in places if sum(bool(record.cells[p].strip()) for record in rows) >= share * len(rows)]


def _without_total(records: list[Record], table: TextTable) -> tuple[list[Record], Remark | None]:
    """A last row that is called a total, or has no name, and holds the sum of the rows above it."""
    if len(records) < 3 or not _may_be_total(records[-1], table):
        return records, None
    last, width = records[-1], len(table.header)
    rows = [record.cells for record in records[:-1] if len(record.cells) == width]
    for place, cell in enumerate(last.cells):
        total = _number(cell)
        if total and kind(cell) in NUMERIC and _is_sum(total, (row[place] for row in rows)):
            label = table.header[place]
            message = f"Ligne {last.first_line} : grand total (colonne « {label} »), mis à part."
            return records[:-1], Remark("ligne_total", message)
    return records, None


def _may_be_total(record: Record, table: TextTable) -> bool:
    named = any(label_key(cell).startswith(_TOTAL) for cell in record.cells if kind(cell) == "text")
    filled = sum(bool(cell.strip()) for cell in record.cells)
    return len(record.cells) == len(table.header) and (named or filled <= len(table.header) / 2)


def _is_sum(total: Decimal, cells: Iterator[str]) -> bool:
    added, count = Decimal(0), 0
    for cell in cells:
        number = _number(cell)
        if number is not None:
            added, count = added + number, count + 1
    return count > 1 and added == total


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.translate(_SPACES).replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
