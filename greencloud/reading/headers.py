"""Which record holds the labels: below titles and disclaimers, on one line or several, or nowhere at all."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from greencloud.reading.dialects import OTHERS, declared
from greencloud.reading.kinds import NUMERIC, PLAIN, kind, main_kind
from greencloud.reading.labels import label_key
from greencloud.reading.parsing import Dialect, RawRecord, split
from greencloud.reading.records import Remark
from greencloud.reading.refusals import Unreadable, empty_file
from greencloud.reading.repairs import Repairer

HEAD = 400
_ABOVE = 60
_BELOW = 100
_LEVELS = 3
_SHOWN = 60
_NEAR = 5
_FULLER = 3


@dataclass(frozen=True)
class Layout:
    """The labels, the record number of their last line (0 when the table has none), how many lines they take."""

    labels: tuple[str, ...]
    row: int
    rows: int
    remarks: tuple[Remark, ...] = ()


def find(head: Sequence[RawRecord], dialect: Dialect | None, expected: Sequence[str]) -> Layout:
    """The header among the first records of a table; with `expected` names, the record that holds most of them.

    Raises Unreadable when there is no record, or when the quotes of the expected labels are misplaced.
    """
    filled = [record for record in head if not record.blank and not _is_declaration(record, dialect)]
    if not filled:
        raise empty_file()
    if expected:
        return _expected(filled, expected)
    return _unknown(filled, dialect)


def _is_declaration(record: RawRecord, dialect: Dialect | None) -> bool:
    return dialect is not None and record.number == 1 and declared(dialect.delimiter.join(record.cells)) is not None


def _expected(filled: Sequence[RawRecord], expected: Sequence[str]) -> Layout:
    known = {label_key(name) for name in expected}

    def matched(record: RawRecord) -> int:
        return len(known.intersection(label_key(cell) for cell in record.cells))

    header = max(filled[:_ABOVE], key=matched)
    if not matched(header):
        header = filled[_first_full(filled)]
    if header.ill:
        raise Unreadable(
            "source-error",
            f"Ligne {header.first_line} : les guillemets des intitulés sont mal placés ou jamais refermés.",
            "Corrigez la ligne des intitulés, puis contrôlez à nouveau le fichier.",
        )
    return Layout(_labels([header]), header.number, 1, _preamble(filled, header.number))


def _unknown(filled: Sequence[RawRecord], dialect: Dialect | None) -> Layout:
    """The header of a table of which nothing is known."""
    first = _first_full(filled)
    width = len(filled[first].cells)
    below = _cells_below(filled, first, width)
    if dialect is not None and first and not any(_votes(filled[first].cells, below)):
        above = filled[first - 1]
        labels = not any(cell.lstrip().startswith("#") for cell in above.cells)
        if labels and above.number == filled[first].number - 1 and _too_few(above, width):
            missing = _missing(above, [filled[first].cells, *below])
            return replace(missing, remarks=(*_preamble(filled, above.number), *missing.remarks))
    if _labels_over(filled[first].cells, below):
        return _leveled(filled, first, width)
    if dialect is not None:
        for above in reversed(filled[max(0, first - _NEAR) : first]):
            mended = _mended(above, dialect, [filled[first].cells, *below])
            if mended is not None:
                return replace(mended, remarks=(*_preamble(filled, above.number), *mended.remarks))
    names = tuple(f"colonne_{place}" for place in range(1, width + 1))
    remark = Remark("sans_intitules", "Aucune ligne ne donne les intitulés des colonnes.")
    return Layout(names, filled[first].number - 1, 0, (remark, *_preamble(filled, filled[first].number)))


def _leveled(filled: Sequence[RawRecord], first: int, width: int) -> Layout:
    levels = _levels(filled, first, width)
    remarks = _preamble(filled, filled[first].number)
    if len(levels) > 1:
        message = f"Les intitulés tiennent sur {len(levels)} lignes : ils ont été réunis, colonne par colonne."
        remarks = (*remarks, Remark("intitules_multiples", message))
    return Layout(_labels(levels), levels[-1].number, len(levels), remarks)


def _first_full(filled: Sequence[RawRecord]) -> int:
    """The place of the first record as wide and about as full as the others: titles stand above it."""
    widths = Counter(len(record.cells) for record in filled if not record.ill)
    if not widths:
        return 0
    width = max(widths, key=lambda count: (widths[count], count))
    counts = sorted(_filled(record) for record in filled if len(record.cells) == width)
    # Labels are as many as the cells of the fuller rows; many rows may be nearly empty.
    least = max(1.0, counts[_FULLER * len(counts) // 4] / 2)
    for place, record in enumerate(filled[:_ABOVE]):
        if len(record.cells) == width and not record.ill and _filled(record) >= least:
            return place
    return 0


def _filled(record: RawRecord) -> int:
    return sum(bool(cell.strip()) for cell in record.cells)


def _cells_below(filled: Sequence[RawRecord], place: int, width: int) -> list[list[str]]:
    below = filled[place + 1 : place + 1 + _BELOW]
    return [record.cells for record in below if len(record.cells) == width and not record.ill]


def _labels_over(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the cells are labels rather than one more row of the columns below them."""
    pro, contra, years = _votes(cells, below)
    if contra == years and contra:
        return True
    if pro or contra:
        return pro > contra
    return not any(list(row) == list(cells) for row in below)


def _votes(cells: Sequence[str], below: Sequence[Sequence[str]]) -> tuple[int, int, int]:
    """How many cells differ from their columns as labels do, how many do not, how many of these are years."""
    pro = contra = years = 0
    for place, cell in enumerate(cells):
        main = main_kind(row[place] for row in below)
        own = "numeric" if kind(cell) in NUMERIC else kind(cell)
        if own == "empty" or (main is None and below) or main in PLAIN:
            continue
        if own in PLAIN:
            pro += main is not None
        elif main is None or own == main:
            contra += 1
            years += _is_year(cell) and not all(_is_year(row[place]) for row in below)
    return pro, contra, years


def _is_year(cell: str) -> bool:
    text = cell.strip()
    return len(text) == 4 and text.isdigit() and "1900" <= text <= "2100"


def _levels(filled: Sequence[RawRecord], first: int, width: int) -> list[RawRecord]:
    """The header and the lines below it that are labels too: the same again, or words above columns of numbers."""
    levels = [filled[first]]
    for place in range(first + 1, min(first + _LEVELS, len(filled))):
        record = filled[place]
        if len(record.cells) != width or record.ill:
            break
        if record.cells != levels[0].cells and not _labels_again(record.cells, _cells_below(filled, place, width)):
            break
        levels.append(record)
    return levels


def _labels_again(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a second line is labels without a doubt: several columns of numbers or dates, and not one here."""
    mains = [main_kind(row[place] for row in below) for place in range(len(cells))]
    typed = [place for place, main in enumerate(mains) if main is not None and main not in PLAIN]
    words = [place for place in typed if kind(cells[place]) in PLAIN]
    plain = all(kind(cell) in PLAIN or not cell.strip() for cell in cells)
    return len(below) > 1 and plain and len(words) >= 2 and len(words) > len(typed) / 2


def _labels(levels: Sequence[RawRecord]) -> tuple[str, ...]:
    columns = zip(*(record.cells for record in levels), strict=False)
    return tuple(" ".join(cell.strip() for cell in column if cell.strip()) for column in columns)


def _mended(record: RawRecord, dialect: Dialect, rows: Sequence[Sequence[str]]) -> Layout | None:
    """A line of labels that is cut wrong, above rows of equal width: mended, or at least recognised."""
    width, where = len(rows[0]), f"Ligne {record.first_line} :"
    cells = _recut(record, dialect, width)
    if cells is not None and all(_is_label(cell) for cell in cells):
        message = f"{where} la ligne des intitulés était mal coupée ; elle a été relue."
        return Layout(_stripped(cells), record.number, 1, (Remark("intitules_repares", message),))
    return _missing(record, rows) if _too_few(record, width) else None


def _too_few(record: RawRecord, width: int) -> bool:
    """Whether a record holds labels, but fewer than there are columns."""
    return not record.ill and 1 < len(record.cells) < width and all(_is_label(cell) for cell in record.cells)


def _missing(record: RawRecord, rows: Sequence[Sequence[str]]) -> Layout:
    where, count, width = f"Ligne {record.first_line} :", len(record.cells), len(rows[0])
    message = f"{where} il y a {count} intitulés pour {width} colonnes : on ne sait pas lequel manque."
    if all(not "".join(row[count:]).strip() for row in rows):
        message = f"{where} il y a {count} intitulés pour {width} colonnes, dont la dernière est toujours vide."
    return Layout(_stripped(record.cells), record.number, 1, (Remark("intitules_manquants", message),))


def _is_label(cell: str) -> bool:
    return kind(cell) in PLAIN


def refuse_cut_numbers(layout: Layout, head: Sequence[RawRecord], dialect: Dialect) -> None:
    """Raise Unreadable when rows have more cells than labels because a comma that parts cells also marks decimals."""
    count = len(layout.labels)
    rows = [record.cells for record in head if record.number > layout.row and not record.blank]
    longer = [row for row in rows if len(row) > count and "".join(row[count:]).strip()]
    if dialect.delimiter != "," or not layout.rows or 2 * len(longer) <= len(rows):
        return
    cut = [row for row in longer if any(_halves(left, right) for left, right in pairwise(row))]
    if 2 * len(cut) > len(longer):
        labels = "l'intitulé" if count == 1 else f"les {count} intitulés"
        raise Unreadable(
            "source-error",
            f"La plupart des lignes ont plus de cellules que {labels} : la virgule y sépare les cellules "
            "et y marque aussi les décimales.",
            "Enregistrez à nouveau le fichier avec le point-virgule comme séparateur.",
        )


def _halves(left: str, right: str) -> bool:
    """Whether two neighbouring cells look like the two halves of one number with decimals."""
    return kind(left) in ("integer", "number") and len(right) <= 2 and right.isdigit()


def _recut(record: RawRecord, dialect: Dialect, width: int) -> list[str] | None:
    line = (record.line or "").rstrip("\r\n")
    filled = [cell for cell in record.cells if cell.strip()]
    if not record.ill and len(record.cells) == width + 1 and len(filled) == width:
        return filled
    mended = Repairer(dialect, width).record(record)
    if mended.repair:
        return mended.cells
    for delimiter in OTHERS:
        cells = split(line, Dialect(delimiter, dialect.quote))
        if cells and len(cells) == width and all(kind(cell) in PLAIN for cell in cells):
            return cells
    return None


def _stripped(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in cells)


def _preamble(filled: Sequence[RawRecord], header: int) -> tuple[Remark, ...]:
    """What stands above the labels, told and not read."""
    above = [record for record in filled if record.number < header]
    if not above:
        return ()
    text = " ".join(cell.strip() for cell in above[0].cells if cell.strip())
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    lines = "La ligne" if len(above) == 1 else f"Les {len(above)} lignes"
    verb = (
        "précède les intitulés et n'est pas lue" if len(above) == 1 else "précèdent les intitulés et ne sont pas lues"
    )
    return (Remark("lignes_avant_intitules", f"{lines} « {shown} » {verb}."),)
