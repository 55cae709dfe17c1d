"""The deposits of a body, for scripts and DCIM tools: hand in, read the report, confirm, withdraw."""

from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import FileResponse
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from portal import access, filings, preview
from portal.access import ByToken, MayDeposit, Visitor
from portal.api.problems import documented, known_parameters
from portal.api.shapes import (
    Confirmation,
    Counts,
    Deposited,
    Foreseen,
    Listing,
    Receipt,
    Report,
    Table,
    Withdrawal,
)
from portal.errors import NotFound
from portal.filings.waiting import apart, checked
from portal.models import Filing

router = APIRouter(prefix="/depots", tags=["Dépôts"], dependencies=[Depends(known_parameters)])

_PAGE = 100
_Id = Annotated[str, Path(description="Identifiant du dépôt.", pattern="^[0-9a-f-]{36}$")]
_UUID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
_INSTANT = r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z?)?$"
_CSV: dict[str, Any] = {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "Un fichier CSV."}
_KNOWN: dict[str, Any] = {"model": Deposited, "description": "Déjà reçu : le même dépôt."}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "Les octets du fichier, tels quels : CSV, XLSX, XLS, ODS, ou une archive d'un seul fichier.",
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            "text/csv": {
                "schema": {"type": "string"},
                "example": "id_centre,annee,energie_totale_kwh,pue_declare\n13002526500013-01,2025,120000,1.6\n",
            },
        },
    }
}


@router.post(
    "",
    status_code=201,
    summary="Déposer un fichier",
    responses={**documented(400, 401, 403, 404, 413, 422, 429, 503, 507), 200: _KNOWN},
    openapi_extra=_BODY,
)
async def deposit(
    request: Request,
    response: Response,
    visitor: MayDeposit,
    nom: Annotated[str, Query(description="Le nom du fichier, avec son extension.", max_length=400)],
    table: Annotated[Table | None, Query(description="Sinon : reconnue à l'en-tête.")] = None,
    annee: Annotated[int | None, Query(ge=2000, le=2100, description="L'année de la campagne.")] = None,
    remplace: Annotated[str | None, Query(pattern=_UUID, description="Le dépôt que celui-ci remplace.")] = None,
) -> Deposited:
    """Reçoit le corps de la requête, le contrôle, et rend son reçu : 201 quand les octets sont sur le disque.

    Rien n'est publié avant la confirmation. Un envoi interrompu ne laisse rien ; le même fichier, le même reçu (200).
    """
    settings = access.settings(request)
    async with filings.arriving(settings, request.stream()) as arrived:
        told = {"name": nom, "table": table, "annee": annee, "supersedes": remplace}
        found, fresh = await run_in_threadpool(_admit, request, visitor, arrived, told)
        response.status_code = 201 if fresh else 200
        response.headers["Location"] = f"/api/v1/depots/{found.id}"
    with suppress(filings.WorkerFailed):  # told by the answer: nothing was counted
        await checked(request, found)
    return await run_in_threadpool(_deposited, request, found)


def _admit(request: Request, visitor: Visitor, arrived: filings.Arrived, told: dict[str, Any]) -> tuple[Filing, bool]:
    siren = next(iter(visitor.sirens))
    return filings.admit(
        access.database(request), access.settings(request), arrived, siren=siren, visitor=visitor, **told
    )


def _deposited(request: Request, filing: Filing) -> Deposited:
    """A deposit with the counts of its check; one that cannot be read for want of time or memory has none."""
    try:
        checked = filings.check(access.database(request), access.settings(request), filing)
        stats, readable = checked.report["stats"], checked.readable
    except filings.WorkerFailed:
        stats, readable = dict.fromkeys(("rows", "accepted", "rejected", "errors", "warnings"), 0), False
    counts = Counts(
        lignes=stats["rows"],
        acceptees=stats["accepted"],
        rejetees=stats["rejected"],
        erreurs=stats["errors"],
        avertissements=stats["warnings"],
    )
    return Deposited(
        **_receipt(request, filing).model_dump(),
        lisible=readable,
        controle=counts,
        rapport=f"/api/v1/depots/{filing.id}/rapport",
        page=f"/depots/{filing.id}",
    )


def _receipt(request: Request, filing: Filing) -> Receipt:
    return Receipt.model_validate(filings.receipt(access.settings(request), filing))


def _own(request: Request, visitor: Visitor, filing_id: str) -> Filing:
    with access.database(request).reading() as session:
        return access.filing(visitor, session, filing_id)


@router.get("", summary="Lister mes dépôts", responses=documented(401, 422))
def listing(
    request: Request,
    visitor: ByToken,
    avant: Annotated[str | None, Query(pattern=_INSTANT, description="Ceux reçus avant cet instant.")] = None,
) -> Listing:
    """Les dépôts de l'organisme du jeton, du plus récent au plus ancien, 100 à la fois."""
    query = select(Filing).where(Filing.siren.in_(visitor.sirens)).order_by(Filing.recu_le.desc()).limit(_PAGE + 1)
    with access.database(request).reading() as session:
        found = session.scalars(query.where(Filing.recu_le < avant) if avant else query).all()
        shown = [_receipt(request, filing) for filing in found[:_PAGE]]
    more = len(found) > _PAGE
    return Listing(depots=shown, suivant=f"/api/v1/depots?avant={shown[-1].recu_le}" if more else None)


@router.get("/{depot}", summary="Suivre un dépôt", responses=documented(401, 404, 422, 503))
def state(request: Request, visitor: ByToken, depot: _Id) -> Deposited:
    """Le reçu du dépôt, son état, et l'édition qui le contient."""
    return _deposited(request, _own(request, visitor, depot))


@router.get("/{depot}/rapport", summary="Lire le rapport", responses=documented(401, 404, 422, 503))
def report(request: Request, visitor: ByToken, depot: _Id) -> Report:
    """Toutes les erreurs et tous les avertissements, avec leur ligne, leur cause et leur remède."""
    return Report.model_validate(_checked(request, visitor, depot).report)


@router.get(
    "/{depot}/corrige",
    summary="Prendre le fichier corrigé",
    response_class=FileResponse,
    responses={**documented(401, 404, 422, 503), 200: _CSV},
)
def corrected(request: Request, visitor: ByToken, depot: _Id) -> FileResponse:
    """Le fichier récrit comme le schéma le veut. 404 quand le fichier reçu ne permet pas d'en faire un."""
    path = _checked(request, visitor, depot).corrected
    if path is None:
        raise NotFound("Ce fichier n'a pas de version corrigée : corrigez d'abord ses intitulés de colonnes.")
    return FileResponse(path, media_type="text/csv; charset=utf-8", filename="corrige.csv")


@router.get(
    "/{depot}/rejets",
    summary="Prendre la liste des erreurs",
    response_class=FileResponse,
    responses={**documented(401, 404, 422, 503), 200: _CSV},
)
def rejects(request: Request, visitor: ByToken, depot: _Id) -> FileResponse:
    """Toutes les erreurs, une par ligne, à ouvrir dans un tableur."""
    path = _checked(request, visitor, depot).rejects
    return FileResponse(path, media_type="text/csv; charset=utf-8", filename="rejets.csv")


def _checked(request: Request, visitor: Visitor, filing_id: str) -> filings.Checked:
    filing = _own(request, visitor, filing_id)
    return filings.check(access.database(request), access.settings(request), filing)


@router.get("/{depot}/apercu", summary="Voir ce qui serait publié", responses=documented(401, 404, 409, 422, 503))
async def foreseen(request: Request, visitor: ByToken, depot: _Id) -> Foreseen:
    """Pour chaque site : la ligne publiée, la place parmi les pairs, ce que le secret masque, l'écart d'un an."""
    return await apart(request, _foreseen, request, visitor, depot)


def _foreseen(request: Request, visitor: Visitor, depot: str) -> Foreseen:
    filing = _own(request, visitor, depot)
    found = preview.preview(access.database(request), access.settings(request), filing, visitor)
    return Foreseen(
        sites=[preview.told(site) for site in found.sites],
        erreurs=list(found.errors),
        avertissements=list(found.warnings),
    )


@router.post("/{depot}/confirmation", summary="Confirmer", responses=documented(400, 401, 403, 404, 409, 422, 503, 507))
async def confirm(request: Request, visitor: MayDeposit, depot: _Id, given: Confirmation) -> Receipt:
    """Remet le dépôt à la prochaine édition ; deux fois, rien ne change."""
    return await apart(request, _confirm, request, visitor, depot, given)


def _confirm(request: Request, visitor: Visitor, depot: str, given: Confirmation) -> Receipt:
    settings, database = access.settings(request), access.database(request)
    filing = _own(request, visitor, depot)
    kept = filings.confirm(database, settings, filing, visitor=visitor, comment=given.commentaire)
    return _receipt(request, kept)


@router.post("/{depot}/retrait", summary="Retirer", responses=documented(400, 401, 403, 404, 409, 422, 503, 507))
def withdraw(request: Request, visitor: MayDeposit, depot: _Id, given: Withdrawal) -> Receipt:
    """Retire le dépôt : la prochaine édition se fera sans lui. Ses octets restent, son historique aussi."""
    settings, database = access.settings(request), access.database(request)
    filing = _own(request, visitor, depot)
    return _receipt(request, filings.withdraw(database, settings, filing, visitor=visitor, reason=given.motif))
