"""`greencloud publish`: an edition on data.gouv.fr. The plan is printed; nothing is changed without --apply."""

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from greencloud.datagouv.planning import Step
    from greencloud.datagouv.publishing import Publication

EDITION = Path("data/published/current")
STATE = Path("data/published/datagouv.json")


class Platform(StrEnum):
    """The two platforms that are known by name."""

    demo = "demo"
    production = "production"


def publish(
    edition: Annotated[Path, typer.Argument(metavar="EDITION", help="Le dossier de l'édition.")] = EDITION,
    apply: Annotated[bool, typer.Option("--apply", help="Fait ce que dit le plan, puis relit et compare.")] = False,
    plateforme: Annotated[
        Platform, typer.Option(metavar="NOM", help="demo (demo.data.gouv.fr) ou production (www.data.gouv.fr).")
    ] = Platform.demo,
    url: Annotated[str | None, typer.Option(metavar="ADRESSE", help="Une autre plateforme udata, sans /api.")] = None,
    organisation: Annotated[
        str | None, typer.Option(metavar="ID", help="L'organisation qui publie. (sinon : le compte du jeton)")
    ] = None,
    fichier_jeton: Annotated[
        Path | None, typer.Option(metavar="FICHIER", help="Le jeton. (sinon : la variable DATAGOUV_TOKEN)")
    ] = None,
    etat: Annotated[Path, typer.Option(metavar="FICHIER", help="Où retenir les identifiants publiés.")] = STATE,
    revenir: Annotated[
        bool, typer.Option("--revenir", help="Admet que l'édition soit plus ancienne que celle qui est en ligne.")
    ] = False,
) -> None:
    """Publie une édition sur data.gouv.fr : affiche le plan, ne l'exécute qu'avec --apply, puis relit tout.

    0 : publié et relu, ou plan affiché ; 2 : rien ou pas tout n'a été publié, la raison est affichée.
    """
    from greencloud.datagouv.session import Order, publication

    order = Order(edition, etat, plateforme.value, url, organisation, fichier_jeton, revenir)
    with publication(order, writes=apply) as found:
        steps = found.plan()
        _print_plan(steps, order.base, str(found.owner))
        if apply:
            _apply(found)
        elif steps:
            print("Rien n'a été changé. Relancez avec --apply pour le faire.")


def _apply(found: "Publication") -> None:
    try:
        found.apply(lambda step: print(f"fait : {step.action.value} « {step.subject} »", flush=True))
        found.verify()
    except KeyboardInterrupt:
        print("Ce qui est fait le reste ; la même commande reprendra où celle-ci s'arrête.", file=sys.stderr)
        raise
    print("Tout a été relu sur la plateforme et correspond à l'édition.")
    for title, page, score in found.pages():
        print(f"{title} : {page} (score de qualité {score * 9:.0f} sur 9)")


def _print_plan(steps: "Sequence[Step]", base: str, owner: str) -> None:
    if not steps:
        print(f"Rien à faire : {base} correspond déjà à l'édition, pour {owner}.")
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    title = Text(f"Plan de publication vers {base}, pour {owner}")  # a Text: brackets in a name are no markup
    table = Table(title=title, title_justify="left")
    for heading in ("Jeu", "Action", "Quoi", "Détail"):
        table.add_column(heading, overflow="fold")
    for step in steps:
        table.add_row(*(Text(cell) for cell in (step.dataset.key, step.action.value, step.subject, _detail(step))))
    Console().print(table)


def _detail(step: "Step") -> str:
    return "\n".join(str(change) for change in step.changes) or step.detail
