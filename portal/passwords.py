"""Passwords: argon2id, few at a time, the same work whether the account exists or not."""

import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.errors import Refused

SHORTEST, LONGEST = 12, 256  # characters
_HASHER = PasswordHasher(time_cost=2, memory_cost=46 * 1024, parallelism=1)  # above OWASP's floor, November 2026
_AT_ONCE = threading.BoundedSemaphore(4)  # 46 Mio each: a crowd at the door must not empty the memory
_WELL_KNOWN = ("motdepasse", "password", "azertyuiop", "qwertyuiop", "123456789", "greencloud", "administrateur")
_FEWEST = 5  # different characters


def hashed(password: str, *, about: tuple[str, ...] = ()) -> str:
    """What the table keeps. `about`: mail and name, that it may not repeat. Raises Refused for one too easy."""
    plain = _normal(password)
    if why := _weakness(plain, about):
        raise Refused(why)
    with _AT_ONCE:
        return _HASHER.hash(plain)


def matches(kept: str | None, password: str) -> bool:
    """Whether it is the password that was kept; without one, as much time is spent to say no."""
    plain = _normal(password[: LONGEST + 1])
    with _AT_ONCE:
        try:
            _HASHER.verify(kept or _nobodys(), plain)
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def outdated(kept: str) -> bool:
    """Whether it was made with less work than today's."""
    return _HASHER.check_needs_rehash(kept)


def renewed(password: str) -> str:
    """The same password with today's work, once it has been found right."""
    with _AT_ONCE:
        return _HASHER.hash(_normal(password))


def _weakness(plain: str, about: tuple[str, ...]) -> str | None:
    folded = plain.casefold()
    if len(plain) < SHORTEST:
        return f"Ce mot de passe est trop court : donnez au moins {SHORTEST} caractères, une phrase par exemple."
    if len(plain) > LONGEST:
        return f"Ce mot de passe dépasse {LONGEST} caractères. Raccourcissez-le."
    easy = len(set(folded)) < _FEWEST or any(word in folded for word in _WELL_KNOWN)
    words = [word for text in about for word in text.casefold().replace("@", " ").split() if len(word) >= _FEWEST]
    if easy or any(word in folded for word in words):
        return "Ce mot de passe se devine trop bien. Prenez-en un sans votre nom, votre adresse ni suite connue."
    return None


def _normal(password: str) -> str:
    """The same letters typed on two keyboards give the same text."""
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys() -> str:
    return _HASHER.hash("personne")
