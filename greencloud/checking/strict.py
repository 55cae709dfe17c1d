"""The strict mode: columns, rows and keys judged exactly as Frictionless 5.21 judges them.

Columns pair with fields by position, or by name when the schema says so (`fieldsMatch`). A field without a column is
told once and its cells are not looked at; a column without a field is told once and its cells are never wrong.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

from greencloud.checking import values
from greencloud.checking.verdicts import Cell, CellReader, Fault
from greencloud.reading.records import Record
from greencloud.table_schema.conformity import refusal
from greencloud.tables import Field, ForeignKey, Table

_BY_POSITION = "exact"
_ANY_LABEL = ("subset", "partial")
_ANY_FIELD = ("superset", "partial")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its number (the first is 1), and the field it pairs with, if there is one."""

    number: int
    name: str
    field: Field | None


@dataclass(frozen=True, slots=True)
class LabelFault:
    """Something wrong with the header; `name` is the field concerned."""

    code: str
    number: int | None = None
    name: str | None = None
    label: str | None = None


@dataclass(frozen=True)
class Header:
    """The columns of a file in their order. When it is `fatal`, Frictionless reads no row at all."""

    columns: tuple[Column, ...]
    faults: tuple[LabelFault, ...]
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class RowFault:
    """Something wrong with a row; `number` and `name` are those of the cell concerned, `fault` what its reader said."""

    code: str
    number: int | None = None
    name: str | None = None
    fault: Fault | None = None


def refuse_schema(table: Table) -> None:
    """Raise SchemaError for a schema that could be applied and that Frictionless refuses."""
    reason = refusal(table.descriptor, table.fields)
    if reason is not None:
        raise reason


def match(labels: Sequence[str], table: Table) -> Header:
    """Pair the labels with the fields, as `fieldsMatch` asks. No label at all is no error: every field has a column."""
    for key in table.foreign_keys:
        if key.resource not in ("", table.name):
            return Header((), (LabelFault("resource-error", label=key.resource),), fatal=True)
    labels = [label.strip() for label in labels]
    if not labels:
        return Header(tuple(Column(number, field.name, field) for number, field in enumerate(table.fields, 1)), ())
    if table.fields_match == _BY_POSITION:
        return _by_position(labels, table)
    return _by_name(labels, table)


def _by_position(labels: Sequence[str], table: Table) -> Header:
    fields = table.fields
    extra = [LabelFault("extra-label", number, None, labels[number - 1]) for number in _beyond(fields, labels)]
    missing = [LabelFault("missing-label", number, fields[number - 1].name) for number in _beyond(labels, fields)]
    wrong = [fault for number, field in enumerate(fields[: len(labels)], 1) for fault in _label(number, labels, field)]
    paired: list[Field | None] = [*fields[: len(labels)], *(None for _ in extra)]
    return Header(_columns(labels, paired), (*extra, *missing, *wrong))


def _beyond(shorter: Sequence[object], longer: Sequence[object]) -> range:
    return range(len(shorter) + 1, len(longer) + 1)


def _label(number: int, labels: Sequence[str], field: Field) -> list[LabelFault]:
    label = labels[number - 1]
    if not label:
        return [LabelFault("blank-label", number, field.name, label)]
    if label in labels[: number - 1]:
        return [LabelFault("duplicate-label", number, field.name, label)]
    return [] if label == field.name else [LabelFault("incorrect-label", number, field.name, label)]


def _by_name(labels: Sequence[str], table: Table) -> Header:
    if len(set(labels)) < len(labels):
        # Frictionless gives up on such a header with an error that has no name of its own.
        twice = next(label for place, label in enumerate(labels) if label in labels[:place])
        return Header((), (LabelFault("error", label=twice),), fatal=True)
    fields = {field.name: field for field in table.fields}
    paired = [fields.get(label) for label in labels]
    faults = []
    if table.fields_match not in _ANY_LABEL:
        faults += [
            LabelFault("extra-label", number, None, label)
            for number, (label, field) in enumerate(zip(labels, paired, strict=True), 1)
            if field is None
        ]
    if table.fields_match == "partial" and not any(paired):
        faults.append(LabelFault("unmatched-header"))
    missing = [field for field in table.fields if field.name not in labels]
    if table.fields_match in _ANY_FIELD:
        missing = [field for field in missing if field.required or field.name in table.primary_key]
    faults += [LabelFault("missing-label", number, field.name) for number, field in enumerate(missing, len(labels) + 1)]
    return Header(_columns(labels, paired), tuple(faults))


def _columns(labels: Sequence[str], fields: Sequence[Field | None]) -> tuple[Column, ...]:
    """The columns, those without a field under their label, or under a free name made from it."""
    taken = {field.name for field in fields if field is not None}
    columns = []
    for number, (label, field) in enumerate(zip(labels, fields, strict=True), 1):
        name = label if field is None else field.name
        suffix = 2
        while field is None and name in taken:
            name, suffix = f"{label}{suffix}", suffix + 1
        taken.add(name)
        columns.append(Column(number, name, field))
    return tuple(columns)


class RowReader:
    """Reads records for the columns of a header."""

    def __init__(self, table: Table, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._readers = [_reader(column, table) for column in columns]
        self._missing = [_missing(column) for column in columns]

    def read(self, record: Record) -> tuple[list[Cell], list[RowFault]]:
        """The cell of each column and what is wrong with the row, in Frictionless's order.

        A cell that the record does not have is absent, and told as missing. A record whose quotes are broken is
        refused only when nothing else is wrong with it: Frictionless reads on as if nothing were.
        """
        texts = record.cells
        width = len(self._columns)
        cells = [reader(text) for reader, text in zip(self._readers, texts, strict=False)]
        cells += self._missing[len(cells) :]
        if all(_is_blank(cell) for cell in cells):
            return cells, [RowFault("blank-row")]
        faults = [
            RowFault(fault.code, column.number, column.name or None, fault)
            for column, cell in zip(self._columns, cells, strict=True)
            for fault in cell.faults
        ]
        faults += [RowFault("extra-cell", number) for number in range(width + 1, len(texts) + 1)]
        faults += [
            RowFault("missing-cell", column.number, column.name or None) for column in self._columns[len(texts) :]
        ]
        if record.fault is not None and not faults:
            faults = [RowFault("source-error", fault=Fault("source-error", detail=record.fault))]
        return cells, faults


def _reader(column: Column, table: Table) -> CellReader:
    return values.reader(column.field, table) if column.field is not None else _anything


def _anything(text: str) -> Cell:
    return Cell(text, text) if text else Cell(None)


def _missing(column: Column) -> Cell:
    return values.absent(column.field) if column.field is not None else Cell(None)


def _is_blank(cell: Cell) -> bool:
    """Whether nothing stands in the cell: a missing value does not count, a value that cannot be read does."""
    return cell.value is None and all(fault.code != "type-error" for fault in cell.faults)


Key = tuple[Hashable | None, ...]


@dataclass(frozen=True)
class _Link:
    """Columns by their place in the row, and how the values of a row are judged."""

    places: tuple[int, ...]
    judge: Callable[[int, Key], RowFault | None]


class Keys:
    """Judges `unique`, the primary key and the foreign keys of the rows, one after another.

    A key is judged only when all its columns are there. The absent values of a key are equal to one another; a primary
    key that is wholly absent is an error, a unique or foreign one is not. Values that break a constraint count.
    """

    def __init__(
        self, table: Table, columns: Sequence[Column], targets: Mapping[ForeignKey, set[Key]] | None = None
    ) -> None:
        """`targets`: the values that each foreign key may take; see `targets`."""
        self._links = [
            _Link((place,), _repeated("unique-error", column.number, column.name))
            for place, column in enumerate(columns)
            if column.field is not None and column.field.unique
        ]
        place_of = places(columns)
        if table.primary_key and set(table.primary_key) <= set(place_of):
            key = tuple(place_of[name] for name in table.primary_key)
            self._links.append(_Link(key, _primary(_repeated("primary-key"))))
        for foreign, known in (targets or {}).items():
            if set(foreign.columns) <= set(place_of):
                self._links.append(_Link(tuple(place_of[name] for name in foreign.columns), _linked(known)))

    def judge(self, row: int, cells: Sequence[Cell]) -> list[RowFault]:
        """The faults of a row, its cells being those of the columns in their order."""
        keys = [values.key_of(cell) for cell in cells]
        faults = (link.judge(row, tuple(keys[place] for place in link.places)) for link in self._links)
        return [fault for fault in faults if fault is not None]


def places(columns: Sequence[Column]) -> dict[str, int]:
    """Where each column stands in a row, by name."""
    return {column.name: place for place, column in enumerate(columns)}


def target(cells: Sequence[Cell], columns: Sequence[Column], names: Sequence[str]) -> Key | None:
    """The values of the columns that a foreign key points to, None when the row has none."""
    place_of = places(columns)
    key = tuple(values.key_of(cells[place_of[name]]) if name in place_of else None for name in names)
    return None if set(key) == {None} else key


def _repeated(code: str, number: int | None = None, name: str | None = None) -> Callable[[int, Key], RowFault | None]:
    seen: dict[Key, int] = {}
    alone = RowFault(code, number, name)

    def judge(row: int, key: Key) -> RowFault | None:
        if set(key) == {None}:
            return None
        first = seen.get(key)
        seen[key] = row
        return None if first is None else replace(alone, fault=Fault(code, detail=str(first)))

    return judge


def _primary(judge: Callable[[int, Key], RowFault | None]) -> Callable[[int, Key], RowFault | None]:
    absent = RowFault("primary-key", fault=Fault("primary-key", constraint="required"))
    return lambda row, key: absent if set(key) == {None} else judge(row, key)


def _linked(known: set[Key]) -> Callable[[int, Key], RowFault | None]:
    fault = RowFault("foreign-key")
    return lambda row, key: None if set(key) == {None} or key in known else fault
