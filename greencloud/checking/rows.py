"""Lines of a file that are no rows of its table: totals, repeated headers, comments, footnotes, units, fillings.

A line is set apart only when it also lacks what a row has: an association may be called « Total énergies ».
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from greencloud.checking.sql import literal
from greencloud.checking.tolerances import absences, dates, units, year_fields
from greencloud.checking.tolerances.spelling import INVISIBLE, SPACES, folded, trimmed
from greencloud.checking.verdicts import Cell, Fault
from greencloud.reading.labels import label_key
from greencloud.tables import Table

DOUBTFUL = frozenset({"date_tableur", "annee_deux_chiffres"})
"""Tolerances of dates that the row's own year has to confirm."""

_TOTAL = re.compile(
    r"(?:grand[- ])?(?:total|totaux)\b.*|(?:sous|s)[-/. ]*(?:total|totaux)\b.*|subtotal\b.*"
    r"|(?:ensemble|somme|cumul|moyenne|report)(?: (?:des?|du|de la|general|generale|annuelle?)\b.*)?:?",
    re.DOTALL,
)
_SPACED_OUT = re.compile(r"(?:[a-z][ ._-]{1,3}){4,}[a-z](?![a-z0-9])")
_SUMS = ("total", "totaux", "soustotal", "grandtotal", "ensemble", "somme", "cumul", "moyenne")
# What SQL suspects holds whatever Python tells below, on texts without case and accents, and more.
_TOTAL_SQL = (
    "^[^a-z0-9]*(?:(?:grand|sous|s)?[^a-z0-9]*tota|subtotal|ensemble|somme|cumul|moyenne|report"
    "|(?:[a-z][^a-z0-9]+){4,}[a-z])|^[^a-z0-9]{3,}$"
)
_STRANGE_SQL = r"[^\x{0}-\x{7F}À-ÿŒœ’–—€…«»°\pZ]"
"""Letters that Python may fold into others in ways that SQL does not know."""
_COMMENT = re.compile(r"\s*(?:#(?!N/|ND|[A-Z/0]+[!?])|//|--\s|/\*|;\s)")
_NOTE = re.compile(
    r"(?:\*|\([0-9]{1,2}\)|\[[0-9]{1,2}\]|[¹²³†])\s?\S.*"
    r"|(?:sources?|notes?|nb|n\.b\.|lecture|champ|legende|remarques?|attention|avertissement|unites?|date[^:]*)\s*:.*"
    r"|(?:extrait|extraction|export|edite|edition|imprime|mise? a jour|donnees? (?:issues|extraites)|fin d[eu])\b.*"
    r"|(?:page|tableau|figure|graphique) [0-9].*",
    re.DOTALL,
)
_FOOTNOTE = re.compile(
    r"(?:\*|\([0-9]{1,2}\)|\[[0-9]{1,2}\]|[¹²³†])\s?\S.*"
    r"|(?:sources?|notes?|nb|n\.b\.|lecture|champ|legende|remarques?|attention|avertissement)\s*:.*",
    re.DOTALL,
)
"""What is a note even in a table of a few columns, where a row may have one cell."""
_RULING = re.compile(r"[-_=*.~+#\s–—]{3,}")
_DEFAULTS = frozenset({"oui", "non", "vrai", "faux", "true", "false", "0", "1", "0,0", "0.0", "0,00", "0.00", "-"})
_NUMERIC = ("number", "integer", "year")
_SENTENCE = 40
FEW_CELLS = 3
MOSTLY = 0.8


class Diagnosis:
    """What tells the lines of one file that are no rows, once its header is matched with its table."""

    def __init__(self, table: Table, labels: Sequence[str], positions: Mapping[str, int]) -> None:
        self._labels = [label_key(label) for label in labels]
        self._known = {*self._labels, *(label_key(name) for one in table.fields for name in (one.name, one.title))}
        self._positions = positions
        self._width = len(labels)
        fields = [field for field in table.fields if field.name in positions]
        self._numeric = frozenset(positions[field.name] for field in fields if field.type in _NUMERIC)
        self._numbers = frozenset(field.name for field in fields if field.type in _NUMERIC)
        self._typed = frozenset(field.name for field in fields if field.type not in ("string", "any"))
        self._typed_places = frozenset(positions[name] for name in self._typed)
        self._years = [name for name in year_fields(table) if name in positions]
        wanted = (field.name for field in fields if field.required or field.name in table.primary_key)
        self._wanted = frozenset(wanted)

    def of(self, texts: Sequence[str], cells: Mapping[str, Cell]) -> Fault | None:
        """What a record is instead of a row, None when it is one; by its received texts and its cells as read."""
        if self._is_full(cells):
            return None
        filled = {place: text for place, cell in enumerate(texts) if cell and (text := trimmed(cell))}
        if not filled or self._width < len(("two", "columns")):
            return None
        if self._repeats_header(filled):
            return Fault("entete_repetee")
        if all(_RULING.fullmatch(text) for text in filled.values()):
            return Fault("ligne_note", detail="remplissage")
        if not self._lacks(filled, cells):
            return None
        return self._total(filled) or self._note(filled, cells) or self._filling(filled)

    def heads_table(self, texts: Sequence[str]) -> bool:
        """Whether a record reads like the labels of another table: several words, of which none is a value or comes
        twice, where numbers and dates are due."""
        filled = {place: text for place, cell in enumerate(texts) if cell and (text := trimmed(cell))}
        if len(filled) < len(("two", "columns")) or not self._typed_places & filled.keys():
            return False
        if any(text[0].isdigit() for text in filled.values()):
            return False
        return len({label_key(text) for text in filled.values()}) == len(filled)

    def doubts(self, cells: Mapping[str, Cell]) -> Mapping[str, Fault]:
        """The cells whose date was read by a guess that the year of the row does not confirm."""
        guessed = [(name, cell) for name, cell in cells.items() if cell.tolerance in DOUBTFUL]
        if not guessed:
            return {}
        years = {cell.value for name in self._years if (cell := cells.get(name)) and cell.text is not None}
        numbers = {int(year) for year in years if str(year).isdigit()}
        return {name: fault for name, cell in guessed if (fault := _doubt(cell, numbers))}

    def suspicious(self, columns: Mapping[str, str], others: Sequence[str] = ()) -> str:
        """SQL: whether a record whose cells are all proven may still be no row; `columns` gives the received text of
        each field, `others` those of the columns that are not of the schema."""
        received = [(name not in self._numbers, text) for name, text in columns.items()]
        received = [
            (worded, f"coalesce({text}, '')") for worded, text in [*received, *((True, text) for text in others)]
        ]
        keys = ", ".join(literal(key) for key in sorted({key.replace("_", "") for key in self._known}))
        # Not IN: DuckDB makes a long one a join, which spares no row, where a list stays behind the CASE around it.
        outer = literal(SPACES + INVISIBLE + "\t\r\n")
        tests = []
        for worded, text in received:
            plain = f"strip_accents(lower({text}))"
            if worded:
                tests.append(f"regexp_matches({plain}, {literal(_TOTAL_SQL)})")
                tests.append(f"regexp_matches({text}, {literal(_STRANGE_SQL)})")
            bare = f"regexp_replace({plain}, '[^a-z0-9]', '', 'g')"
            tests.append(f"trim({text}) <> '' AND list_contains([{keys}], {bare})")
        filled = " + ".join(f"(trim({text}, {outer}) <> '')::INTEGER" for _, text in received)
        few = [f"{filled} <= {min(FEW_CELLS, self._width - 1)}"] if self._width > 1 else []
        return " OR ".join(f"({test})" for test in [*few, *tests]) or "FALSE"

    def _is_full(self, cells: Mapping[str, Cell]) -> bool:
        """Whether a record is a row without a doubt: several cells, a value that is no text, no fault."""
        read = {name for name, cell in cells.items() if cell.text is not None}
        if len(read) <= FEW_CELLS or not self._typed & read or len(read - self._numbers) <= 1:
            return False
        return read.issuperset(self._wanted) and not any(cell.faults for cell in cells.values())

    def _repeats_header(self, filled: Mapping[int, str]) -> bool:
        """Whether nearly all cells are labels of the file, or of the schema when there are enough of them."""
        allowed = len(filled) * (1 - MOSTLY)
        alike = strangers = 0
        for place, text in filled.items():
            key = label_key(text)
            strangers += key not in self._known
            alike += place < self._width and key == self._labels[place] != ""
            if strangers > allowed:
                return False
        return (alike > 1 and alike >= len(filled) - allowed) or len(filled) - strangers >= FEW_CELLS

    def _lacks(self, filled: Mapping[int, str], cells: Mapping[str, Cell]) -> bool:
        """Whether the record is no full row: something due is not there or wrong, or hardly anything is there."""
        missing = any(name not in cells or cells[name].text is None for name in self._wanted)
        wrong = any(cell.faults for cell in cells.values())
        return missing or wrong or len(filled) <= min(FEW_CELLS, self._width - 1) or self._numbers_alone(filled)

    def _numbers_alone(self, filled: Mapping[int, str]) -> bool:
        """Whether nothing but numbers stands beside one text."""
        return bool(self._numeric) and sum(1 for place in filled if place not in self._numeric) <= 1

    def _total(self, filled: Mapping[int, str]) -> Fault | None:
        """A total: its word stands in front of numbers, and the other texts of a row are not there."""
        words = []
        for place, text in filled.items():
            if place not in self._numeric or not _has_digit(text):
                words.append(text)
                if len(words) > len(("label", "unit")):
                    return None
        if not words or (len(words) == len(filled) == 1 and self._numeric):
            return None
        label = words[0]
        return Fault("ligne_total", readings=(label,)) if _is_total(label) else None

    def _is_refused(self, place: int, cells: Mapping[str, Cell]) -> bool:
        """Whether the text at a place is no value of its column."""
        names = (name for name, position in self._positions.items() if position == place)
        return any(name in cells and bool(cells[name].faults) for name in names)

    def _note(self, filled: Mapping[int, str], cells: Mapping[str, Cell]) -> Fault | None:
        first = filled[min(filled)]
        if _COMMENT.match(first) and not self._has_numbers(filled):
            return Fault("ligne_note", detail="commentaire")
        if self._states_units(filled):
            return Fault("ligne_note", detail="unites")
        if len(filled) > FEW_CELLS or min(filled) in self._numeric:
            return None
        if self._width <= FEW_CELLS:
            noted = len(filled) == 1 and _FOOTNOTE.fullmatch(folded(first))
            return Fault("ligne_note", detail="texte") if noted else None
        alone = len(filled) == 1 and " " in first
        sentence = alone and (len(first) > _SENTENCE or self._is_refused(min(filled), cells))
        return Fault("ligne_note", detail="texte") if sentence or _NOTE.fullmatch(folded(first)) else None

    def _has_numbers(self, filled: Mapping[int, str]) -> bool:
        return any(place in self._numeric and _has_digit(text) for place, text in filled.items())

    def _states_units(self, filled: Mapping[int, str]) -> bool:
        """A line of units under the header: « kWh » where a number is due, and no number anywhere."""
        if any(_has_digit(text) for text in filled.values() if text not in ("m2", "m3")):
            return False
        words = (text.strip("()[] ") for place, text in filled.items() if place in self._numeric)
        return any(units.named(word) is not None for word in words)

    def _filling(self, filled: Mapping[int, str]) -> Fault | None:
        """The default values that a form puts in lines nobody filled."""
        filled = {place: text for place, text in filled.items() if not absences.is_absence(text)} or filled
        if len(filled) > FEW_CELLS or self._width < 2 * len(filled) + 1:
            return None
        defaults = all(folded(text) in _DEFAULTS for text in filled.values())
        return Fault("ligne_note", detail="remplissage") if defaults else None


def _doubt(cell: Cell, years: set[int]) -> Fault | None:
    """The fault of a date that no year of its row confirms; a serial is only doubted against a year that is there."""
    day = cell.value
    if not isinstance(day, date):
        return None
    if cell.tolerance == "annee_deux_chiffres":
        if day.year in years:
            return None
        return Fault("date_ambigue", detail="annee_deux_chiffres", readings=dates.both_centuries(day))
    if not years or any(abs(day.year - year) <= 1 for year in years):
        return None
    readings = (day.strftime("%Y-%m-%d"), dates.other_system(day).strftime("%Y-%m-%d"))
    return Fault("date_ambigue", detail="numero_de_serie", readings=readings)


def _is_total(label: str) -> bool:
    """Whether a text names a total, perhaps letter by letter."""
    plain = folded(label).strip("* :")
    if spaced := _SPACED_OUT.match(plain):
        return re.sub("[ ._-]", "", spaced[0]).startswith(_SUMS)
    return _TOTAL.fullmatch(plain) is not None


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))
