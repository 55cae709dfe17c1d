"""`greencloud serve`: the current edition in a browser, on this machine alone unless told otherwise."""

from pathlib import Path
from typing import Annotated

import typer

from greencloud.cli.french import Misuse

_PUBLISHED = Path("data/published")
_PORT = 8765


def serve(
    published: Annotated[Path, typer.Option(metavar="DOSSIER", help="Le dossier des éditions.")] = _PUBLISHED,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Le port ; 0 : un port libre.")] = _PORT,
    adresse: Annotated[
        str, typer.Option(metavar="ADRESSE", help="L'adresse où répondre ; 127.0.0.1 : cette machine seulement.")
    ] = "127.0.0.1",
) -> None:
    """Montre l'édition en cours dans un navigateur, sans rien modifier, jusqu'à Ctrl+C."""
    from greencloud import showing

    index = published / "current" / showing.HOME
    if not index.is_file():
        raise Misuse(
            f"Il n'y a pas encore d'édition dans « {published} ». Faites-en une avec greencloud build, ou donnez son "
            "dossier par --published."
        )
    try:
        server = showing.server(published / "current", adresse, port)
    except OSError as error:
        raise Misuse(
            f"Le port {port} ne peut pas être ouvert sur « {adresse} ». Essayez --port 0 pour un port libre."
        ) from error
    with server:
        host = f"[{adresse}]" if ":" in adresse else adresse
        print(f"Tableaux de bord : http://{host}:{server.server_port}/{showing.HOME}", flush=True)
        print("Ctrl+C pour arrêter.", flush=True)
        server.serve_forever()
