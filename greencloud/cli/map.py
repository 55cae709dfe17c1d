"""`greencloud map`: the mapping that would read an export of readings, shown at work before it is believed."""

import json
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greencloud.checking.messages import figure
from greencloud.checking.visible import visible
from greencloud.cli.french import Misuse

if TYPE_CHECKING:
    from greencloud.readings.proposing import Proposal
    from greencloud.readings.trying import Sample

_SHOWN = 6
_RIGHT = ("Ligne", "Valeur", "kWh")
_WIDTH = 120
"""Of a table that no terminal limits."""
_QUESTIONS = {
    "compteur": "Numéro du compteur",
    "unite": "Unité (W, kW, MW, Wh, kWh ou MWh)",
    "pas": "Pas (PT10M, PT30M, PT1H, P1D ou P1M)",
}
_YES = ("", "o", "oui", "y", "yes")


def propose_mapping(
    file: Annotated[Path, typer.Argument(metavar="FICHIER", help="L'export de relevés à comprendre.")],
    out: Annotated[
        Path | None, typer.Option(metavar="SORTIE.json", help="Écrit la correspondance, pour deposit --lecture.")
    ] = None,
    oui: Annotated[bool, typer.Option("--oui", help="N'attend pas de confirmation.")] = False,
    compteur: Annotated[
        str | None, typer.Option(metavar="NUMERO", help="Le compteur, quand le fichier ne le nomme pas.")
    ] = None,
    unite: Annotated[str | None, typer.Option(metavar="UNITE", help="W, kW, MW, Wh, kWh ou MWh.")] = None,
    horodate: Annotated[
        str | None, typer.Option(metavar="debut|fin", help="L'extrémité du créneau que donne l'horodate.")
    ] = None,
    pas: Annotated[str | None, typer.Option(metavar="DUREE", help="PT10M, PT30M, PT1H, P1D ou P1M.")] = None,
    fuseau: Annotated[
        str | None, typer.Option(metavar="FUSEAU", help="Par exemple Indian/Reunion, UTC ou UTC+1.")
    ] = None,
) -> None:
    """Propose la correspondance d'un export de relevés (colonnes, dates, unité) et montre ses premières lignes.

    0 : la correspondance est complète ; 1 : il y manque quelque chose ; 2 : le fichier est illisible ou mal désigné.
    """
    from greencloud.readings.formats.mapping import understood
    from greencloud.readings.formats.names import FORMAT_NAMES
    from greencloud.readings.proposing import propose
    from greencloud.readings.trying import known_format, sampled

    _refuse_odd_paths(file, out)
    asking = not oui and sys.stdin.isatty() and sys.stdout.isatty()
    with sampled(file) as sample:
        if name := known_format(sample):
            print(f"Le fichier est reconnu ({FORMAT_NAMES[name]}) : il se dépose sans correspondance.")
            _show_rows(sample, None)
            return
        given = {"compteur": compteur, "unite": unite, "horodate": horodate, "pas": pas, "fuseau": fuseau}
        told = {key: text for key, text in given.items() if text is not None}
        proposal = propose(sample.table, told, sample.delimiter)
        if proposal.mapping is not None and asking and (answers := _asked(proposal)):
            told |= answers
            proposal = propose(sample.table, told, sample.delimiter)
        _tell(proposal)
        if proposal.mapping is None:
            raise typer.Exit(1)
        understood(proposal.mapping)
        _show_rows(sample, proposal.mapping)
    if _agreed(out, asking):
        _write(proposal.mapping, proposal.missing, out)
    raise typer.Exit(1 if proposal.missing else 0)


def _refuse_odd_paths(file: Path, out: Path | None) -> None:
    if not file.is_file():
        raise Misuse(f"Le fichier {file} est introuvable, ou n'est pas un fichier ordinaire. Vérifiez son chemin.")
    if out is None:
        return
    if out.suffix.lower() != ".json":
        raise Misuse(f"{out} ne convient pas : le nom de ce fichier doit finir par .json.")
    if not out.parent.is_dir():
        raise Misuse(f"Le dossier {out.parent} n'existe pas : créez-le, ou donnez un autre chemin que {out}.")
    if out.exists() and out.samefile(file):
        raise Misuse(f"{out} est le fichier à lire : rien n'y sera écrit. Donnez un autre nom.")


def _asked(proposal: "Proposal") -> dict[str, str]:
    """What a person answers of what is missing; an empty answer leaves it so."""
    answers = {key: input(f"{_QUESTIONS[key]} ? ").strip() for key in proposal.missing}
    return {key: answer for key, answer in answers.items() if answer}


def _tell(proposal: "Proposal") -> None:
    for title, sentences in (("Ce qui est compris :", proposal.reasons), ("À vérifier :", proposal.doubts)):
        if sentences:
            print(title)
        for sentence in sentences:
            print(f"  • {visible(sentence)}")


def _agreed(out: Path | None, asking: bool) -> bool:
    """Whether the mapping is to be written or shown."""
    if out is None or not asking:
        return True
    return input("Ces lignes sont-elles bien lues ? [O/n] ").strip().lower() in _YES


def _write(mapping: Mapping[str, Any], missing: Sequence[str], out: Path | None) -> None:
    text = json.dumps(mapping, ensure_ascii=False, indent=2) + "\n"
    if out is None:
        print("\nCorrespondance (--out SORTIE.json l'écrit) :")
        print(_visible_lines(text), end="")
        return
    from greencloud.durable import write_whole

    write_whole(out, text.encode())
    if missing:
        options = " et ".join(f"--{key}" for key in missing)
        print(f"Correspondance écrite : {out}, mais incomplète. Refaites-la avec {options} avant de déposer.")
    else:
        print(f"Correspondance écrite : {out}. Déposez avec --table releves --lecture {out}.")


def _visible_lines(text: str) -> str:
    """A text of several lines, each made safe to look at."""
    return "".join(visible(line) + "\n" for line in text.splitlines())


def _show_rows(sample: "Sample", mapping: Mapping[str, Any] | None) -> None:
    """The first lines as they would be read."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from greencloud.readings.trying import first_rows

    table = Table(title="Premières lignes, telles qu'elles seraient lues", title_justify="left")
    for heading in ("Ligne", "Compteur", "Début du créneau", "Fin du créneau", "Valeur", "kWh"):
        table.add_column(heading, justify="right" if heading in _RIGHT else "left", overflow="fold")
    for row in first_rows(sample, mapping, _SHOWN):
        value = row.problem or (f"{_number(row.value)} {row.unit or '?'}")
        cells = (str(row.line), row.meter or "?", row.start, row.end, value, _number(row.energy_kwh))
        table.add_row(*(Text(visible(cell, 40)) for cell in cells))
    Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH).print(table)


def _number(value: Decimal | None) -> str:
    return "?" if value is None else figure(f"{value.normalize():f}")
