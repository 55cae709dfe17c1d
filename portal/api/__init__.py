"""The API: the same checks and receipts as the pages, for scripts and DCIM tools, by token."""

from fastapi import FastAPI
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.types import ASGIApp

from greencloud import __version__
from portal.api import deposits, problems
from portal.api.shapes import Problem
from portal.database import Database
from portal.settings import Settings

_ABOUT = (
    "Déposez les fichiers de votre organisme, lisez leur rapport, confirmez-les. Chaque demande porte l'en-tête "
    "« Authorization: Bearer » et un jeton fait à la page Accès de l'organisme (portée « lecture » ou « depot »). "
    "Les refus suivent la RFC 9457 (application/problem+json), en français."
)


class Api(FastAPI):
    """An application that leaves its faults to the portal that it is mounted in."""

    def build_middleware_stack(self) -> ASGIApp:
        """Without the outermost layer of Starlette, which would answer a fault in English, as plain text."""
        stack = super().build_middleware_stack()
        assert isinstance(stack, ServerErrorMiddleware)
        return stack.app


def create(settings: Settings, database: Database) -> FastAPI:
    """The application to be mounted at /api/v1; it shares the settings and the database of the portal."""
    api = Api(
        title="Portail de dépôt Green Cloud Nation",
        version=__version__,
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        servers=[{"url": "/api/v1"}],
        root_path_in_servers=False,
    )
    api.state.settings, api.state.database = settings, database
    problems.install(api)
    api.include_router(deposits.router)
    describe(api)
    return api


def describe(api: FastAPI) -> None:
    """Complete the description: the token, and refusals in one form everywhere."""
    made = api.openapi()
    components = made.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    components["securitySchemes"] = {"jeton": {"type": "http", "scheme": "bearer"}}
    made["security"] = [{"jeton": []}]
