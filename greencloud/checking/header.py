"""The labels of a file matched with the fields of a schema, before any cell is looked at."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from greencloud.checking import messages
from greencloud.checking.report import Finding, Note
from greencloud.checking.tolerances import units
from greencloud.reading.labels import bare_key, label_key
from greencloud.tables import Field, Table

_LONG_WORDS = ((8, 2), (4, 1))
"""How many slips of the keyboard a word may have, from how many letters on; a shorter one is another word."""
_SHORTEST = 3
_LONGEST = 200
"""Letters of a label that are compared: no name is longer, and a hostile one may be a million long."""
_BETWEEN = frozenset({"en", "in"})


@dataclass(frozen=True)
class Header:
    """Where each field stands in the records, and what is to be said of the labels."""

    positions: Mapping[str, int]
    errors: list[Finding]
    warnings: list[Finding]
    notes: list[Note]


@dataclass(frozen=True)
class _Label:
    """A label as it is compared: its place, its key, its key without its unit, and that unit."""

    place: int
    text: str
    key: str
    core: str
    unit: units.Unit | None


def match(labels: Sequence[str], table: Table, row: int = 1) -> Header:
    """Match exact labels first, then spellings of the field's name, of its title, and of both without their unit.

    Every match that is not exact is said in a note. A required column that is missing, two labels for one field, one
    label for two fields, a label in another unit than its field's, a label that only resembles a field of which there
    is no column, or not one label of the schema: an error, for cells would be read as what they are not, or lost.
    """
    seen = [_label(place, text) for place, text in enumerate(labels)]
    matching = _Matching(seen, table, row)
    for way in _WAYS:
        matching.match(way)
    matching.conclude()
    positions = {name: matching.positions[name] for name in table.column_names if name in matching.positions}
    return Header(positions, matching.errors, [], matching.notes)


def _label(place: int, text: str) -> _Label:
    shown = text[:_LONGEST].replace("’", "'")
    core, unit = _without_unit(shown)
    return _Label(place, text, label_key(shown), core, unit)


def _without_unit(text: str) -> tuple[str, units.Unit | None]:
    """The key of a label without what stands in brackets and without a unit at its end, and the unit it states."""
    unit = units.of_label(text)
    words = bare_key(text).split("_")
    last = units.in_name(words)
    if last is not None and len(words) > 1:
        unit = unit or last
        words.pop()
    while len(words) > 1 and words[-1] in _BETWEEN:
        words.pop()
    return "_".join(words), unit


@dataclass(frozen=True)
class _Way:
    """A way of being alike: what of a label must be what of a field."""

    of_label: Callable[[_Label], str]
    of_field: Callable[[Field], Iterable[str]]


_EXACT = _Way(lambda label: label.text, lambda field: (field.name,))
_WAYS = (
    _EXACT,
    _Way(lambda label: label.key, lambda field: (label_key(field.name),)),
    _Way(lambda label: label.key, lambda field: (label_key(field.title),)),
    _Way(lambda label: label.core, lambda field: {_without_unit(field.name)[0], _without_unit(field.title)[0]}),
)


def _agrees(label: _Label, field: Field) -> bool:
    """Whether a label states no other unit than its field's."""
    wanted = units.stated(field)
    return label.unit is None or wanted is None or label.unit == wanted or label.text == field.name


class _Matching:
    """The fields matched so far, and what was said on the way."""

    def __init__(self, labels: Sequence[_Label], table: Table, row: int) -> None:
        self.positions: dict[str, int] = {}
        self.errors: list[Finding] = []
        self.notes: list[Note] = []
        self._labels, self._table, self._row = labels, table, row
        self._disputed: set[str] = set()
        self._explained: set[int] = set()
        self._spelt = Counter(label_key(field.name) for field in table.fields)

    def match(self, way: _Way) -> None:
        """Match the fields and labels that are still alone, by one way of being alike."""
        claims = self._claims(way)
        for name, claimed in claims.items():
            rivals = [other for other, labels in claims.items() if claimed[0] in labels]
            if name in self._disputed:
                continue
            if len(rivals) > 1:
                self._doubt(claimed[0], rivals)
            elif len(claimed) > 1:
                self._double(name, claimed)
            else:
                self._take(name, claimed[0], exact=way is _EXACT)

    def _claims(self, way: _Way) -> dict[str, list[_Label]]:
        """The fields still alone with the labels that are like them; a label in another unit is told here."""
        fields = [field for field in self._table.fields if field.name not in {*self.positions, *self._disputed}]
        index: dict[str, list[Field]] = {}
        for field in fields:
            for key in way.of_field(field):
                index.setdefault(key, []).append(field)
        claims: dict[str, list[_Label]] = {}
        for label in list(self._free()):
            key = way.of_label(label)
            candidates = index.get(key, []) if key else []
            agreeing = [field for field in candidates if _agrees(label, field)]
            for field in agreeing:
                claims.setdefault(field.name, []).append(label)
            if candidates and not agreeing:
                self._contradict(label, candidates[0])
        return claims

    def _free(self) -> Iterator[_Label]:
        """The labels that no field has and of which nothing was said."""
        taken = set(self.positions.values())
        return (label for label in self._labels if label.place not in taken and label.place not in self._explained)

    def _contradict(self, label: _Label, field: Field) -> None:
        wanted = units.stated(field)
        if label.unit is not None and wanted is not None:
            fault = messages.contradicting_unit(label.text, field.name, label.unit.name, wanted.name, row=self._row)
            self._refuse("incorrect-label", field.name, label.text, fault, [label])

    def _take(self, name: str, label: _Label, exact: bool) -> None:
        self.positions[name] = label.place
        doubles = self._same_key(label_key(name))
        if exact and doubles:
            self._double(name, sorted([label, *doubles], key=lambda one: one.place))
        elif not exact:
            self.notes.append(
                Note("intitule-tolere", messages.tolerated_label(label.text, name, self._foreign(label, name)))
            )

    def _foreign(self, label: _Label, name: str) -> str | None:
        """The unit of a label, when its field says none: nothing tells whether its values are in it."""
        return None if label.unit is None or units.stated(self._table.field(name)) else label.unit.name

    def _same_key(self, key: str) -> list[_Label]:
        """The other labels that spell a field's name, unless two fields do: `pue` and `PUE` may both be fields."""
        if not key or self._spelt[key] > 1:
            return []
        return [label for label in self._free() if label.key == key]

    def _double(self, name: str, labels: Sequence[_Label]) -> None:
        texts = [label.text for label in labels]
        fault = messages.duplicate_label(name, texts, row=self._row)
        self._refuse("duplicate-label", name, ", ".join(texts), fault, labels)

    def _doubt(self, label: _Label, names: Sequence[str]) -> None:
        fault = messages.doubtful_label(label.text, names, row=self._row)
        self._refuse("incorrect-label", names[0], label.text, fault, [label])
        self._disputed |= set(names)

    def _refuse(self, code: str, name: str, value: str, fault: tuple[str, str], labels: Sequence[_Label]) -> None:
        self.errors.append(Finding(code, None, name, value, *fault))
        self._disputed.add(name)
        self._explained |= {label.place for label in labels}

    def conclude(self) -> None:
        """Say what is missing, what resembles it, and what is left unread."""
        missing = [name for name in self._table.column_names if name not in {*self.positions, *self._disputed}]
        required = [name for name in missing if self._is_required(name)]
        unread = list(self._free())
        if not self.positions and not self.errors:
            self._unmatched()
            return
        for label in unread:
            open_fields = [self._table.field(other) for other in missing if other not in self._disputed]
            if (name := _resembled(label, open_fields)) is not None:
                self._misspelt(label, name)
        self.errors += [self._missing(name) for name in required if name not in self._disputed]
        unknown = [label.text.strip() for label in unread if label.place not in self._explained]
        absent = [name for name in missing if name not in required and name not in self._disputed]
        self.notes += messages.header_notes(unknown, absent)

    def _is_required(self, name: str) -> bool:
        return self._table.field(name).required or name in self._table.primary_key

    def _unmatched(self) -> None:
        labels = [label.text for label in self._labels]
        fault = messages.unmatched_header(labels, self._table.column_names, row=self._row)
        required = [name for name in self._table.column_names if self._is_required(name)]
        first = (required or self._table.column_names)[0]
        self.errors.append(Finding("missing-label", None, first, None, *fault))

    def _missing(self, name: str) -> Finding:
        fault = messages.missing_label(name, [label.text for label in self._labels], row=self._row)
        return Finding("missing-label", None, name, None, *fault)

    def _misspelt(self, label: _Label, name: str) -> None:
        fault = messages.misspelt_label(label.text, name, row=self._row)
        self._refuse("incorrect-label", name, label.text, fault, [label])


def _resembled(label: _Label, missing: Sequence[Field]) -> str | None:
    """The field without a column that an unknown label most resembles, if any does, or that it names and goes on."""
    slips = {field.name: _slips(label.key, label_key(field.name)) for field in missing}
    close = [(count, name) for name, count in slips.items() if count is not None]
    if close:
        return min(close)[1]
    shown = label.text[:_LONGEST].casefold()
    longer = [field.name for field in missing if any(_goes_on(shown, name) for name in (field.name, field.title))]
    return longer[0] if longer else None


def _goes_on(label: str, name: str) -> bool:
    """Whether a label is a name and something behind it that is no part of a name: `pue_cible` is another column."""
    rest = label.removeprefix(name.casefold())
    return len(name) >= _SHORTEST and rest != label and not re.match(r"[\w.-]", rest)


def _slips(key: str, other: str) -> int | None:
    """By how many slips of the keyboard two names differ, word by word; None when they name two things.

    `energie_it_kwh` is no slip for `energie_totale_kwh`, nor `eau_totale_m3` for `eau_potable_m3`.
    """
    if key.replace("_", "") == other.replace("_", ""):
        return 0 if key else None
    words, others = key.split("_"), other.split("_")
    if len(words) != len(others):
        return None
    total = 0
    for word, right in zip(words, others, strict=True):
        if word == right:
            continue
        allowed = next((slips for letters, slips in _LONG_WORDS if len(right) >= letters and right.isalpha()), 0)
        if abs(len(word) - len(right)) > allowed or (count := _edits(word, right)) > allowed:
            return None
        total += count
    return total


def _edits(word: str, other: str) -> int:
    """The letters to add, take out, change or swap with the next one to make a word of another."""
    before, last = [0] * (len(other) + 1), list(range(len(other) + 1))
    for row, letter in enumerate(word, 1):
        line = [row]
        for column, right in enumerate(other, 1):
            edits = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != right))
            if row > 1 < column and letter == other[column - 2] and word[row - 2] == right:
                edits = min(edits, before[column - 2] + 1)
            line.append(edits)
        before, last = last, line
    return last[-1]
