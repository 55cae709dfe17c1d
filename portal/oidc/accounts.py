"""From an identity of the provider to an account of the portal.

An address is no proof: providers differ on whether they check it. An account that exists is therefore only tied to an
identity by somebody signed in to it, or when the provider vouches for the address. And nobody gets an account by merely
having an identity: an invitation must wait for them, so that the portal holds nobody's data without need.
"""

from sqlalchemy.orm import Session

from greencloud.deposits import visible
from portal import accounts, audit, delegations
from portal.errors import Conflict, Forbidden
from portal.models import Account, Invitation
from portal.oidc.provider import Identity

INVITED = "/invitation/"


def account_for(session: Session, who: Identity, *, linking: str | None, onward: str) -> Account:
    """The account of an identity, found, tied or made. `linking`: the account that asked to be tied to it.

    `onward` is where the visitor was going: the page of an invitation lets an account be made.
    Raises Forbidden (nobody expects them, the account is closed), NotFound (the invitation is over), Conflict (the
    address is another account's).
    """
    known = accounts.by_oidc(session, who.issuer, who.subject)
    if linking is not None:
        return _tied(session, session.get(Account, linking), known, who)
    account = known or _by_address(session, who) or _invited(session, who, onward)
    if not account.actif:
        raise Forbidden("Ce compte est fermé. Demandez à l’équipe de la campagne de le rouvrir.")
    return account


def _tied(session: Session, account: Account | None, known: Account | None, who: Identity) -> Account:
    if account is None or not account.actif:
        raise Forbidden("Ce compte est fermé. Demandez à l’équipe de la campagne de le rouvrir.")
    other = (account.oidc_emetteur, account.oidc_sujet) not in ((None, None), (who.issuer, who.subject))
    if (known is not None and known.id != account.id) or other:
        raise Conflict("Cette identité, ou ce compte, est déjà relié ailleurs. Connectez-vous avec l’autre compte.")
    return _tie(session, account, who)


def _by_address(session: Session, who: Identity) -> Account | None:
    account = accounts.by_mail(session, who.address.lower()) if who.address else None
    if account is None:
        return None
    if not who.verified or account.oidc_sujet is not None:
        raise Conflict(
            "Un compte existe déjà avec votre adresse. Connectez-vous par mot de passe, "
            "puis reliez-le à votre identité depuis la page Données personnelles."
        )
    return _tie(session, account, who)


def _tie(session: Session, account: Account, who: Identity) -> Account:
    if account.oidc_sujet is None:
        account.oidc_emetteur, account.oidc_sujet = who.issuer, who.subject
        audit.record(session, actor=account.id, action="identite_reliee", subject=account.id)
    return account


def _invited(session: Session, who: Identity, onward: str) -> Account:
    """Its address is the one that the invitation reached: that one is known to be theirs."""
    invitation = _invitation(session, onward)
    if accounts.by_mail(session, invitation.courriel) is not None:
        raise Conflict(
            "Un compte existe déjà avec l’adresse de cette invitation. "
            "Connectez-vous par mot de passe, puis suivez à nouveau le lien reçu."
        )
    name = visible(who.name) or invitation.courriel.partition("@")[0]
    return accounts.created(session, mail=invitation.courriel, name=name, oidc=(who.issuer, who.subject))


def _invitation(session: Session, onward: str) -> Invitation:
    if not onward.startswith(INVITED):
        raise Forbidden(
            "Aucun compte n’est ouvert à votre nom. Demandez une invitation à un collègue qui déclare déjà, "
            "ou à l’équipe de la campagne, puis suivez le lien reçu."
        )
    return delegations.invitation(session, onward.removeprefix(INVITED))
