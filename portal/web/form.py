"""Six fields for a small room: they become a one-line `declarations` file, filed like any other."""

from collections.abc import Mapping, Sequence
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from greencloud import tables
from greencloud.tables import Field
from portal import access, filings, standing, workbook
from portal.access import CheckedForm, SignedIn, Visitor
from portal.errors import NotFound
from portal.filings.waiting import apart
from portal.models import Body
from portal.web import entry, home, wording, years
from portal.web.entry import Problem, Row
from portal.web.interrupted import shown_again
from portal.web.pages import number, page

router = APIRouter()

TYPED = (
    *("energie_totale_kwh", "perimetre", "qualite_mesure"),
    *("categorie_mesure_it", "energie_it_kwh", "commentaire"),
)
"""What a small room is asked for: without one of the middle four its figures compare with nothing."""
_MEASURED, _WHY = "categorie_mesure_it", "motif_absence"
_SELDOM_CHANGES = (_MEASURED, "perimetre")
_KEY = ("id_centre", "annee")
UNMEASURED = "non_mesure"
"""The answer « we do not measure it », which stands among the places where the IT load may be measured."""


@router.get("/organismes/{siren}/declarer")
def choose(request: Request, visitor: SignedIn, siren: str, centre: str = "", annee: str = "") -> Response:
    """Which site to declare; a body that has only one goes straight to its form."""
    found, current, register = _begun(request, visitor, siren)
    with access.database(request).reading() as session:
        waiting = home.registers(session, siren)
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
            registres=waiting,
        )
    site, before = _site(register, chosen), _before(request, siren, chosen)
    return _form(request, visitor, found, site, year, before, _known(before, year), [])


@router.post("/organismes/{siren}/declarer")
async def declare(request: Request, visitor: SignedIn, form: CheckedForm, siren: str) -> Response:
    """Judge the six fields at once, beside each of them; file them when nothing is refused."""
    return await apart(request, _declare, request, visitor, form, siren)


def _declare(request: Request, visitor: Visitor, form: FormData, siren: str) -> Response:
    found, current, register = _begun(request, visitor, siren)
    site = _site(register, entry.text(form.get("id_centre")))
    year = years.asked(entry.text(form.get("annee")), current)
    typed = {name: entry.text(form.get(name)) for name in TYPED}
    before = _before(request, siren, site["id_centre"])
    row = _row(typed, site["id_centre"], year, before)
    again = partial(_form, request, visitor, found, site, year, before, typed)
    try:
        wrong = _contradiction(form) or entry.problems("declarations", [row])
        if wrong:
            return again(wrong)
        filing = entry.filed(request, visitor, siren, "declarations", [row], year)
    except filings.WorkerLost as lost:
        return shown_again(lost, again)
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
    row = _carried(before, year) | {**typed, "id_centre": id_centre, "annee": str(year)}
    if typed[_MEASURED] == UNMEASURED:
        return row | {_MEASURED: "", _WHY: UNMEASURED}
    if row.get(_WHY) == UNMEASURED:
        row[_WHY] = ""
    return row


def _source(before: Mapping[int, Row], year: int) -> int:
    """The year that what is filled in beforehand was declared for: this one once it is declared, else the last."""
    return year if year in before else year - 1


def _known(before: Mapping[int, Row], year: int) -> dict[str, str]:
    """What the fields hold before anybody types: all that was said of this year, else what seldom changes."""
    source = _source(before, year)
    names = TYPED if source == year else _SELDOM_CHANGES
    return dict.fromkeys(TYPED, "") | {name: _said(before.get(source, {}), name) for name in names}


def _said(row: Row, name: str) -> str:
    """A cell of a declaration as the form asks for it."""
    if name == _MEASURED and not row.get(name) and row.get(_WHY) == UNMEASURED:
        return UNMEASURED
    value = row.get(name, "")
    return value.replace(".", ",") if tables.table("declarations").field(name).type == "number" else value


def _carried(before: Mapping[int, Row], year: int) -> dict[str, str]:
    """What the form keeps without asking for it."""
    source = _source(before, year)
    row = before.get(source, {})
    return dict(row) if source == year else {name: row.get(name, "") for name in workbook.CARRIED}


def _kept(before: Mapping[int, Row], year: int) -> list[tuple[str, str]]:
    """The same, in words: the title of each column and its value."""
    carried = _carried(before, year)
    fields = (one for one in tables.table("declarations").fields if one.name not in (*TYPED, *_KEY, _WHY))
    return [(one.title, _shown(one, carried[one.name])) for one in fields if carried.get(one.name)]


def _shown(field: Field, value: str) -> str:
    """A cell of a declaration, for a reader."""
    if field.type in ("number", "integer"):
        return number(float(value))
    coded = {"true": "oui", "false": "non"}.get(value, value) if field.type == "boolean" else value
    return dict(wording.choices(field)).get(coded, value)


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
    before: Mapping[int, Row],
    row: Row,
    wrong: Sequence[Problem],
) -> Response:
    schema, known = tables.table("declarations"), _known(before, year)
    return page(
        request,
        "declarer.html.j2",
        visitor=visitor,
        status=422 if wrong else 200,
        organisme=found,
        site=site,
        annee=year,
        saisie=row,
        avant=before.get(year - 1, {}),
        source=_source(before, year),
        repris={name for name in TYPED if known[name] and known[name] == row[name]},
        gardes=_kept(before, year),
        champs={name: schema.field(name) for name in TYPED},
        choix={name: wording.choices(schema.field(name)) for name in TYPED},
        non_mesure=UNMEASURED,
        problemes=wrong,
        fautes={problem.field: problem.message for problem in wrong},
    )
