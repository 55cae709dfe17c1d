"""The register of personal data, what the portal knows of whoever asks, and its erasure."""

import json
from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from portal import access, accounts, mail, sessions
from portal.access import CheckedForm, Guest, SignedIn, Visitor
from portal.errors import Refused
from portal.models import Account
from portal.oidc.routes import linking
from portal.web import pages
from portal.web.signing import text

router = APIRouter(prefix="/donnees-personnelles", include_in_schema=False)


@dataclass(frozen=True)
class Entry:
    """A line of the register: a datum, its purpose, who sees it, when it goes."""

    what: str
    why: str
    who: str
    until: str

    def at(self, provider: str) -> "Entry":
        """The same line, where accounts may come from a provider of that name."""
        return replace(self, what=self.what.format(fournisseur=provider), why=self.why.format(fournisseur=provider))


_ERASURE = "Jusqu’à l’effacement du compte, que vous faites vous-même ici."
REGISTER = (
    Entry(
        "Nom et adresse de courriel",
        "Vous reconnaître et vous écrire.",
        "Vous, vos collègues habilités, l’équipe.",
        _ERASURE,
    ),
    Entry(
        "Mot de passe", "Vous connecter. Gardé sous une forme qui ne se relit pas (argon2id).", "Personne.", _ERASURE
    ),
    Entry(
        "Identifiant {fournisseur}", "Vous connecter sans mot de passe, si vous le choisissez.", "Personne.", _ERASURE
    ),
    Entry(
        "Organismes pour lesquels vous agissez",
        "Vous montrer leurs dépôts, et eux seuls.",
        "Vos collègues habilités, l’équipe.",
        "La fin du droit reste datée, sans votre nom une fois le compte effacé.",
    ),
    Entry(
        "Invitations",
        "Vous donner un droit à la demande d’un collègue.",
        "Qui a invité.",
        "L’adresse est effacée avec le compte ; le lien cesse de valoir après 14 jours.",
    ),
    Entry(
        "Sessions",
        "Garder la connexion ouverte, et la fermer aussi chez {fournisseur} pour qui en vient.",
        "Personne.",
        "12 heures au plus, 1 heure sans activité.",
    ),
    Entry(
        "Essais de connexion manqués",
        "Arrêter qui devine des mots de passe. Seule une empreinte du nom et de l’adresse réseau est gardée.",
        "Personne.",
        "24 heures : les plus anciens sont effacés à chaque essai de connexion.",
    ),
    Entry(
        "Courriels envoyés",
        "Ne pas vous écrire deux fois le même jour. Le texte disparaît après l’envoi, ou au bout de 15 jours ; "
        "restent le genre et la date.",
        "L’équipe.",
        "Sans votre nom une fois le compte effacé.",
    ),
    Entry(
        "Messages sur un dépôt",
        "Répondre aux questions.",
        "Votre organisme et l’équipe.",
        "Le texte reste avec le dépôt, sans votre nom une fois le compte effacé.",
    ),
    Entry(
        "Journal des actes",
        "Savoir qui a déposé, confirmé ou retiré. Il ne porte qu’un numéro de compte.",
        "Votre organisme, l’équipe, l’exploitant.",
        "Conservé ; le numéro ne mène plus à personne une fois le compte effacé.",
    ),
)


@router.get("")
def register(request: Request, visitor: Guest) -> Response:
    """The register, and what concerns whoever is signed in."""
    return _page(request, visitor)


@router.get("/mes-donnees.json")
def mine(request: Request, visitor: SignedIn) -> Response:
    """All that is known of whoever asks, to be taken elsewhere."""
    with access.database(request).reading() as session:
        known = accounts.personal(session, _account(session, visitor))
    headers = {"Content-Disposition": 'attachment; filename="mes-donnees.json"', "Cache-Control": "no-store"}
    content = json.dumps(known, ensure_ascii=False, indent=2)
    return Response(content, media_type="application/json", headers=headers)


@router.post("/effacer")
def erase(request: Request, visitor: SignedIn, form: CheckedForm) -> Response:
    """Erase the account of whoever asks, and the mails that have not left."""
    settings = access.settings(request)
    if text(form, "oui") != "oui":
        return _page(request, visitor, "Cochez la case pour confirmer : l’effacement ne se défait pas.")
    try:
        with access.database(request).session() as session:
            waiting = mail.unsent(session, settings, visitor.account_id)
            accounts.erased(session, _account(session, visitor), actor=visitor.actor)
    except Refused as error:
        return _page(request, visitor, str(error))
    for file in waiting:
        file.unlink(missing_ok=True)
    answer = RedirectResponse("/connexion", 303)
    sessions.removed(answer, settings)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _page(request: Request, visitor: Visitor | None, error: str = "") -> Response:
    settings, account, link = access.settings(request), None, None
    if visitor is not None:
        with access.database(request).reading() as session:
            account = _account(session, visitor)
        link = linking(settings, visitor) if settings.oidc_issuer and account.oidc_sujet is None else None
    return pages.page(
        request,
        "donnees-personnelles.html.j2",
        visitor=visitor,
        status=422 if error else 200,
        registre=[entry.at(settings.oidc_label) for entry in REGISTER],
        vous=account,
        relier=link,
        erreur=error,
    )


def _account(session: Session, visitor: Visitor) -> Account:
    return session.get_one(Account, visitor.account_id)
