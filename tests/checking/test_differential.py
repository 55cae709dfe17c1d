"""The strict mode against Frictionless itself: any schema, any file, the same codes at the same places.

Two disagreements are wanted and told apart exactly: the doubts of `table_schema.doubts` and broken quotes. Where
Frictionless stops with a traceback there is nothing to compare with. `GREENCLOUD_CASES=100000` makes a nightly run.
"""

import os
import re
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from frictionless import Dialect, Resource, Schema, system
from frictionless.formats import CsvControl
from hypothesis import HealthCheck, Phase, assume, given, note, settings
from hypothesis import strategies as st

from greencloud import tables
from greencloud.checking import strict, values
from greencloud.checking.verdicts import Cell
from tests.checking import drawing, strictly

CASES = int(os.environ.get("GREENCLOUD_CASES", "2100"))


def cases(count: int) -> settings:
    """Settings of a comparison; short runs are the same each time, long ones look further."""
    return settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=CASES < 10_000,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )


CRASHES = (TypeError, AttributeError, ArithmeticError)
"""What Frictionless raises for moments of which one has a time zone, for keys that are lists or objects, for sNaN."""


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def table_of(descriptor: dict[str, Any]) -> tables.Table:
    """The table, unless none of the values that a list permits can be read: that schema is refused, on purpose."""
    try:
        return tables.from_descriptor(descriptor)
    except tables.SchemaError as error:
        assume("enum" not in str(error))
        raise


def kinds(cell: Cell) -> list[str]:
    return sorted(fault.constraint or fault.code for fault in cell.faults)


def same(field: tables.Field, ours: Any, theirs: Any) -> bool:
    """Whether two values are equal. We keep the items of an array as JSON reads them, Frictionless converts them."""
    converted = field.type == "array" and "arrayItem" in field.descriptor
    return converted or bool(ours == theirs or theirs != theirs)


def half_anchored(field: tables.Field, text: str) -> bool:
    """Whether the pattern holds for Frictionless, which anchors `a|b` at one end of each branch only."""
    pattern = field.constraints.get("pattern")
    return pattern is not None and re.match(f"^{pattern}$", text) is not None


@cases(CASES - CASES // 5)
@given(data=st.data())
def test_every_cell_is_read_as_frictionless_reads_it(data: st.DataObject) -> None:
    descriptor: dict[str, Any] = {
        "$schema": drawing.V2,
        "fields": [data.draw(drawing.fields())],
        "missingValues": data.draw(st.sampled_from([[""], ["", "n.c."], ["-", "0"], []])),
    }
    table = table_of(descriptor)
    field = table.fields[0]
    theirs, ours = Schema.from_descriptor(descriptor).fields[0].create_cell_reader(), values.reader(field, table)
    for text in data.draw(st.lists(drawing.texts(field.type), min_size=1, max_size=2)):
        try:
            value, notes = theirs(text)
        except CRASHES:
            continue
        expected = sorted("type-error" if name == "type" else name for name in notes or {})
        cell = ours(text)
        note(f"{descriptor} {text!r} {expected} {cell}")
        found = kinds(cell)
        if "pattern" in found and "pattern" not in expected:
            assert half_anchored(field, text)
            found.remove("pattern")
        if found == expected:
            assert expected or same(field, cell.value, value)
        else:
            assert not expected and [fault.detail in strictly.DOUBTS for fault in cell.faults] == [True]


@st.composite
def schemas(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(
        st.lists(st.sampled_from(["a", "b", "cc", "d é", "E", "f"]), min_size=1, max_size=4, unique_by=str.lower)
    )
    descriptor: dict[str, Any] = {"$schema": drawing.V2, "fields": [draw(drawing.fields(name)) for name in names]}
    for field in descriptor["fields"]:
        if draw(st.integers(0, 5)) == 0:
            field.setdefault("constraints", {})["unique"] = True
    if draw(st.integers(0, 2)) == 0:
        descriptor["primaryKey"] = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
    if draw(st.integers(0, 3)) == 0:
        descriptor["missingValues"] = draw(st.sampled_from([["", "n.c."], ["-"], []]))
    if draw(st.integers(0, 2)) == 0:
        descriptor["fieldsMatch"] = draw(st.sampled_from(["exact", "equal", "subset", "superset", "partial"]))
    if draw(st.integers(0, 4)) == 0:
        ends = [draw(st.sampled_from(names)), draw(st.sampled_from(names))]
        descriptor["foreignKeys"] = [{"fields": [ends[0]], "reference": {"resource": "", "fields": [ends[1]]}}]
    return descriptor


@st.composite
def headers(draw: st.DrawFn, names: list[str]) -> list[str]:
    labels = list(names)
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        place = draw(st.integers(0, len(labels)))
        change = draw(st.sampled_from(["add", "drop", "rename", "repeat", "swap"]))
        if change == "add" or not labels:
            labels.insert(place, draw(st.sampled_from(["x", "", "a", "  ", "x2"])))
        elif change == "drop":
            del labels[min(place, len(labels) - 1)]
        elif change == "rename":
            labels[min(place, len(labels) - 1)] = draw(st.sampled_from(["A", " a ", "x", "", "a2"]))
        elif change == "repeat":
            labels.insert(place, draw(st.sampled_from(labels)))
        else:
            labels.reverse()
    return labels


@st.composite
def files(draw: st.DrawFn, descriptor: dict[str, Any], delimiter: str) -> str:
    fields = descriptor["fields"]
    lines = [draw(headers([field["name"] for field in fields]))]
    for _ in range(draw(st.integers(0, 6))):
        cells = [draw(drawing.texts(field["type"])) for field in fields]
        ragged = draw(st.sampled_from(["no", "no", "no", "no", "more", "less", "blank", "again"]))
        if ragged == "more":
            cells += draw(st.lists(st.sampled_from(["", "x"]), min_size=1, max_size=2))
        elif ragged == "less":
            cells = cells[: draw(st.integers(0, len(cells)))]
        elif ragged == "blank":
            cells = draw(st.sampled_from([[], [""] * len(cells)]))
        elif ragged == "again":
            cells = draw(st.sampled_from(lines))
        lines.append(cells)
    end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    text = end.join(delimiter.join(draw(written(cell, delimiter)) for cell in cells) for cells in lines)
    above = draw(st.sampled_from(["", "", "", "", end, f"Titre{end}"]))
    return draw(st.sampled_from(["", "", "", "\ufeff"])) + above + text + draw(st.sampled_from([end, "", end * 2]))


@st.composite
def written(draw: st.DrawFn, cell: str, delimiter: str) -> str:
    """A cell as a CSV writer writes it; sometimes as somebody who knows nothing of quotes does."""
    needed = any(char in cell for char in f'{delimiter}"\n\r')
    way = draw(st.integers(0, 19))
    if way == 0:
        return cell
    return '"' + cell.replace('"', '""') + '"' if needed or way == 1 else cell


Place = tuple[str, int | None, int | None, str | None]


def frictionless_verdict(path: Path, descriptor: dict[str, Any], delimiter: str) -> list[Place]:
    with system.use_context(trusted=True):
        dialect = Dialect(controls=[CsvControl(delimiter=delimiter)])
        # The version of the standard is the resource's to tell: without it a field of version 2 would be refused.
        resource = Resource(
            path=str(path), schema=Schema.from_descriptor(descriptor), dialect=dialect, encoding="utf-8", format="csv"
        )
        resource._datapackage_version = "v2"
        report = resource.validate(limit_errors=100_000)
    return [
        (
            error.type,
            getattr(error, "row_number", None),
            getattr(error, "field_number", None),
            getattr(error, "field_name", None) or None,
        )
        for error in report.tasks[0].errors
    ]


def without_doubts(table: tables.Table, path: Path, delimiter: str) -> list[Place]:
    """Our verdict without the deviations; a doubtful value in a key, or a pattern, leaves nothing to compare."""
    kept = []
    keyed = bool(table.primary_key or table.foreign_keys) or any(field.unique for field in table.fields)
    for row, fault in strictly.faults(path, table, delimiter, "utf-8"):
        if strictly.deviates(fault):
            assume(not keyed)
            continue
        if fault.fault is not None and fault.fault.constraint == "pattern":
            assume("|" not in table.field(fault.name or "").constraints["pattern"])
        kept.append((fault.code, row, fault.number, fault.name))
    return kept


@cases(CASES // 5)
@given(data=st.data())
def test_every_file_is_judged_as_frictionless_judges_it(data: st.DataObject) -> None:
    descriptor, delimiter = data.draw(schemas()), data.draw(st.sampled_from([";", ",", "\t", "|"]))
    content = data.draw(files(descriptor, delimiter))
    table = table_of(descriptor)
    strict.refuse_schema(table)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "donnees.csv")
        path.write_bytes(content.encode())
        ours = without_doubts(table, path, delimiter)
        try:
            theirs = frictionless_verdict(path, descriptor, delimiter)
        except CRASHES:
            return
    note(f"{descriptor}\n{content!r}\nours {ours}\nFrictionless {theirs}")
    assert sorted(ours, key=str) == sorted(theirs, key=str)
