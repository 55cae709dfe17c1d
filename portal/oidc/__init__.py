"""Sign-in through an OpenID Connect provider (ProConnect is one): authorization code, PKCE, state and nonce."""

from portal.oidc.routes import router

__all__ = ["router"]
