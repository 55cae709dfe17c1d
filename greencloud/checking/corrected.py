"""The file as it should be sent: every tolerated cell written as the schema wants it, every proposal carried out.

Nothing is guessed. A cell that nobody but its declarant can correct stays as it was received, and its error with it; a
line that is no data, or that cannot be read, is left out. Every change is listed, with its line, for a person to read.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from greencloud.checking import spreadsheet, values
from greencloud.checking.checked import Checked
from greencloud.checking.groups import title
from greencloud.checking.messages import plural
from greencloud.checking.report import Report
from greencloud.checking.verdicts import Cell, CellReader
from greencloud.reading import Record
from greencloud.tables import Field, Table

CHANGES = ("ligne", "ligne_corrigee", "colonne", "recu", "ecrit", "code", "raison")
_NO_DATA = frozenset({"blank-row", "ligne_total", "entete_repetee", "ligne_note", "second_tableau"})
_LOST = frozenset({"source-error", "encoding-error"})
_SHAPE = frozenset({"extra-cell", "missing-cell"})
REASONS = {
    "espaces": "espaces autour retirées",
    "virgule_decimale": "virgule décimale écrite en point",
    "point_decimal": "point décimal écrit en virgule",
    "milliers": "séparateurs de milliers retirés",
    "groupes_irreguliers": "séparateurs de milliers retirés",
    "notation_scientifique": "notation scientifique récrite",
    "chiffres_pleine_chasse": "chiffres pleine chasse récrits",
    "signe_plus": "signe plus retiré",
    "signe_moins": "signe moins typographique récrit",
    "apostrophe": "marque de texte du tableur retirée",
    "unite_retiree": "unité retirée : c'est celle de la colonne",
    "pourcentage": "signe % retiré : la colonne est en pour cent",
    "decimales_nulles": "décimales nulles retirées",
    "casse": "majuscules et minuscules du schéma",
    "accents": "accents du schéma",
    "absent": "valeur absente, notée comme le schéma le demande",
    "date_francaise": "date écrite AAAA-MM-JJ",
    "date_iso": "date écrite comme le veut le schéma",
    "date_en_lettres": "date écrite AAAA-MM-JJ",
    "date_autre_ordre": "date écrite AAAA-MM-JJ",
    "date_avec_minuit": "heure nulle retirée",
    "date_tableur": "numéro de jour du tableur écrit en date",
    "annee_deux_chiffres": "année écrite sur quatre chiffres",
    "heure": "heure récrite",
    "identifiant_espaces": "séparateurs de l'identifiant retirés",
    "identifiant_decimal": "décimale de l'identifiant retirée",
    "caracteres_invisibles": "caractères invisibles retirés",
    "accents_recomposes": "accents recomposés",
    "tirets": "tirets typographiques récrits",
}
"""Why a tolerated cell is written otherwise, by tolerance."""
KEPT = frozenset({"caractere_de_controle", "caractere_bidirectionnel", "caractere_perdu", "formule"})
"""Tolerances of free texts that have no better spelling: the text stays as it is, and its note with it."""
_CACHED = 65_536
_SHOWN = 500


class Change(NamedTuple):
    """One thing written otherwise than received, or not written: where, what, and why."""

    row: int | None
    written_row: int | None
    column: str | None
    received: str
    written: str | None
    code: str
    reason: str


@dataclass
class Summary:
    """What was done: lines written, cells written otherwise, proposals carried out, lines left out by code."""

    rows: int = 0
    respelt: int = 0
    proposals: int = 0
    repaired: int = 0
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def lost(self) -> int:
        """Lines that hold data which could not be taken over."""
        return sum(count for code, count in self.left_out.items() if code not in _NO_DATA)

    def sentences(self) -> Iterator[str]:
        """What was done, in French; what was left out last, for it is what a person must look at."""
        for count, one, many in (
            (self.respelt, "cellule écrite autrement, même valeur", "cellules écrites autrement, mêmes valeurs"),
            (self.proposals, "valeur proposée et écrite", "valeurs proposées et écrites"),
            (self.repaired, "ligne recollée", "lignes recollées"),
            (
                self.left_out.total() - self.lost,
                "ligne qui n'est pas une donnée laissée de côté",
                "lignes qui ne sont pas des données laissées de côté",
            ),
            (self.lost, "LIGNE NON REPRISE, à ressaisir", "LIGNES NON REPRISES, à ressaisir"),
        ):
            if count:
                yield f"{plural(count, one, many)}."


class _Spelling(NamedTuple):
    """What to write for a cell, and why (None: as received)."""

    text: str
    code: str | None = None
    proposed: bool = False


def obstacle(report: Report) -> str | None:
    """Why no corrected file can be made, as a French sentence; None when one can."""
    if not report.readable:
        return "Le fichier corrigé n'a pas été écrit : le fichier reçu ne peut pas être lu."
    header = {error.code for error in report.errors if error.row is None} - {"missing-label"}
    return "Le fichier corrigé n'a pas été écrit : corrigez d'abord les intitulés des colonnes." if header else None


def write_corrected(checked: Checked, path: Path, changes: Path) -> Summary:
    """Write the corrected file (UTF-8, comma, LF) and the list of its changes; `obstacle` must be None.

    It has the columns of the schema that the file has, in the schema's order, and the lines in their order.
    """
    summary = Summary()
    with path.open("w", encoding="utf-8", newline="") as stream:
        spreadsheet.write(changes, CHANGES, _changes(checked, stream.write, summary))
    return summary


def _changes(checked: Checked, write: Callable[[str], object], summary: Summary) -> Iterator[Change]:
    """Write the corrected file line by line, and tell each change on the way."""
    if checked.text is None:
        return
    places = {name: checked.labels.positions[name] for name in _columns(checked)}
    spellings = {name: _spelling(checked.table.field(name), checked.table, checked.readers[name]) for name in places}
    wrong = _wrong_rows(checked.report)
    write(_line(list(places)))
    yield from _label_changes(checked, places)
    for record in checked.text.records():
        code = _left_out(record, wrong.get(record.number))
        cells = None if code else _misshapen(record, wrong.get(record.number), list(places.values()))
        if cells is not None:
            summary.rows += 1
            write(_line(cells))
        elif code or record.number in wrong:
            yield _omission(record, code or wrong[record.number], summary)
        else:
            summary.rows += 1
            yield from _row(record, places, spellings, write, summary)


def _columns(checked: Checked) -> list[str]:
    return [name for name in checked.table.column_names if name in checked.labels.positions]


def _wrong_rows(report: Report) -> dict[int, str]:
    """The lines that are no data, that cannot be read or that have not as many cells as there are columns."""
    codes = _NO_DATA | _LOST | _SHAPE
    return {error.row: error.code for error in report.errors if error.row is not None and error.code in codes}


def _left_out(record: Record, code: str | None) -> str | None:
    if record.blank:
        return "blank-row"
    if record.broken or record.fault:
        return code or "source-error"
    return code if code in _NO_DATA | _LOST else None


def _misshapen(record: Record, code: str | None, places: Sequence[int]) -> list[str] | None:
    """The cells of a line that has too many or too few of them, untouched; None when it cannot be written as wrong.

    Too many stay too many, too few stay too few: a line completed or cut here would pass for a good one.
    """
    cells = record.cells
    if code == "extra-cell":
        width = max(places, default=-1) + 1
        return [cells[place] for place in places if place < len(cells)] + cells[width:]
    present = [order for order, place in enumerate(places) if place < len(cells)]
    if code != "missing-cell" or not present or present[-1] + 1 == len(places):
        return None
    return [cells[place] if place < len(cells) else "" for place in places[: present[-1] + 1]]


def _row(
    record: Record,
    places: Mapping[str, int],
    spellings: Mapping[str, Callable[[str], _Spelling]],
    write: Callable[[str], object],
    summary: Summary,
) -> Iterator[Change]:
    row, written = record.number, []
    if record.repair:
        summary.repaired += 1
        yield Change(row, summary.rows + 1, None, _joined(record), _joined(record), "ligne_reparee", record.repair)
    for name, place in places.items():
        received = record.cells[place] if place < len(record.cells) else ""
        text, code, proposed = spellings[name](received)
        written.append(text)
        if code is not None:
            summary.proposals += proposed
            summary.respelt += not proposed
            yield Change(row, summary.rows + 1, name, received, text, code, REASONS.get(code) or title(code))
    write(_line(written))


def _omission(record: Record, code: str, summary: Summary) -> Change:
    summary.left_out[code] += 1
    what = "ligne laissée de côté" if code in _NO_DATA else "ligne non reprise, à ressaisir"
    return Change(record.number, None, None, _joined(record), None, code, f"{title(code)} : {what}")


def _label_changes(checked: Checked, places: Mapping[str, int]) -> Iterator[Change]:
    """Labels written as the schema writes them, and the columns which the schema does not know."""
    if checked.text is None:
        return
    names, row = {place: name for name, place in places.items()}, checked.text.header_row
    for place, label in enumerate(checked.text.header):
        if place not in names:
            yield Change(row, None, None, label, None, "extra-label", "colonne hors du schéma, non reprise")
        elif names[place] != label:
            yield Change(row, 1, names[place], label, names[place], "intitule-tolere", "intitulé du schéma")


def _spelling(field: Field, table: Table, reader: CellReader) -> Callable[[str], _Spelling]:
    """How to write the texts of one column."""
    strict = values.reader(field, table)

    def lasting(candidate: str, cell: Cell) -> bool:
        read = strict(candidate)
        return not read.faults and read.value == cell.value and not reader(candidate).faults

    @lru_cache(_CACHED, typed=True)
    def spelling(text: str) -> _Spelling:
        cell = reader(text)
        if not cell.faults:
            said = cell.tolerance is not None or type(text) is not str  # a value of a workbook has to become a text
            written = _standard(field, table, cell, text, lasting) if said else text
            return _Spelling(text) if written == text else _Spelling(written, cell.tolerance)
        for fault in cell.faults:
            if fault.proposal is not None and not (proposed := reader(fault.proposal)).faults:
                return _Spelling(_standard(field, table, proposed, fault.proposal, lasting), fault.code, True)
        return _Spelling(text)

    return spelling


def _standard(field: Field, table: Table, cell: Cell, text: str, lasting: Callable[[str, Cell], bool]) -> str:
    """The text that the schema reads, without any tolerance, as the value of a cell; `text` when there is none."""
    return next((one for one in _candidates(field, table, cell) if lasting(one, cell)), text)


def _candidates(field: Field, table: Table, cell: Cell) -> Iterator[str]:
    if cell.text is None:
        yield from table.missing_values
        return
    yield cell.text
    if field.type == "boolean":
        yield from (*field.true_values, *field.false_values)
    elif field.type == "number":
        # Behind three decimals a zero more: they are no thousands.
        yield from (written.replace(".", field.decimal_char) for written in (cell.text, f"{cell.text}0"))
    elif field.format not in ("default", "any") and hasattr(cell.value, "strftime"):
        yield cell.value.strftime(field.format)


def _line(cells: Sequence[str]) -> str:
    # A lone empty cell is quoted, or its line would be an empty one.
    return ",".join(map(_quoted, cells)) + "\n" if any(cells) or len(cells) > 1 else '""\n'


def _quoted(text: str) -> str:
    # Python's csv leaves a carriage return bare when lines end in LF: the line would break there.
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\r\n') else text


def _joined(record: Record) -> str:
    return " | ".join(record.cells)[:_SHOWN]
