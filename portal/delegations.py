"""Who acts for which body: rights given by invitation, taken back, never deleted."""

import hashlib
import re
import secrets

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from greencloud import deposits
from portal import audit, sessions
from portal.errors import Conflict, NotFound, Refused
from portal.mail import queue
from portal.models import AGENT, MANAGER, Account, Body, Grant, Invitation
from portal.settings import Settings

_OVER = "Cette invitation est inconnue, déjà employée ou expirée. Demandez-en une autre."
_HASH = re.compile("[0-9a-f]{64}")
LIFETIME = 14 * 86_400  # seconds that an invitation counts


def body(session: Session, siren: str, name: str = "", category: str | None = None) -> Body:
    """The body of a SIREN, written down if it is new. Raises Refused for what is no SIREN."""
    known = session.get(Body, siren)
    if known is None:
        if fault := deposits.siren_fault(siren):
            raise Refused(f"« {deposits.visible(siren)[:30]} » n’est pas un SIREN : {fault}. Relisez-le.")
        known = Body(siren=siren, nom=deposits.visible(name) or siren, categorie=category, cree_le=deposits.now())
        session.add(known)
        session.flush()
    return known


def granted(session: Session, account_id: str, siren: str, *, by: str | None) -> None:
    """Give an account the right over a body, once; `by`: an account, None for the operator."""
    if _grant(session, account_id, siren) is None:
        session.add(Grant(compte_id=account_id, siren=siren, donnee_par=by, cree_le=deposits.now()))
        actor = by or audit.SYSTEM
        audit.record(session, actor=actor, action="habilitation_donnee", siren=siren, subject=account_id)


def revoked(session: Session, *, actor: str, siren: str, account_id: str) -> None:
    """Take the right back. Raises NotFound, Conflict when nobody would be left for the body."""
    session.get(Body, siren, with_for_update=True)  # two who take back each other's right: the second sees the first
    if _grant(session, account_id, siren) is None:
        raise NotFound
    if len(people(session, siren)) == 1:
        raise Conflict("Il ne resterait personne pour cet organisme. Invitez d’abord quelqu’un, puis recommencez.")
    rights = select(Grant).where(Grant.compte_id == account_id, Grant.siren == siren, Grant.revoquee_le.is_(None))
    for grant in session.scalars(rights):
        grant.revoquee_le = deposits.now()
    audit.record(session, actor=actor, action="habilitation_retiree", siren=siren, subject=account_id)


def people(session: Session, siren: str) -> list[Account]:
    """Who acts for a body today, by name."""
    rights = select(Grant.compte_id).where(Grant.siren == siren, Grant.revoquee_le.is_(None))
    accounts = session.scalars(select(Account).where(Account.id.in_(rights), Account.actif))
    return sorted(accounts, key=lambda account: (account.nom, account.id))


def invited(
    session: Session, *, mail: str, siren: str | None, by: str | None, role: str = AGENT
) -> tuple[str, Invitation]:
    """A key for a link, good once for two weeks; the table keeps its hash. `siren` None: for a manager."""
    if (siren is None) != (role == MANAGER):
        raise Refused("Une invitation est pour un organisme, ou pour la gestion. Choisissez l’un des deux.")
    key = secrets.token_urlsafe(32)
    invitation = Invitation(
        jeton=_hash(key),
        courriel=mail,
        siren=siren,
        role=role,
        par=by,
        cree_le=deposits.now(),
        expire_le=sessions.later(LIFETIME),
    )
    session.add(invitation)
    session.flush()
    audit.record(session, actor=by or audit.SYSTEM, action="invitation", siren=siren, subject=invitation.jeton[:12])
    return key, invitation


def sent(
    session: Session, settings: Settings, *, mail: str, siren: str | None, by: Account | None, role: str = AGENT
) -> str:
    """Invite by mail; gives the link, which only the mail and an operator may see. Raises Refused, MailError.

    What the same person was sent before for the same end counts no more: of several links, the last one opens.
    """
    for old in pending(session, siren):
        if old.courriel == mail:
            _ended(session, old, actor=by.id if by else audit.SYSTEM)
    key, made = invited(session, mail=mail, siren=siren, by=by.id if by else None, role=role)
    link = f"{settings.address}/invitation/{key}"
    body_name = body(session, siren).nom if siren else None
    values = {"lien": link, "organisme": body_name, "par": by.nom if by else None, "expire": made.expire_le}
    queue(session, settings, genre="invitation", to=mail, siren=siren, objet_id=made.jeton[:36], **values)
    return link


def invitation(session: Session, key: str) -> Invitation:
    """The invitation of a key. Raises NotFound for one unknown, used or too old."""
    known = session.get(Invitation, _hash(key))
    if known is None or known.employee_le is not None or known.expire_le <= deposits.now():
        raise NotFound(_OVER)
    return known


def accepted(session: Session, invitation: Invitation, account: Account) -> None:
    """Give the account what the invitation promised, and end the invitation. Raises NotFound when somebody just did."""
    once = update(Invitation).where(Invitation.jeton == invitation.jeton, Invitation.employee_le.is_(None))
    taken = session.execute(once.values(employee_le=deposits.now()).returning(Invitation.jeton)).first()
    if taken is None:
        raise NotFound(_OVER)
    if invitation.siren:
        granted(session, account.id, invitation.siren, by=invitation.par)
    elif account.role != MANAGER:
        account.role = MANAGER
    audit.record(
        session,
        actor=account.id,
        action="invitation_acceptee",
        siren=invitation.siren,
        subject=invitation.jeton[:12],
        role=invitation.role,
    )


def pending(session: Session, siren: str | None) -> list[Invitation]:
    """The invitations of a body (None: of the team) that still count, oldest first."""
    return list(session.scalars(_counting().where(Invitation.siren == siren)))


def waiting(session: Session) -> dict[str, str]:
    """The bodies that an invitation waits for, with the instant of its sending: of several, the last."""
    return {one.siren: one.cree_le for one in session.scalars(_counting()) if one.siren is not None}


def cancelled(session: Session, *, actor: str, siren: str | None, hashed: str) -> None:
    """End an invitation of a body (None: of the team), by the hash of its key. Raises NotFound."""
    _ended(session, _unanswered(session, siren, hashed), actor=actor)


def sent_again(session: Session, settings: Settings, *, siren: str | None, hashed: str, by: Account) -> None:
    """Send an invitation once more, with a new link. Raises NotFound, MailError."""
    known = _unanswered(session, siren, hashed)
    sent(session, settings, mail=known.courriel, siren=siren, by=by, role=known.role)


def _counting() -> Select[tuple[Invitation]]:
    still = (Invitation.employee_le.is_(None), Invitation.expire_le > deposits.now())
    return select(Invitation).where(*still).order_by(Invitation.cree_le)


def _unanswered(session: Session, siren: str | None, hashed: str) -> Invitation:
    """An invitation that still counts: a page that lists it may be older than its end. Raises NotFound."""
    known = session.get(Invitation, hashed, with_for_update=True) if _HASH.fullmatch(hashed) else None
    if known is None or known.siren != siren or known.employee_le is not None or not known.courriel:
        raise NotFound
    if known.expire_le <= deposits.now():
        raise NotFound(_OVER)
    return known


def _ended(session: Session, known: Invitation, *, actor: str) -> None:
    known.expire_le = deposits.now()
    audit.record(session, actor=actor, action="invitation_annulee", siren=known.siren, subject=known.jeton[:12])


def _grant(session: Session, account_id: str, siren: str) -> Grant | None:
    rights = select(Grant).where(Grant.compte_id == account_id, Grant.siren == siren, Grant.revoquee_le.is_(None))
    return session.scalars(rights).first()


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
