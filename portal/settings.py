"""What an operator sets, read once from the environment; secrets may stand in files (`…_FILE`)."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from greencloud.errors import GreencloudError, cause, fix

PREFIX = "GREENCLOUD_PORTAIL_"
MIB = 1 << 20
_SECRET = "secret"
_SHORTEST_SECRET = 32  # characters


class SettingsError(GreencloudError):
    """A setting that cannot be; the text is a French sentence with the cause and the fix."""


@dataclass(frozen=True)
class Settings:
    """The embedded default needs none of them; sizes are octets, durations are seconds."""

    data: Path = Path("data/portail")
    raw: Path = Path("data/raw")
    published: Path = Path("data/published")
    database: str = field(default="", repr=False)  # an SQLAlchemy address; empty: SQLite in `data`
    address: str = "http://127.0.0.1:8750"  # as browsers see the portal: links of mails, origin of forms
    public: str = ""  # where the published pages are (what holds `tableaux-de-bord/`): links of receipts; empty: none
    secret: str = field(default="", repr=False)  # signs the cookies; empty: made once, kept in `data`
    smtp: str = field(
        default="", repr=False
    )  # smtp://user:password@host:port or smtps://…; empty: mails are kept in `data/courriels`, not sent
    sender: str = "ne-pas-repondre@localhost"
    oidc_issuer: str = ""
    oidc_client: str = ""
    oidc_secret: str = field(default="", repr=False)
    oidc_label: str = "ProConnect"  # what the pages call the provider
    proxies: str = "127.0.0.1"  # whose X-Forwarded-* are believed, by commas
    largest_file: int = 200 * MIB
    daily_filings: int = 2_000  # deposits that a body may hand in within 24 hours
    daily_octets: int = 4096 * MIB  # and octets of them
    open_filings: int = 2_000  # deposits of a body that are neither confirmed nor withdrawn
    least_room: int = 1024 * MIB  # octets that stay free on the disk: no deposit is received below
    session_length: int = 12 * 3600
    idle_length: int = 3600

    @property
    def secure(self) -> bool:
        """Whether browsers come by HTTPS: cookies are then kept from plain HTTP."""
        return self.address.startswith("https://")


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of `GREENCLOUD_PORTAIL_<NAME>`. Raises SettingsError."""
    known = {f"{PREFIX}{each.name.upper()}": each.name for each in fields(Settings)}
    given: dict[str, str] = {}
    for variable in environment:
        if variable.startswith(PREFIX):
            base = variable.removesuffix("_FILE") if variable not in known else variable
            if base not in known:
                raise SettingsError(f"Le réglage {variable} n’existe pas. Corrigez son nom (voir docs/portail.md).")
            given[known[base]] = _value(environment, variable, base)
    typed: dict[str, Any] = {name: _typed(name, text) for name, text in given.items()}
    return checked(replace(Settings(), **typed))


def checked(settings: Settings) -> Settings:
    """The same settings. Raises SettingsError for what could not work."""
    parts = urlsplit(settings.address)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/") or parts.query:
        raise SettingsError(
            f"{PREFIX}ADDRESS vaut « {settings.address} » : donnez l’adresse du portail sans chemin, par exemple "
            "https://depot.exemple.gouv.fr."
        )
    public = urlsplit(settings.public)
    if settings.public and (public.scheme not in ("http", "https") or not public.netloc or public.query):
        raise SettingsError(
            f"{PREFIX}PUBLIC vaut « {settings.public} » : donnez l’adresse des pages publiées, par exemple "
            "https://green-cloud.exemple.gouv.fr, ou rien."
        )
    if settings.secret and len(settings.secret) < _SHORTEST_SECRET:
        raise SettingsError(f"{PREFIX}SECRET est trop court : donnez au moins {_SHORTEST_SECRET} caractères au hasard.")
    oidc = (settings.oidc_issuer, settings.oidc_client, settings.oidc_secret)
    if any(oidc) and not all(oidc):
        raise SettingsError(
            f"OpenID Connect demande trois réglages : {PREFIX}OIDC_ISSUER, {PREFIX}OIDC_CLIENT et "
            f"{PREFIX}OIDC_SECRET. Donnez les trois, ou aucun."
        )
    if settings.daily_octets < settings.largest_file:
        raise SettingsError(
            f"{PREFIX}DAILY_OCTETS est plus petit que {PREFIX}LARGEST_FILE : aucun gros fichier ne passerait jamais. "
            "Donnez-lui au moins la même valeur."
        )
    return replace(settings, address=settings.address.rstrip("/"), public=settings.public.rstrip("/"))


def secret(settings: Settings) -> bytes:
    """The key of signatures: the setting, or the one kept in `data`, made at the first need. Raises OSError."""
    if settings.secret:
        return settings.secret.encode()
    path = settings.data / _SECRET
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileExistsError):
        _make_secret(path)
    return path.read_bytes()


def _make_secret(path: Path) -> None:
    """Write the key whole before it gets its name: two processes that start together share one key."""
    aside = path.with_name(f".{secrets.token_hex(8)}.partiel")
    try:
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_urlsafe(48).encode())
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(aside)
    finally:
        aside.unlink(missing_ok=True)


def _value(environment: Mapping[str, str], variable: str, base: str) -> str:
    if variable == base:
        return environment[variable].strip()
    if base in environment:
        raise SettingsError(f"{base} et {variable} disent la même chose. Gardez l’un des deux.")
    try:
        return Path(environment[variable]).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{variable} : {cause(error)}. {fix(error)}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{variable} : ce fichier n’est pas un texte en UTF-8. Récrivez-le.") from error


def _typed(name: str, text: str) -> str | int | Path:
    kind = type(getattr(Settings(), name))
    if kind is not int:
        return Path(text) if issubclass(kind, Path) else text
    if not (text.isascii() and text.isdigit() and int(text)):
        raise SettingsError(f"{PREFIX}{name.upper()} vaut « {text} » : donnez un nombre entier positif.")
    return int(text)
