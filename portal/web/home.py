"""Where a declarant arrives: its bodies, then for one of them what is missing and where each deposit stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import access, campaign, coverage, days, delegations, models, standing, workbook
from portal.access import Guest, SignedIn
from portal.models import Account, Body, Filing, Message
from portal.settings import Settings
from portal.web import wording, years
from portal.web.pages import page

router = APIRouter()


@dataclass(frozen=True)
class Site:
    """A site of the register, and whether its year is declared."""

    id_centre: str
    nom: str
    hebergement: str
    ferme_le: str
    attendu: bool
    declare: bool
    entame: bool
    """Whether readings of a part of the year are there, and nothing for the whole of it."""


@router.get("/")
def home(request: Request, visitor: Guest) -> Response:
    """The bodies of whoever is signed in; what the portal is for, to others."""
    if visitor is None:
        with access.database(request).reading() as session:
            opened = campaign.current(session)
        return page(request, "accueil.html.j2", visitor=None, campagne=opened, jour=days.today())
    with access.database(request).reading() as session:
        bodies = session.scalars(select(Body).where(Body.siren.in_(visitor.sirens)).order_by(Body.nom)).all()
    if len(bodies) == 1 and not visitor.manages:
        return RedirectResponse(f"/organismes/{bodies[0].siren}", status_code=303)
    if visitor.manages and not bodies:
        return RedirectResponse("/gestion", status_code=303)
    return page(request, "organismes.html.j2", visitor=visitor, organismes=bodies)


@router.get("/organismes/{siren}")
def body(request: Request, visitor: SignedIn, siren: str) -> Response:
    """What a body still has to declare, and its deposits."""
    with access.database(request).reading() as session:
        found = access.body(visitor, session, siren)
        opened, year = years.current(session)
        handed_in = session.scalars(select(Filing).where(Filing.siren == siren).order_by(Filing.recu_le.desc())).all()
        asked = _asked(session, siren)
        inscribing = registers(session, siren)
        people, invited = len(delegations.people(session, siren)), delegations.pending(session, siren)
    known = sites(access.settings(request), siren, year)
    return page(
        request,
        "organisme.html.j2",
        visitor=visitor,
        organisme=found,
        campagne=opened,
        annee=year,
        centres=known,
        hors_registre=_unregistered(access.settings(request), siren, year),
        manquants=[site for site in known if site.attendu and not site.declare],
        depots=handed_in,
        a_confirmer=_waiting(handed_in),
        registres=inscribing,
        personnes=people,
        invitations=invited,
        questions=[one for one in handed_in if one.id in asked],
        corriges=coverage.corrected(handed_in),
        depasses={one for one, left in standing.held(access.settings(request), siren, handed_in).items() if not left},
        tables=wording.TABLES,
        etats=wording.STATES,
        sens=wording.MEANINGS,
        peut_agir=siren in visitor.sirens,
    )


def sites(settings: Settings, siren: str, year: int) -> list[Site]:
    """The register of a body, and which sites have declared a year."""
    done = {row["id_centre"] for row in standing.rows(settings, siren, "declarations") if row["annee"] == str(year)}
    done |= standing.read_through(settings, siren, year)
    readings = standing.rows(settings, siren, "consommations")
    begun = {row["id_centre"] for row in readings if row["date_debut"].startswith(str(year))} - done
    return [
        Site(
            row["id_centre"],
            row["nom_site"],
            wording.CHOICES.get(row["type_hebergement"], ""),
            row["date_fermeture"],
            workbook.is_open(row, year),
            row["id_centre"] in done,
            row["id_centre"] in begun,
        )
        for row in standing.rows(settings, siren, "centres")
    ]


def _unregistered(settings: Settings, siren: str, year: int) -> list[str]:
    """The sites of which a body told something of a year, and that no register holds."""
    told = [row for row in standing.rows(settings, siren, "declarations") if row["annee"] == str(year)]
    told += [row for row in standing.rows(settings, siren, "consommations") if row["date_debut"].startswith(str(year))]
    return standing.unregistered(settings, siren, {row["id_centre"] for row in told if row["id_centre"][:9] == siren})


def names(settings: Settings, siren: str) -> dict[str, str]:
    """What the body calls its sites, by their identifiers."""
    return {row["id_centre"]: row["nom_site"] for row in standing.rows(settings, siren, "centres")}


def registers(session: Session, siren: str) -> list[Filing]:
    """The deposits that would change the register of a body once it confirms them."""
    of_sites = select(Filing).where(Filing.siren == siren, Filing.table_visee == workbook.REGISTER)
    return _waiting(session.scalars(of_sites.order_by(Filing.recu_le.desc())).all())


def _asked(session: Session, siren: str) -> set[str]:
    """The deposits of a body about which the team had the last word: an answer is waited for."""
    last = select(func.max(Message.id)).group_by(Message.depot_id)
    rows = (
        select(Message.depot_id)
        .join(Filing, Filing.id == Message.depot_id)
        .join(Account, Account.id == Message.compte_id)
        .where(Filing.siren == siren, Account.role == models.MANAGER, Message.id.in_(last))
    )
    return set(session.scalars(rows))


def _waiting(handed_in: Sequence[Filing]) -> list[Filing]:
    """The deposits that their body has something left to do for."""
    ended = coverage.corrected(handed_in)
    return [one for one in handed_in if one.etat in (models.RECEIVED, models.CHECKED) and one.id not in ended]
