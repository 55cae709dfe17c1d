"""Which character parts the cells, which one quotes them: the reading under which the text makes most of a table.

The expected column names are the best evidence there is. Without them, that reading wins whose records have most
evenly the same number of cells, and whose cells look most like numbers, dates or plain words.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from greencloud.reading.kinds import NUMERIC, PLAIN, kind, main_kind
from greencloud.reading.labels import label_key
from greencloud.reading.parsing import Dialect, RawRecord, lines_of, normalised, parse
from greencloud.reading.records import Remark
from greencloud.reading.refusals import Unreadable

DELIMITERS = (",", ";", "\t", "|")
_RARE = (":", "^", "~", " ")
OTHERS = (";", ",", "\t", "|", " ")
_SAMPLE = 1 << 17
_RECORDS = 300
_TYPED = 100
_CELLS = 60
_HEADERS = 60
_MOMENTS = frozenset({"date", "time", "datetime"})
_LABEL = 60
_SEPARATOR_LINE = re.compile(r'\s*"?sep=(.)?"?\s*', re.IGNORECASE)
_FOREIGN = re.compile(r'[,;|\t"]')
_SPOKEN = {
    ",": "la virgule",
    ";": "le point-virgule",
    "\t": "la tabulation",
    "|": "la barre verticale",
    " ": "l'espace",
}


def spoken(delimiter: str) -> str:
    """The name of a delimiter in a French sentence."""
    return _SPOKEN.get(delimiter, f"« {delimiter} »")


def declared(line: str) -> str | None:
    """The delimiter that a `sep=;` line declares, None when the line is not one."""
    found = _SEPARATOR_LINE.fullmatch(line.rstrip("\r\n;,\t|"))
    if found:
        return found[1] or line.strip().strip('"')[-1:]
    return None


def detect(text: str, expected: Sequence[str] = (), delimiter: str | None = None) -> tuple[Dialect, list[Remark]]:
    """The dialect of a text and what is to be said of it; `delimiter` is imposed when given."""
    sample = _sample(text)
    first = sample.lstrip("\r\n").split("\n", 1)[0].split("\r", 1)[0]
    imposed = delimiter or declared(first)
    known = frozenset(label_key(name) for name in expected)
    best = max(_candidates(sample, imposed), key=lambda dialect: _evidence(sample, dialect, known))
    if imposed is None and _one_column(sample, best, known):
        best = Dialect(next((each for each in DELIMITERS if each not in text), best.delimiter))
    best = _line_ends(text, sample, _doubling(text, best))
    return best, _remarks(best, declared(first) is not None)


def _sample(text: str) -> str:
    """The head of a text, cut after a whole line."""
    if len(text) <= _SAMPLE:
        return text
    head = text[:_SAMPLE]
    end = max(head.rfind("\n"), head.rfind("\r"))
    return head[: end + 1] if end > 0 else head


def _candidates(sample: str, imposed: str | None) -> Iterator[Dialect]:
    """The readings that are worth trying, the usual ones first: the first of the best wins."""
    lines = sample.splitlines()[:_RECORDS]
    filled = [line for line in lines if line.strip()]
    rows = filled[1:] if filled and declared(filled[0]) else filled
    delimiters = [imposed] if imposed else [*DELIMITERS, *(rare for rare in _RARE if _frequent(rare, filled))]
    for delimiter in delimiters:
        plain = Dialect(delimiter)
        if rows and delimiter != " " and _padded(delimiter, rows[0]):
            yield replace(plain, padded=True)
        apostrophes = _quoted_by_apostrophes(delimiter, filled)
        if apostrophes and _quoted_by_apostrophes(delimiter, rows[:1]):
            yield replace(plain, quote="'")
        yield plain
        if '\\"' in sample:
            yield replace(plain, escape="\\")
        if apostrophes:
            yield replace(plain, quote="'")
        if _wrapped(filled):
            yield replace(plain, wrapped=True)


def _frequent(delimiter: str, lines: Sequence[str]) -> bool:
    return sum(delimiter in line for line in lines) > 0.7 * len(lines)


def _padded(delimiter: str, line: str) -> bool:
    followed = line.rstrip().count(delimiter + " ")
    return 0 < followed == line.count(delimiter) - line.rstrip().endswith(delimiter)


def _one_column(sample: str, dialect: Dialect, known: frozenset[str]) -> bool:
    """Whether the dialect cuts the values of a lone column: clock times, numbers, « Dupont, Jean » under one label."""
    lines = sample.strip().splitlines()[:_RECORDS]
    cut = [line for line in lines if dialect.delimiter in line]
    if not cut or len(lines) < 2 or '"' in sample or not (dialect.standard or dialect.padded):
        return False
    if known and _evidence(sample, dialect, known)[0] > (label_key(lines[0]) in known):
        return False
    whole = [kind(line) in NUMERIC or kind(line) in _MOMENTS for line in cut]
    if dialect.delimiter in (":", " ") and all(whole):
        return True
    if not _lone_label(lines[0], dialect) or not lines[1].strip():
        return False
    if not all(valued or _weak(dialect.delimiter, line) for line, valued in zip(cut, whole, strict=True)):
        return False
    return known == {label_key(lines[0])} or not _labelled(cut, dialect.delimiter)


def _lone_label(line: str, dialect: Dialect) -> bool:
    parted = any(delimiter in line for delimiter in (*DELIMITERS, dialect.delimiter))
    return not parted and len(line) <= _LABEL and kind(line) in PLAIN and not line.startswith("#")


def _weak(delimiter: str, line: str) -> bool:
    """Whether the delimiter may well be the punctuation of a sentence or of a name."""
    return delimiter in (":", " ") or (delimiter == "," and _padded(delimiter, line))


def _labelled(lines: Sequence[str], delimiter: str) -> bool:
    """Whether the first line gives labels to columns of which one at least holds numbers or dates."""
    labels, *rows = [line.split(delimiter) for line in lines]
    below = [row for row in rows if len(row) == len(labels)]
    if not below or not all(kind(label) in PLAIN for label in labels):
        return False
    mains = [main_kind(column) for column in zip(*below, strict=True)]
    return any(main is not None and main not in PLAIN for main in mains)


def _quoted_by_apostrophes(delimiter: str, lines: Sequence[str]) -> bool:
    opened = re.compile(rf"(?:^|{re.escape(delimiter)})'[^']")
    closed = re.compile(rf"[^']'(?:{re.escape(delimiter)}|$)")
    return sum(bool(opened.search(line) and closed.search(line)) for line in lines) > 0.2 * len(lines)


def _wrapped(lines: Sequence[str]) -> bool:
    return bool(lines) and sum(len(line) > 1 and line[0] == line[-1] == '"' for line in lines) >= 0.8 * len(lines)


def _evidence(sample: str, dialect: Dialect, known: frozenset[str]) -> tuple[int, float]:
    """How many expected labels one record holds, then how much of a table the sample makes."""
    try:
        records = _records(sample, dialect)
    except Unreadable:  # with this dialect; another may do
        return -1, -1.0
    matched = max((_matched(record.cells, known) for record in records[:_HEADERS]), default=0) if known else 0
    return matched, _regularity(records) * _likeness(records)


def _records(sample: str, dialect: Dialect) -> list[RawRecord]:
    return list(islice(parse(lines_of(normalised(sample, dialect)), dialect), _RECORDS))


def _matched(cells: Sequence[str], known: frozenset[str]) -> int:
    return len(known.intersection(label_key(cell) for cell in cells if len(cell) < 100))


def _regularity(records: Sequence[RawRecord]) -> float:
    """Near 1 when most records have the same, high number of cells and no quote is misplaced."""
    filled = [record for record in records if not record.blank]
    widths = Counter(len(record.cells) for record in filled)
    if not widths:
        return 0.0
    width = max(widths, key=lambda count: (widths[count], count))
    concentration = sum(count * count for count in widths.values()) / len(filled) ** 2
    ill = sum(record.ill for record in filled) / len(filled)
    return concentration * (1 - 1 / width if width > 1 else 0.02) * (1 - 0.3 * ill)


def _likeness(records: Sequence[RawRecord]) -> float:
    """The share of cells that are numbers, dates, codes or words without a trace of another delimiter or a quote."""
    cells = [cell for record in records[:_TYPED] for cell in record.cells[:_CELLS] if cell.strip()]
    good = sum(kind(cell) != "text" or not _FOREIGN.search(cell) for cell in cells)
    return max(good / len(cells), 0.01) if cells else 0.01


def _doubling(text: str, dialect: Dialect) -> Dialect:
    """Every delimiter is written twice when there is no run of them of odd length in the whole text."""
    delimiter = re.escape(dialect.delimiter)
    odd = re.compile(rf"(?<!{delimiter}){delimiter}(?:{delimiter}{delimiter})*(?!{delimiter})")
    present = dialect.delimiter * 2 in text and dialect.delimiter != " "
    return replace(dialect, doubled=True) if present and not odd.search(text) else dialect


def _line_ends(text: str, sample: str, dialect: Dialect) -> Dialect:
    """A lone carriage return beside line feeds ends a line only when that makes the table more regular."""
    if "\n" not in text or not re.search(r"\r(?!\n)", text):
        return dialect
    inside = replace(dialect, bare_cr=False)
    as_end, as_text = (_regularity(_records(sample, way)) for way in (dialect, inside))
    return dialect if as_end >= as_text else inside


def _remarks(dialect: Dialect, declared_line: bool) -> list[Remark]:
    remarks = []
    name = spoken(dialect.delimiter)
    if declared_line:
        remarks.append(Remark("ligne_sep", f"La première ligne annonce le séparateur ({name}) : elle n'est pas lue."))
    if dialect.doubled:
        remarks.append(
            Remark("separateurs_doubles", f"Chaque séparateur ({name}) est écrit deux fois : lu comme un seul.")
        )
    if dialect.wrapped:
        remarks.append(
            Remark(
                "lignes_entre_guillemets", "Chaque ligne est entourée de guillemets : ces guillemets ne sont pas lus."
            )
        )
    if dialect.padded:
        remarks.append(Remark("espaces_apres_separateur", "Une espace suit chaque séparateur : elle n'est pas lue."))
    if dialect.quote != '"':
        remarks.append(
            Remark("guillemet_inhabituel", "Des apostrophes entourent les cellules, à la place des guillemets.")
        )
    if dialect.escape != '"':
        remarks.append(
            Remark(
                "echappement_inhabituel",
                "Les guillemets à l'intérieur des cellules sont précédés d'une barre oblique inverse.",
            )
        )
    if dialect.delimiter not in DELIMITERS:
        remarks.append(
            Remark("separateur_inhabituel", f"Les cellules sont séparées par un caractère inhabituel : {name}.")
        )
    return remarks
