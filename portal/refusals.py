"""How a refusal reaches whoever asked: a page for a browser, problem details (RFC 9457) for the API."""

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from greencloud.errors import GreencloudError
from portal.errors import Refused
from portal.web import pages

API = "/api/"
_PROBLEM = "application/problem+json"


def answer(request: Request, error: GreencloudError) -> Response:
    """The answer that tells an expected failure."""
    status = error.status if isinstance(error, Refused) else 400
    title = error.title if isinstance(error, Refused) else Refused.title
    headers = dict(error.headers) if isinstance(error, Refused) else {}
    return told(request, status, title, str(error), headers)


def told(request: Request, status: int, title: str, sentence: str, headers: dict[str, str] | None = None) -> Response:
    """The answer with a status, a title and a sentence of cause and fix."""
    if request.url.path.startswith(API):
        problem = {"type": "about:blank", "title": title, "status": status, "detail": sentence}
        return JSONResponse(problem, status, headers, media_type=_PROBLEM)
    visitor = getattr(request.state, "visitor", None)
    shown = pages.page(request, "erreur.html.j2", visitor=visitor, status=status, title=title, sentence=sentence)
    shown.headers.update(headers or {})
    return shown
