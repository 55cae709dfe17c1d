"""Ten minutes by ten minutes: an edition of many files of meter readings, against a bare scan of the same bytes.

The files have the shape of the grid operator's exports. Then as many as wanted come in addition: they cost themselves.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from greencloud import tables
from greencloud.deposits import Deposit, write_card
from tests.bench.files import site_key
from tests.bench.measuring import Measure, measure

FILES, ROWS, MORE = 10_000, 10_000, 10
_METERS = 200
_METERS_A_SITE = 4
_STEP = timedelta(minutes=10)
_FIRST = datetime(2015, 1, 1, tzinfo=UTC)
_PARIS = ZoneInfo("Europe/Paris")
_SENDER = "999888779"
LABELS = (
    "Identifiant PRM;Date de début;Date de fin;Grandeur physique;Grandeur métier;Etape métier;Unité;Horodate;Valeur;"
    "Nature;Pas;Indice de vraisemblance;Etat complémentaire"
)


def deposit(raw: Path, number: int, rows: int) -> None:
    """File number `number` holds `rows` readings of one meter, after those of its file before."""
    meter, period = number % _METERS, number // _METERS
    head = f"{_meter(meter)};2015-01-01;2026-01-01;Puissance active;CONS;BRUT;W;"
    base = (1_000 if meter % 2 else 4_000) + 37 * meter
    lines = (
        f"{head}{stamp};{base + (place * 7919 + number * 31) % 700};R;PT10M;;"
        for place, stamp in enumerate(_stamps(period, rows))
    )
    _filed(raw / f"courbe-{number:06d}.csv", "\n".join([LABELS, *lines, ""]), "releves", number)


def registers(raw: Path) -> None:
    """The sites and their meters: of each four, two tell the whole site and two its IT load."""
    sites = range(_METERS // _METERS_A_SITE)
    rows = [f"{site_key(site)},Salle {site},salle_serveurs,commune,20" for site in sites]
    heading = "id_centre,nom_site,type_hebergement,categorie_organisme,puissance_it_installee_kw"
    _filed(raw / "centres.csv", "\n".join([heading, *rows, ""]), "centres", 0)
    rows = [
        f"{_meter(meter)},{site_key(meter // _METERS_A_SITE)},{'it' if meter % 2 else 'total'},"
        f"{'sortie_onduleur' if meter % 2 else 'arrivee_generale'},2015-01-01"
        for meter in range(_METERS)
    ]
    heading = "id_compteur,id_centre,poste,point_mesure,date_debut"
    _filed(raw / "compteurs.csv", "\n".join([heading, *rows, ""]), "compteurs", 0)


def _meter(number: int) -> str:
    return f"999{number:011d}"


@cache
def _stamps(period: int, rows: int) -> Sequence[str]:
    """The ends of the slots of a period, at the legal time."""
    first = _FIRST + period * rows * _STEP
    return [(first + place * _STEP).astimezone(_PARIS).strftime("%Y-%m-%dT%H:%M:%S") for place in range(1, rows + 1)]


def _filed(file: Path, text: str, table: str, number: int) -> None:
    content = text.encode()
    file.write_bytes(content)
    moment = datetime(2026, 5, 1, tzinfo=UTC) + timedelta(seconds=number)
    received = f"{moment:%Y-%m-%dT%H:%M:%S}.000000Z"
    card = (hashlib.sha256(content).hexdigest(), len(content), file.name, received, _SENDER)
    write_card(Deposit(file, *card, table, tables.table(table).version, True))


def measured(folder: Path, scale: int, line: Callable[..., Any]) -> Iterator[Any]:
    """Four lines: a bare scan, the full build of the same files, one with ten more, one without."""
    files, more = FILES // scale, max(1, MORE // scale)
    raw, published = folder / "raw", folder / "published"
    raw.mkdir(parents=True)
    registers(raw)
    for number in range(files):
        deposit(raw, number, ROWS)
    readings = files * ROWS
    bare = measure("scan", raw, repeats=2)  # the second time from the cache of the disk, as the build
    full = measure("build", raw, published)
    for number in range(files, files + more):
        deposit(raw, number, ROWS)
    added, none = measure("build", raw, published), measure("build", raw, published)
    yield line(f"bare scan, {files:,} files", readings, bare)
    ratio = bare.seconds / full.seconds
    held = ratio >= 1 / 3 and full.memory < 2_000
    what = f"an edition of {files:,} files of readings"
    yield line(what, readings, full, "bare scan", ratio, ">= 0.33, < 2 GB", held)
    for what, one in ((f"{more} more files", added), ("the same again", none)):
        yield _cost(what, more * ROWS, one, full, line)


def _cost(what: str, readings: int, one: Measure, full: Measure, line: Callable[..., Any]) -> Any:
    share = one.seconds / full.seconds
    return line(what, readings, one, "of a full build", share, "<= 0.03", share <= 0.03)
