"""One new deposit among many: an incremental build against a full one of the same deposits, with its peak memory."""

import csv
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from greencloud import tables
from greencloud.deposits import Deposit, write_card
from tests.bench.files import site_key
from tests.bench.measuring import Measure, measure

SIZES = (100, 1_000, 10_000)
_PATIENCE = 300
"""A full build that would take longer than this (seconds), by the smaller ones, is said and not run."""
_WANTED = {1_000: 1.5, 10_000: 3.0}
"""Full build against one more deposit: an edition has its own cost, which few deposits cannot hide."""
_SENDER = "999888779"
_REGISTER = ("id_centre", "nom_site", "type_hebergement", "categorie_organisme", "puissance_it_installee_kw")
_DECLARED = ("id_centre", "annee", "energie_totale_kwh", "energie_it_kwh", "categorie_mesure_it", "commentaire")


def deposit(raw: Path, number: int, sites: int) -> None:
    """Deposit number 0 registers `sites` sites; each of the others declares two years of one of them."""
    table, columns = ("declarations", _DECLARED) if number else ("centres", _REGISTER)
    file = raw / f"{table}-{number:06d}.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(_declared(number) if number else _registered(sites))
    content = file.read_bytes()
    moment = f"2026-05-{1 + number // 86_400:02d}T{number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d}"
    card = (hashlib.sha256(content).hexdigest(), len(content), file.name, f"{moment}.000000Z", _SENDER)
    write_card(Deposit(file, *card, table, tables.table(table).version, True))


def _registered(sites: int) -> Iterator[list[Any]]:
    for site in range(sites):
        yield [site_key(site), f"Salle {site}", "salle_serveurs", "commune", 20 + site % 50]


def _declared(number: int) -> Iterator[list[Any]]:
    for year in (2023, 2024):
        total = 100_000 + number * 7 % 90_000 + year
        yield [site_key(number), year, total, total * 10 // 17, 1, "Donnée synthétique"]


def measured(folder: Path, sizes: tuple[int, ...], line: Callable[..., Any]) -> Iterator[Any]:
    """Three lines a size: the full build, one with a new deposit, one without; `line` makes a line of the table."""
    each = 0.0
    for size in sizes:
        if each * size > _PATIENCE:
            told = Measure(each * size, each * size, 0, {})
            yield line(f"build, {size:,} deposits: not run, too long", size, told, "by the smaller ones")
            continue
        raw, published = folder / f"{size}" / "raw", folder / f"{size}" / "published"
        raw.mkdir(parents=True)
        for number in range(size):
            deposit(raw, number, size + 1)
        full = measure("build", raw, published)
        deposit(raw, size, size + 1)
        one, none = measure("build", raw, published), measure("build", raw, published)
        each = full.seconds / size
        yield line(f"build, {size:,} deposits", size, full)
        for what, measured_now, wanted in (("one more", one, _WANTED.get(size, 1.0)), ("the same again", none, 3.0)):
            ratio = full.cpu / measured_now.cpu
            yield line(what, size, measured_now, "full build", ratio, f">= {wanted}", ratio >= wanted)
