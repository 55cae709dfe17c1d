"""What can go wrong with a provider, each said in one French sentence that tells the visitor nothing of the inside."""

from portal.errors import Refused


class SignInError(Refused):
    """A sign-in through the provider that did not succeed; the visitor may begin again."""

    status = 400
    title = "Connexion impossible"


class ProviderAway(SignInError):
    """The provider does not answer, or not as it should."""

    status = 502
    title = "Service d’identité injoignable"
