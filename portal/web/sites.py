"""The register of a body: add a site, change it, close it; each act is a one-line `centres` file, filed like others."""

import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from greencloud import tables
from portal import access, filings, standing
from portal.access import CheckedForm, SignedIn, Visitor
from portal.errors import NotFound
from portal.filings.waiting import apart
from portal.models import Body
from portal.web import entry, home, wording, years
from portal.web.entry import Problem, Row
from portal.web.interrupted import shown_again
from portal.web.pages import page

router = APIRouter()

# What everybody knows of a site; the other columns are asked for below, for who has them at hand.
FIRST = ("nom_site", "code_insee", "type_hebergement", "puissance_it_installee_kw", "usage_principal")
_CLOSING = "date_fermeture"
_KEY = ("id_centre", "siret")
_SIRET = re.compile("[0-9]{14}")


@router.get("/organismes/{siren}/sites")
def listed(request: Request, visitor: SignedIn, siren: str) -> Response:
    """The sites of a body."""
    with access.database(request).reading() as session:
        found = access.body(visitor, session, siren)
        _, year = years.current(session)
        waiting = home.registers(session, siren)
    known = home.sites(access.settings(request), siren, year)
    return page(request, "sites.html.j2", visitor=visitor, organisme=found, centres=known, registres=waiting)


@router.get("/organismes/{siren}/sites/ajouter")
def added(request: Request, visitor: SignedIn, siren: str) -> Response:
    """An empty form, with what the other sites of the body have in common."""
    found = _body(request, visitor, siren)
    known = _register(request, siren)
    common = {name: _common(known, name) for name in ("siret", "organisme", "categorie_organisme")}
    common["organisme"] = common["organisme"] or found.nom
    common["categorie_organisme"] = common["categorie_organisme"] or found.categorie or ""
    return _form(request, visitor, found, common, [])


@router.post("/organismes/{siren}/sites/ajouter")
async def add(request: Request, visitor: SignedIn, form: CheckedForm, siren: str) -> Response:
    """A new site: its identifier is the SIRET that was typed and the first free number."""
    return await apart(request, _add, request, visitor, form, siren)


def _add(request: Request, visitor: Visitor, form: FormData, siren: str) -> Response:
    found = _body(request, visitor, siren)
    typed = re.sub(r"\D", "", entry.text(form.get("siret")))
    row = _typed(form) | {"siret": typed}
    if not _SIRET.fullmatch(typed) or not typed.startswith(siren):
        said = f"Le SIRET a 14 chiffres, dont les 9 premiers sont le SIREN de l’organisme ({siren}). Relisez-le."
        return _form(request, visitor, found, row, [Problem("siret", said)])
    row["id_centre"] = _free(typed, _taken(request, siren))
    return _filed(request, visitor, found, row)


@router.get("/organismes/{siren}/sites/{id_centre}")
def shown(request: Request, visitor: SignedIn, siren: str, id_centre: str) -> Response:
    """A site as it stands, to be changed or closed."""
    found = _body(request, visitor, siren)
    return _form(request, visitor, found, _site(request, siren, id_centre), [], known=True)


@router.post("/organismes/{siren}/sites/{id_centre}")
async def change(request: Request, visitor: SignedIn, form: CheckedForm, siren: str, id_centre: str) -> Response:
    """The whole row again, as a correction replaces the whole row."""
    return await apart(request, _change, request, visitor, form, siren, id_centre)


def _change(request: Request, visitor: Visitor, form: FormData, siren: str, id_centre: str) -> Response:
    found = _body(request, visitor, siren)
    site = _site(request, siren, id_centre)
    return _filed(request, visitor, found, site | _typed(form) | {name: site[name] for name in _KEY}, known=True)


def _body(request: Request, visitor: Visitor, siren: str) -> Body:
    with access.database(request).reading() as session:
        return access.body(visitor, session, siren, acting=True)


def _register(request: Request, siren: str) -> list[standing.Row]:
    return standing.rows(access.settings(request), siren, "centres")


def _site(request: Request, siren: str, id_centre: str) -> standing.Row:
    """One site of the body. Raises NotFound."""
    site = next((row for row in _register(request, siren) if row["id_centre"] == id_centre), None)
    if site is None:
        raise NotFound
    return site | {"secnumcloud": {"true": "oui", "false": "non"}.get(site["secnumcloud"], "")}


def _common(rows: Sequence[Mapping[str, str]], name: str) -> str:
    values = {row[name] for row in rows} - {""}
    return values.pop() if len(values) == 1 else ""


def _taken(request: Request, siren: str) -> set[str]:
    """The identifiers of the register, and those that wait to be confirmed: two new sites are never given the same."""
    database, taken = access.database(request), {site["id_centre"] for site in _register(request, siren)}
    with database.reading() as session:
        waiting = home.registers(session, siren)
    for filing in waiting:
        with suppress(filings.FilingError):  # a file that cannot be read names no site
            taken |= {site for site, _ in filings.check(database, access.settings(request), filing).sites}
    return taken


def _free(siret: str, taken: Collection[str]) -> str:
    return next(key for number in range(1, 100) if (key := f"{siret}-{number:02}") not in taken)


def _typed(form: FormData) -> dict[str, str]:
    return {
        name: entry.text(form.get(name))
        for name in tables.table("centres").column_names
        if name in form and name not in _KEY
    }


def _filed(request: Request, visitor: Visitor, found: Body, row: Row, *, known: bool = False) -> Response:
    again = partial(_form, request, visitor, found, row, known=known)
    try:
        wrong = entry.problems("centres", [row])
        if wrong:
            return again(wrong)
        filing = entry.filed(request, visitor, found.siren, "centres", [row], None)
    except filings.WorkerLost as lost:
        return shown_again(lost, again)
    return RedirectResponse(f"/depots/{filing.id}", status_code=303)


def _form(
    request: Request, visitor: Visitor, found: Body, row: Row, wrong: Sequence[Problem], *, known: bool = False
) -> Response:
    fields = [field for field in tables.table("centres").fields if field.name not in _KEY]
    first = (*FIRST, _CLOSING) if known else FIRST
    return page(
        request,
        "site.html.j2",
        visitor=visitor,
        status=422 if wrong else 200,
        organisme=found,
        site=row,
        existant=known,
        premiers=[field for field in fields if field.name in first],
        suivants=[field for field in fields if field.name not in first],
        aides={field.name: wording.hint("centres", field) for field in fields},
        choix={field.name: wording.choices(field) for field in fields},
        problemes=wrong,
        fautes={problem.field: problem.message for problem in wrong},
    )
