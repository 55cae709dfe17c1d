"""The command line: thin verbs over the library, in French; each verb imports the heavy libraries it needs."""

import io
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from greencloud import __version__
from greencloud.checking.visible import visible
from greencloud.cli.audit import audit
from greencloud.cli.build import build
from greencloud.cli.checks import check
from greencloud.cli.crosscheck import crosscheck
from greencloud.cli.deposit import RAW, deposit
from greencloud.cli.diff import diff
from greencloud.cli.explain import explain
from greencloud.cli.export import export, imports
from greencloud.cli.french import SHOW_VERSION, Command, Group, failed, misused
from greencloud.cli.harvest import harvest
from greencloud.cli.map import propose_mapping
from greencloud.cli.portal import portal, portal_fermeture, portal_invitation
from greencloud.cli.portal_backup import portal_backup, portal_restoration
from greencloud.cli.publish import publish
from greencloud.cli.serve import serve
from greencloud.errors import GreencloudError

app = typer.Typer(
    cls=Group,
    help="Déclarer, contrôler et publier la consommation d'énergie des centres de données publics.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command(cls=Command)(build)
app.command(cls=Command)(check)
app.command(cls=Command)(deposit)
app.command("map", cls=Command)(propose_mapping)
app.command(cls=Command)(harvest)
app.command(cls=Command)(publish)
app.command(cls=Command)(diff)
app.command(cls=Command)(explain)
app.command(cls=Command)(crosscheck)
app.command(cls=Command)(serve)
app.command(cls=Command)(portal)
app.command("portal-sauvegarde", cls=Command)(portal_backup)
app.command("portal-restauration", cls=Command)(portal_restoration)
app.command("portal-invitation", cls=Command)(portal_invitation)
app.command("portal-fermeture", cls=Command)(portal_fermeture)
app.add_typer(audit, name="audit")
app.add_typer(export, name="export")
app.add_typer(imports, name="import")

_TRACE = "GREENCLOUD_TRACE"
"""The environment variable that has an unexpected error shown whole, for whoever mends the program."""
_TOLD = 200  # characters of such an error that a sentence repeats
_INTERRUPTED = 130
"""The exit status of a command that was stopped from the keyboard, for every shell."""


def main() -> None:
    """Run the command line; an expected failure is one French sentence on stderr and exit status 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that knows no ✔ shows a question mark
    try:
        status = app(standalone_mode=False) or 0
        if status == _INTERRUPTED:
            raise KeyboardInterrupt  # Typer has swallowed it without a word
        sys.stdout.flush()  # here, for a full disk or a closed pipe to be told like any other failure
        sys.exit(status)
    except TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            print(error.message)
            sys.exit(0)
        _refuse(misused(error))
    except (typer.Abort, KeyboardInterrupt):
        _refuse("Interrompu.", _INTERRUPTED)
    except GreencloudError as error:
        _refuse(str(error))
    except BrokenPipeError:
        _close_output()
        sys.exit(1)  # whoever was reading has read enough; Typer does the same where it is the one to notice
    except OSError as error:
        _close_output()
        _refuse(failed(error))
    except MemoryError:
        _refuse("Ce fichier demande plus de mémoire que cette machine n'en a.")
    except Exception as error:
        if os.environ.get(_TRACE):
            raise
        _refuse(*_unexpected(error))


def _unexpected(error: Exception) -> tuple[str, int]:
    """What the engine lacked, by the name of its error (it may not be loaded), or a fault of ours; and the status."""
    name = type(error).__name__
    if name == "InterruptException":
        return "Interrompu.", _INTERRUPTED
    if name in ("OutOfMemoryException", "IOException"):
        return "Le traitement a manqué de mémoire ou de place sur le disque. Libérez-en, puis relancez.", 2
    told = visible(" ".join(str(error).split()), _TOLD)
    return (
        f"Erreur imprévue du programme ({name} : {told}). Signalez-la avec cette phrase ; le détail technique "
        f"s'affiche en relançant avec {_TRACE}=1.",
        2,
    )


def _close_output() -> None:
    """Point the output nowhere: Python would try once more to write there when it ends, and complain in English."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refuse(sentence: str, status: int = 2) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(status)


def _say_version(wanted: bool) -> None:
    if wanted:
        print(f"greencloud {__version__}")
        raise typer.Exit


@app.callback()
def _whole(
    version: Annotated[
        bool, typer.Option("--version", help=SHOW_VERSION, is_eager=True, callback=_say_version)
    ] = False,
) -> None:
    """What stands before the command."""


@app.command(cls=Command)
def sample(
    out: Annotated[Path, typer.Option(metavar="DOSSIER", help="Où écrire les fichiers.")] = RAW
    / "exemples-synthetiques",
    sites: Annotated[int, typer.Option(min=1, max=100_000, help="Le nombre de sites.")] = 300,
    seed: Annotated[int, typer.Option(help="La graine : mêmes nombres, mêmes fichiers.")] = 2017,
) -> None:
    """Écrit des dépôts synthétiques, signalés comme tels, avec leurs cartes."""
    from greencloud import sample as generator

    paths = generator.generate(out, sites=sites, seed=seed)
    print(f"{len(paths)} fichiers synthétiques écrits dans {out}.")


@app.command("lint-schema", cls=Command)
def lint_schema(file: Annotated[Path, typer.Argument(metavar="SCHEMA.json", help="Le Table Schema à relire.")]) -> None:
    """Relit un Table Schema : clés inconnues, contraintes mal placées, exemples impossibles."""
    from greencloud.schema_lint import lint_file

    findings = lint_file(file)
    for finding in findings:
        print(finding.message)
    if not findings:
        print(f"{file.name} : aucun défaut.")
    raise typer.Exit(1 if findings else 0)
