"""Every refusal of the API as problem details (RFC 9457), in French, whoever refuses: us, FastAPI or the framework.

A fault of ours is answered, as problem details too, and logged by `portal.logs.Requests`: see `portal.api.Api`.
"""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import IntegrityError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from greencloud.deposits import visible
from greencloud.errors import GreencloudError
from portal.api.shapes import Problem
from portal.errors import Conflict, Refused

MEDIA = "application/problem+json"
_TITLES = {
    400: ("Demande refusée", "Cette demande ne se lit pas. Comparez-la avec /api/v1/openapi.json."),
    404: ("Introuvable", "Cette adresse n'existe pas, ou n'est pas à vous. Vérifiez-la dans /api/v1/openapi.json."),
    405: ("Méthode refusée", "Cette adresse ne répond pas à cette méthode. Voyez l'en-tête Allow."),
}
_CROSSED = "Une autre demande vient de faire la même chose. Demandez l'état du dépôt, puis recommencez s'il le faut."
_SAID = {401: "Jeton absent ou refusé.", 403: "Jeton sans ce droit.", 404: "Introuvable, ou à un autre organisme."}
_SAID |= {429: "Trop de dépôts : voir Retry-After.", 507: "Plus assez de place : voir Retry-After."}
_REASONS = {
    "missing": "manque",
    "literal_error": "n'est pas l'une des valeurs permises",
    "extra_forbidden": "n'est pas connu",
    "json_invalid": "n'est pas du JSON",
    "string_too_long": "est trop long",
    "string_too_short": "est vide",
    "int_parsing": "n'est pas un nombre entier",
    "string_type": "n'est pas un texte",
    "string_pattern_mismatch": "n'a pas la forme attendue",
}


class UnknownParameter(Refused):
    """A parameter that the operation does not have."""

    status = 422
    title = "Paramètre refusé"


def install(api: FastAPI) -> None:
    """Have an application answer every refusal that way."""
    api.add_exception_handler(GreencloudError, _refused)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(ClientDisconnect, _gone)
    api.add_exception_handler(IntegrityError, _crossed)


def known_parameters(request: Request) -> None:
    """Raise UnknownParameter for one that the operation does not have: a name typed wrong is not to pass unseen."""
    taken = {parameter.alias for parameter in request.scope["route"].dependant.query_params}
    for name in request.query_params:
        if name not in taken:
            told = f"« {visible(name)[:60]} » n'est pas un paramètre connu ici. Voyez /api/v1/openapi.json."
            raise UnknownParameter(told)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of these refusals."""
    schema = {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _SAID.get(status, "Refus expliqué."), "content": schema} for status in statuses}


def problem(status: int, title: str, detail: str, headers: dict[str, str] | None = None) -> Response:
    """A refusal."""
    told = Problem(type="about:blank", title=title, status=status, detail=detail)
    return JSONResponse(told.model_dump(), status, headers, media_type=MEDIA)


def _refused(_request: Request, error: Exception) -> Response:
    if isinstance(error, Refused):
        return problem(error.status, error.title, str(error), dict(error.headers))
    return problem(422, Refused.title, str(error))


def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    places = [str(place) for place in first["loc"] if place not in ("body", "query", "path", "header")]
    what = visible(".".join(places))[:60] or "corps"
    reason = _REASONS.get(first["type"], "ne convient pas")
    detail = f"« {what} » {reason}. Corrigez-le comme le montre /api/v1/openapi.json."
    return problem(422, "Paramètre refusé", detail)


def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    title, detail = _TITLES.get(error.status_code, _TITLES[400])
    return problem(error.status_code, title, detail, dict(error.headers or {}))


def _crossed(_request: Request, _error: Exception) -> Response:
    """Two requests did the same thing at once; the tables let one through."""
    return problem(Conflict.status, Conflict.title, _CROSSED)


def _gone(_request: Request, _error: Exception) -> Response:
    """The sender went away before the end of its file: nothing was kept, and nobody reads this."""
    return problem(400, "Envoi interrompu", "L'envoi s'est arrêté avant la fin : rien n'a été gardé. Recommencez-le.")
