"""Browsers that are signed in: a random token in a cookie, its hash in the table, two ways of ending by time."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from fastapi import Request, Response
from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from greencloud import deposits
from portal import models
from portal.settings import Settings

_FRESH = 60  # seconds during which a visit is not written down again


def cookie_name(settings: Settings) -> str:
    """`__Host-`: a browser then takes it only over HTTPS, from this very host, for all its paths."""
    return "__Host-session" if settings.secure else "session"


def cookie(request: Request, settings: Settings) -> str | None:
    """The token that a browser brought."""
    return request.cookies.get(cookie_name(settings))


def opened(
    session: Session, settings: Settings, account_id: str, *, before: str | None = None, identity: str | None = None
) -> str:
    """Open a session for an account; `before`: the token the browser had, ended so that no old one lives on.

    `identity`: the identity token of the provider that signed them in. Gives the token for the cookie.
    """
    token = secrets.token_urlsafe(32)
    if before:
        ended(session, before)
    _sweep(session, settings)
    session.add(
        models.Session(
            jeton=_hash(token),
            compte_id=account_id,
            csrf=secrets.token_urlsafe(32),
            cree_le=deposits.now(),
            vue_le=deposits.now(),
            expire_le=later(settings.session_length),
            jeton_identite=identity,
        )
    )
    return token


def found(session: Session, settings: Settings, token: str) -> models.Session | None:
    """The session of a token, unless its time is over or it was left idle."""
    known = session.get(models.Session, _hash(token))
    if known is None or known.expire_le <= deposits.now() or known.vue_le <= later(-settings.idle_length):
        return None
    return known


def stale(opened: models.Session) -> bool:
    """Whether the last visit was written down long enough ago to write it again."""
    return opened.vue_le <= later(-_FRESH)


def touch(session: Session, token: str) -> None:
    """Write down that somebody is still there."""
    if known := session.get(models.Session, _hash(token)):
        known.vue_le = deposits.now()


def ended(session: Session, token: str) -> str | None:
    """End a session; give the identity token it was opened with."""
    ending = delete(models.Session).where(models.Session.jeton == _hash(token)).returning(models.Session.jeton_identite)
    return session.scalar(ending)


def all_ended(session: Session, account_id: str, *, but: str | None = None) -> None:
    """End every session of an account, but the one of a token."""
    ending = delete(models.Session).where(models.Session.compte_id == account_id)
    session.execute(ending.where(models.Session.jeton != _hash(but)) if but else ending)


def put(response: Response, settings: Settings, token: str) -> None:
    """Have the browser keep the token until it is closed or the session ends."""
    response.set_cookie(
        cookie_name(settings),
        token,
        max_age=settings.session_length,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )


def removed(response: Response, settings: Settings) -> None:
    """Have the browser forget the token."""
    response.delete_cookie(cookie_name(settings), path="/", secure=settings.secure, httponly=True, samesite="lax")


def later(seconds: int) -> str:
    """The instant so many seconds from now, before it when negative, as the tables write it."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _sweep(session: Session, settings: Settings) -> None:
    over = or_(models.Session.expire_le <= deposits.now(), models.Session.vue_le <= later(-settings.idle_length))
    session.execute(delete(models.Session).where(over))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
