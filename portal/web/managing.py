"""The pages of the ministry's team: campaigns, who has declared and who has not, reminders, the list to take away."""

from collections import Counter

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from dashboards import french
from portal import access, campaign, coverage, delegations, lists, mail, reminders
from portal.access import CheckedForm, Managing
from portal.coverage import BodyState
from portal.days import today
from portal.errors import NotFound
from portal.models import MANAGER, Account
from portal.web import coverage_map, pages
from portal.web.signing import text

router = APIRouter(prefix="/gestion", include_in_schema=False)

_CSV = ("siren", "organisme", "motif", "etat", "sites_attendus", "sites_declares", "sites_manquants")
_CSV_END = ("depots_confirmes", "depot_recu_le", "personnes_habilitees", "dernier_rappel")


@router.get("")
def campaigns(request: Request, visitor: Managing, fait: str = "") -> Response:
    """The campaigns, and the form that opens one."""
    with access.database(request).reading() as session:
        found = campaign.every(session)
        waiting = mail.pending(session)
    year = int(today()[:4])
    return pages.page(
        request,
        "gestion.html.j2",
        visitor=visitor,
        campagnes=found,
        courriels=waiting,
        annee=max([year - 1, *(one.annee + 1 for one in found)]),
        fait=_DONE.get(fait, ""),
        limite=f"{year if today() < f'{year}-05-15' else year + 1}-05-15",
    )


@router.post("")
def open_campaign(request: Request, visitor: Managing, form: CheckedForm) -> Response:
    """Open a campaign."""
    with access.database(request).session() as session:
        opened = campaign.open_year(session, visitor.actor, text(form, "annee"), text(form, "limite"))
    return _to(opened.annee, fait="ouverte")


@router.post("/equipe")
def invite_manager(request: Request, visitor: Managing, form: CheckedForm) -> Response:
    """Invite somebody to the team."""
    with access.database(request).session() as session:
        by = session.get_one(Account, visitor.account_id)
        address = mail.address(text(form, "courriel"))
        delegations.sent(session, access.settings(request), mail=address, siren=None, by=by, role=MANAGER)
    return RedirectResponse("/gestion?fait=invitation", 303)


@router.get("/{annee}")
def one(request: Request, visitor: Managing, annee: str, etat: str = "", fait: str = "") -> Response:
    """A campaign: figures, map, list of the bodies."""
    year = _year(annee)
    with access.database(request).reading() as session:
        opened = campaign.one(session, year)
        states = coverage.states(session, access.settings(request), year)
    regions = coverage.regions(states)
    return pages.page(
        request,
        "campagne.html.j2",
        visitor=visitor,
        campagne=opened,
        compte=Counter(state.state for state in states),
        etats=coverage.WORDS,
        etat=etat if etat in coverage.WORDS else "",
        organismes=[state for state in states if etat not in coverage.WORDS or state.state == etat],
        total=len(states),
        sites=sum(len(state.sites) for state in states),
        declares=sum(len(state.sites) - len(state.missing) for state in states),
        regions=regions,
        carte=coverage_map.drawing(regions),
        retard=len(reminders.late(states)),
        jour=today(),
        fait=_DONE.get(fait, ""),
    )


@router.get("/{annee}/liste.csv")
def export(request: Request, visitor: Managing, annee: str) -> Response:
    """The list, for a spreadsheet."""
    year = _year(annee)
    with access.database(request).reading() as session:
        campaign.one(session, year)
        states = coverage.states(session, access.settings(request), year)
    content = lists.french_csv((*_CSV, *_CSV_END), [_row(state) for state in states])
    name = f"campagne-{year}-{today()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/{annee}/attendus")
def expect(request: Request, visitor: Managing, annee: str, form: CheckedForm) -> Response:
    """Expect the bodies of a pasted list, or those of the campaign before."""
    year = _year(annee)
    with access.database(request).session() as session:
        if text(form, "reprendre"):
            added = campaign.expect_again(session, visitor.actor, year)
        else:
            added = campaign.expect(session, visitor.actor, year, campaign.read_list(text(form, "liste")))
    return _to(year, fait="attendus" if added else "aucun")


@router.post("/{annee}/attendus/{siren}/retirer")
def forget(request: Request, visitor: Managing, annee: str, siren: str, form: CheckedForm) -> Response:
    """Expect a body no more."""
    with access.database(request).session() as session:
        campaign.forget(session, visitor.actor, _year(annee), siren)
    return _to(_year(annee), fait="retire")


@router.post("/{annee}/limite")
def move(request: Request, visitor: Managing, annee: str, form: CheckedForm) -> Response:
    """Change the last day."""
    with access.database(request).session() as session:
        campaign.move_limit(session, visitor.actor, _year(annee), text(form, "limite"))
    return _to(_year(annee), fait="limite")


@router.post("/{annee}/cloture")
def close(request: Request, visitor: Managing, annee: str, form: CheckedForm) -> Response:
    """Close a campaign, or open it again."""
    closed = text(form, "close") == "oui"
    with access.database(request).session() as session:
        campaign.close(session, visitor.actor, _year(annee), closed=closed)
    return _to(_year(annee), fait="close" if closed else "rouverte")


@router.get("/{annee}/rappels")
def reminders_page(request: Request, visitor: Managing, annee: str) -> Response:
    """Who would be reminded, and of what, before anything leaves."""
    return _reminders(request, visitor, _year(annee), None)


@router.post("/{annee}/rappels")
def remind(request: Request, visitor: Managing, annee: str, form: CheckedForm) -> Response:
    """Send the reminders of the day."""
    year = _year(annee)
    done = reminders.remind(access.database(request), access.settings(request), visitor.actor, year)
    if (courier := getattr(request.app.state, "courier", None)) is not None:
        courier.wake()
    return _reminders(request, visitor, year, _told(done))


def _reminders(request: Request, visitor: access.Visitor, year: int, told: str | None) -> Response:
    settings = access.settings(request)
    with access.database(request).reading() as session:
        opened = campaign.one(session, year)
        late = reminders.late(coverage.states(session, settings, year))
    example = reminders.example(settings, opened, late[0]) if late else None
    return pages.page(
        request,
        "rappels.html.j2",
        visitor=visitor,
        campagne=opened,
        organismes=late,
        jour=today(),
        exemple=example,
        reste=sum(1 for state in late if state.comptes and state.reminded != today()),
        sans=[state for state in late if not state.comptes],
        bilan=told,
    )


def _told(done: reminders.Reminded) -> str:
    parts = [f"{french.count(done.written, 'rappel')} prêt{'s' if done.written > 1 else ''} à partir"]
    if done.already:
        told = f"déjà prévenue{'s' if done.already > 1 else ''} aujourd’hui"
        parts.append(f"{french.count(done.already, 'personne')} {told}")
    if done.nobody:
        parts.append(f"{french.count(done.nobody, 'organisme')} sans personne à qui écrire")
    return f"{' ; '.join(parts)}."


def _row(state: BodyState) -> tuple[object, ...]:
    missing = ", ".join(site.id_centre for site in state.missing)
    counts = (len(state.sites), len(state.sites) - len(state.missing), missing)
    end = (state.confirmed, state.received, state.comptes, state.reminded)
    return (state.siren, state.nom, state.motif, state.words, *counts, *end)


def _year(text: str) -> int:
    if len(text) != 4 or not (text.isascii() and text.isdecimal()):
        raise NotFound
    return int(text)


def _to(year: int, *, fait: str) -> RedirectResponse:
    return RedirectResponse(f"/gestion/{year}?fait={fait}", 303)


_DONE = {
    "invitation": "L’invitation part par courriel. Elle vaut 14 jours.",
    "ouverte": "La campagne est ouverte. Ajoutez maintenant les organismes attendus.",
    "attendus": "Les organismes de la liste sont attendus.",
    "aucun": "Tous ces organismes étaient déjà attendus : rien n’a changé.",
    "retire": "L’organisme n’est plus attendu dans cette campagne.",
    "limite": "La date limite est changée.",
    "close": "La campagne est close : plus aucun rappel ne part.",
    "rouverte": "La campagne est rouverte.",
}
