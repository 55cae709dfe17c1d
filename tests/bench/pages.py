"""The pages of an edition of 10,000 sites: how long they take to write, and how much memory."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.bench.measuring import measure
from tests.dashboards import example_edition

SITES = 10_000
SECONDS = 60
MEGABYTES = 1_000
_MODEL = 250
"""Sites worked out one by one; the others are made like them, under numbers and names of their own."""
_PROCESSES = 2  # that write them
_BY_SITE = ("indicateurs_annuels", "couverture", "consommations_mensuelles")


def edition(folder: Path, sites: int) -> Path:
    """An edition folder of about so many sites, seven years of them, without its pages."""
    example_edition.write(folder, sites=min(sites, _MODEL))
    for name in _BY_SITE:
        _copy(folder / f"{name}.csv", max(1, sites // _MODEL))
    return folder


def _copy(path: Path, times: int) -> None:
    """Repeat the rows of a table of sites, each time for other sites."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns, rows = list(reader.fieldnames or ()), list(reader)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        for copy in range(times):
            writer.writerows(_renamed(row, copy) for row in rows)


def _renamed(row: dict[str, str], copy: int) -> dict[str, str]:
    siret, number = row["id_centre"].split("-")
    changed = {"id_centre": f"{int(siret) + copy * _MODEL * 10}-{number}"}
    if row.get("nom_site"):
        changed["nom_site"] = f"{row['nom_site']}, copie {copy + 1}" if copy else row["nom_site"]
    return {**row, **changed}


def measured(folder: Path, sites: int, line: Callable[..., Any]) -> Iterator[Any]:
    """One line: all the pages; `line` makes a line of the table."""
    made = measure("pages", edition(folder / "edition", sites))
    held = made.seconds < SECONDS and _PROCESSES * made.memory * 2**20 < MEGABYTES * 10**6
    what = f"pages of {made.found['sites']:,} sites, {made.found['octets'] / 1e6:,.0f} MB, peak of each process"
    yield line(what, made.found["pages"], made, wanted=f"< {SECONDS} s, < {MEGABYTES} MB", held=held)
