"""Excel workbooks (xlsx): their parts are inflated, checked and put in a clean archive before the library sees them.

The library shows #REF! as an empty cell, a formula without a saved result too, and two cells far apart make it ask for
more memory than there is, which ends the process: all three are settled here, in the XML of the sheets.
"""

import io
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from greencloud.reading import markup, spellings
from greencloud.reading.archives import Zip
from greencloud.reading.limits import CHARACTERS_LIMIT, Budget, SheetBudget
from greencloud.reading.native import TypedText
from greencloud.reading.sheets import Sheet, cell_name

_UNUSED = re.compile(
    r"(?:^|/)(?:theme|drawings|media|charts|(?:threaded)?comments|persons|pivot\w+|externallinks|printersettings|customxml|"
    r"docprops|activex|ctrlprops|embeddings|tables|querytables|richdata|slicer\w*|webextensions|customui)/",
    re.IGNORECASE,
)
_SHEET = re.compile(rb"<(?:\w+:)?worksheet[\s>]")
_START = 4096
_KNOWN = 50_000
_CHUNK = 1 << 20
_PREFIX = rb"(?:\w+:)?"
_PLACE = rb' r="([A-Z]{1,3})([0-9]{1,7})"'
_ANY_CELL = re.compile(rb"<" + _PREFIX + rb"c(?=[\s/>])")
_CELL = re.compile(rb"<" + _PREFIX + rb"c" + _PLACE + rb'(?: [a-z]+="[^"<>&]*")* ?/?>')
_EMPTY_CELL = re.compile(rb"<" + _PREFIX + rb'c(?: [a-z]+="[^"<>&]*")+ ?(?:/>|></' + _PREFIX + rb"c>)")
_ERROR = re.compile(rb"(<" + _PREFIX + rb'c r="[A-Z]+[0-9]+"[^<>]*) t="e"')
_UNCALCULATED = re.compile(
    rb"<(" + _PREFIX + rb')c r="([A-Z]+[0-9]+)"(?: s="[0-9]+")?><\1f[^<>]*?(?:/>|>([^<]*)</\1f>)'
    rb"(?:<\1v></\1v>|<\1v ?/>)?</\1c>"
)
_SHARED = re.compile(rb' t="s"[^<>]*><(?:\w+:)?v>([0-9]{1,9})<')
_CODE_FORMAT = re.compile(rb'<(?:\w+:)?numFmt(?= )(?=[^>]* numFmtId="([0-9]+)")[^>]* formatCode="(0{2,30})"')
_CELL_FORMATS = re.compile(rb"<(?:\w+:)?cellXfs[\s>].*?</(?:\w+:)?cellXfs>", re.DOTALL)
_CELL_FORMAT = re.compile(rb'<(?:\w+:)?xf [^>]*?numFmtId="([0-9]+)"')
_CODE = re.compile(
    rb"(<"
    + _PREFIX
    + rb'c r="[A-Z]+[0-9]+" s="([0-9]+)")(?: t="n")?(>(?:<f[^<>]*>[^<]*</f>)?<'
    + _PREFIX
    + rb"v>)([0-9]+)<"
)
_FORMULA = rb'<\1c r="\2" t="str"><\1v>' + "\ue000=".encode() + rb"\3</\1v></\1c>"
_WRITTEN_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MARK = "\ue000"  # of a formula put in the place of its missing result, until the rows are made


def sheets(zipped: Zip, packed: int) -> Iterator[Sheet]:
    """The worksheets of the workbook, in order, each read when it is asked for. Raises Unreadable."""
    limits = SheetBudget(packed)
    cleaned = _Cleaned(zipped, Budget.of_workbook(packed), limits)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(cleaned.archive()))
        for entry in book.sheets_metadata:
            if entry.typ == SheetTypeEnum.WorkSheet:
                sheet = book.get_sheet_by_name(entry.name)
                hidden = entry.visible != SheetVisibleEnum.Visible
                merged = len(sheet.merged_cell_ranges or ())
                rows = _rows(sheet, limits)
                yield Sheet(entry.name, rows, hidden, merged, _uncalculated(rows) if cleaned.marked else ())
    except CalamineError as error:
        raise markup.damaged() from error
    except BaseException as error:
        if type(error).__module__ != "pyo3_runtime":  # the library's own failures have no class that can be named
            raise
        raise markup.damaged() from error


def _rows(sheet: CalamineSheet, limits: SheetBudget) -> list[list[str]]:
    """The rows from the first of the sheet, the columns from the first; equal texts are one text in memory."""
    if sheet.start is None:
        return []
    first_row, first_column = sheet.start
    limits.check_size(first_row + sheet.height, first_column + sheet.width)
    margin = [""] * first_column
    known: dict[type, dict[object, str]] = defaultdict(dict)
    rows = []
    for values in sheet.iter_rows():  # from the first row of the sheet, but from the first filled column
        row = margin.copy()
        for value in values:
            same = known[type(value)]
            text = same.get(value)
            if text is None:
                text = value if isinstance(value, str) else TypedText(spellings.spelled(value))
                if len(same) < _KNOWN:
                    same[value] = text
            row.append(text)
        limits.spend_text(sum(map(len, row)))
        rows.append(row)
    return rows


def _uncalculated(rows: list[list[str]]) -> tuple[str, ...]:
    """The names of the cells that hold a formula instead of its result; their marks go."""
    places = []
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            if text.startswith(_MARK):
                row[column] = text.removeprefix(_MARK)
                places.append(cell_name(number, column))
    return tuple(places)


class _Cleaned:
    """The parts of a workbook that are needed, checked and rewritten."""

    def __init__(self, zipped: Zip, budget: Budget, limits: SheetBudget) -> None:
        self._zipped = zipped
        self._budget = budget
        self._limits = limits
        self._lengths = [len(text) for text in self._strings().split(b"</si>")]
        self._codes = self._code_styles()
        self.marked = False

    def archive(self) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name in self._zipped.names:
                if _needed(name):
                    archive.writestr(zipfile.ZipInfo(name.removeprefix("/")), self._part(name))
        return target.getvalue()

    def _strings(self) -> bytes:
        names = [name for name in self._zipped.names if name.lower().endswith("sharedstrings.xml")]
        return b"".join(self._zipped.read(name, self._budget) for name in names)

    def _code_styles(self) -> dict[bytes, int]:
        """The styles under which numbers are shown as codes (`00123`), and how many digits they show."""
        names = [name for name in self._zipped.names if name.lower().endswith("/styles.xml")]
        part = b"".join(self._zipped.read(name, self._budget) for name in names)
        shown = {number: len(zeros) for number, zeros in _CODE_FORMAT.findall(part)}
        found = _CELL_FORMATS.search(part) if shown else None
        formats = _CELL_FORMAT.findall(found[0]) if found else []
        return {b"%d" % place: shown[number] for place, number in enumerate(formats) if number in shown}

    def _count_shared_text(self, part: bytes) -> None:
        """The library copies a shared string into each cell: the characters that all of them would hold are counted."""
        if part.count(b' t="s"') * max(self._lengths) > CHARACTERS_LIMIT:
            shared = Counter(map(int, _SHARED.findall(part)))
            lengths = self._lengths
            self._limits.spend_text(sum(lengths[n] * count for n, count in shared.items() if n < len(lengths)))

    def _part(self, name: str) -> bytes:
        part = self._zipped.read(name, self._budget)
        markup.refuse_entities(part)
        return self._sheet(part) if _SHEET.search(part[:_START]) else part

    def _sheet(self, part: bytes) -> bytes:
        part = _EMPTY_CELL.sub(b"", part)
        written = len(_ANY_CELL.findall(part))
        self._limits.check_size(written, 1)
        rows, columns, cells = _extent(part)
        if cells != written:
            part = _Rewritten(part).part()
            rows, columns, cells = _extent(part)
        self._limits.check_size(rows, columns)
        if b' t="e"' in part:
            part = _ERROR.sub(rb'\1 t="str"', part)
        if self._codes:
            part = _CODE.sub(self._coded, part)
        if b"f>" in part:
            part, marks = _UNCALCULATED.subn(_FORMULA, part)
            self.marked = self.marked or marks > 0
        self._count_shared_text(part)
        return part

    def _coded(self, cell: re.Match[bytes]) -> bytes:
        """A number shown as a code, turned into the text that is shown: its leading zeros are part of it."""
        digits = self._codes.get(cell[2], 0)
        return cell[1] + b' t="str"' + cell[3] + cell[4].zfill(digits) + b"<" if digits else cell[0]


def _needed(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels")) and not _UNUSED.search(name)


def _extent(part: bytes) -> tuple[int, int, int]:
    """The last row and column of a sheet, and how many of its cells say their place in the usual way."""
    rows = cells = start = 0
    columns: set[bytes] = set()
    while start < len(part):
        stop = part.find(b"><", start + _CHUNK) + 1 or len(part)
        places = _CELL.findall(part, start, stop)
        start = stop
        columns.update(column for column, _ in places)
        rows = max(rows, max(map(int, {row for _, row in places}), default=0))
        cells += len(places)
    return rows, max(map(_column_number, columns), default=0), cells


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


class _Rewritten:
    """A sheet written in an unusual way (places left out, other quotes) as the usual writers write it."""

    def __init__(self, part: bytes) -> None:
        self._written = ['<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>']
        self._row = self._column = 0
        self._attributes: dict[str, str] = {}
        self._inside: list[str] = []
        self._phonetic = 0
        self._pieces: dict[str, list[str]] = {}
        markup.parse(part, self._start, self._end, self._characters)

    def part(self) -> bytes:
        """The sheet as the usual writers write it."""
        return "".join((*self._written, "</sheetData></worksheet>")).encode()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        self._inside.append(local)
        self._phonetic += local == "rPh"
        if local == "row":
            self._row = _whole(attributes.get("r", ""), self._row + 1)
            self._column = 0
        elif local == "c":
            self._attributes, self._pieces = attributes, {"f": [], "v": [], "t": []}

    def _characters(self, text: str) -> None:
        if self._inside[-1] in self._pieces and not self._phonetic:
            self._pieces[self._inside[-1]].append(text)

    def _end(self, name: str) -> None:
        local = self._inside.pop()
        self._phonetic -= local == "rPh"
        if local == "f" and not self._pieces["f"]:
            self._pieces["f"].append("")
        if local == "c":
            self._write_cell()
            self._pieces = {}

    def _write_cell(self) -> None:
        place = _WRITTEN_PLACE.fullmatch(self._attributes.get("r", ""))
        self._column = _column_number(place[1].encode()) if place else self._column + 1
        row = int(place[2]) if place else self._row
        kind = self._attributes.get("t", "")
        value = "".join(self._pieces["v"]) or "".join(self._pieces["t"])
        if not value and not self._pieces["f"]:
            return
        style = f' s="{_whole(self._attributes.get("s", ""), 0)}"'
        form = ' t="str"' if kind == "inlineStr" else f" t={quoteattr(kind)}" if kind else ""
        formula = f"<f>{escape(''.join(self._pieces['f']))}</f>" if self._pieces["f"] else ""
        shown = f"<v>{escape(value)}</v>" if value or kind else ""
        name = cell_name(row - 1, self._column - 1)
        self._written.append(f'<c r="{name}"{style}{form}>{formula}{shown}</c>')


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else otherwise
