"""A written page read back: its elements, its texts, the published cells that its numbers claim to come from."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

VOID = {"meta", "link", "br", "img", "input", "hr"}
# Spoken or shown to the reader, although not text nodes.
READ_ATTRIBUTES = ("aria-label", "alt", "title", "placeholder")
UNITS = {"kWh": 1.0, "MWh": 1e3, "GWh": 1e6, "TWh": 1e9, "€": 1.0, "k€": 1e3, "M€": 1e6, "tCO₂e": 1.0}


@dataclass
class Element:
    """An element with its attributes and what it holds: texts and elements, in order."""

    tag: str
    attributes: dict[str, str]
    content: list["Element | str"] = field(default_factory=list)

    def all(self, tag: str | None = None) -> Iterator["Element"]:
        """The elements below, in document order."""
        for part in self.content:
            if isinstance(part, Element):
                if tag in (None, part.tag):
                    yield part
                yield from part.all(tag)

    def texts(self) -> Iterator[str]:
        """The texts below that a reader sees."""
        for part in self.content:
            if isinstance(part, str):
                yield part
            elif part.tag not in ("script", "style"):
                yield from part.texts()

    @property
    def text(self) -> str:
        return "".join(self.texts()).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("document", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        if tag == "data":
            self._inherit(element)
        self.open[-1].content.append(element)
        if tag not in VOID:
            self.open.append(element)

    def _inherit(self, cell: Element) -> None:
        """What the elements around a cell say of its place: its table, its row, its column."""
        for name in ("data-source", "data-cle", "data-colonne"):
            around = [element.attributes[name] for element in self.open if name in element.attributes]
            cell.attributes.setdefault(name, around[-1] if around else "")
        cell.attributes["data-colonne"] = cell.attributes["data-colonne"] or self._head()

    def _head(self) -> str:
        """The column that the head of the table gives to the cell being read."""
        tables = [element for element in self.open if element.tag == "table"]
        rows = [element for element in self.open if element.tag == "tr"]
        if not tables or not rows:
            return ""
        place = len([part for part in rows[-1].content if isinstance(part, Element)]) - 1
        heads = list(next(tables[-1].all("thead")).all("th"))
        return heads[place].attributes.get("data-colonne", "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].content.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].content.append(data)


def read(text: str) -> Element:
    """The document of a page. Fails when a tag is left open or closes another."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert len(reader.open) == 1, f"left open: {[element.tag for element in reader.open[1:]]}"
    return reader.root


def figures(page: Element) -> dict[str, dict[str, Any]]:
    """The figures of a page: id of the drawing -> Plotly's data and layout."""
    scripts = [script for script in page.all("script") if "data-graphique" in script.attributes]
    return {script.attributes["data-graphique"]: json.loads("".join(map(str, script.content))) for script in scripts}


def loose_numbers(element: Element, identifiers: dict[str, str]) -> list[str]:
    """What a reader sees with a digit in it that neither claims a published cell nor is one of the `identifiers`.

    What is said of a drawing is left out: it has a test of its own.
    """
    spoken = {} if element.attributes.get("role") == "img" else element.attributes
    found = [value for name, value in spoken.items() if name in READ_ATTRIBUTES and re.search(r"\d", value)]
    for part in element.content:
        if isinstance(part, str):
            found += [part.strip()] if re.search(r"\d", part) else []
        elif part.tag in ("script", "style", "svg") or "data-source" in part.attributes:
            continue  # a drawing is compared with its figure, and its figure with the published file
        elif "data-identifiant" in part.attributes:
            found += [] if identifiers.get(part.attributes["data-identifiant"]) == part.text else [part.text]
        else:
            found += loose_numbers(part, identifiers)
    return found


def disagreements(page: Element, folder: Path, labelled: tuple[str, ...] = ()) -> list[str]:
    """The cells of a page whose raw value, or whose text, is not what the published file holds.

    Columns `labelled` show a label in place of their code: only their raw value is compared.
    """
    tables: dict[str, list[dict[str, str]]] = {}
    units = _head_units(page)
    wrong = []
    for cell in page.all("data"):
        if "data-calcul" in cell.attributes:
            continue  # worked out by the page: the test of that page works it out again
        name = cell.attributes["data-source"]
        if name not in tables:
            with (folder / name).open(encoding="utf-8", newline="") as file:
                tables[name] = list(csv.DictReader(file))
        published = _published(tables[name], cell)
        column = cell.attributes["data-colonne"]
        said = column in labelled or says(cell.text, published, column, units.get(id(cell)))
        if not said or not _same(cell.attributes["value"], published):
            wrong.append(f"{cell.text!r} for {published!r} ({cell.attributes['data-cle']})")
    return wrong


def _head_units(page: Element) -> dict[int, str]:
    """The unit of each cell that stands under a head such as `Énergie totale (GWh)`."""
    units: dict[int, str] = {}
    for table in page.all("table"):
        heads = [re.search(r"\(([^)]+)\)", head.text) for head in next(table.all("thead")).all("th")]
        for row in next(table.all("tbody")).all("tr"):
            cells = [part for part in row.content if isinstance(part, Element)]
            for head, place in zip(heads, cells, strict=True):
                if head and head.group(1) in UNITS:
                    units |= {id(cell): head.group(1) for cell in place.all("data")}
    return units


def _published(rows: list[dict[str, str]], cell: Element) -> str:
    key = dict(part.split("=", 1) for part in cell.attributes["data-cle"].split(";"))
    found = [row for row in rows if all(row[name] == value for name, value in key.items())]
    assert len(found) == 1, f"{len(found)} rows for {key}"
    return found[0][cell.attributes["data-colonne"]]


def _same(raw: str, published: str) -> bool:
    if re.fullmatch(r"-?[\d.]+(e[+-]?\d+)?", published):
        return raw != "" and float(raw) == float(published)
    return raw == published


def says(text: str, published: str, column: str, head_unit: str | None) -> bool:
    """Whether a French text is the published value: as a number, to half a unit of its last digit."""
    if published == "":
        return text in ("—", "secret")
    number = re.fullmatch(r"([+−]?[\d\u202f]+)(?:,(\d+))?(?:\u00a0(\S+))?", text)
    if number is None or not re.fullmatch(r"[-\d.e+]+", published):
        return text.casefold() == published.casefold()
    whole, decimals, unit = number.groups()
    percent = 1.0 if column.endswith("_pct") else 0.01  # published as a percentage, or as a share of one
    scale = percent if unit == "%" else UNITS.get(unit or head_unit or "", 1.0)
    shown = float(whole.replace("\u202f", "").replace("−", "-") + "." + (decimals or "0"))
    step = scale * 10 ** -len(decimals or "")
    return bool(abs(shown * scale - float(published)) <= step / 2 * 1.000001)
