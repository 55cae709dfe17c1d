"""What a check found, by what the findings have in common, in the words of a page."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from greencloud import tables
from greencloud.checking import groups as kinds
from greencloud.checking.visible import visible
from portal.filings import Checked
from portal.web import wording
from portal.worker.names import WIDEST

Finding = Mapping[str, Any]
"""A finding in the form of `rapport.schema.json`: code, row, field, value, message, fix, proposal; with all deposits
together, also id_centre and annee."""

_SHOWN = 60  # examples of one cause
_CELL = 60
_UNREAD = "\N{REPLACEMENT CHARACTER}"
_MOST_SITES = 200  # in a list to choose from
_SITE, _OTHER_KEYS = "id_centre", ("annee", "nom_site", "poste", "date_debut")


@dataclass(frozen=True)
class Cell:
    """A received cell that the page lets correct: the name of its input, its column, its text, the one proposed.

    `choices` are the values that the column may hold, each with its words; none for a free column.
    """

    name: str
    title: str
    value: str
    proposal: str
    choices: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Fault:
    """A finding in its row. `cells` are those to correct: of its column, and of the columns that its message names.

    `line`: the name of the input that leaves the whole row out, empty where the page cannot or another fault has it.
    """

    row: int | None
    where: str
    value: str
    message: str
    fix: str
    cells: Sequence[Cell]
    line: str


@dataclass(frozen=True)
class Cause:
    """Findings of one code on one column, under a `key` of their own.

    `column` is the name that the file gives to what people call `title`; `shared` the fix of them all, empty when each
    has its own.
    """

    key: str
    title: str
    column: str
    count: int
    shared: str
    faults: Sequence[Fault]


@dataclass(frozen=True)
class File:
    """What is known of the file that findings are about: its table, its cells, the names of the sites."""

    table: str
    checked: Checked
    sites: Mapping[str, str]
    editable: bool = False

    def title(self, field: str) -> str:
        """What people call a column of the file."""
        schema = tables.table(self.table)
        if field in schema.column_names:
            return schema.field(field).title
        place = self.checked.positions.get(field)
        return visible(self.checked.header[place], _CELL) if place is not None else field

    def choices(self, field: str) -> list[tuple[str, str]]:
        """The values that a column may hold, the sites of the body among them; none for a free column."""
        schema = tables.table(self.table)
        if field == _SITE and self.table != tables.INPUTS[0]:
            return [(site, visible(name, _CELL)) for site, name in sorted(self.sites.items())][:_MOST_SITES]
        return wording.choices(schema.field(field)) if field in schema.column_names else []

    def fits(self, field: str, value: str) -> bool:
        """Whether an input gives a cell back as it was, or nothing of it is worth keeping.

        Lines would run together. A text that is too wide would be cut, where a number or a day is to be typed anew.
        """
        schema = tables.table(self.table)
        typed = field in schema.column_names and schema.field(field).type != "string"
        return "\n" not in value and "\r" not in value and (typed or len(value) <= WIDEST)

    def where(self, cells: Sequence[str]) -> str:
        """What tells an agent which row it is: the site by its name, the year."""
        return self.row_of(self._cell(cells, _SITE), *(self._cell(cells, key) for key in _OTHER_KEYS))

    def row_of(self, site: str, *told: str) -> str:
        """A row by the name of its site, and what else tells it from others."""
        named = f"{visible(self.sites[site], _CELL)} ({site})" if site in self.sites else visible(site, _CELL)
        return " · ".join(filter(None, [named, *told]))

    def _cell(self, cells: Sequence[str], key: str) -> str:
        place = self.checked.positions.get(key)
        return visible(cells[place].strip(), _CELL) if place is not None and place < len(cells) else ""


def causes(found: Iterable[Finding], file: File) -> list[Cause]:
    """Findings by what they have in common, those of the whole file first: they keep every row out."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in found:
        groups.setdefault((finding["code"], finding["field"] or ""), []).append(finding)
    offered: set[str] = set()  # a cell is corrected in one place, however many findings are about it
    worst_first = sorted(groups.items(), key=lambda group: (group[1][0]["row"] is not None, -len(group[1])))
    return list(_told_apart(_cause(_key(*group), items, file, offered) for group, items in worst_first))


def _told_apart(found: Iterable[Cause]) -> Iterator[Cause]:
    """Causes under headings of their own: one that stands twice in a page leads nowhere."""
    told: Counter[str] = Counter()
    for cause in found:
        told[cause.title] += 1
        count = told[cause.title]
        yield cause if count == 1 else replace(cause, title=f"{cause.title}, cause {count}")


def _key(code: str, field: str) -> str:
    """A name for a field of a form, the same at each request; a label of a file may be any text."""
    return hashlib.sha256(f"{code}\n{field}".encode()).hexdigest()[:12]


def _cause(key: str, items: Sequence[Finding], file: File, offered: set[str]) -> Cause:
    first = items[0]
    field = first["field"]
    fixes = {item["fix"] for item in items}
    shared = wording.told(file.table, first["fix"], code=first["code"]) if len(items) > 1 and len(fixes) == 1 else ""
    title = file.title(field) if field else "Le fichier" if first["row"] is None else _kind(first["code"])
    column = field if field in file.checked.positions and field != title else ""
    shown = items if file.editable else items[:_SHOWN]
    return Cause(key, title, column, len(items), shared, [_fault(item, file, shared, offered) for item in shown])


def _kind(code: str) -> str:
    """What is wrong with a line as a whole."""
    kind = kinds.title(code)
    return f"{kind[0].upper()}{kind[1:]}"


def _fault(item: Finding, file: File, shared: str, offered: set[str]) -> Fault:
    row, place, code = item["row"], file.checked.positions.get(item["field"] or ""), item["code"]
    received = file.checked.cells.get(row, []) if row is not None else []
    value = received[place] if place is not None and place < len(received) else item["value"] or ""
    # A finding that only shows with all deposits together is about a row without a fault of its own: no cell is kept.
    told = file.row_of(str(item.get(_SITE) or ""), str(item.get("annee") or ""))
    return Fault(
        row,
        file.where(received) or told,
        visible(value, _CELL),
        wording.told(file.table, item["message"], code=code, placed=row is not None),
        "" if shared else wording.told(file.table, item["fix"], code=code),
        _cells(item, file, received, offered) if file.editable and received else (),
        _line(item, file, received, offered),
    )


def _line(item: Finding, file: File, received: Sequence[str], offered: set[str]) -> str:
    """Only what is wrong with a line as a whole, or with its key, is mended by leaving it out."""
    name = f"l-{item['row']}"
    keys = tables.table(file.table).primary_key
    if not (file.editable and received) or name in offered or item["field"] not in (None, *keys):
        return ""
    offered.add(name)
    return name


def _illegible(file: File, received: Sequence[str]) -> list[str]:
    """The columns of a row in which a byte could not be read: kept as they are, they would pass for a text."""
    return [field for field, place in file.checked.positions.items() if _UNREAD in "".join(received[place : place + 1])]


def _cells(item: Finding, file: File, received: Sequence[str], offered: set[str]) -> list[Cell]:
    """The cells of a faulty row that a finding is about, those left out that stand in the page already."""
    told = [item["field"], *wording.columns(file.table, item["message"]), *_illegible(file, received)]
    cells = []
    for field in dict.fromkeys(filter(None, told)):
        place = file.checked.positions.get(field)
        name = f"c-{item['row']}-{place}"
        value = received[place] if place is not None and place < len(received) else ""
        if place is None or name in offered or not file.fits(field, value):
            continue
        offered.add(name)
        value = value if len(value) <= WIDEST else ""  # cut, it might pass for another
        proposal = (item["proposal"] or "") if field == item["field"] else ""
        cells.append(Cell(name, file.title(field), value, proposal, file.choices(field)))
    return cells
