"""Hand in files: several at once, of any format that the check reads, of tables that it recognises by itself."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from greencloud.checking.visible import visible
from greencloud.errors import GreencloudError
from portal import access, filings, taken
from portal.access import CheckedForm, SignedIn, Visitor
from portal.errors import NotFound
from portal.models import Body, Filing
from portal.web import wording, years
from portal.web.pages import page

router = APIRouter()

_NAME = 120  # characters of a file's name that are shown
_NOTHING = "Aucun fichier n’est arrivé. Choisissez au moins un fichier, puis « Déposer »."
_ONE = "Un seul fichier peut en remplacer un autre : choisissez-en un, ou déposez les autres à part."

_UNKNOWN = (
    "Ses intitulés de colonnes ne sont pas reconnus. Dites ci-dessous ce qu’il contient, puis déposez-le à nouveau, ou "
    "recopiez vos chiffres dans le modèle déjà rempli. Une courbe de charge ou des index de compteurs ne se "
    "déposent pas ici : remettez-les à qui publie les données (greencloud deposit)."
)


@dataclass(frozen=True)
class Handed:
    """A file that was handed in: its deposit, or why it was refused."""

    name: str
    filing: Filing | None
    refusal: str = ""


@router.get("/organismes/{siren}/deposer")
def choose(request: Request, visitor: SignedIn, siren: str, remplace: str = "") -> Response:
    """The page where files are dropped; `remplace`: the deposit that the file is to supersede."""
    found, year = _begun(request, visitor, siren)
    return _page(request, visitor, found, year, [], replaced=_replaced(request, visitor, siren, remplace))


@router.post("/organismes/{siren}/deposer")
def hand_in(request: Request, visitor: SignedIn, form: CheckedForm, siren: str) -> Response:
    """Receive each file by itself: one that is refused keeps none of the others out."""
    found, year = _begun(request, visitor, siren)
    replaced = _replaced(request, visitor, siren, str(form.get("remplace") or ""))
    files = _files(form)
    problem = "" if files else _NOTHING
    if replaced and len(files) > 1:
        problem = _ONE
    if problem:
        return _page(request, visitor, found, year, [], problem=problem, replaced=replaced)
    table = replaced.table_visee if replaced else str(form.get("table") or "")
    old = replaced.id if replaced else None
    handed = [_received(request, visitor, siren, file, table, year, old, alone=len(files) == 1) for file in files]
    if len(handed) == 1 and handed[0].filing is not None:
        return RedirectResponse(f"/depots/{handed[0].filing.id}", status_code=303)
    return _page(request, visitor, found, year, handed, replaced=replaced)


def _begun(request: Request, visitor: Visitor, siren: str) -> tuple[Body, int]:
    with access.database(request).reading() as session:
        return access.body(visitor, session, siren, acting=True), years.current(session)[1]


def _replaced(request: Request, visitor: Visitor, siren: str, filing_id: str) -> Filing | None:
    """The deposit that a file is to supersede, of the same body. Raises NotFound."""
    if not filing_id:
        return None
    with access.database(request).reading() as session:
        found = access.filing(visitor, session, filing_id, acting=True)
    if found.siren != siren:
        raise NotFound
    return found


def _files(form: FormData) -> list[UploadFile]:
    return [file for file in form.getlist("fichiers") if isinstance(file, UploadFile) and file.filename]


def _received(
    request: Request,
    visitor: Visitor,
    siren: str,
    file: UploadFile,
    table: str,
    year: int,
    replaced: str | None,
    *,
    alone: bool,
) -> Handed:
    name = visible(file.filename or "", _NAME)
    try:
        filing = filings.receive(
            access.database(request),
            access.settings(request),
            file.file,
            name=file.filename or "",
            table=table if table in taken.TABLES else None,
            siren=siren,
            visitor=visitor,
            annee=year,
            supersedes=replaced,
        )
    except filings.UnknownTable:
        return Handed(name, None, _UNKNOWN)
    except (filings.TooMany, filings.Unstored) as refusal:
        if alone:  # a page of its own, which says when to come back
            raise
        return Handed(name, None, str(refusal))
    except GreencloudError as refusal:
        return Handed(name, None, str(refusal))
    return Handed(name, filing)


def _page(
    request: Request,
    visitor: Visitor,
    found: Body,
    year: int,
    handed: list[Handed],
    problem: str = "",
    replaced: Filing | None = None,
) -> Response:
    refused = problem or any(one.filing is None for one in handed)
    return page(
        request,
        "deposer.html.j2",
        visitor=visitor,
        status=422 if refused else 200,
        organisme=found,
        annee=year,
        remis=handed,
        probleme=problem,
        remplace=replaced,
        tables=wording.TABLES,
        etats=wording.STATES,
        largest=access.settings(request).largest_file,
    )
