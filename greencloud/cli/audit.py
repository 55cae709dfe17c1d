"""`greencloud audit`: whether the log of the portal still says what it said."""

import re
from typing import Annotated

import typer

from greencloud.cli.french import Command, Group, Misuse
from greencloud.cli.portal import reached, settings_of

audit = typer.Typer(cls=Group, help="Vérifie le journal du portail de dépôt.", no_args_is_help=True)
_KNOWN = re.compile(r"([0-9]{1,12}):([0-9a-f]{64})")


@audit.command(cls=Command)
def verify(
    connue: Annotated[
        str,
        typer.Option(metavar="NUMERO:EMPREINTE", help="Une ligne gardée ailleurs, qui doit s'y trouver encore."),
    ] = "",
) -> None:
    """Relit tout le journal du portail : 0, la chaîne tient ; 1, une ligne a été modifiée, retirée ou glissée."""
    known = _line(connue)
    from portal import audit as log
    from portal.database import FILE, Database

    settings = settings_of()
    if not settings.database and not (settings.data / FILE).is_file():
        raise Misuse(f"Aucun portail dans « {settings.data} ». Donnez les réglages du service (voir docs/portail.md).")
    database = Database(settings)
    try:
        with reached(), database.reading() as session:
            breaks, (number, hashed) = log.verify(session, known=known), log.head(session)
    finally:
        database.close()
    for found in breaks:
        print(found.why)
    if breaks:
        raise typer.Exit(1)
    lines = f"{number} ligne{'s' if number > 1 else ''}"
    print(f"Le journal tient : {lines}. Gardez sa fin hors du portail : {number}:{hashed}")


def _line(text: str) -> tuple[int, str] | None:
    if not text:
        return None
    found = _KNOWN.fullmatch(text)
    if found is None:
        raise Misuse("--connue attend ce que la commande affiche à la fin : un numéro, deux-points, une empreinte.")
    return int(found[1]), found[2]
