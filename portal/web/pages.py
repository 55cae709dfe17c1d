"""Templates filled for a request: one environment, everything escaped, a missing value is a fault."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse

from dashboards import french
from portal import days
from portal.access import Visitor

TEMPLATES = Path(__file__).parent.parent / "templates"
_APOSTROPHE = re.compile(r"«[^»]*»|(?<=\w)'(?=\w)")


def page(
    request: Request, name: str, *, visitor: Visitor | None = None, status: int = 200, **context: Any
) -> HTMLResponse:
    """A template as an answer; in each: `visitor`, `csrf`, `settings`, `chemin` (the path asked for)."""
    around = {
        "visitor": visitor,
        "csrf": visitor.session_csrf if visitor else "",
        "settings": request.app.state.settings,
        "chemin": request.url.path,
    }
    text = environment().get_template(name).render(around | context)
    # A page of somebody signed in is nobody else's, and not the next one's at the same keyboard.
    return HTMLResponse(text, status, headers={"Cache-Control": "no-store"})


def render(request: Request, visitor: Visitor | None, name: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """The same as `page`, in the order of who and what."""
    return page(request, name, visitor=visitor, status=status, **context)


@cache
def environment() -> jinja2.Environment:
    """The templates of every page."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=jinja2.select_autoescape(("html", "j2"), default=True),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "typo": typographic,
        "date": days.day,
        "instant": days.instant,
        "nombre": number,
        "compte": french.count,
        "accord": agreed,
        "octets": french.octets,
    }
    return made


def typographic(text: str) -> str:
    """A sentence with the spaces and the apostrophes of French, quoted texts left as they were received."""
    return _APOSTROPHE.sub(lambda found: found[0] if found[0] != "'" else "’", french.typography(text))


def agreed(value: int, one: str, several: str) -> str:
    """The word that goes with a count: in French nothing and one are singular."""
    return several if value > 1 else one


def number(value: float) -> str:
    """A number with at most four decimals."""
    return french.plain(value)
