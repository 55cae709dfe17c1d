"""OpenDocument spreadsheets (ods): the tables of content.xml, repeated cells counted before they are made."""

from collections.abc import Iterator
from datetime import datetime

from greencloud.reading import markup, spellings
from greencloud.reading.archives import Zip
from greencloud.reading.limits import Budget, SheetBudget
from greencloud.reading.native import TypedText
from greencloud.reading.refusals import SAVE_AS_CSV, Unreadable
from greencloud.reading.sheets import Sheet, cell_name

_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
_STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0 "
_DRAWING = "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0 "
_CELLS = (_TABLE + "table-cell", _TABLE + "covered-table-cell")
_LARGEST = 1 << 24  # no spreadsheet has more rows or columns
_NUMBERS = ("float", "percentage", "currency")


def sheets(zipped: Zip, packed: int) -> Iterator[Sheet]:
    """The sheets of the spreadsheet, in order. Raises Unreadable."""
    budget = Budget.of_workbook(packed)
    names = set(zipped.names)
    if "META-INF/manifest.xml" in names and b"encryption-data" in zipped.read("META-INF/manifest.xml", budget):
        raise Unreadable(
            "format-error", "Le classeur est protégé par un mot de passe.", "Enlevez le mot de passe. " + SAVE_AS_CSV
        )
    if "content.xml" not in names:
        raise markup.damaged()
    content = _Content(SheetBudget(packed))
    markup.parse(zipped.read("content.xml", budget), content.start, content.end, content.characters)
    yield from content.sheets


class _Content:
    """Gathers the tables of content.xml as it is parsed."""

    def __init__(self, budget: SheetBudget) -> None:
        self.sheets: list[Sheet] = []
        self._budget = budget
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._table: _Table | None = None
        self._depth = 0
        self._cell: dict[str, str] | None = None
        self._aside = 0
        self._paragraphs: list[str] = []
        self._inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._aside or (self._cell is not None and (name == _OFFICE + "annotation" or name.startswith(_DRAWING))):
            self._aside += 1
        elif name.startswith(_TEXT):
            self._start_text(name.removeprefix(_TEXT), attributes)
        elif name in _CELLS:
            if self._depth == 1:
                self._cell, self._paragraphs = attributes, []
        elif name == _TABLE + "table-row" and self._depth == 1 and self._table:
            self._table.start_row(_repeats(attributes, "number-rows-repeated"))
        elif name == _TABLE + "table":
            self._start_table(attributes)
        elif name == _STYLE + "style":
            self._style = attributes.get(_STYLE + "name", "")
        elif name == _STYLE + "table-properties" and attributes.get(_TABLE + "display") == "false":
            self._hidden_styles.add(self._style)

    def end(self, name: str) -> None:
        if self._aside:
            self._aside -= 1
        elif name == _TEXT + "p":
            self._inside = False
        elif name in _CELLS and self._depth == 1 and self._cell is not None and self._table:
            covered = name == _CELLS[1]
            text, calculated = ("", True) if covered else self._value(self._cell)
            self._table.add_cell(text, _repeats(self._cell, "number-columns-repeated"), calculated)
            self._cell = None
        elif name == _TABLE + "table-row" and self._depth == 1 and self._table:
            self._table.end_row()
        elif name == _TABLE + "table":
            self._depth -= 1
            if self._depth == 0 and self._table:
                self.sheets.append(self._table.sheet())
                self._table = None

    def characters(self, text: str) -> None:
        if self._inside and not self._aside:
            self._paragraphs[-1] += text

    def _start_text(self, name: str, attributes: dict[str, str]) -> None:
        if self._cell is None:
            return
        if name == "p":
            self._paragraphs.append("")
            self._inside = True
        elif self._paragraphs:
            spaces = attributes.get(_TEXT + "c", "1") if name == "s" else "0"
            count = int(spaces) if spaces.isdecimal() else 1
            self._budget.spend_text(count)
            self._paragraphs[-1] += {"s": " " * count, "tab": "\t", "line-break": "\n"}.get(name, "")

    def _start_table(self, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1:
            hidden = attributes.get(_TABLE + "style-name", "") in self._hidden_styles
            self._table = _Table(attributes.get(_TABLE + "name", ""), hidden, self._budget)

    def _value(self, cell: dict[str, str]) -> tuple[str, bool]:
        """The canonical text of a cell, and whether it is a value rather than a formula without one."""
        kind = cell.get(_OFFICE + "value-type")
        text = "\n".join(self._paragraphs)
        if kind in _NUMBERS:
            return _number(cell.get(_OFFICE + "value", text), text), True
        if kind == "date":
            return TypedText(_date(cell.get(_OFFICE + "date-value", text))), True
        if kind == "time":
            return TypedText(spellings.duration(cell.get(_OFFICE + "time-value", text))), True
        if kind == "boolean":
            return TypedText(cell.get(_OFFICE + "boolean-value", text)), True
        formula = cell.get(_TABLE + "formula", "")
        if kind is None and formula and not text:
            return "=" + formula.partition("=")[2], False
        return text or cell.get(_OFFICE + "string-value", ""), True


class _Table:
    """One table: its rows as they come, blank ones only made when a filled one follows."""

    def __init__(self, name: str, hidden: bool, budget: SheetBudget) -> None:
        self._name = name
        self._hidden = hidden
        self._budget = budget
        self._rows: list[list[str]] = []
        self._blank = 0
        self._width = 0
        self._row: list[str] = []
        self._repeats = 1
        self._pending = 0
        self._merged = 0
        self._uncalculated: list[str] = []

    def start_row(self, repeats: int) -> None:
        self._row, self._pending, self._repeats = [], 0, repeats

    def add_cell(self, text: str, repeats: int, calculated: bool) -> None:
        if not text:
            self._pending += repeats
            return
        width = len(self._row) + self._pending + repeats
        height = len(self._rows) + self._blank + self._repeats
        self._budget.check_size(height, max(width, self._width))
        self._budget.spend_text(len(text) * repeats * self._repeats)
        if not calculated:
            self._uncalculated.append(cell_name(len(self._rows) + self._blank, len(self._row) + self._pending))
        self._row += [""] * self._pending + [text] * repeats
        self._pending = 0
        self._width = max(width, self._width)

    def end_row(self) -> None:
        if not self._row:
            self._blank += self._repeats
            return
        self._rows += [[] for _ in range(self._blank)]
        self._rows += [self._row] * self._repeats
        self._blank = 0

    def sheet(self) -> Sheet:
        rows = [row + [""] * (self._width - len(row)) for row in self._rows]
        return Sheet(self._name, rows, self._hidden, uncalculated=tuple(self._uncalculated))


def _repeats(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(_TABLE + name, "1")
    return min(int(text), _LARGEST) if text.isdecimal() and len(text) < 20 else 1


def _number(value: str, shown: str) -> str:
    """The number, or what is shown of it when that is the same with zeros before it, as codes are shown."""
    try:
        number = float(value)
    except ValueError:
        return value
    if shown.isdecimal() and shown.startswith("0") and len(shown) > 1 and float(shown) == number:
        return shown
    return TypedText(spellings.number(number))


def _date(text: str) -> str:
    try:
        return spellings.moment(datetime.fromisoformat(text))
    except ValueError:
        return text
