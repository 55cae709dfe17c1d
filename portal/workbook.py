"""The template of a deposit as a workbook or a CSV: the columns of the schema, lists, units, help, last year's figures.

What a body declared before is hostile as well: each text is written as a text, so that no spreadsheet runs it.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from greencloud.tables import Field, Table
from portal import taken

Row = Mapping[str, str]

_HEAD = 2  # lines before the first row of data
ROWS = 500
"""How many rows of the sheet are guarded by lists and bounds."""
REGISTER, DECLARATIONS, READINGS = taken.TABLES
# What seldom changes from one year to the next: it is asked for once and carried over, to be read again.
CARRIED = (
    *("categorie_mesure_it", "perimetre", "commentaire_perimetre", "norme_version", "puissance_it_installee_kw"),
    *("surface_totale_m2", "surface_salle_it_m2", "services_reseau", "capacite_batteries_reseau_kw"),
    *("categorie_mesure_eau", "type_refroidissement", "temperature_consigne_c", "fluides_frigorigenes"),
)
_HELP, _LISTS = "Mode d’emploi", "Listes"
_NEVER_CLOCK = dt.datetime(2026, 1, 1)  # the same rows give the same bytes
_FORMULA = re.compile(r"[=+\-@\t\r\n]")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]+)?")
_TIP, _TIP_TITLE = 255, 32  # what a spreadsheet can show of the help of a cell
_WIDEST, _NARROWEST, _MARGIN = 34, 13, 1.5  # characters
_BOLD = 1.15  # how much wider than a plain one a bold character is
_LINE = 15.0  # points
_WHAT = 95  # characters of the widest column of the help


@dataclass(frozen=True)
class Template:
    """What a body is to fill in: the rows to begin with, and those of the year before, to be looked at."""

    table: Table
    year: int
    rows: Sequence[Row]
    before: Sequence[Row] = ()


def template(table: Table, year: int, register: Sequence[Row], before: Sequence[Row]) -> Template:
    """The rows that a body begins with: its open sites of that year, and what it said of them that seldom changes."""
    if table.name == REGISTER:
        return Template(table, year, register)
    sites = [row["id_centre"] for row in register if is_open(row, year)]
    if table.name == READINGS:
        return Template(table, year, [month for site in sites for month in _months(site, year)])
    known = {row["id_centre"]: row for row in before if row.get("annee") == str(year - 1)}
    rows = [
        {"id_centre": site, "annee": str(year)} | {name: known.get(site, {}).get(name, "") for name in CARRIED}
        for site in sites
    ]
    return Template(table, year, rows, list(known.values()))


def is_open(site: Row, year: int) -> bool:
    """Whether a site of the register was open at least a day of a year."""
    closed = site.get("date_fermeture", "")
    return not closed or closed[:4] >= str(year)


def _months(site: str, year: int) -> list[Row]:
    first = [dt.date(year, month, 1) for month in range(1, 13)] + [dt.date(year + 1, 1, 1)]
    return [
        {
            "id_centre": site,
            "poste": "total",
            "date_debut": begin.isoformat(),
            "date_fin": (end - dt.timedelta(days=1)).isoformat(),
        }
        for begin, end in pairwise(first)
    ]


def to_csv(given: Template) -> bytes:
    """The template as a CSV that Excel in French opens as it should: UTF-8 with its mark, semicolons, CRLF."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(given.table.column_names)
    writer.writerows([[_harmless(row.get(name, "")) for name in given.table.column_names] for row in given.rows])
    return written.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: the mark of a text before it, which the check takes off again."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def to_xlsx(given: Template) -> bytes:
    """The template as a workbook: the sheet to fill in, last year's figures, how to fill it in, the lists."""
    held = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(held, options) as book:
        book.set_properties({"title": given.table.title, "created": _NEVER_CLOCK, "comments": given.table.version})
        styles = _Styles(book)
        sheet = book.add_worksheet(given.table.name)
        _fill(sheet, given.table, given.rows, styles)
        if given.before:
            _recall(book.add_worksheet(f"Déclaré pour {given.year - 1}"), given, styles)
        _explain(book.add_worksheet(_HELP), given, styles)
        lists = book.add_worksheet(_LISTS)
        _guard(sheet, lists, given.table)
        lists.hide()
    return held.getvalue()


class _Styles:
    """The looks of the cells; identifiers and texts are texts, or a spreadsheet would round a SIRET."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        head = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 2, "font_color": "#17212b"}
        self.required = book.add_format({**head, "bg_color": "#cfe6dd"})
        self.optional = book.add_format({**head, "bg_color": "#f4f7f6"})
        self.name = book.add_format({"font_color": "#4f5d6b", "font_size": 9, "bottom": 1})
        self.text = book.add_format({"num_format": "@", "valign": "top"})
        self.number = book.add_format({"num_format": "0.############", "valign": "top"})
        self.whole = book.add_format({"num_format": "0", "valign": "top"})
        self.date = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})

    def of(self, field: Field) -> Format:
        """How the cells of a column look."""
        return {"number": self.number, "integer": self.whole, "date": self.date}.get(field.type, self.text)


def _fill(sheet: Worksheet, table: Table, rows: Sequence[Row], styles: _Styles) -> None:
    """The sheet to fill in: titles for people, the names of the columns for the portal, then the rows."""
    sheet.freeze_panes(_HEAD, 1)
    widths = [_width(field, rows) for field in table.fields]
    heads = zip(map(_title, table.fields), widths, strict=True)
    sheet.set_row(0, _LINE * max(_lines(title, width) for title, width in heads))
    for place, (field, width) in enumerate(zip(table.fields, widths, strict=True)):
        sheet.set_column(place, place, width, styles.of(field))
        sheet.write_string(0, place, _title(field), styles.required if field.required else styles.optional)
        sheet.write_string(1, place, field.name, styles.name)
        for number, row in enumerate(rows, _HEAD):
            _write(sheet, number, place, field, row.get(field.name, ""), styles)


def _title(field: Field) -> str:
    """The head of a column. With its example it is no label: the portal reads the line of the names below it."""
    return f"{field.title}\nex.\u00a0:\u00a0{field.example}"


def _width(field: Field, rows: Sequence[Row]) -> float:
    """How wide a column is, in characters: its name, the words of its head and what it already holds are whole."""
    words = max(len(word) for word in re.split("[ \n]", _title(field))) * _BOLD
    held = max((len(row.get(field.name, "")) for row in rows), default=0)
    return min(max(len(field.title) * 0.62, len(field.name) * 0.95, words, held, _NARROWEST) + _MARGIN, _WIDEST)


def _lines(text: str, width: float) -> int:
    """How many lines a text takes at most in a cell so many characters wide, in bold or not."""
    return sum(len(wrap(line, max(1, int(width / _BOLD)))) for line in text.splitlines())


def _recall(sheet: Worksheet, given: Template, styles: _Styles) -> None:
    """Last year's figures, a column for each site: a sheet that nothing takes for the one to fill in."""
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 46, styles.wrapped)
    sheet.set_column(1, len(given.before), 20)
    told = [field for field in given.table.fields if any(row.get(field.name) for row in given.before)]
    for line, field in enumerate(told):
        sheet.write_string(line, 0, field.title, styles.wrapped)
        for place, row in enumerate(given.before, 1):
            _write(sheet, line, place, field, row.get(field.name, ""), styles)
    sheet.protect()


def _write(sheet: Worksheet, row: int, place: int, field: Field, text: str, styles: _Styles) -> None:
    """A cell of the type of its column where its text is one, else the text as it is."""
    if not text:
        return
    if field.type in ("number", "integer") and _NUMBER.fullmatch(text):
        sheet.write_number(row, place, float(text), styles.of(field))
    elif field.type == "boolean" and text in ("true", "false"):
        sheet.write_string(row, place, "oui" if text == "true" else "non", styles.text)
    elif field.type == "date" and (day := _day(text)) is not None:
        sheet.write_datetime(row, place, day, styles.date)
    else:
        sheet.write_string(row, place, text, styles.text)


def _day(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def _guard(sheet: Worksheet, lists: Worksheet, table: Table) -> None:
    """Lists, bounds and the help of each column, shown when a cell of it is chosen."""
    listed = 0
    for place, field in enumerate(table.fields):
        rule = _bounds(field)
        if choices := _choices(field):
            lists.write_string(0, listed, field.name)
            lists.write_column(1, listed, choices)
            letter = xlsxwriter.utility.xl_col_to_name(listed)
            rule = {"validate": "list", "source": f"='{_LISTS}'!${letter}$2:${letter}${len(choices) + 1}"}
            listed += 1
        sheet.data_validation(_HEAD, place, _HEAD + ROWS - 1, place, rule | _tip(field))


def _choices(field: Field) -> list[str]:
    return ["oui", "non"] if field.type == "boolean" else [str(value) for value in field.constraints.get("enum", [])]


def _bounds(field: Field) -> dict[str, object]:
    """What a cell of the column may hold, where a spreadsheet can say it; it warns, the portal decides."""
    if field.type not in ("number", "integer"):
        return {"validate": "any"}
    kind = "decimal" if field.type == "number" else "integer"
    low, high = field.constraints.get("minimum"), field.constraints.get("maximum")
    if low is None:
        return {"validate": kind, "criteria": "between", "minimum": -1e12, "maximum": 1e12, "error_type": "warning"}
    bound = {"validate": kind, "error_type": "warning", "minimum": low, "maximum": high, "value": low}
    return bound | {"criteria": ">=" if high is None else "between"}


def _tip(field: Field) -> dict[str, object]:
    title = field.title if len(field.title) <= _TIP_TITLE else field.name[:_TIP_TITLE]
    error = f"Exemple : {field.example}. Laissez vide ce que vous ne savez pas : un vide n’est pas un zéro."
    return {
        "ignore_blank": True,
        "input_title": title,
        "input_message": _cut(field.description),
        "error_title": title,
        "error_message": _cut(error),
    }


def _cut(text: str) -> str:
    return text if len(text) <= _TIP else f"{text[: _TIP - 2].rsplit(' ', 1)[0]} …"


def _explain(sheet: Worksheet, given: Template, styles: _Styles) -> None:
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 12)
    sheet.set_column(2, 2, _WHAT)
    sheet.set_column(3, 3, 24)
    sheet.write_string(0, 0, given.table.title, styles.title)
    sentences = _sentences(given)
    for row, sentence in enumerate(sentences, 1):
        sheet.merge_range(row, 0, row, 3, sentence, styles.wrapped)
    head = len(sentences) + 2
    for place, label in enumerate(("Colonne", "Obligatoire", "Que mettre", "Exemple")):
        sheet.write_string(head, place, label, styles.optional)
    for row, field in enumerate(given.table.fields, head + 1):
        cells = (field.title, "oui" if field.required else "", field.description, str(field.example or ""))
        sheet.set_row(row, _LINE * _lines(field.description, _WHAT))  # no spreadsheet but Excel makes room
        for place, text in enumerate(cells):
            sheet.write_string(row, place, text, styles.wrapped)


def _sentences(given: Template) -> list[str]:
    """How to fill in a template: what one row is, what is there already, what must not change."""
    row, already = _ROWS[given.table.name]
    beside = " Les chiffres de l’an dernier sont sur la feuille d’à côté." if given.before else ""
    return [
        f"Remplissez la première feuille, {row} ; enregistrez, puis déposez ce classeur sur le portail.",
        "Les intitulés verts sont obligatoires. Ce que vous ne savez pas reste vide : un vide n’est jamais un zéro.",
        "L’unité est dans l’intitulé : un nombre s’écrit seul, sans « kWh » ni « kW ».",
        f"{already}{beside}",
        "Ne changez ni les intitulés ni la ligne grise sous eux : le portail s’y repère.",
    ]


_ROWS = {
    REGISTER: (
        "une ligne par centre",
        "Vos centres sont déjà là : changez ce qui a changé. Un centre qui ferme reste, avec sa date de fermeture.",
    ),
    DECLARATIONS: (
        "une ligne par centre et par année",
        "Ce qui change peu d’une année à l’autre est déjà rempli : relisez-le.",
    ),
    READINGS: (
        "une ligne par relevé de compteur ou par facture, avec le premier et le dernier jour de sa période",
        "Les douze mois de chaque centre sont déjà là : changez les jours si vos relevés en ont d’autres, et supprimez "
        "les lignes dont vous n’avez pas de relevé.",
    ),
}
"""What one row of a table is, and what its template holds already."""
