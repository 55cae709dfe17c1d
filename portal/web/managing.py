"""The pages of the ministry's team: campaigns, who has declared and who has not, reminders, the list to take away."""

from collections import Counter
from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from dashboards import french
from portal import access, campaign, coverage, delegations, lists, mail, reminders
from portal.access import CheckedForm, Managing
from portal.coverage import BodyState
from portal.days import today
from portal.errors import NotFound, Refused
from portal.models import MANAGER, Account
from portal.web import coverage_map, pages
from portal.web.entry import Problem
from portal.web.signing import text

router = APIRouter(prefix="/gestion", include_in_schema=False)

_CSV = ("siren", "organisme", "motif", "etat", "sites_attendus", "sites_declares", "sites_manquants")
_CSV_END = ("depots_confirmes", "depot_recu_le", "personnes_habilitees", "dernier_rappel")


@router.get("")
def campaigns(request: Request, visitor: Managing, fait: str = "") -> Response:
    """The campaigns, and the form that opens one."""
    return _campaigns(request, visitor, fait=fait)


@router.post("")
def open_campaign(request: Request, visitor: Managing, form: CheckedForm) -> Response:
    """Open a campaign."""
    typed = {name: text(form, name) for name in ("annee", "limite")}
    try:
        with access.database(request).session() as session:
            opened = campaign.open_year(session, visitor.actor, typed["annee"], typed["limite"])
    except Refused as error:
        field = "limite" if isinstance(error, campaign.NoDay) else "annee"
        return _campaigns(request, visitor, wrong=Problem(field, str(error)), typed=typed)
    return _to(opened.annee, fait="ouverte")


@router.post("/equipe")
def invite_manager(request: Request, visitor: Managing, form: CheckedForm) -> Response:
    """Invite somebody to the team."""
    given = text(form, "courriel")
    try:
        with access.database(request).session() as session:
            by = session.get_one(Account, visitor.account_id)
            address = mail.address(given)
            delegations.sent(session, access.settings(request), mail=address, siren=None, by=by, role=MANAGER)
    except mail.MailError as error:
        return _campaigns(request, visitor, wrong=Problem("courriel", str(error)), typed={"courriel": given})
    return RedirectResponse("/gestion?fait=invitation", 303)


@router.post("/equipe/{hashed}/renvoyer")
def invite_manager_again(request: Request, visitor: Managing, hashed: str, form: CheckedForm) -> Response:
    """Send an invitation to the team once more."""
    with access.database(request).session() as session:
        by = session.get_one(Account, visitor.account_id)
        delegations.sent_again(session, access.settings(request), siren=None, hashed=hashed, by=by)
    return RedirectResponse("/gestion?fait=renvoyee", 303)


@router.post("/equipe/{hashed}/annuler")
def cancel_manager(request: Request, visitor: Managing, hashed: str, form: CheckedForm) -> Response:
    """End an invitation to the team."""
    with access.database(request).session() as session:
        delegations.cancelled(session, actor=visitor.actor, siren=None, hashed=hashed)
    return RedirectResponse("/gestion?fait=annulee", 303)


@router.get("/{annee}")
def one(request: Request, visitor: Managing, annee: str, etat: str = "", fait: str = "") -> Response:
    """A campaign: figures, map, list of the bodies."""
    return _campaign(request, visitor, _year(annee), state=etat, fait=fait)


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
    year, given = _year(annee), text(form, "liste")
    with access.database(request).session() as session:
        if text(form, "reprendre"):
            added = campaign.expect_again(session, visitor.actor, year)
        else:
            try:
                lines = campaign.read_list(given)
            except Refused as error:
                return _campaign(request, visitor, year, wrong=Problem("liste", str(error)), typed={"liste": given})
            added = campaign.expect(session, visitor.actor, year, lines)
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
    given = text(form, "limite")
    try:
        with access.database(request).session() as session:
            campaign.move_limit(session, visitor.actor, _year(annee), given)
    except NotFound:
        raise
    except Refused as error:
        return _campaign(request, visitor, _year(annee), wrong=Problem("limite", str(error)), typed={"limite": given})
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


def _campaigns(
    request: Request,
    visitor: access.Visitor,
    *,
    fait: str = "",
    wrong: Problem | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """The campaigns and the team; `wrong`: what is refused of what was `typed`."""
    with access.database(request).reading() as session:
        found = campaign.every(session)
        waiting, invitations = mail.pending(session), delegations.pending(session, None)
        team = session.scalars(
            select(Account).where(Account.role == MANAGER, Account.actif).order_by(Account.nom)
        ).all()
    year = int(today()[:4])
    proposed = {
        "annee": str(max([year - 1, *(one.annee + 1 for one in found)])),
        "limite": f"{year if today() < f'{year}-05-15' else year + 1}-05-15",
        "courriel": "",
    }
    return pages.page(
        request,
        "gestion.html.j2",
        visitor=visitor,
        status=422 if wrong else 200,
        campagnes=found,
        courriels=waiting,
        equipe=team,
        invitations=invitations,
        saisie=proposed | dict(typed or {}),
        fait=_DONE.get(fait, ""),
        **_wrong(wrong),
    )


def _campaign(
    request: Request,
    visitor: access.Visitor,
    year: int,
    *,
    state: str = "",
    fait: str = "",
    wrong: Problem | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """One campaign; `state`: only the bodies in it; `wrong`: what is refused of what was `typed`. Raises NotFound."""
    with access.database(request).reading() as session:
        opened = campaign.one(session, year)
        states = coverage.states(session, access.settings(request), year)
        invited = delegations.waiting(session)
    regions = coverage.regions(states)
    return pages.page(
        request,
        "campagne.html.j2",
        visitor=visitor,
        status=422 if wrong else 200,
        campagne=opened,
        compte=Counter(each.state for each in states),
        etats=coverage.WORDS,
        etat=state if state in coverage.WORDS else "",
        organismes=[each for each in states if state not in coverage.WORDS or each.state == state],
        invites=invited,
        total=len(states),
        sites=sum(len(each.sites) for each in states),
        declares=sum(len(each.sites) - len(each.missing) for each in states),
        regions=regions,
        carte=coverage_map.drawing(regions),
        retard=len(reminders.late(states)),
        jour=today(),
        saisie={"liste": "", "limite": opened.limite} | dict(typed or {}),
        fait=_DONE.get(fait, ""),
        **_wrong(wrong),
    )


def _wrong(problem: Problem | None) -> dict[str, object]:
    """What the template of a page with forms is told of what is refused."""
    problems = [problem] if problem else []
    return {"problemes": problems, "fautes": {each.field: each.message for each in problems}}


def _reminders(request: Request, visitor: access.Visitor, year: int, told: str | None) -> Response:
    settings = access.settings(request)
    with access.database(request).reading() as session:
        opened = campaign.one(session, year)
        late = reminders.late(coverage.states(session, settings, year))
        invited = delegations.waiting(session)
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
        invites=invited,
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
    "renvoyee": "L’invitation repart par courriel, avec un nouveau lien : l’ancien n’ouvre plus rien.",
    "annulee": "L’invitation est annulée : son lien n’ouvre plus rien.",
    "ouverte": "La campagne est ouverte. Ajoutez maintenant les organismes attendus.",
    "attendus": "Les organismes de la liste sont attendus.",
    "aucun": "Il n’y a aucun organisme de plus à attendre : rien n’a changé.",
    "retire": "L’organisme n’est plus attendu dans cette campagne.",
    "limite": "La date limite est changée.",
    "close": "La campagne est close : plus aucun rappel ne part.",
    "rouverte": "La campagne est rouverte.",
}
