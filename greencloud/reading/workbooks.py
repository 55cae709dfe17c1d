"""Workbooks (xlsx, xls, ods) -> the rows of the sheet that holds the table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from greencloud.reading import opendocument
from greencloud.reading.archives import Zip
from greencloud.reading.biff import Book
from greencloud.reading.compound import Compound
from greencloud.reading.labels import label_key
from greencloud.reading.limits import SheetBudget
from greencloud.reading.records import Remark
from greencloud.reading.refusals import DEPOSIT_THE_TABLE, SAVE_AS_CSV, Unreadable
from greencloud.reading.sheets import Rows, Sheet
from greencloud.reading.signatures import refused
from greencloud.reading.words import counted

_HEADER_ROWS = 30
_NAMED_SHEETS = 6
_NAME_LENGTH = 40
_OTHER_COMPOUNDS = (
    ("WordDocument", "un document de traitement de texte (doc)"),
    ("PowerPoint Document", "une présentation (ppt)"),
    ("__properties_version1.0", "un message électronique"),
)


@dataclass(frozen=True, slots=True)
class Workbook:
    """What was read in a workbook: its format, the sheet that was chosen, its rows, and what had to be said."""

    container: str
    sheet: str
    rows: Rows
    remarks: tuple[Remark, ...]


def read_zipped(zipped: Zip, kind: str, packed: int, expected: Sequence[str]) -> Workbook:
    """The table of an xlsx or ods workbook of `packed` bytes. Raises Unreadable."""
    if kind == "ods":
        return _chosen(kind, opendocument.sheets(zipped, packed), expected)
    from greencloud.reading import ooxml  # only xlsx needs the library, and CSV files should not wait for it

    return _chosen(kind, ooxml.sheets(zipped, packed), expected)


def read_compound(content: bytes, expected: Sequence[str]) -> Workbook:
    """The table of an xls workbook. Raises Unreadable, for whatever else is kept in the same shell too."""
    compound = Compound(content)
    if "EncryptedPackage" in compound.names:
        raise Unreadable(
            "format-error", "Le classeur est protégé par un mot de passe.", "Enlevez le mot de passe. " + SAVE_AS_CSV
        )
    for stream, kind in _OTHER_COMPOUNDS:
        if stream in compound.names:
            raise refused(kind, DEPOSIT_THE_TABLE)
    for stream in ("Workbook", "Book"):
        if stream in compound.names:
            return _chosen("xls", _old_sheets(compound.stream(stream)), expected)
    raise refused("un document d'un autre logiciel", SAVE_AS_CSV)


def _old_sheets(stream: bytes) -> Iterator[Sheet]:
    book = Book(stream)
    limits = SheetBudget(len(stream))
    for entry in book.sheets:
        cells, merged = book.cells(entry, limits.cells)
        filled = {place: text for place, text in cells.items() if text}
        height = max((row for row, _ in filled), default=-1) + 1
        width = max((column for _, column in filled), default=-1) + 1
        limits.check_size(height, width)
        rows = [[""] * width for _ in range(height)]
        for (row, column), text in filled.items():
            rows[row][column] = text
        yield Sheet(entry.name, rows, entry.hidden, merged)


def _chosen(container: str, sheets: Iterator[Sheet], expected: Sequence[str]) -> Workbook:
    """The sheet that shows most expected labels, else most of a table; hidden and empty ones are no candidates."""
    known = frozenset(map(label_key, expected))
    best: Sheet | None = None
    names, hidden = [], []
    for sheet in sheets:
        if not sheet.rows:
            continue
        if sheet.hidden:
            hidden.append(sheet.name)
            continue
        names.append(sheet.name)
        if best is None or _evidence(sheet, known) > _evidence(best, known):
            best = sheet
    if best is None:
        raise Unreadable("source-error", "Le classeur n'a aucune feuille remplie et visible.", SAVE_AS_CSV)
    return Workbook(container, best.name, best.rows, tuple(_remarks(best, names, hidden, known)))


def _evidence(sheet: Sheet, known: frozenset[str]) -> tuple[int, float]:
    """How many expected labels one of the first rows shows; then how many cells are filled, and how densely."""
    matched = max(len(known.intersection(map(label_key, filter(None, row)))) for row in sheet.rows[:_HEADER_ROWS])
    filled = sum(len(row) - row.count("") for row in sheet.rows)
    return matched, filled * filled / (len(sheet.rows) * len(sheet.rows[0]))


def _remarks(sheet: Sheet, names: list[str], hidden: list[str], known: frozenset[str]) -> Iterator[Remark]:
    if len(names) > 1:
        labels = _evidence(sheet, known)[0]
        reason = "elle porte le plus d'intitulés attendus" if labels else "elle est la plus remplie"
        yield Remark(
            "feuille_choisie",
            f"Le classeur a {len(names)} feuilles remplies ({_listed(names)}) : seule la feuille « {sheet.name} » "
            f"a été lue, car {reason}.",
        )
    if hidden:
        several = len(hidden) > 1
        yield Remark(
            "feuilles_masquees",
            f"{'Des feuilles masquées n’ont' if several else 'Une feuille masquée n’a'} pas été "
            f"lue{'s' if several else ''} : {_listed(hidden)}.",
        )
    if sheet.merged:
        yield Remark(
            "cellules_fusionnees",
            f"La feuille « {sheet.name} » a {counted(sheet.merged)} groupe{'s' if sheet.merged > 1 else ''} de "
            "cellules fusionnées : seule la première cellule d'un groupe porte sa valeur.",
        )
    if sheet.uncalculated:
        others = len(sheet.uncalculated) - 1
        more = f" et {counted(others)} autre{'s' if others > 1 else ''}" if others else ""
        yield Remark(
            "formules_sans_resultat",
            f"Cellule {sheet.uncalculated[0]}{more} : la formule est enregistrée sans son résultat ; elle est lue "
            "comme un texte. Ouvrez le classeur dans un tableur et enregistrez-le : ses formules seront calculées.",
        )


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"« {name[:_NAME_LENGTH]} »" for name in names[:_NAMED_SHEETS])
    return shown + (", …" if len(names) > _NAMED_SHEETS else "")
