"""What the portal refuses, and how it says so: each error carries its HTTP status and one French sentence."""

from greencloud.errors import GreencloudError


class Refused(GreencloudError):
    """A request that cannot be served; the text is a French sentence with the cause and the fix.

    Pages show it as a page, `/api/` as problem details (RFC 9457).
    """

    status = 400
    title = "Demande refusée"

    def __init__(self, sentence: str, *, status: int | None = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status or type(self).status
        self.headers = headers or {}


class NotFound(Refused):
    """It does not exist, or is somebody else's: both are told in the same words, so that neither can be guessed."""

    status = 404
    title = "Page introuvable"

    def __init__(
        self, sentence: str = "Cette page n’existe pas, ou vous n’y avez pas accès. Revenez à l’accueil."
    ) -> None:
        super().__init__(sentence)


class Forbidden(Refused):
    """A form without its key, a token without the right."""

    status = 403
    title = "Accès refusé"


class Unauthorized(Refused):
    """The API was called without a token that counts."""

    status = 401
    title = "Jeton absent ou refusé"


class Conflict(Refused):
    """What is asked does not go with the state of things."""

    status = 409
    title = "Déjà fait, ou plus possible"


class TooLarge(Refused):
    """More octets than the portal takes."""

    status = 413
    title = "Envoi trop gros"


class TooMany(Refused):
    """Too many attempts in a short time."""

    status = 429
    title = "Trop d’essais"


class SignedOut(GreencloudError):
    """A page that asks to be signed in; the browser is sent to the sign-in page, and back afterwards."""
