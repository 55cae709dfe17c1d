"""`make bench`: the check of 100,000 declarations, against Frictionless on the same file in the same run.

Each measure is a process of its own, so that the peak memory is that of one check with all that it imports.
Both sides must refuse the same rows, or the measure means nothing and the run fails.
"""

import csv
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table as Grid

ROWS = 100_000
REPEATS = 3
BAD_EVERY = 200  # Frictionless keeps 1,000 errors at most
YEARS = range(2019, 2026)
COLUMNS = (
    "id_centre",
    "annee",
    "energie_totale_kwh",
    "energie_it_kwh",
    "categorie_mesure_it",
    "perimetre",
    "qualite_mesure",
    "date_debut",
    "date_fin",
    "eau_totale_m3",
    "nb_serveurs_physiques",
    "commentaire",
)


def site_key(site: int) -> str:
    """A key whose SIRET is right: the establishments of one fictitious SIREN, two sites each."""
    establishment, number = divmod(site, 2)
    digits = f"999888779{establishment:04d}"
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits))]
    luhn = -sum(value - 9 * (value > 9) for value in doubled) % 10
    return f"{digits}{luhn}-{number + 1:02d}"


def rows() -> Iterator[tuple[object, ...]]:
    """Declarations of 14,286 sites over seven years, one in 200 with a word instead of a number; no chance in it."""
    for number in range(ROWS):
        site, year = divmod(number, len(YEARS))
        total = 50_000 + number * 7 % 900_000
        yield (
            site_key(site),
            YEARS[year],
            "beaucoup" if number % BAD_EVERY == 0 else f"{total}.5",
            f"{total * 10 // 17}",
            "123X"[site % 4],
            "dedie",
            "mesure",
            f"{YEARS[year]}-01-01",
            f"{YEARS[year]}-12-31",
            f"{total // 400}",
            10 + site % 300,
            "relevé du compteur général",
        )


def write_file(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows())


def refused_by_schema(path: Path) -> int:
    from greencloud import tables
    from greencloud.checking import check_file

    return check_file(path, tables.table("declarations")).report.rejected


def refused_by_rules_too(path: Path) -> int:
    from greencloud import rules, tables
    from greencloud.checking import check_file

    return check_file(path, tables.table("declarations"), rules=rules.for_table("declarations")).report.rejected


def refused_by_frictionless(path: Path) -> int:
    import frictionless

    from greencloud import tables

    schema = tables.table("declarations").frictionless()
    schema.fields = [schema.get_field(name) for name in COLUMNS]  # it matches columns by position
    schema.foreign_keys = []  # and has no table of centres here
    with frictionless.system.use_context(trusted=True):
        report = frictionless.Resource(path=str(path), schema=schema).validate()
    return len({error[0] for error in report.flatten(["rowNumber"])})


CHECKERS = {
    "greencloud": refused_by_schema,
    "greencloud, with the rules": refused_by_rules_too,
    "frictionless": refused_by_frictionless,
}


def measure(checker: str, path: Path) -> dict[str, float]:
    """Seconds of one check, peak memory in MiB of the process that did it, and the rows it refused."""
    process = subprocess.Popen([sys.executable, __file__, checker, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"the check by {checker} failed"
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return {**json.loads(printed), "memory": usage.ru_maxrss / unit}


def child(checker: str, path: Path) -> None:
    """One check, timed from after the start of Python: the imports it needs count."""
    start = time.perf_counter()
    refused = CHECKERS[checker](path)
    print(json.dumps({"seconds": time.perf_counter() - start, "refused": refused}))


def best(checker: str, path: Path) -> dict[str, float]:
    """The fastest of several: what the machine does besides only ever adds time."""
    return min((measure(checker, path) for _ in range(REPEATS)), key=lambda one: one["seconds"])


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "declarations.csv"
        write_file(path)
        size = path.stat().st_size / 2**20
        results = {checker: best(checker, path) for checker in CHECKERS}
    ours, theirs = results["greencloud"], results["frictionless"]
    machine = f"{os.cpu_count()} cores {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    libraries = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "frictionless"))
    grid = Grid(title=f"{ROWS:,} declarations, {size:.1f} MiB · {date.today()}\n{machine}, {libraries}")
    for heading in ("check", "seconds", "rows a second", "peak MiB", "rows refused"):
        grid.add_column(heading, justify="left" if heading == "check" else "right")
    for checker, result in results.items():
        speed = f"{ROWS / result['seconds']:,.0f}"
        grid.add_row(checker, f"{result['seconds']:.2f}", speed, f"{result['memory']:.0f}", f"{result['refused']:.0f}")
    console = Console(width=110)
    console.print(grid)
    ratio, memory = theirs["seconds"] / ours["seconds"], ours["memory"] / theirs["memory"]
    console.print(f"{ratio:.1f} times faster than Frictionless, with {memory:.2f} times its peak memory.")
    return 0 if all(result["refused"] == ROWS // BAD_EVERY for result in results.values()) else 1


if __name__ == "__main__":
    if sys.argv[1:]:
        child(sys.argv[1], Path(sys.argv[2]))
    else:
        sys.exit(main())
