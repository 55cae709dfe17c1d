"""`greencloud harvest`: a line for each file that producers publish with one of our schemas, and what became of it."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from greencloud.checking.messages import plural
from greencloud.cli.deposit import RAW
from greencloud.cli.publish import Platform

if TYPE_CHECKING:
    from greencloud.datagouv.client import Client
    from greencloud.datagouv.token import Token
    from greencloud.harvest import Outcome, Round
    from greencloud.harvest.replies import Replies


def harvest(
    plateforme: Annotated[
        Platform, typer.Option(metavar="NOM", help="demo (ses fichiers sont dits synthétiques) ou production.")
    ] = Platform.demo,
    url: Annotated[str | None, typer.Option(metavar="ADRESSE", help="Une autre plateforme udata, sans /api.")] = None,
    raw: Annotated[Path, typer.Option(metavar="DOSSIER", help="Le dossier des dépôts.")] = RAW,
    limite: Annotated[int, typer.Option(metavar="MO", min=1, help="La taille d'un fichier, au plus.")] = 100,
    repondre: Annotated[
        bool, typer.Option("--repondre", help="Écrit aux producteurs, en public, ce qui est à corriger.")
    ] = False,
    fichier_jeton: Annotated[
        Path | None, typer.Option(metavar="FICHIER", help="Le jeton, pour répondre. (sinon : DATAGOUV_TOKEN)")
    ] = None,
    mandats: Annotated[
        Path | None,
        typer.Option(metavar="FICHIER", help="CSV organisation,siren : qui peut parler des centres d'un autre."),
    ] = None,
) -> None:
    """Moissonne les fichiers publiés sur data.gouv.fr avec nos schémas : ceux qui ont changé deviennent des dépôts.

    Un producteur ne parle que de ses propres centres (SIRET d'une organisation certifiée), ou de ceux d'un mandat.
    0 : tout est en ordre ; 1 : au moins un fichier n'a pas pu servir ; 2 : la moisson n'a pas eu lieu.
    """
    from greencloud.datagouv.client import Client
    from greencloud.datagouv.session import PLATFORMS
    from greencloud.harvest import harvesting, read_mandates

    allowed = read_mandates(mandats) if mandats else {}
    with (
        Client(url or PLATFORMS[plateforme.value], _token(repondre, fichier_jeton)) as client,
        harvesting(client, raw, limite * 1_000_000, allowed) as current,
    ):
        marks = Counter(outcome.state.mark for outcome in _tell(current, _replies(client, repondre)))
        announced = len(current.announced)
    failed, odd = marks["✘"], marks["⚠"]
    fate = (f"dont {failed} à corriger" if failed else "aucun à corriger") + (f", {odd} à vérifier" if odd else "")
    print(f"{plural(announced, 'fichier annoncé', 'fichiers annoncés')}, {fate}." if announced else _NOTHING)
    raise typer.Exit(1 if failed else 0)


_NOTHING = (
    "Aucun fichier annoncé. Un producteur l'est s'il déclare un de nos schémas, ou son adresse dans un jeu de données "
    "marqué « centre-de-donnees »."
)


def _token(needed: bool, file: Path | None) -> "Token | None":
    """The key of the platform, which only answers need: reading is done without."""
    from greencloud.datagouv import token
    from greencloud.datagouv.errors import Unfit

    if not needed:
        return None
    found = token.read(file)
    if found is None:
        raise Unfit("Répondre aux producteurs demande un jeton. Donnez-le par DATAGOUV_TOKEN ou par --fichier-jeton.")
    return found


def _replies(client: "Client", wanted: bool) -> "Replies | None":
    from greencloud.harvest.replies import Replies

    return Replies(client) if wanted else None


def _tell(current: "Round", replies: "Replies | None") -> "Iterator[Outcome]":
    from rich.console import Console
    from rich.progress import Progress

    console = Console(soft_wrap=True, highlight=False, markup=False, emoji=False)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Moisson", total=len(current.announced))
        for outcome in current.outcomes():
            console.print(f"{outcome.line()} {replies.reply(outcome) if replies else ''}".rstrip())
            progress.advance(task)
            yield outcome
