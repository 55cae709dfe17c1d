"""The templates to fill in: a workbook or a CSV made from the schemas and from what the body declared before."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from greencloud import tables
from portal import access, standing, taken, workbook
from portal.access import SignedIn
from portal.errors import Refused
from portal.web import wording, years
from portal.web.pages import page

router = APIRouter()

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/organismes/{siren}/modele")
def choose(request: Request, visitor: SignedIn, siren: str) -> Response:
    """Which template to take."""
    with access.database(request).reading() as session:
        found = access.body(visitor, session, siren)
        _, year = years.current(session)
    known = standing.rows(access.settings(request), siren, "centres")
    return page(
        request,
        "modele.html.j2",
        visitor=visitor,
        organisme=found,
        annee=year,
        tables=wording.TABLES,
        nombre=len(known),
    )


@router.get("/organismes/{siren}/modele.xlsx")
def as_workbook(
    request: Request, visitor: SignedIn, siren: str, table: str = "declarations", annee: str = ""
) -> Response:
    """The template as a workbook."""
    given = _template(request, visitor, siren, table, annee)
    return _file(workbook.to_xlsx(given), _XLSX, f"{table}-{given.year}-{siren}.xlsx")


@router.get("/organismes/{siren}/modele.csv")
def as_csv(request: Request, visitor: SignedIn, siren: str, table: str = "declarations", annee: str = "") -> Response:
    """The template as a CSV."""
    given = _template(request, visitor, siren, table, annee)
    return _file(workbook.to_csv(given), "text/csv; charset=utf-8", f"{table}-{given.year}-{siren}.csv")


def _template(request: Request, visitor: access.Visitor, siren: str, table: str, asked: str) -> workbook.Template:
    """The template of a table for a body. Raises NotFound, and Refused for a table that is not handed in."""
    with access.database(request).reading() as session:
        access.body(visitor, session, siren)
        _, year = years.current(session)
    if table not in taken.TABLES:
        raise Refused(f"Il n’y a pas de modèle de ce nom. Choisissez parmi : {', '.join(taken.TABLES)}.")
    settings = access.settings(request)
    register, before = standing.rows(settings, siren, "centres"), standing.rows(settings, siren, "declarations")
    return workbook.template(tables.table(table), years.asked(asked, year), register, before)


def _file(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(content, media_type=kind, headers=headers)
