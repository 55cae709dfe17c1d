"""A report as one HTML page: the faulty cells in the row they were received in, for a screen, a reader or a printer.

The page needs nothing else: no script, no image, no font, no address. The same file and schema give the same bytes.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2

from greencloud.checking.checked import Checked
from greencloud.checking.groups import Group, grouped
from greencloud.checking.messages import WRITTEN_BY_COMMAND, plural
from greencloud.checking.report import Finding, Report
from greencloud.checking.titles import Titles, titles
from greencloud.checking.visible import visible

ROWS_PER_CAUSE = 200
ROWS = 2_000
"""How many rows are shown for a cause, and in the whole page; all are counted."""
WHOLE_ROWS = 20
"""For how many rows of a cause the cells left out can be unfolded."""
_COLUMNS = 7
_KEYS = 4
_COMPARED = 3
_CELL = 80
_LONG_WORD = 24
_APOSTROPHE = re.compile(r"«[^»]*»|(?<=\w)'(?=\w)")
_NAMED = re.compile("« ([^»]+?) »")
_HIGH_PUNCTUATION = re.compile("(?<=«) | (?=[»:;!?])")
_SIZES = ((1_000_000_000, "Go"), (1_000_000, "Mo"), (1_000, "ko"))


@dataclass(frozen=True)
class Cell:
    """A received cell as shown; `fault` marks the one that the finding is about, `gap` some columns left out.

    A cell `aside` (a neighbour of the faulty one) gives way on a narrow screen. `title` is what people call the column,
    for a label that says it otherwise.
    """

    text: str = ""
    title: str = ""
    absent: bool = False
    fault: bool = False
    gap: bool = False
    aside: bool = False

    @property
    def style(self) -> str:
        """Its CSS classes: a word that no line can hold has to be broken."""
        long = any(len(word) > _LONG_WORD for word in self.text.split())
        classes = {"fautive": self.fault, "absente": self.absent and not self.fault, "lacune": self.gap}
        classes |= {"longue": long, "voisine": self.aside}
        return " ".join(name for name, given in classes.items() if given)


@dataclass(frozen=True)
class Row:
    """A finding, with the received row it is about (no cells when the row could not be read).

    `whole` are the labels and texts of all its filled cells, those left out of `cells` included.
    """

    finding: Finding
    cells: tuple[Cell, ...]
    whole: tuple[tuple[Cell, str], ...] = ()


@dataclass(frozen=True)
class Block:
    """A cause, the labels of the columns shown, as cells, and its rows.

    `column` is how the file calls its column, or else how the schema does, where that is not its title.
    """

    id: str
    group: Group
    labels: tuple[Cell, ...]
    rows: tuple[Row, ...]
    column: str

    @property
    def gaps(self) -> bool:
        """Whether columns are left out."""
        return any(label.gap for label in self.labels)

    @property
    def cut(self) -> str:
        """How many findings are shown, where it is not all of them."""
        if len(self.rows) == self.group.count:
            return ""
        return f"{_figure(len(self.rows))} sur {_figure(self.group.count)}, les premières."


def write_page(checked: Checked, path: Path, *, command: bool = True) -> None:
    """Write the report of a checked file as an HTML page; `command`: its reader has the options of the command line."""
    environment = _environment()
    style = files("greencloud.checking").joinpath("templates", "rapport.css").read_text(encoding="utf-8")
    words = titles(checked.table)
    errors, warnings = _blocks(checked, words)
    template = environment.get_template("rapport.html.j2")
    stream = template.stream(
        report=checked.report,
        table=checked.table,
        command=command,
        told=partial(_told, words, command),
        style=style,
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        sections=(("erreurs", "Erreurs à corriger", errors), ("avertissements", "Avertissements", warnings)),
        errors=errors,
        proposals=sum(block.group.proposals for block in errors),
        whole_file=any(block.group.whole_file for block in errors),
        reading=tuple(_reading(checked.report)),
    )
    with path.open("w", encoding="utf-8", newline="\n") as written:
        stream.enable_buffering()
        written.writelines(stream)


def ready() -> None:
    """Compile the template now: whoever writes many pages, each in a process of its own, then does so once."""
    _environment().get_template("rapport.html.j2")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("greencloud.checking"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["visible"] = visible
    environment.filters["sentence"] = _sentence
    environment.filters["figure"] = _figure
    environment.globals["plural"] = plural
    return environment


def _told(words: Titles, command: bool, text: str, code: str) -> str:
    """What the check says, as this page's reader does: titles for names, and no option that they do not have."""
    return words.told(text if command else text.replace(WRITTEN_BY_COMMAND, ""), code)


def _sentence(text: str) -> str:
    """A French sentence with the apostrophes of the page, received values apart, that breaks at no high punctuation."""
    curved = _APOSTROPHE.sub(lambda found: "’" if found[0] == "'" else found[0], visible(text))
    return _HIGH_PUNCTUATION.sub("\u202f", curved)


def _figure(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")


def _blocks(checked: Checked, words: Titles) -> tuple[list[Block], list[Block]]:
    """The causes of the errors and of the warnings, each with as many of its rows as the page can bear."""
    errors, warnings = (grouped(found, ROWS_PER_CAUSE) for found in (checked.report.errors, checked.report.warnings))
    room = ROWS
    for group in (*errors, *warnings):
        del group.examples[max(room, 1) :]
        room -= len(group.examples)
    rows = _received(checked, {example.row for group in (*errors, *warnings) for example in group.examples})
    source = _Source(checked, words, _labels(checked, words), rows)
    return (
        [_block(f"erreur-{place}", group, source) for place, group in enumerate(errors, 1)],
        [_block(f"avertissement-{place}", group, source) for place, group in enumerate(warnings, 1)],
    )


def _received(checked: Checked, wanted: Iterable[int | None]) -> dict[int, Sequence[str]]:
    """The cells of the wanted records, from a second reading of the file."""
    missing = {number for number in wanted if number is not None}
    found: dict[int, Sequence[str]] = {}
    if checked.text is None or not missing:
        return found
    last = max(missing)
    for record in checked.text.records():
        if record.number in missing:
            found[record.number] = record.cells
        if record.number >= last:
            break
    return found


@dataclass(frozen=True)
class _Source:
    """What the blocks are made from: the file, the titles of its table, its labels, its rows by their numbers."""

    checked: Checked
    titles: Titles
    labels: Sequence[Cell]
    rows: Mapping[int, Sequence[str]]


def _block(identifier: str, group: Group, source: _Source) -> Block:
    labels, checked = source.labels, source.checked
    faulty = None if group.field is None else checked.labels.positions.get(group.field)
    cells = [source.rows.get(example.row or 0, ()) for example in group.examples]
    width = max([len(labels), *map(len, cells)])
    keys = [*_key_places(checked), *_named_places(group, checked)]
    shown = _Shown(tuple(_places(width, faulty, keys)) if any(cells) else (), faulty, tuple(keys))
    rows = (
        Row(example, shown.cells(row), tuple(_filled(row, labels)) if place < WHOLE_ROWS else ())
        for place, (example, row) in enumerate(zip(group.examples, cells, strict=True))
    )
    return Block(identifier, group, tuple(_heads(shown, labels, width)), tuple(rows), _column(group, faulty, source))


def _labels(checked: Checked, words: Titles) -> list[Cell]:
    """The labels of the file, each with the title of the column that it was read as, where it says it otherwise."""
    read_as = {place: words.by_name.get(name, "") for name, place in checked.labels.positions.items()}
    received = checked.text.header if checked.text is not None else ()
    found = [(visible(label, _CELL), read_as.get(place, "")) for place, label in enumerate(received)]
    return [Cell(text, "" if title == text else title) for text, title in found]


def _heads(shown: "_Shown", labels: Sequence[Cell], width: int) -> Iterator[Cell]:
    """The labels of the columns shown, those of a row longer than the header empty."""
    cells = shown.cells([*(label.text for label in labels), *[""] * (width - len(labels))])
    for cell, place in zip(cells, shown.places, strict=False):  # no cells at all where there is no label
        yield cell if place is None or place >= len(labels) else replace(cell, title=labels[place].title)


def _column(group: Group, faulty: int | None, source: _Source) -> str:
    """What to look for in the file: its label for the column of a cause, or the name in the schema of an absent one."""
    if faulty is not None:
        return source.labels[faulty].text if source.labels[faulty].title else ""
    return group.field if group.field is not None and group.field in source.titles.by_name else ""


@dataclass(frozen=True)
class _Shown:
    """The columns that a block shows (None: a gap), the faulty one and those that go with it among them."""

    places: tuple[int | None, ...]
    faulty: int | None
    keys: tuple[int, ...]

    def cells(self, row: Sequence[str]) -> tuple[Cell, ...]:
        """The shown cells of a row, none when it could not be read."""
        return (
            tuple(Cell(gap=True) if place is None else self._cell(row, place) for place in self.places) if row else ()
        )

    def _cell(self, row: Sequence[str], place: int) -> Cell:
        fault = place == self.faulty
        aside = self.faulty is not None and not fault and place not in self.keys
        if place < len(row):
            return Cell(visible(row[place], _CELL), fault=fault, aside=aside)
        return Cell(absent=True, fault=fault, aside=aside)


def _key_places(checked: Checked) -> list[int]:
    positions = checked.labels.positions
    return [positions[name] for name in checked.table.primary_key if name in positions][:_KEYS]


def _named_places(group: Group, checked: Checked) -> list[int]:
    """The columns that the message names beside the faulty one: those it was compared with."""
    positions = checked.labels.positions
    named = _NAMED.findall(group.examples[0].message)
    return [positions[name] for name in dict.fromkeys(named) if name in positions and name != group.field][:_COMPARED]


def _places(width: int, faulty: int | None, keys: Sequence[int]) -> list[int | None]:
    """The columns that tell which row it is: its keys, then the faulty cell between its neighbours; None is a gap."""
    if width <= _COLUMNS:
        return list(range(width))
    around = range(_COLUMNS - 2) if faulty is None else range(max(faulty - 1, 0), min(faulty + 2, width))
    kept = sorted({*keys, *around})
    result: list[int | None] = []
    for before, place in zip([-1, *kept], kept, strict=False):
        result += [None, place] if place > before + 1 else [place]
    return result if kept[-1] == width - 1 else [*result, None]


def _filled(row: Sequence[str], labels: Sequence[Cell]) -> Iterator[tuple[Cell, str]]:
    """The label and the text of each cell that is not empty."""
    for place, text in enumerate(row):
        if text.strip():
            label = labels[place] if place < len(labels) else Cell()
            yield label if label.text else replace(label, text=f"colonne {place + 1}"), visible(text, _CELL)


def _reading(report: Report) -> Iterator[tuple[str, Any]]:
    """How the file was read and checked, as terms and values; what could not be established is left out."""
    card = report.file
    delimiters = {"\t": "tabulation", ";": "point-virgule", ",": "virgule", "|": "barre verticale", " ": "espace"}
    yield "Taille", _size(card.bytes)
    for term, value in (
        ("Forme", card.container),
        ("Fichier de l’archive", card.member),
        ("Feuille", card.sheet),
        ("Encodage", card.encoding),
        ("Séparateur", card.delimiter and delimiters.get(card.delimiter, card.delimiter)),
        ("Ligne des intitulés", card.header_row),
        ("Version des règles de vraisemblance", report.version_regles),
    ):
        if value is not None:
            yield term, visible(str(value), _CELL)
    yield "Empreinte SHA-256", card.sha256


def _size(count: int) -> str:
    for factor, unit in _SIZES:
        if count >= factor:
            return f"{count / factor:.1f} {unit}".replace(".", ",")
    return plural(count, "octet")
