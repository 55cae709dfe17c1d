"""What a file says of itself: the table it is for, whether its centres are invented, whether a site is protected."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from greencloud import reading, tables
from greencloud.deposits.deposit import Deposit
from greencloud.reading.labels import bare_key, label_key

FICTITIOUS = "999"  # first digits of the SIRET numbers that the synthetic deposits are made with
REGISTER = "centres"
_CENTRE_DIGITS = 16
_GRID_OPERATOR = frozenset(map(label_key, ("Identifiant PRM", "Grandeur physique", "Horodate", "Valeur", "Unité")))
_NO_DIGIT = re.compile("[^0-9]")


def detect_table(header: Sequence[str]) -> str | None:
    """The one table whose required columns all stand in the header and that knows most of its columns.

    A column is known by its name or by its title, as in the check. A load curve of the grid operator is readings.
    """
    labels = set().union(*map(_spellings, header))
    if labels >= _GRID_OPERATOR:
        return tables.READINGS
    known = {
        name: {field.name for field in tables.table(name).fields if labels & _names(field)} for name in tables.DEPOSITED
    }
    scores = {
        name: len(names)
        for name, names in known.items()
        if {field.name for field in tables.table(name).fields if field.required} <= names
    }
    winners = [name for name, score in scores.items() if score == max(scores.values())]
    return winners[0] if len(winners) == 1 else None


def _spellings(label: str) -> set[str]:
    return {label_key(label), bare_key(label)}


def _names(field: tables.Field) -> set[str]:
    return {label_key(field.name)} | _spellings(field.title)


def fictitious(path: Path) -> bool:
    """Whether a file names at least one centre and all those it names begin with 999, a range kept for examples.

    Only whole identifiers count: a row with another one is refused and reaches no figure. Reading stops at the
    first real centre. A file that cannot be read names none.
    """
    try:
        found = False
        for centre in _centres(read(path)):
            if not centre.startswith(FICTITIOUS):
                return False
            found = True
    except reading.Unreadable:
        return False
    return found


def _centres(table: reading.TextTable) -> Iterator[str]:
    """The digits of the whole identifiers in the column id_centre, none without that column.

    However they are spelt: the check tolerates spaces, an apostrophe in front or another dash.
    """
    names = _names(tables.table(REGISTER).field("id_centre"))
    places = [place for place, label in enumerate(table.header) if names & _spellings(label)]
    for record in table.records() if places else ():
        for place in places:
            cell = record.cells[place] if place < len(record.cells) else ""
            digits = _NO_DIGIT.sub("", unicodedata.normalize("NFKC", cell))
            if len(digits) == _CENTRE_DIGITS:
                yield digits


def read(path: Path, *, delimiter: str | None = None, encoding: str | None = None) -> reading.TextTable:
    """A file as the check reads it, whichever of our tables it is for. Raises Unreadable."""
    fields = [field for name in tables.INPUTS for field in tables.table(name).fields]
    labels = dict.fromkeys(label for field in fields for label in (field.name, field.title))
    return reading.read_table(path, tuple(labels), delimiter=delimiter, encoding=encoding)


def protects(deposit: Deposit) -> bool:
    """Whether a register asks, in any column since labels may be misspelt, that a site only count in totals."""
    modes = tables.table(REGISTER).field("mode_publication").descriptor["constraints"]["enum"]
    protecting = {label_key(mode) for mode in modes if mode != "nominatif"}
    try:
        return any(label_key(cell) in protecting for record in read(deposit.path).records() for cell in record.cells)
    except reading.Unreadable:
        return False
