"""`greencloud portal-sauvegarde` and `portal-restauration`: the whole portal in one file, and back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from greencloud.checking.messages import plural
from greencloud.cli.portal import settings_of

if TYPE_CHECKING:
    from portal.backup import Told


def portal_backup(
    file: Annotated[Path, typer.Argument(metavar="SORTIE.tar", help="Le fichier à écrire ; il ne doit pas exister.")],
) -> None:
    """Sauvegarde le portail entier (base, dépôts, clés) en un fichier, sans l'arrêter."""
    settings = settings_of()
    from portal import backup
    from portal.database import Database

    database = Database(settings)
    try:
        print(f"Sauvegarde écrite : {file}. {_told(backup.save(database, settings, file))}")
    finally:
        database.close()


def portal_restoration(
    file: Annotated[Path, typer.Argument(metavar="SAUVEGARDE.tar", help="La sauvegarde à restaurer.")],
) -> None:
    """Restaure une sauvegarde dans un portail arrêté et vide, après en avoir vérifié chaque octet."""
    settings = settings_of()
    from portal import backup
    from portal.database import Database

    database = Database(settings)
    try:
        print(f"Sauvegarde restaurée. {_told(backup.restore(database, settings, file))}")
    finally:
        database.close()
    print("Vérifiez le journal (greencloud audit verify), puis démarrez le portail.")


def _told(told: "Told") -> str:
    return f"{plural(told.rows, 'ligne')} de la base, {plural(told.files, 'fichier')}, {told.octets} octets."
