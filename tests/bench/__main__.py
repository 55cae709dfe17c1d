"""`make bench`: the check against Frictionless and against a bare read, on the same files in the same run.

Both sides must find the same errors, or the measure means nothing and the run fails. `--quick` takes a tenth of the
rows; `--json FILE` also writes the figures.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import distributions, version
from pathlib import Path

from rich.console import Console
from rich.table import Table as Grid

from tests.bench import incremental, metering, pages, upload
from tests.bench import readings as checked_readings
from tests.bench.files import DECLARATIONS, READINGS, declarations, french, hopeless, readings, write
from tests.bench.measuring import APART, Measure, measure

_BAD_EVERY = 1000
_VALID_SIZE = 84
_SLICE = 200_000


@dataclass(frozen=True)
class Line:
    """A line of the table. `ratio` compares with `against`, and should be at least (or at most) `wanted`."""

    what: str
    rows: int
    seconds: float
    cpu: float
    memory: float
    against: str = ""
    ratio: float | None = None
    wanted: str = ""
    held: bool = True


def seeded_errors(folder: Path, scale: int) -> Iterator[Line]:
    """Declarations, one row in a thousand wrong, against Frictionless on the same file, in both modes."""
    rows = 1_000_000 // scale
    path = write(folder / "declarations.csv", DECLARATIONS, declarations(rows, _BAD_EVERY))
    modes = {
        "strict": measure("check", path, "declarations", DECLARATIONS, strict=True, repeats=2),
        "default": measure("check", path, "declarations", DECLARATIONS, strict=False, repeats=2),
    }
    theirs = measure("frictionless", path, "declarations", DECLARATIONS)
    for mode, ours in modes.items():
        if ours.found["errors"] != theirs.found["errors"] or not ours.found["errors"]:
            raise SystemExit(f"The errors found in {mode} mode are not those of Frictionless.")
        ratio = theirs.seconds / ours.seconds
        held = ratio >= 14 and ours.memory <= 300
        what = f"declarations, 0.1 % wrong, {mode}"
        yield _line(what, rows, ours, "frictionless", ratio, ">= 14, <= 300 MiB", held)
    ruled = measure("check", path, "declarations", DECLARATIONS, strict=False, rules=True)
    yield _line("the same with the rules", rows, ruled, wanted="<= 300 MiB", held=ruled.memory <= 300)


def meter_rows(folder: Path, scale: int) -> Iterator[Line]:
    """Meter readings, against Frictionless on a slice of the same file, its time scaled."""
    rows = 5_000_000 // scale
    path = write(folder / "consommations.csv", READINGS, readings(rows))
    part = write(folder / "tranche.csv", READINGS, readings(min(_SLICE, rows)))
    ours = measure("check", path, "consommations", READINGS, strict=True)
    theirs = measure("frictionless", part, "consommations", READINGS)
    if ours.found["errors"] or theirs.found["errors"]:
        raise SystemExit("The meter readings should be valid.")
    ratio = theirs.seconds * rows / min(_SLICE, rows) / ours.seconds
    against = f"frictionless, from {min(_SLICE, rows):,} rows"
    yield _line("meter readings", rows, ours, against, ratio, ">= 40", ratio >= 40)


def bare_read(folder: Path, scale: int) -> Iterator[Line]:
    """A valid file of 84 MB, against pyarrow which only reads it."""
    rows = 730_000 // scale
    path = write(folder / "valide.csv", DECLARATIONS, declarations(rows))
    ours = measure("check", path, "declarations", DECLARATIONS, strict=True, repeats=3)
    theirs = measure("pyarrow", path, repeats=3)
    ratio = ours.seconds / theirs.seconds
    what = f"valid, {path.stat().st_size / 1e6:.0f} MB"
    yield _line(what, rows, ours, "pyarrow, slower by", ratio, "<= 2.5", ratio <= 2.5)


def ten_rows(folder: Path, _scale: int) -> Iterator[Line]:
    """The whole command on ten rows."""
    path = write(folder / "dix.csv", DECLARATIONS, declarations(10))
    ours = measure("command", path, "declarations", repeats=3)
    yield _line("greencloud check, processor", 10, ours, "", None, "< 1 s of processor", ours.cpu < 1)


def spreadsheet(folder: Path, scale: int) -> Iterator[Line]:
    """A French spreadsheet: cp1252, semicolons, decimal commas, day first; default mode."""
    rows = 1_000_000 // scale
    path = write(folder / "excel.csv", DECLARATIONS, french(rows), delimiter=";", encoding="cp1252")
    ours = measure("check", path, "declarations", DECLARATIONS, strict=False)
    held = ours.seconds < 15 and ours.memory <= 300
    yield _line("French spreadsheet", rows, ours, wanted="< 15 s, <= 300 MiB", held=held)


def all_wrong(folder: Path, scale: int) -> Iterator[Line]:
    """Every row with several errors, default mode."""
    rows = 300_000 // scale
    path = write(folder / "perdu.csv", DECLARATIONS, hopeless(rows))
    ours = measure("check", path, "declarations", DECLARATIONS, strict=False)
    held = ours.seconds < 60 and ours.memory < 1000
    yield _line(f"all wrong, {len(ours.found['errors']):,} errors", rows, ours, wanted="< 60 s, < 1 GB", held=held)


def large_upload(folder: Path, scale: int) -> Iterator[Line]:
    """A large file to a real udata server: its memory over that of an interpreter that does nothing."""
    octets = upload.GIGABYTE // scale
    path = folder / "grosse-table.csv"
    sha1 = upload.large_file(path, octets)
    with upload.server(folder / "udata") as udata:
        sent = measure("send", path, udata.url, udata.token, udata.organization)
    if (sent.found["sha1"], sent.found["octets"]) != (sha1, octets):
        raise SystemExit("The server does not have the file that was sent.")
    memory = sent.found["peak"] - upload.bare_mib()
    what = f"upload of {octets / 1e6:,.0f} MB, memory over a bare interpreter"
    wanted = f"< {upload.MOST_MIB} MiB"
    yield Line(what, octets // upload.ROW, sent.seconds, sent.cpu, memory, wanted=wanted, held=memory < upload.MOST_MIB)


def meter_files(folder: Path, scale: int) -> Iterator[Line]:
    """Load curves of ten minutes, in many files and in one, against a bare scan of the same bytes."""
    yield from checked_readings.measured(folder, scale, _line)


def metered_edition(folder: Path, scale: int) -> Iterator[Line]:
    """A whole edition of load curves, against the same scan; then what a few more files cost."""
    yield from metering.measured(folder, scale, _line)


def one_more_deposit(folder: Path, scale: int) -> Iterator[Line]:
    """An edition with one more deposit, against a full build of as many."""
    yield from incremental.measured(folder, tuple(size // scale for size in incremental.SIZES), _line)


def many_pages(folder: Path, scale: int) -> Iterator[Line]:
    """The dashboards of an edition of 10,000 sites."""
    yield from pages.measured(folder, pages.SITES // scale, _line)


def _line(
    what: str,
    rows: int,
    ours: Measure,
    against: str = "",
    ratio: float | None = None,
    wanted: str = "",
    held: bool = True,
) -> Line:
    return Line(what, rows, ours.seconds, ours.cpu, ours.memory, against, ratio, wanted, held)


MEASURES: tuple[Callable[[Path, int], Iterator[Line]], ...] = (
    seeded_errors,
    meter_rows,
    bare_read,
    ten_rows,
    spreadsheet,
    all_wrong,
    large_upload,
    meter_files,
    metered_edition,
    one_more_deposit,
    many_pages,
)


def machine() -> str:
    """What the figures were taken on."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "frictionless"))
    libraries += f", pyarrow {next(distribution.version for distribution in distributions(path=[str(APART)]))}"
    cores = f"{os.cpu_count()} cores {platform.machine()}, {platform.system()}"
    return f"{cores}, Python {platform.python_version()}, {libraries}"


def _cells(line: Line) -> list[str]:
    return [
        line.what,
        f"{line.rows:,}",
        f"{line.seconds:.2f}",
        f"{line.cpu:.2f}",
        f"{line.rows / line.seconds:,.0f}",
        f"{line.memory:.0f}",
        "" if line.ratio is None else f"{line.ratio:.2f}",
        line.against,
        line.wanted,
        "ok" if line.held else "NO",
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows")
    parser.add_argument("--only", choices=[item.__name__ for item in MEASURES], help="one measure")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    asked = parser.parse_args()
    chosen = [item for item in MEASURES if asked.only in (None, item.__name__)]
    console = Console(width=130)
    grid = Grid(title=f"{date.today()} · {machine()}")
    for heading in (
        "file",
        "rows",
        "seconds",
        "processor",
        "rows a second",
        "peak MiB",
        "times",
        "against",
        "wanted",
        "",
    ):
        grid.add_column(heading, justify="left" if heading in ("file", "against", "wanted") else "right")
    lines = []
    for item in chosen:
        with tempfile.TemporaryDirectory() as folder:
            for line in item(Path(folder), 10 if asked.quick else 1):
                lines.append(line)
                grid.add_row(*_cells(line))
                console.print(" ".join(_cells(line)))
    console.print(grid)
    if asked.json:
        told = {"date": str(date.today()), "machine": machine(), "lines": [asdict(line) for line in lines]}
        asked.json.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0 if all(line.held for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
