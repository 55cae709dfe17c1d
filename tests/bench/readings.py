"""The check of meter readings alone, in many files and in one, against a bare scan of the same bytes.

A year of each meter, ten minutes by ten minutes, in the shape of the grid operator's exports: both changes of clock are
in it. `metering` measures the edition that is made of such files.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb

from tests.bench.measuring import measure
from tests.bench.metering import LABELS

FILES, ROWS, LONE = 1_000, 10_000, 10_000_000
_YEAR = 366 * 144
_FIRST = 1_704_063_600  # 1 January 2024 in Paris
_SUMMER = (1_711_846_800, 1_729_990_800)
_MOST_MIB = 2_000


def write(path: Path, first_meter: int, rows: int, shift: int = 0) -> Path:
    """A file of consecutive readings, one meter after the other; `shift`: the slot of the year at which it begins."""
    names = LABELS.split(";")
    summer = f"u >= {_SUMMER[0]} AND u < {_SUMMER[1]}"
    cells = (
        f"printf('999%011d', {first_meter} + range // {_YEAR})",
        "'2024-01-01'",
        "'2024-12-31'",
        "'PA'",
        "'CONS'",
        "'BRUT'",
        "'W'",
        f"strftime(make_timestamp((u + CASE WHEN {summer} THEN 7200 ELSE 3600 END) * 1000000), '%Y-%m-%dT%H:%M:%S')",
        "1000 + range * 7919 % 9000",
        "'R'",
        "'PT10M'",
        "NULL",
        "NULL",
    )
    columns = ", ".join(f'{cell} AS "{name}"' for cell, name in zip(cells, names, strict=True))
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT {columns} FROM (SELECT range, {_FIRST} + 600 * ((range + {shift}) % {_YEAR} + 1) AS u "
            f"FROM range({rows}))) TO '{path}' (DELIMITER ';', HEADER)"
        )
    return path


def measured(folder: Path, scale: int, line: Callable[..., Any]) -> Iterator[Any]:
    """Two lines for many files, two for one: the bare scan, then the check with its peak memory."""
    for what, files, rows in (("files", FILES // scale, ROWS), ("file", 1, LONE // scale)):
        raw = folder / what
        raw.mkdir()
        for number in range(files):
            write(raw / f"courbe-{number:06d}.csv", number, rows, number * rows)
        bare, ours = measure("scan", raw, repeats=2), measure("accept", raw, repeats=2)
        if ours.found["rows"] != bare.found["rows"] or ours.found["accepted"] != files * rows:
            raise SystemExit("The check did not keep every reading of the files.")
        yield line(f"bare scan, {files:,} {what}", files * rows, bare)
        ratio = bare.seconds / ours.seconds
        held = ratio >= 1 / 3 and ours.memory < _MOST_MIB
        yield line(f"readings of {files:,} {what}", files * rows, ours, "bare scan", ratio, ">= 0.33, < 2 GB", held)
        shutil.rmtree(raw)
