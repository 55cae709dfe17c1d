"""Whether the service lives, and whether it can take a deposit now; and its figures, for this machine alone."""

import os
from ipaddress import ip_address
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from portal import access, metrics
from portal.database import Database, NoPortal
from portal.errors import NotFound
from portal.filings import room
from portal.migrations import running

router = APIRouter(include_in_schema=False)


@router.get("/sante/vivant")
async def alive() -> Response:
    """The process answers."""
    return JSONResponse({"etat": "vivant"})


@router.get("/sante/pret")
def ready(request: Request) -> Response:
    """The database answers with the tables it should have, the folders take files, a deposit finds room on the disk."""
    settings = access.settings(request)
    checks = {
        "base": _base(access.database(request)),
        "dossiers": all(_writable(folder) for folder in (settings.data, settings.raw)),
        "place": room.enough(settings),
    }
    fine = all(checks.values())
    return JSONResponse({"etat": "pret" if fine else "indisponible"} | checks, 200 if fine else 503)


@router.get("/metrics")
def figures(request: Request) -> Response:
    """The figures, for a Prometheus on this machine; to anybody else the page does not exist."""
    if request.client is None or not _near(request.client.host):
        raise NotFound
    with access.database(request).reading() as session:
        return Response(request.app.state.metrics.text(session), media_type=metrics.CONTENT_TYPE)


def _base(database: Database) -> bool:
    try:
        with database.reading() as session:
            session.execute(select(1))
        return running.is_current(database.engine)
    except (SQLAlchemyError, OSError, NoPortal):
        return False


def _writable(folder: Path) -> bool:
    """Whether files can be made there, or the folder itself where it does not exist yet."""
    while not folder.exists():
        folder = folder.parent
    return os.access(folder, os.W_OK | os.X_OK)


def _near(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
