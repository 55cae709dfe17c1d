"""The receipt of a deposit, what became of it since, and how to take it back."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from dashboards import links
from greencloud.editions import CURRENT
from portal import access, filings, models, standing
from portal.access import CheckedForm, SignedIn, Visitor
from portal.errors import Conflict
from portal.models import Filing
from portal.settings import Settings
from portal.web import entry, history, home, registration, wording
from portal.web.pages import page

router = APIRouter()

_PAGES = "tableaux-de-bord"
_ENDED = (models.SUPERSEDED, models.WITHDRAWN)
_SHOWN = 20  # sites whose pages a receipt names
_NO_REASON = "Dites en quelques mots pourquoi vous retirez ce dépôt : la raison reste dans l’historique."


@dataclass(frozen=True)
class Published:
    """A site of the deposit in the edition that is out: its page, or none when nothing bears its name."""

    id_centre: str
    nom: str
    adresse: str


@router.get("/depots/{filing_id}/recu")
def shown(request: Request, visitor: SignedIn, filing_id: str) -> Response:
    """The receipt; a deposit that nobody confirmed yet has none, and leads back to its report."""
    with access.database(request).reading() as session:
        filing = access.filing(visitor, session, filing_id)
        organisme = access.body(visitor, session, filing.siren)
        acts, chain = history.of(session, filing, visitor), history.chain(session, filing)
    lost = registration.lost(access.database(request), access.settings(request), filing)
    if filing.confirme_le is None:
        return RedirectResponse(f"/depots/{filing.id}", status_code=303)
    settings = access.settings(request)
    given = filings.receipt(settings, filing)
    return page(
        request,
        "recu.html.j2",
        visitor=visitor,
        depot=filing,
        organisme=organisme,
        recu=given,
        debout=standing.held(settings, filing.siren, [filing]).get(filing.id),
        hors_registre=lost,
        pages=_published(settings, filing) if given.edition and settings.public else [],
        en_ligne=_edition(settings),
        actes=acts,
        chaine=chain,
        tables=wording.TABLES,
        etats=wording.STATES,
        retirable=filing.siren in visitor.sirens and filing.etat == models.CONFIRMED,
    )


def _edition(settings: Settings) -> str:
    """The edition that is out; an empty text before the first."""
    current = settings.published / CURRENT
    return current.resolve().name if current.exists() else ""


def _published(settings: Settings, filing: Filing) -> list[Published]:
    """The sites of a deposit, with their pages."""
    checked = filings.results(settings, filing)
    found = sorted({site for site, _ in checked.sites}) if checked else []
    names = home.names(settings, filing.siren)
    return [Published(site, names.get(site, site), _page_of(settings, site)) for site in found[:_SHOWN]]


def _page_of(settings: Settings, site: str) -> str:
    """Where the page of a site is; an empty text for one that has none, as its mode of publication may ask."""
    page_of = links.site(site)
    written = page_of and (settings.published / CURRENT / _PAGES / page_of).is_file()
    return f"{settings.public}/{_PAGES}/{page_of}" if written else ""


@router.get("/depots/{filing_id}/retirer")
def withdrawing(request: Request, visitor: SignedIn, filing_id: str) -> Response:
    """What withdrawing means, before it is done."""
    return _form(request, visitor, _filing(request, visitor, filing_id), "")


@router.post("/depots/{filing_id}/retirer")
def withdraw(request: Request, visitor: SignedIn, form: CheckedForm, filing_id: str) -> Response:
    """Take a deposit back: the next edition drops it, its bytes and its history stay."""
    # Also for one that is withdrawn already: sent again after the disk refused, the form takes it out of `raw`.
    filing = _filing(request, visitor, filing_id, ended=(models.SUPERSEDED,))
    reason = entry.text(form.get("raison"))
    if not reason:
        return _form(request, visitor, filing, _NO_REASON)
    filings.withdraw(access.database(request), access.settings(request), filing, visitor=visitor, reason=reason)
    return RedirectResponse(f"/depots/{filing.id}", status_code=303)


def _filing(request: Request, visitor: Visitor, filing_id: str, ended: tuple[str, ...] = _ENDED) -> Filing:
    """A deposit that the visitor may take back. Raises NotFound, Conflict."""
    with access.database(request).reading() as session:
        filing = access.filing(visitor, session, filing_id, acting=True)
    if filing.etat in ended:
        raise Conflict("Ce dépôt est déjà retiré ou remplacé. Revenez à la page de votre organisme pour voir l’actuel.")
    return filing


def _form(request: Request, visitor: Visitor, filing: Filing, problem: str) -> Response:
    with access.database(request).reading() as session:
        organisme = access.body(visitor, session, filing.siren)
    return page(
        request,
        "retirer.html.j2",
        visitor=visitor,
        status=422 if problem else 200,
        depot=filing,
        organisme=organisme,
        tables=wording.TABLES,
        probleme=problem,
        sans_lui=standing.without(access.settings(request), filing.siren, filing),
    )
