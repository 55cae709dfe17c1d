"""Keys of the API: shown once, kept as hashes, for one body, with an end."""

import hashlib
import secrets
import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from greencloud import deposits
from portal import audit, sessions
from portal.errors import NotFound, Refused
from portal.models import Account, Grant, Token

PREFIX = "gcn_"  # for tools that look for keys left in public code
SCOPES = {"depot": "Déposer et lire", "lecture": "Lire seulement"}
LIFETIMES = {"90": 90, "365": 365}  # days, as the form offers them
_DAY = 86_400
_FRESH = 60  # seconds during which a use is not written down again


def created(session: Session, *, account_id: str, siren: str, name: str, scope: str, days: int) -> str:
    """Make a key; the text given back is shown once and kept nowhere. Raises Refused."""
    if scope not in SCOPES or not 1 <= days <= max(LIFETIMES.values()):
        raise Refused("Cette portée ou cette durée n’existe pas. Choisissez-les dans la liste.")
    label = deposits.visible(name)
    if not label:
        raise Refused("Donnez un nom au jeton, par exemple celui de l’outil qui l’emploiera.")
    key = PREFIX + secrets.token_urlsafe(32)
    token = Token(
        id=str(uuid.uuid4()),
        empreinte=_hash(key),
        nom=label,
        siren=siren,
        compte_id=account_id,
        portee=scope,
        cree_le=deposits.now(),
        expire_le=sessions.later(days * _DAY),
    )
    session.add(token)
    session.flush()
    audit.record(session, actor=account_id, action="jeton_cree", siren=siren, subject=token.id, portee=scope)
    return key


def revoked(session: Session, *, actor: str, siren: str, token_id: str) -> None:
    """End a key of a body, whoever made it. Raises NotFound."""
    token = session.scalar(select(Token).where(Token.id == token_id, Token.siren == siren))
    if token is None:
        raise NotFound
    if token.revoque_le is None:
        token.revoque_le = deposits.now()
        audit.record(session, actor=actor, action="jeton_revoque", siren=siren, subject=token.id)


def used(session: Session, key: str) -> Token | None:
    """The key that counts: known, not ended, and whose maker is still of the body. Its use is written down."""
    now = deposits.now()
    token = session.scalar(
        select(Token)
        .join(Account, Account.id == Token.compte_id)
        .join(Grant, (Grant.compte_id == Token.compte_id) & (Grant.siren == Token.siren))
        .where(Token.empreinte == _hash(key), Token.revoque_le.is_(None), Token.expire_le > now)
        .where(Account.actif, Grant.revoquee_le.is_(None))
        .limit(1)
    )
    if token and (token.employe_le is None or token.employe_le <= sessions.later(-_FRESH)):
        token.employe_le = now
    return token


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
