"""Plain files are added up by columns, and what is no plain file is seen to be none."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from greencloud.readings import Convention, Source, accepting, read, tallying
from greencloud.readings.formats import laying
from tests.readings.enedis import HEADER, METER, PARIS

HOUR = dt.timedelta(hours=1)
AUTUMN, SUMMER = dt.datetime(2024, 10, 26), dt.datetime(2024, 7, 1)
OURS = "id_compteur;debut;fin;energie_kwh"
MAPPED: Mapping[str, Any] = {"unite": "kWh", "pas": "PT1H", "colonnes": {"horodate": "Quand", "valeur": "Conso"}}
NAMED = {**MAPPED, "compteur": "m"}


class Case(NamedTuple):
    """The lines of a file with their labels, what tells how to read it, and whether it is added up by columns."""

    lines: Sequence[str]
    added_up: bool
    mapping: Mapping[str, Any] | None = None
    told: tuple[Convention, ...] = ()


def ours(count: int = 72, start: dt.datetime = SUMMER, step: dt.timedelta = HOUR, value: str = "{}") -> list[str]:
    starts = [start + number * step for number in range(count)]
    return [OURS, *(f"A;{one};{one + step};{value.format(number)}" for number, one in enumerate(starts))]


def over_autumn(ends: Sequence[str] = ("+02:00", "+01:00")) -> list[str]:
    """Slots of an hour from 0 h on, with the offsets of both ends; one starts before the change and ends after it."""
    before, after = ends
    night = [dt.datetime(2024, 10, 27, hour) for hour in (0, 1, 2, 2, 3, 4)]
    offsets = [before] * 3 + [after] * 3
    stamps = [f"{clock}{offset}" for clock, offset in zip(night, offsets, strict=True)]
    return [
        OURS,
        *(f"A;{one};{other};{number}" for number, (one, other) in enumerate(pairwise(stamps))),
    ]


def curve(*, start: dt.datetime = AUTUMN, unit: str = "W", value: str = "{}", nature: str = "R") -> list[str]:
    ends = [start + number * HOUR for number in range(96)]
    lines = (f"{METER};;;PA;CONS;BRUT;{unit};{end};{value.format(n)};{nature};PT60M;;" for n, end in enumerate(ends))
    return [HEADER, *lines]


def mapped(value: str = "{}", labels: str = "Quand;Conso") -> list[str]:
    return [labels, *(f"{SUMMER + number * HOUR};{value.format(number)}" for number in range(72))]


def shuffled(lines: Sequence[str]) -> list[str]:
    return [lines[0], *random.Random(1).sample(lines[1:], len(lines) - 1)]


OFFSETS = [f"+{minutes // 60:02d}:{minutes % 60:02d}" for minutes in range(60, 240, 15)]
CASES: Mapping[str, Case] = {
    "our own": Case(ours(), True),
    "the newest first": Case([OURS, *ours()[:0:-1]], True),
    "in no order": Case(shuffled(ours()), False),
    "eight to a day": Case(ours(72, step=3 * HOUR), True),
    "three to a day": Case(ours(72, step=8 * HOUR), False),
    "with gaps": Case([*ours()[:30], *ours()[50:]], True),
    "twice the same": Case([*ours(), ours()[3]], True),
    "seconds, of which a day has many masks": Case(ours(86_400, step=dt.timedelta(seconds=1), value="0.{:05d}"), True),
    "over a change of clock": Case(over_autumn(), True),
    "offsets that are not those of the clock": Case(over_autumn(("+04:00", "+03:00")), True),
    "offsets of more than sixty minutes": Case(over_autumn(("+02:75", "+01:75")), True),
    "a curve": Case(curve(), True),
    "an estimated curve": Case(curve(start=SUMMER, nature="E"), True),
    "a curve stamped at starts": Case(curve(), True, None, (Convention(METER, None, "debut", PARIS),)),
    "a curve of the clock of winter": Case(curve(), True, None, (Convention(None, None, None, "UTC+1"),)),
    "the decimals of a unit": Case(curve(value="{}.123"), True),
    "any export": Case(mapped("{},5"), True, NAMED),
    "a comma that is told": Case(mapped("{},5"), True, {**NAMED, "decimale": ","}),
    "thousands with a point": Case(mapped("{}.500"), False, {**NAMED, "decimale": ","}),
    "thousands with a comma": Case(mapped("{},500"), False, {**NAMED, "decimale": "."}),
    "finer than a millijoule": Case(curve(value="{}.0001"), False),
    "more than can be added up": Case(ours(10_100, value="99999999.{:06d}"), False),
    "one longer slot among others": Case(
        [*ours(20), f"A;{SUMMER + 20 * HOUR};{SUMMER + 22 * HOUR};7", *ours(20, SUMMER + 22 * HOUR)[1:]], False
    ),
    "slots of two lengths": Case([*ours(20), *ours(20, SUMMER + 20 * HOUR, 2 * HOUR)[1:]], False),
    "lengths that their offsets tell": Case(
        [OURS, *(f"A;2024-10-27 0{n}:00:00+02:00;2024-10-27 0{n + 1}:00:00+0{2 - n}:00;{n}" for n in (0, 1))], False
    ),
    "slots that end before they start": Case(ours(step=-HOUR), False),
    "slots that end as they start": Case(
        [OURS, *(f"A;{SUMMER + n * HOUR};{SUMMER + n * HOUR};{n}" for n in range(9))], False
    ),
    "too many offsets": Case(
        [OURS, *(f"A;{SUMMER + n * HOUR}{one};{SUMMER + n * HOUR + HOUR}{one};{n}" for n, one in enumerate(OFFSETS))],
        False,
    ),
    "years beyond belief": Case([*ours(20), *ours(2, dt.datetime(1999, 12, 31, 23))[1:]], False),
    "years to come": Case([*ours(20), *ours(2, dt.datetime(2101, 1, 1))[1:]], False),
    "powers beyond belief": Case(curve(unit="MW", value="{}0000"), False),
    "no meter": Case([OURS, *(line.removeprefix("A") for line in ours()[1:])], False),
    "produced": Case([line.replace(";CONS;", ";PROD;") for line in curve()], False),
    "an unknown unit": Case(curve(unit="x"), False),
    "a word that says neither yes nor no": Case([f"{OURS};estime", *(f"{line};x" for line in ours()[1:])], False),
    "a value that is the same": Case(["Quand;Autre;Conso", *(f"{line};7" for line in mapped()[1:])], False, NAMED),
    "a stamp that is the same": Case(
        [OURS, *(f"A;2024-07-01 00:00:00;{SUMMER + n * HOUR};{n}" for n in range(1, 9))], False
    ),
    "values for meters": Case(mapped(), False, {**MAPPED, "colonnes": {**MAPPED["colonnes"], "compteur": "Conso"}}),
    "stamps for meters": Case(mapped(), False, {**MAPPED, "colonnes": {**MAPPED["colonnes"], "compteur": "Quand"}}),
    "days of the calendar": Case(mapped(), False, {**NAMED, "pas": "P1D"}),
    "a format of dates": Case(mapped(), False, {**NAMED, "format_date": "AAAA-MM-JJ HH:MM:SS"}),
}


@pytest.fixture
def added_up(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The places of the files that are added up by columns."""
    places: list[int] = []
    create = tallying.create

    def noted(*arguments: Any) -> set[int]:
        taken = create(*arguments)
        places.extend(taken)
        return taken

    monkeypatch.setattr(tallying, "create", noted)
    monkeypatch.setattr(laying, "_LONG", 0)
    return places


def rows_and_reports(sources: Sequence[Source], folder: Path) -> tuple[list[Any], list[Mapping[str, Any]]]:
    accepted = folder / "lus.parquet"
    reports = read(sources, accepted, [source.name for source in sources])
    return duckdb.sql(f"FROM '{accepted}'").fetchall(), [report.to_dict() for report in reports]


@pytest.mark.parametrize("chunk", [50, 1 << 16])
def test_files_are_added_up_as_line_by_line(
    chunk: int, added_up: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallying, "_CHUNK", chunk)
    sources = []
    for number, case in enumerate(CASES.values()):
        path = tmp_path / f"releves-{number:02d}.csv"
        path.write_text("\n".join((*case.lines, "")), encoding="utf-8")
        sources.append(Source(path, path.name, case.told, case.mapping))
    by_columns = rows_and_reports(sources, tmp_path)
    names = list(CASES)
    assert {names[place] for place in added_up} ^ {name for name, case in CASES.items() if case.added_up} == set()
    monkeypatch.setattr(accepting, "sweep", lambda *_: {})
    line_by_line = rows_and_reports(sources, tmp_path)
    assert by_columns == line_by_line
