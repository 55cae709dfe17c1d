"""The service put together: its pages, its API, what guards them, and what runs beside them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from greencloud.errors import GreencloudError
from portal import access, api, filings, health, logs, oidc, refusals
from portal.courier import Courier
from portal.database import Database
from portal.errors import Conflict, NotFound, SignedOut
from portal.heads import Heads
from portal.metrics import Metrics
from portal.security import Limits, SafeHeaders, SameOrigin
from portal.settings import Settings
from portal.web import access_pages, declarant, leaving, managing, messages, privacy, signing

STATIC = Path(__file__).parent / "static"
ROUTERS = (
    health.router,
    signing.router,
    leaving.router,
    access_pages.router,
    *declarant.ROUTERS,
    managing.router,
    messages.router,
    privacy.router,
    oidc.router,
)
_TITLES = {405: "Méthode refusée", 422: "Demande refusée"}
_ALREADY = "Quelqu’un vient de faire la même chose. Rechargez la page pour voir où elle en est."


def create(settings: Settings) -> FastAPI:
    """The service, not yet started: its tables are made when it starts. Raises SettingsError, OSError."""
    app = FastAPI(lifespan=_life, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.settings = settings
    app.state.database = Database(settings)
    app.state.metrics = Metrics()
    app.state.courier = Courier(app.state.database, settings)
    for router in ROUTERS:
        app.include_router(router, include_in_schema=False)
    app.mount("/api/v1", api.create(settings, app.state.database))
    app.mount("/static", StaticFiles(directory=STATIC))
    _guard(app, settings)
    return app


def _guard(app: FastAPI, settings: Settings) -> None:
    """The last added sees a request first."""
    app.add_middleware(Heads)
    app.add_middleware(Limits, settings=settings)
    app.add_middleware(SameOrigin, settings=settings)
    app.add_middleware(logs.Requests, metrics=app.state.metrics)
    app.add_middleware(SafeHeaders, settings=settings)
    app.add_exception_handler(GreencloudError, _expected)
    app.add_exception_handler(IntegrityError, _crossed)
    app.add_exception_handler(HTTPException, _ordinary)


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    """Tables and folders are put right before the first request; what runs beside ends with the last."""
    database: Database = app.state.database
    settings: Settings = app.state.settings
    await run_in_threadpool(database.migrate)
    await run_in_threadpool(filings.recover, database, settings)
    app.state.courier.start()
    logs.tell("demarrage", base="sqlite" if database.embedded else "postgresql")
    yield
    await run_in_threadpool(app.state.courier.stop)
    database.close()
    logs.tell("arret")


async def _expected(request: Request, error: Exception) -> Response:
    if isinstance(error, SignedOut):
        return RedirectResponse(str(error), 303)
    assert isinstance(error, GreencloudError)
    return refusals.answer(request, error)


async def _crossed(request: Request, _error: Exception) -> Response:
    """Two requests did the same thing at once; the tables let one through."""
    return refusals.answer(request, Conflict(_ALREADY))


def _recognised(request: Request) -> None:
    """Whoever is signed in stays so on the page of an address that no route knows."""
    with suppress(SQLAlchemyError):
        access.guest(request)


async def _ordinary(request: Request, error: Exception) -> Response:
    """What the framework itself refuses, in French."""
    assert isinstance(error, HTTPException)
    if error.status_code == NotFound.status:
        await run_in_threadpool(_recognised, request)
        return refusals.answer(request, NotFound())
    title = _TITLES.get(error.status_code, "Demande refusée")
    sentence = "Cette page ne se demande pas ainsi. Revenez à l’accueil, puis recommencez."
    return refusals.told(request, error.status_code, title, sentence, dict(error.headers or {}))
