"""Six fields for a small room: they become a one-line `declarations` file, filed like any other."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from greencloud import tables
from portal import access, standing, workbook
from portal.access import CheckedForm, SignedIn, Visitor
from portal.errors import NotFound
from portal.models import Body
from portal.web import entry, wording, years
from portal.web.entry import Problem, Row
from portal.web.pages import page

router = APIRouter()

TYPED = (
    *("energie_totale_kwh", "perimetre", "qualite_mesure"),
    *("categorie_mesure_it", "energie_it_kwh", "commentaire"),
)
"""What a small room is asked for: without one of the middle four its figures compare with nothing."""
_SELDOM_CHANGES = ("categorie_mesure_it", "perimetre")
UNMEASURED = "non_mesure"
"""The answer « we do not measure it », which stands among the places where the IT load may be measured."""


@router.get("/organismes/{siren}/declarer")
def choose(request: Request, visitor: SignedIn, siren: str, centre: str = "", annee: str = "") -> Response:
    """Which site to declare; a body that has only one goes straight to its form."""
    found, current, register = _begun(request, visitor, siren)
    year = years.asked(annee, current)
    open_sites = [site for site in register if workbook.is_open(site, year)]
    chosen = centre or (open_sites[0]["id_centre"] if len(open_sites) == 1 else "")
    if not chosen:
        return page(
            request,
            "declarer_choix.html.j2",
            visitor=visitor,
            organisme=found,
            annee=year,
            centres=open_sites,
            declares=_declared(request, siren, year),
        )
    before = _before(request, siren, chosen)
    row = {name: before.get(year, {}).get(name, "") for name in TYPED}
    for name in _SELDOM_CHANGES:
        row[name] = row[name] or before.get(year - 1, {}).get(name, "")
    return _form(request, visitor, found, _site(register, chosen), year, row, [])


@router.post("/organismes/{siren}/declarer")
def declare(request: Request, visitor: SignedIn, form: CheckedForm, siren: str) -> Response:
    """Judge the six fields at once, beside each of them; file them when nothing is refused."""
    found, current, register = _begun(request, visitor, siren)
    site = _site(register, entry.text(form.get("id_centre")))
    year = years.asked(entry.text(form.get("annee")), current)
    typed = {name: entry.text(form.get(name)) for name in TYPED}
    row = _row(typed, site["id_centre"], year, _before(request, siren, site["id_centre"]))
    wrong = _contradiction(form) or entry.problems("declarations", [row])
    if wrong:
        return _form(request, visitor, found, site, year, typed, wrong)
    filing = entry.filed(request, visitor, siren, "declarations", [row], year)
    return RedirectResponse(f"/depots/{filing.id}", status_code=303)


def _begun(request: Request, visitor: Visitor, siren: str) -> tuple[Body, int, list[standing.Row]]:
    with access.database(request).reading() as session:
        found = access.body(visitor, session, siren, acting=True)
        _, year = years.current(session)
    return found, year, standing.rows(access.settings(request), siren, "centres")


def _site(register: Sequence[standing.Row], id_centre: str) -> standing.Row:
    """One site of the register. Raises NotFound."""
    site = next((row for row in register if row["id_centre"] == id_centre), None)
    if site is None:
        raise NotFound
    return site


def _before(request: Request, siren: str, id_centre: str) -> dict[int, standing.Row]:
    """What the body declared of a site, by year."""
    rows = standing.rows(access.settings(request), siren, "declarations")
    return {int(row["annee"]): row for row in rows if row["id_centre"] == id_centre}


def _declared(request: Request, siren: str, year: int) -> set[str]:
    rows = standing.rows(access.settings(request), siren, "declarations")
    return {row["id_centre"] for row in rows if row["annee"] == str(year)}


def _row(typed: Row, id_centre: str, year: int, before: Mapping[int, Row]) -> dict[str, str]:
    """The whole row: what was said of this year already, or what seldom changes, under what was typed.

    A correction replaces a whole row, so that a column left out would erase what another file gave.
    """
    past = before.get(year - 1, {})
    row = dict(before.get(year) or {name: past.get(name, "") for name in workbook.CARRIED})
    row |= {**typed, "id_centre": id_centre, "annee": str(year)}
    if typed["categorie_mesure_it"] == UNMEASURED:
        return row | {"categorie_mesure_it": "", "motif_absence": UNMEASURED}
    if row.get("motif_absence") == UNMEASURED and typed["energie_it_kwh"]:
        row["motif_absence"] = ""
    return row


def _contradiction(form: FormData) -> list[Problem]:
    """The check does not know of the answer « not measured »."""
    if entry.text(form.get("categorie_mesure_it")) != UNMEASURED or not entry.text(form.get("energie_it_kwh")):
        return []
    said = (
        "Vous donnez une énergie informatique, mais dites ne pas la mesurer. "
        "Videz ce champ, ou dites où elle est mesurée."
    )
    return [Problem("energie_it_kwh", said)]


def _form(
    request: Request,
    visitor: Visitor,
    found: Body,
    site: standing.Row,
    year: int,
    row: Row,
    wrong: Sequence[Problem],
) -> Response:
    schema = tables.table("declarations")
    return page(
        request,
        "declarer.html.j2",
        visitor=visitor,
        status=422 if wrong else 200,
        organisme=found,
        site=site,
        annee=year,
        saisie=row,
        avant=_before(request, found.siren, site["id_centre"]).get(year - 1, {}),
        champs={name: schema.field(name) for name in TYPED},
        choix={name: wording.choices(schema.field(name)) for name in TYPED},
        non_mesure=UNMEASURED,
        problemes=wrong,
        fautes={problem.field: problem.message for problem in wrong},
    )
