"""Accounts: made from an invitation or by an OpenID provider, kept minimal, erased on demand."""

import uuid
from functools import partial

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from greencloud import deposits
from portal import audit, sessions
from portal.errors import Conflict, Refused
from portal.models import (
    AGENT,
    MANAGER,
    ROLES,
    Account,
    Base,
    Entry,
    Filing,
    Grant,
    Invitation,
    Mail,
    Message,
    Token,
)
from portal.models import Session as SignedIn

ERASED = "Compte effacé"


def display_name(given: object) -> str:
    """A name to be shown. Raises Refused for an empty one."""
    text = deposits.visible(given) if isinstance(given, str) else ""
    if not text:
        raise Refused("Il manque votre nom. Donnez-le tel que vos collègues vous connaissent.")
    return text


def created(
    session: Session,
    *,
    mail: str | None,
    name: str,
    role: str = AGENT,
    password: str | None = None,
    oidc: tuple[str, str] | None = None,
    actor: str = audit.SYSTEM,
) -> Account:
    """A new account; `password` already hashed, `oidc`: issuer and subject. Raises Conflict, Refused."""
    if role not in ROLES:
        raise Refused("Ce rôle n’existe pas. Choisissez-le dans la liste.")
    if mail and by_mail(session, mail):
        raise Conflict("Un compte existe déjà à cette adresse. Connectez-vous.")
    account = Account(
        id=str(uuid.uuid4()),
        courriel=mail,
        nom=name,
        role=role,
        mot_de_passe=password,
        oidc_emetteur=oidc[0] if oidc else None,
        oidc_sujet=oidc[1] if oidc else None,
        actif=True,
        cree_le=deposits.now(),
    )
    session.add(account)
    session.flush()
    audit.record(session, actor=actor, action="compte_cree", subject=account.id, role=role, oidc=oidc is not None)
    return account


def by_mail(session: Session, mail: str) -> Account | None:
    """The account of an address in lower case."""
    return session.scalar(select(Account).where(Account.courriel == mail))


def by_oidc(session: Session, issuer: str, subject: str) -> Account | None:
    """The account that a provider knows under a subject."""
    return session.scalar(select(Account).where(Account.oidc_emetteur == issuer, Account.oidc_sujet == subject))


def without_manager(session: Session) -> bool:
    """Whether nobody could yet invite anybody."""
    managers = select(func.count()).where(Account.role == MANAGER, Account.actif)
    return not session.scalar(managers)


def password_changed(session: Session, account: Account, hashed: str, *, keep: str | None = None) -> None:
    """Give an account a new password, and end its other sessions; `keep`: the token of this one."""
    account.mot_de_passe = hashed
    sessions.all_ended(session, account.id, but=keep)
    audit.record(session, actor=account.id, action="mot_de_passe_change", subject=account.id)


def erased(session: Session, account: Account, *, actor: str) -> None:
    """Erase what names a person; what the account did stays, by its number. Raises Refused for the last manager."""
    # Locked, in one order: of two managers who erase each other at once, the second is counted as the last.
    managing = select(Account.id).where(Account.role == MANAGER, Account.actif).order_by(Account.id).with_for_update()
    managers = session.scalars(managing).all()
    if list(managers) == [account.id]:
        raise Refused("C’est le dernier compte de gestion. Invitez quelqu’un d’autre à la gestion, puis recommencez.")
    now = deposits.now()
    session.execute(update(Invitation).where(Invitation.courriel == account.courriel).values(courriel=""))
    account.courriel = account.mot_de_passe = account.oidc_emetteur = account.oidc_sujet = None
    account.nom, account.actif, account.efface_le = ERASED, False, now
    _end_rights(session, account, now)
    audit.record(session, actor=actor, action="compte_efface", subject=account.id)


def closed(session: Session, account: Account, *, actor: str) -> None:
    """Let nobody in by an account any more, of a manager too: its rights and keys end, its name stays."""
    account.actif = False
    _end_rights(session, account, deposits.now())
    audit.record(session, actor=actor, action="compte_ferme", subject=account.id)


def reopened(session: Session, account: Account, *, actor: str) -> None:
    """Let somebody in again; rights over bodies are to be given anew. Raises Refused for an account that was erased."""
    if account.efface_le is not None:
        raise Refused("Ce compte a été effacé. Invitez la personne à nouveau.")
    account.actif = True
    audit.record(session, actor=actor, action="compte_rouvert", subject=account.id)


def _end_rights(session: Session, account: Account, now: str) -> None:
    grants = update(Grant).where(Grant.compte_id == account.id, Grant.revoquee_le.is_(None))
    tokens = update(Token).where(Token.compte_id == account.id, Token.revoque_le.is_(None))
    session.execute(grants.values(revoquee_le=now))
    session.execute(tokens.values(revoque_le=now))
    sessions.all_ended(session, account.id)


def personal(session: Session, account: Account) -> dict[str, object]:
    """Everything the portal knows of a person, for the person."""
    of = partial(_rows, session, account)
    return {
        "compte": account.id,
        "courriel": account.courriel,
        "nom": account.nom,
        "role": account.role,
        "cree_le": account.cree_le,
        "fournisseur": account.oidc_emetteur,
        "identifiant_fournisseur": account.oidc_sujet,
        "habilitations": of(Grant, "siren", "cree_le", "revoquee_le"),
        "jetons": of(Token, "nom", "siren", "portee", "cree_le", "expire_le", "revoque_le", "employe_le"),
        "sessions": of(SignedIn, "cree_le", "vue_le", "expire_le"),
        "messages": of(Message, "depot_id", "texte", "cree_le"),
        "courriels": of(Mail, "genre", "siren", "jour", "envoye_le", "abandonne_le"),
        "depots": of(Filing, "id", "siren", "nom_fichier", "recu_le", "commentaire"),
        "invitations": _invited(session, account),
        "actes": _acts(session, account),
    }


def _rows(session: Session, account: Account, model: type[Base], *names: str) -> list[dict[str, object]]:
    """The columns of the rows of a table that are of an account."""
    mine = select(model.__table__).where(model.__table__.c.compte_id == account.id)
    rows = session.execute(mine.order_by(*model.__table__.primary_key)).mappings()
    return [{name: row[name] for name in names} for row in rows]


def _invited(session: Session, account: Account) -> list[dict[str, object]]:
    """Those that the account received or sent; the address of whoever it invited is another person's."""
    sent = select(Invitation).where(or_(Invitation.par == account.id, Invitation.courriel == account.courriel))
    return [
        {
            "recue": one.courriel == account.courriel,
            "siren": one.siren,
            "cree_le": one.cree_le,
            "employee_le": one.employee_le,
        }
        for one in session.scalars(sent.order_by(Invitation.cree_le))
    ]


def _acts(session: Session, account: Account) -> list[dict[str, object]]:
    """The lines of the audit log that are of the account, or of one of its keys."""
    keys = select(Token.id).where(Token.compte_id == account.id)
    done = select(Entry).where(or_(Entry.acteur == account.id, Entry.acteur.in_(keys))).order_by(Entry.numero)
    return [
        {"le": entry.le, "action": entry.action, "siren": entry.siren, "objet": entry.objet}
        for entry in session.scalars(done)
    ]
