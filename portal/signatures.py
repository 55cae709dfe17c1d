"""Texts that come back from outside as they left: signed with the portal's secret, each for one purpose."""

import hashlib
import hmac

from itsdangerous import BadData, URLSafeTimedSerializer

from portal.settings import Settings, secret

Payload = dict[str, str]


def signed(settings: Settings, purpose: str, payload: Payload) -> str:
    """A text for a link or a cookie: whoever holds it can read it, and cannot change it."""
    return _signer(settings, purpose).dumps(payload)


def read(settings: Settings, purpose: str, text: str | None, seconds: int) -> Payload | None:
    """What was signed for this purpose in the last `seconds`; None for anything else."""
    if not text:
        return None
    try:
        found = _signer(settings, purpose).loads(text, max_age=seconds)
    except BadData:
        return None
    return found if isinstance(found, dict) else None


def keyed(settings: Settings, purpose: str, text: str) -> str:
    """A hash that only the portal can compute: a name can be counted without being kept."""
    return hmac.new(secret(settings), f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()


def _signer(settings: Settings, purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret(settings), salt=purpose, signer_kwargs={"digest_method": hashlib.sha256})
