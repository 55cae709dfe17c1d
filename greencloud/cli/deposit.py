"""`greencloud deposit`: the bytes are kept whatever they are, and their sender is told what will become of them."""

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greencloud import deposits, rules, tables
from greencloud.checking import check_file
from greencloud.checking.messages import plural
from greencloud.checking.report import Report
from greencloud.checking.visible import visible
from greencloud.cli.french import Misuse
from greencloud.rules.writing import sentence

if TYPE_CHECKING:
    from greencloud.cli.readings import Unregistered

RAW = Path("data/raw")
_METERS = 10  # named one by one
_SUPERSEDED = (
    "Un dépôt ultérieur a pu les remplacer. Pour que ces valeurs comptent à nouveau, déposez-les dans un fichier "
    "modifié : une ligne vide de plus à la fin suffit."
)


def deposit(
    file: Annotated[Path, typer.Argument(metavar="FICHIER", help="Le fichier à déposer, tel quel.")],
    table: Annotated[
        str, typer.Option(metavar="NOM", help="centres, declarations, consommations, compteurs ou releves.")
    ],
    emetteur: Annotated[
        str, typer.Option(metavar="SIREN", help="Le SIREN de l'organisme qui dépose. (avec --url : celui du jeton)")
    ] = "",
    lecture: Annotated[
        Path | None,
        typer.Option(
            metavar="CORRESPONDANCE",
            help="Pour la table releves : le fichier (JSON ou TOML) qui dit ce qu'est chaque colonne. "
            "(sinon : format reconnu)",
        ),
    ] = None,
    raw: Annotated[Path, typer.Option(metavar="DOSSIER", help="Le dossier des dépôts.")] = RAW,
    url: Annotated[
        str,
        typer.Option(
            metavar="ADRESSE",
            help="Dépose dans ce portail. Le jeton se fait à la page Accès de l'organisme ; il est lu dans la "
            "variable GREENCLOUD_JETON, ou dans le fichier que nomme GREENCLOUD_JETON_FILE.",
        ),
    ] = "",
    confirmer: Annotated[
        bool,
        typer.Option("--confirmer", help="Avec --url : confirme aussitôt un fichier sans ligne rejetée."),
    ] = False,
) -> None:
    """Dépose un fichier : ses octets sont conservés, avec une carte. Le même fichier ne compte qu'une fois.

    0 : conservé ; 1 : conservé, mais illisible ou sans une ligne acceptable ; 2 : rien n'a été conservé.
    """
    if lecture is not None and (url or table != tables.READINGS):
        raise Misuse(f"L'option --lecture demande la table {tables.READINGS}, et un dépôt sans --url.")
    if url:
        from greencloud.cli.portal_deposit import send

        raise typer.Exit(send(file, table, url, confirm=confirmer))
    if not emetteur:
        raise Misuse("Il manque « --emetteur » : le SIREN de l'organisme qui dépose.")
    received, mapping = deposits.now(), _mapping(lecture)
    stored = deposits.store(file, table=table, emetteur=emetteur, raw_dir=raw, recu_le=received, lecture=mapping)
    fresh = stored.recu_le == received
    print(f"Dépôt {stored.short} conservé : {stored.path}" if fresh else _known(stored))
    report, unregistered = _report(stored, file.name, raw)
    command = f"greencloud check {_typed(file)} --table {table}"
    if lecture is not None:
        command += f" --lecture {_typed(lecture)}"
    if report.accepted:
        print(_prospect(report, command))
        if unregistered:
            print(visible(_uncounted(unregistered, stored.emetteur or "")))
        if not fresh:
            print(_SUPERSEDED)
        return
    print(_hopeless(report, command), file=sys.stderr)
    raise typer.Exit(1)


def _mapping(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    from greencloud.cli import readings

    return readings.document(path)


def _report(stored: deposits.Deposit, name: str, raw: Path) -> "tuple[Report, Sequence[Unregistered]]":
    if stored.table != tables.READINGS:
        how = tables.table(stored.table), rules.for_table(stored.table)
        return check_file(stored.path, how[0], name=name, rules=how[1]).report, ()
    from greencloud.cli import readings

    return readings.deposited(stored, name, raw)


def _uncounted(unregistered: "Sequence[Unregistered]", sender: str) -> str:
    """What becomes of readings whose meter is not registered; their sender may read the numbers of its own meters."""
    told = [f"{one.meter} ({plural(one.slots, 'créneau', 'créneaux')})" for one in unregistered[:_METERS]]
    others = len(unregistered) - len(told)
    rest = f" et de {others} autres" if others else ""
    these, of_them = ("ce compteur", "du compteur") if len(unregistered) == 1 else ("ces compteurs", "des compteurs")
    return sentence(
        f"Attention : les relevés {of_them} {', '.join(told)}{rest} sont gardés, mais ne compteront nulle part tant "
        f"que le registre des compteurs de {sender} n'a pas {these}. Inscrivez-y {these}, puis déposez-le : greencloud "
        f"deposit FICHIER --table {tables.METERS} --emetteur {sender}. Les relevés compteront sans être redéposés."
    )


def _known(stored: deposits.Deposit) -> str:
    sender = f"déposés par {stored.emetteur}" if stored.emetteur else "placés à la main"
    if stored.origine is not None:
        sender = f"publiés par {stored.origine.producteur or 'un particulier'} sur {stored.origine.plateforme}"
    return f"Rien de nouveau : ces octets ont déjà été reçus le {stored.recu_le[:10]}, {sender} : {stored.path}"


def _prospect(report: Report, command: str) -> str:
    """What would be made of the rows of a file that can be read; the other deposits still have their say."""
    accepted = plural(report.accepted, "ligne acceptée", "lignes acceptées")
    if not report.rejected:
        return f"Contrôle : {accepted}, aucune rejetée."
    rejected = plural(report.rejected, "rejetée", "rejetées")
    return f"Contrôle : {accepted}, {rejected}. Pour savoir pourquoi : {command}"


def _hopeless(report: Report, command: str) -> str:
    """What is wrong with a file of which nothing would be published, and what to do about it."""
    first = next(iter(report.errors), None)
    if first is None:
        return "Ce fichier est gardé, mais il n'a aucune ligne. Remplissez-le, puis déposez-le à nouveau."
    if not report.readable:
        return f"Ce fichier est gardé, mais il ne peut pas être lu. {visible(first.message)} {visible(first.fix)}"
    return (
        f"Ce fichier est gardé, mais aucune de ses lignes ne serait acceptée. {visible(first.message)} "
        f"Corrigez-le, puis déposez-le à nouveau. Toutes les erreurs : {command}"
    )


def _typed(file: Path) -> str:
    """A path as a shell takes it again: in double quotes, as on Windows too, unless a sign has a meaning in them."""
    shown = visible(f".{os.sep}{file}" if str(file).startswith("-") else str(file))
    quoted = shlex.quote(shown)
    return quoted if quoted == shown or set(shown) & (set('"$`!\\') - {os.sep}) else f'"{shown}"'
