"""`greencloud portal` and its kin: the deposit portal, its first invitation."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Annotated

import typer

from greencloud.cli.french import Misuse

if TYPE_CHECKING:
    from portal.settings import Settings

_HOST, _PORT = "127.0.0.1", 8750
_NEEDED = (
    "alembic",
    "argon2",
    "fastapi",
    "itsdangerous",
    "joserfc",
    "pg8000",
    "prometheus_client",
    "python_multipart",
    "sqlalchemy",
    "uvicorn",
    "xlsxwriter",
)
"""What the extra `portal` installs: some of it comes with others of our extras."""
_WHICH = typer.Option(
    min=0, max=65535, help="Le port. L'adresse des liens le suit, si GREENCLOUD_PORTAIL_ADDRESS ne la donne pas."
)
_WHERE = typer.Option(metavar="ADRESSE", help="L'adresse où répondre. (sinon : cette machine seulement)")


def portal(
    port: Annotated[int, _WHICH] = _PORT,
    adresse: Annotated[str, _WHERE] = _HOST,
) -> None:
    """Sert le portail de dépôt, jusqu'à Ctrl+C. Ses réglages sont des variables d'environnement (docs/portail.md)."""
    settings = _addressed(settings_of(), port)
    from portal import logs, serving

    server = serving.server(settings, adresse, port, begin=lambda: _welcome(settings, adresse, port))
    logs.configure()
    with suppress(SystemExit):  # how uvicorn says that the port is taken
        server.run()
    if not server.started:
        raise Misuse(
            f"Le portail n'a pas pu ouvrir « {adresse} », port {port}. "
            "Essayez un autre --port, et dites-le dans GREENCLOUD_PORTAIL_ADDRESS si vous la réglez."
        )


def portal_invitation(
    courriel: Annotated[str, typer.Option(metavar="ADRESSE", help="L'adresse de la personne invitée.")],
    siren: Annotated[
        str, typer.Option(metavar="SIREN", help="L'organisme pour lequel elle déclarera. (sinon : la gestion)")
    ] = "",
    nom: Annotated[str, typer.Option(metavar="NOM", help="Le nom de l'organisme, s'il est nouveau.")] = "",
) -> None:
    """Invite quelqu'un au portail de dépôt : affiche le lien, et l'envoie si une messagerie est réglée."""
    print(_invited(settings_of(), courriel, siren, nom))


def portal_fermeture(
    courriel: Annotated[str, typer.Option(metavar="ADRESSE", help="L'adresse du compte.")],
    rouvrir: Annotated[bool, typer.Option("--rouvrir", help="Le rouvre ; ses droits sont à donner à nouveau.")] = False,
) -> None:
    """Ferme un compte du portail, de gestion aussi : plus personne n'entre par lui, ses droits et jetons cessent."""
    _closed(settings_of(), courriel, rouvrir)
    print("Compte rouvert." if rouvrir else "Compte fermé. Pour le rouvrir : la même commande, avec --rouvrir.")


@contextmanager
def reached() -> Iterator[None]:
    """Say in one sentence that the database does not answer, or has no tables yet. Raises Misuse."""
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except DBAPIError as error:
        raise Misuse(
            "La base du portail ne répond pas, ou n'a pas encore ses tables. "
            "Vérifiez GREENCLOUD_PORTAIL_DATABASE et le serveur, puis démarrez le portail."
        ) from error


def settings_of() -> "Settings":
    """The settings of the environment. Raises Misuse where the portal is not installed."""
    if not all(map(find_spec, _NEEDED)):
        raise Misuse("Le portail n'est pas installé ici. Installez-le : pip install 'greencloud[portal]'.")
    from portal.settings import from_environment

    return from_environment()


def _addressed(settings: "Settings", port: int) -> "Settings":
    """The settings, whose address follows the port unless somebody set it."""
    untold = settings.address == type(settings).address
    return replace(settings, address=f"http://{_HOST}:{port}") if untold and port else settings


def _welcome(settings: "Settings", host: str, port: int) -> None:
    """Say where the portal is, and how the very first account is made."""
    from portal import accounts
    from portal.database import Database

    database = Database(settings)
    with reached():
        database.migrate()
        with database.reading() as session:
            empty = accounts.without_manager(session)
    database.close()
    print(f"Portail de dépôt : {settings.address} (il répond sur {host}, port {port})", flush=True)
    if empty:
        print("Aucun compte de gestion encore. Pour inviter la première personne :", flush=True)
        print(f"  {_command(settings)} portal-invitation --courriel prenom.nom@exemple.gouv.fr", flush=True)
    print("Ctrl+C pour arrêter.", flush=True)


def _command(settings: "Settings") -> str:
    """How another shell calls the commands: `make` needs not have them on the path, nor that shell the address."""
    from portal.settings import PREFIX

    told = "" if settings.address == type(settings).address else f"{PREFIX}ADDRESS={settings.address} "
    beside = Path(sys.executable).with_name("greencloud")
    return f"{told}{'greencloud' if which('greencloud') or not beside.exists() else beside}"


def _closed(settings: "Settings", mail: str, again: bool) -> None:
    from portal import accounts, audit
    from portal.database import Database
    from portal.mail import address

    database = Database(settings)
    try:
        with reached(), database.session() as session:
            account = accounts.by_mail(session, address(mail))
            if account is None:
                raise Misuse("Aucun compte n'est à cette adresse. Vérifiez-la ; un compte effacé n'en a plus.")
            (accounts.reopened if again else accounts.closed)(session, account, actor=audit.SYSTEM)
    finally:
        database.close()


def _invited(settings: "Settings", mail: str, siren: str, name: str) -> str:
    from portal import delegations
    from portal.database import Database
    from portal.mail import address
    from portal.models import AGENT, MANAGER

    database = Database(settings)
    try:
        with reached(), database.session() as session:
            if siren:
                delegations.body(session, siren, name)
            role = AGENT if siren else MANAGER
            return delegations.sent(session, settings, mail=address(mail), siren=siren or None, by=None, role=role)
    finally:
        database.close()
