"""The portal at full size: `python -m tests.bench.bench_portal kills|crowd|minute|preview|fuzz [number]`.

`kills`: kill -9 of the service at chance instants of a load (100). `crowd`: agents who all deposit at the same instant
(200). `minute`: as many, who arrive over a minute. `preview`: seconds of a preview among a number of sites (300).
`fuzz`: examples of each operation of the API by schemathesis (200). `GREENCLOUD_DATABASES=postgresql` takes PostgreSQL.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from portal import preview
from portal.database import Database
from portal.settings import Settings
from tests.portal import crowd, fuzzing, intake, killing, postgresql
from tests.portal.service import SIREN, peopled, running

_MINUTE = 60.0


@contextmanager
def _portal() -> Iterator[tuple[Settings, Database]]:
    """A fresh portal in a folder that goes with it."""
    with tempfile.TemporaryDirectory(prefix="greencloud-bench-") as folder, _address() as address:
        place = Path(folder)
        settings = Settings(data=place / "portail", raw=place / "raw", published=place / "published", database=address)
        database = Database(settings)
        database.migrate()
        try:
            yield settings, database
        finally:
            database.close()


@contextmanager
def _address() -> Iterator[str]:
    if os.environ.get("GREENCLOUD_DATABASES", "sqlite") == "sqlite":
        yield ""
        return
    folder = postgresql.programs()
    if folder is None:
        raise SystemExit("No PostgreSQL on this machine (Debian: apt install postgresql).")
    with postgresql.server(folder) as address:
        postgresql.run(address, "CREATE DATABASE portail_essai")
        yield f"{address}/portail_essai"


def kills(number: int) -> None:
    """Kill the service that many times."""
    with _portal() as (settings, database):
        print(killing.series(settings, database, number, seed=2026))


def at_once(number: int) -> None:
    """All at the same instant."""
    _crowd(number, 0)


def minute(number: int) -> None:
    """Over a minute."""
    _crowd(number, _MINUTE)


def _crowd(number: int, seconds: float) -> None:
    with _portal() as (settings, database):
        told = crowd.evening(settings, database, crowd.gathered(settings, database, number), seconds)
    for name, found in (("receipt, by the pages", told.received), ("verdict, by both", told.told)):
        parts = ", ".join(f"{label} {crowd.share(found, part):.2f} s" for label, part in _PARTS)
        print(f"{number} agents over {seconds:.0f} s: {name}: {parts}")
    print(f"checks that lasted at most so many seconds: {dict(told.checks)}")
    print(f"all of it: {told.lasted:.0f} s, {told.used / number:.3f} s of one core for each deposit")
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")


_PARTS = (("half", 0.5), ("p95", 0.95), ("last", 1.0))


def sites(number: int) -> None:
    """A preview among the deposits of that many sites, the first of its kind and the next."""
    with _portal() as (settings, database):
        agent, _ = intake.people(database)
        header, line = intake.REGISTER.splitlines()
        keys = [f"{siret}-01" for siret in islice(crowd.right(SIREN, 5), number)]
        rows = [line.replace(intake.SITE, key).replace("Salle A", f"Salle {key}") for key in keys]
        intake.confirmed(database, settings, agent, "\n".join([header, *rows, ""]))
        for year in (2023, 2024):
            declared = [intake.declared(year, 150_000, 100_000, key).splitlines()[1] for key in keys]
            head = intake.declared(year, 1, 1).splitlines()[0]
            intake.confirmed(database, settings, agent, "\n".join([head, *declared, ""]))
        for year in (2024, 2025):
            filing = intake.hand_in(database, settings, agent, intake.declared(year, 160_000, 100_000, keys[0]))
            began = time.monotonic()
            preview.preview(database, settings, filing, agent)
            print(f"preview among {number} sites: {time.monotonic() - began:.2f} s")
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")


def fuzz(number: int) -> None:
    """That many examples of each operation."""
    with _portal() as (settings, _), running(settings) as service:
        peopled(service.database)
        print(dict(fuzzing.campaign(service, number)))


WHAT: Mapping[str, tuple[Callable[[int], None], int]] = {
    "kills": (kills, 100),
    "crowd": (at_once, 200),
    "minute": (minute, 200),
    "preview": (sites, 300),
    "fuzz": (fuzz, 200),
}

if __name__ == "__main__":
    run, usual = WHAT[sys.argv[1]]
    run(int(sys.argv[2]) if len(sys.argv) > 2 else usual)
