"""Plain files are added up in one pass, and nothing tells it from the long way but its speed."""

import datetime as dt
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from greencloud.readings import Convention, Source, accepting, read
from greencloud.readings.formats import laying
from tests.readings.enedis import METER, PARIS, Curve, Custom, curve, text

AUTUMN, SUMMER = (dt.date(2024, 10, 24), dt.date(2024, 10, 30)), (dt.date(2024, 7, 1), dt.date(2024, 7, 5))
STEPS = (600, 1800)
FAULTS: Mapping[str, Callable[[Curve], Curve]] = {
    "none": lambda found: found,
    "a gap": lambda found: found.missing(5, 6, 7),
    "twice the same": lambda found: found.added(10),
    "twice another": lambda found: found.added(10, value=Fraction(1)),
    "twice, once an estimate": lambda found: found.added(10, value=Fraction(1), estimated=True),
    "an overlap": lambda found: found.added(10, start=found.readings[10].start + 60),
    "below zero": lambda found: found.changed(3, value=Fraction(-1)),
    "finer than a millijoule": lambda found: found.changed(3, value=Fraction(1, 10**6)),
    "beyond belief": lambda found: found.changed(3, value=Fraction(10**11)),
    "produced": lambda found: found.added(3, production=True),
    "the newest first": lambda found: found.reversed(),
    "in no order": lambda found: found.shuffled(1),
    "an estimate": lambda found: found.changed(3, estimated=True),
}
CUSTOMS = (Custom(), Custom("fin", "depart"), Custom("debut"), Custom("fin", offsets=True))


Found = tuple[bytes, list[Mapping[str, Any]]]
"""The accepted rows of files, and their reports."""


def files(folder: Path, custom: Custom) -> list[Source]:
    """One file for each fault, over a change of clock and in summer, of one meter and of two."""
    written = []
    for number, (fault, step, days) in enumerate(product(FAULTS, STEPS, (AUTUMN, SUMMER))):
        found = FAULTS[fault](curve(*days, [(days[0], step)], seed=number))
        if number % 3 == 0:
            found = found.and_then(curve(*days, [(days[0], 1800)], meter="30000000000002", seed=number))
        path = folder / f"courbe-{number:03d}.csv"
        path.write_text(text(found.readings, custom), encoding="utf-8")
        written.append(Source(path, path.name, (Convention(None, None, custom.stamped, PARIS),)))
    return written


def both(sources: Sequence[Source], folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Found, Found, int]:
    """What both ways give, and how many files the swift one took; read by columns, they give the same."""
    taken = 0
    swift = accepting.sweep

    def counted(*arguments: Any) -> Any:
        nonlocal taken
        outcomes = swift(*arguments)
        taken += len(outcomes)
        return outcomes

    found: list[Found] = []
    ways: tuple[tuple[Callable[..., Any], int], ...] = ((swift, 0), (counted, 1 << 60), (lambda *_: {}, 1 << 60))
    for way, long_text in ways:
        monkeypatch.setattr(accepting, "sweep", way)
        monkeypatch.setattr(laying, "_LONG", long_text)
        reports = read(sources, folder / "lus.parquet", [source.name for source in sources])
        found.append(((folder / "lus.parquet").read_bytes(), [report.to_dict() for report in reports]))
    by_columns, swift_, long = found
    assert by_columns == swift_
    return swift_, long, taken


@pytest.mark.parametrize("custom", CUSTOMS, ids=str)
def test_both_ways_give_the_same(custom: Custom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = files(tmp_path, custom)
    swift, long, taken = both(sources, tmp_path, monkeypatch)
    assert swift == long
    plain = sum(not (report["errors"] or report["warnings"]) for report in long[1])
    assert taken > plain / 2 > 5  # the others hold a fault that is told, or what is finer than the sums


def test_units_and_meters_of_the_register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = files(tmp_path, Custom())
    units = [replace(one, conventions=(Convention(METER, None, "fin", "Indian/Reunion"),)) for one in sources]
    swift, long, taken = both(units, tmp_path, monkeypatch)
    assert swift == long
    assert taken
    ends = [replace(one, conventions=(Convention(METER, None, "debut", PARIS),)) for one in sources]
    swift, long, taken = both(ends, tmp_path, monkeypatch)
    assert swift == long
    assert not taken  # each meter its own end


def test_the_register_names_the_other_end_of_stamps_with_offsets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = (Convention(None, None, "debut", "Indian/Reunion"),)
    sources = [replace(one, conventions=told) for one in files(tmp_path, Custom("fin", offsets=True))[:4]]
    swift, long, _ = both(sources, tmp_path, monkeypatch)
    assert swift == long


@pytest.mark.parametrize("seed", range(20))
def test_any_lines_of_our_own_format(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)
    sources = []
    for number in range(12):
        lines = ["id_compteur,debut,fin,energie_kwh,estime"]
        start = dt.datetime(2024, 10, 25)
        for _ in range(chance.randrange(1, 200)):
            end = start + dt.timedelta(minutes=chance.choice((30, 30, 30, 30, 60)))
            value = chance.choice(("1.5", "0", "12", "0.000001", "1e3", "12,5" if number == 3 else "7"))
            flag = chance.choice(("", "", "", "oui"))
            odd = chance.random() < 0.004
            lines.append(f"{chance.choice('AB')},{start},{'?' if odd else end},{value},{flag}")
            start = end
        if number % 4 == 0:  # a slot once more, with another value or another flag
            cells = chance.choice(lines[1:]).split(",")
            lines.append(",".join((*cells[:3], chance.choice(("1.5", "2")), chance.choice(("", "oui")))))
        path = tmp_path / f"releves-{number}.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        sources.append(Source(path, path.name))
    swift, long, _ = both(sources, tmp_path, monkeypatch)
    assert swift == long


def test_plain_files_before_others_of_several_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = tmp_path / "releves.csv"
    ours.write_text("id_compteur,debut,fin,energie_kwh\nA,2024-07-01 00:00,2024-07-01 00:30,1\n", encoding="utf-8")
    mixed = (Convention(METER, None, "debut", PARIS),)
    sources = [Source(ours, ours.name), *(replace(one, conventions=mixed) for one in files(tmp_path, Custom())[:3])]
    swift, long, taken = both(sources, tmp_path, monkeypatch)
    assert swift == long
    assert taken == 1
