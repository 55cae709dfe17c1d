"""The check of a deposit, once for each program: what was found is kept beside, its counts in the database."""

import csv
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import update

from portal.database import Database
from portal.filings import places
from portal.filings.errors import WorkerFailed
from portal.filings.shapes import Checked
from portal.filings.workshop import TOO_MUCH, Workshop
from portal.models import CHECKED, OPEN, RECEIVED, UNREADABLE, Filing
from portal.settings import Settings
from portal.worker.names import REPORT, ROWS


def check(database: Database, settings: Settings, workshop: Workshop, filing: Filing) -> Checked:
    """Check a deposit, in a process of its own, unless this program has done so already.

    `filing` takes the new state and counts. Raises WorkerFailed for a file that asks for too much, which is kept as
    unreadable, and WorkerLost.
    """
    known = results(settings, filing)
    if known is None:
        if filing.programme == places.program() and (filing.etat == UNREADABLE or filing.lignes is None):
            raise WorkerFailed(TOO_MUCH)  # it was stopped already: whoever looks at it again does not start it again
        try:
            known = _made(settings, workshop, filing)
        except WorkerFailed:
            _record(database, filing, {"etat": UNREADABLE, "programme": places.program()})
            raise
    if filing.programme != places.program() or filing.etat == RECEIVED:
        stats = known.report["stats"]
        counts = {"lignes": stats["rows"], "acceptees": stats["accepted"], "rejetees": stats["rejected"]}
        state = CHECKED if known.readable else UNREADABLE
        _record(database, filing, {**counts, "etat": state, "programme": places.program()})
    return known


def results(settings: Settings, filing: Filing) -> Checked | None:
    """What this program found in a deposit; None before it has checked it."""
    folder = places.results(settings, filing)
    return Checked(folder, filing.siren) if (folder / REPORT).is_file() else None


def judged(workshop: Workshop, content: bytes, *, name: str, table: str) -> dict[str, Any]:
    """The report on a file that nobody has filed yet, made by the worker; nothing of it stays. Raises FilingError."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / name
        path.write_bytes(content)
        data = {"chemin": str(path), "nom": name, "table": table}
        with workshop.made("juger", Path(place), data) as folder:
            return Checked(folder, "").report


def rows(settings: Settings, workshop: Workshop, filing: Filing) -> Iterator[list[str]]:
    """The received rows as text, the header first, read by the worker. Raises FilingError for an unreadable file."""
    path = places.results(settings, filing).with_suffix(".lignes.csv")
    if not path.is_file():
        with workshop.made("lignes", places.work(settings), job_data(settings, filing)) as made:
            path.parent.mkdir(parents=True, exist_ok=True)
            (made / ROWS).replace(path)
    with path.open(encoding="utf-8", newline="") as stream:
        yield from csv.reader(stream)


def _made(settings: Settings, workshop: Workshop, filing: Filing) -> Checked:
    folder = places.results(settings, filing)
    with workshop.made("controler", places.work(settings), job_data(settings, filing)) as made:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if not (folder / REPORT).is_file():
            try:
                made.rename(folder)
            except OSError:
                if not (folder / REPORT).is_file():  # another check of the same deposit was first, or the disk refuses
                    raise
    return Checked(folder, filing.siren)


def job_data(settings: Settings, filing: Filing) -> dict[str, object]:
    """What every job on a received file is told of it."""
    return {
        "chemin": str(places.received(settings, filing.sha256)),
        "nom": filing.nom_fichier,
        "table": filing.table_visee,
        "sha256": filing.sha256,
        "octets": filing.octets,
        "siren": filing.siren,
        "recu_le": filing.recu_le,
        "raw": str(settings.raw),
    }


def _record(database: Database, filing: Filing, values: dict[str, object]) -> None:
    """Write the counts; the state only moves while the deposit is open: a confirmed one stays confirmed."""
    with database.session() as session:
        rest = {name: value for name, value in values.items() if name != "etat"}
        session.execute(update(Filing).where(Filing.id == filing.id).values(**rest))
        session.execute(update(Filing).where(Filing.id == filing.id, Filing.etat.in_(OPEN)).values(etat=values["etat"]))
        fresh = session.get_one(Filing, filing.id)
        for name in ("etat", "lignes", "acceptees", "rejetees", "programme"):
            if getattr(filing, name) != getattr(fresh, name):
                setattr(filing, name, getattr(fresh, name))
