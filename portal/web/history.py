"""Who did what with a deposit, and when: the lines of the audit log that are about it, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.access import Visitor
from portal.models import MANAGER, WITHDRAWN, Account, Entry, Filing, Message, Token

_TEAM = "L’équipe de la campagne"
_ACTS = {
    "depot_recu": "a déposé le fichier",
    "depot_repris": "a déposé une nouvelle fois le même fichier",
    "depot_confirme": "a confirmé le dépôt",
    "depot_remplace": "a remplacé le dépôt par un plus récent",
    "depot_retire": "a retiré le dépôt",
    "message": "a écrit un message (voir « Questions et réponses »)",
}


@dataclass(frozen=True)
class Act:
    """One act: when (an instant), who, what, and the words that were given for it."""

    le: str
    qui: str
    quoi: str
    raison: str = ""


def of(session: Session, filing: Filing, visitor: Visitor) -> list[Act]:
    """The acts on a deposit, the oldest first; to a body, the team of the ministry speaks with one voice."""
    entries = session.scalars(select(Entry).where(Entry.objet == filing.id).order_by(Entry.numero)).all()
    told = [
        Act(entry.le, _who(session, entry.acteur, visitor), _ACTS[entry.action], "")
        for entry in entries
        if entry.action in _ACTS
    ]
    return [_explained(session, filing, act) for act in told]


def chain(session: Session, filing: Filing) -> list[Filing]:
    """The deposits that this one replaces or that replace it, the oldest first, itself left out."""
    beside = select(Filing).where(
        or_(Filing.remplace == filing.id, Filing.id == filing.remplace), Filing.siren == filing.siren
    )
    found: Sequence[Filing] = session.scalars(beside.order_by(Filing.recu_le)).all()
    return [one for one in found if one.id != filing.id]


def _explained(session: Session, filing: Filing, act: Act) -> Act:
    """Why a deposit was withdrawn: what was written in the same instant."""
    if act.quoi != _ACTS["depot_retire"] or filing.etat != WITHDRAWN:
        return act
    said = select(Message.texte).where(Message.depot_id == filing.id, Message.cree_le == filing.retire_le).limit(1)
    return Act(act.le, act.qui, act.quoi, session.scalar(said) or "")


def _who(session: Session, actor: str, visitor: Visitor) -> str:
    account = session.get(Account, actor)
    if account is None:
        token = session.get(Token, actor)
        return f"Le jeton « {token.nom} »" if token is not None else "Le portail"
    if account.efface_le is not None:
        return "Un compte effacé depuis"
    return _TEAM if account.role == MANAGER and not visitor.manages else account.nom
