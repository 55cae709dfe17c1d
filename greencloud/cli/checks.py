"""`greencloud check`: the verdict on the screen, and the files that were asked for beside it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from greencloud import deposits, rules, tables
from greencloud.checking import Checked, Note, Report, check_file
from greencloud.checking.messages import foreign_key_note, quoted
from greencloud.cli.french import Misuse
from greencloud.cli.outputs import Outputs
from greencloud.reading import Unreadable

if TYPE_CHECKING:
    from greencloud.schema_lint import LintFinding

_REGISTERED = ("declarations", "consommations", "compteurs")
"""Their sites must stand in the register; a foreign key in the schema would make Frictionless refuse a lone file."""
_LOST = ("cle_inconnue", "contrainte_mal_placee")
_LONG = 20_000_000
"""From how many bytes on a file takes long enough for its reader to want to see progress."""
_READ, _WRITE = "Ce qui est contrôlé", "Ce qui est écrit"


_File = Annotated[Path, typer.Argument(metavar="FICHIER", help="Le fichier à contrôler.")]
_Table = Annotated[
    str | None,
    typer.Option(
        metavar="NOM",
        rich_help_panel=_READ,
        help="La table visée : centres, declarations, consommations, compteurs, releves "
        "(sinon : reconnue à ses colonnes).",
    ),
]
_Lecture = Annotated[
    Path | None,
    typer.Option(
        metavar="CORRESPONDANCE",
        rich_help_panel=_READ,
        help="Pour la table releves : le fichier (JSON ou TOML) qui dit ce qu'est chaque colonne.",
    ),
]
_Schema = Annotated[
    Path | None, typer.Option(metavar="CHEMIN", rich_help_panel=_READ, help="Un autre Table Schema (JSON).")
]
_Strict = Annotated[
    bool, typer.Option("--strict", rich_help_panel=_READ, help="Ne tolère aucun écart : le verdict de Frictionless.")
]
_Checks = Annotated[
    Path | None,
    typer.Option(
        metavar="CHEMIN",
        rich_help_panel=_READ,
        help="Avec --strict : les contrôles de Frictionless à ajouter (liste ou Checklist, en JSON).",
    ),
]
_Trusted = Annotated[
    bool,
    typer.Option(
        "--trusted",
        rich_help_panel=_READ,
        help="Laisse les chemins d'un descripteur sortir de son dossier (jamais vers le réseau).",
    ),
]
_Delimiter = Annotated[
    str | None,
    typer.Option(metavar="SIGNE", rich_help_panel=_READ, help="Le séparateur (sinon : reconnu) ; tab : tabulation."),
]
_Encoding = Annotated[
    str | None,
    typer.Option(metavar="NOM", rich_help_panel=_READ, help="L'encodage, par exemple utf-8 (sinon : reconnu)."),
]
_Format = Annotated[
    str,
    typer.Option("--format", metavar="text|json", rich_help_panel=_WRITE, help="La forme du rapport à l'écran."),
]
_Html = Annotated[
    Path | None,
    typer.Option(
        metavar="SORTIE.html", rich_help_panel=_WRITE, help="Écrit le rapport en page web, à lire ou à imprimer."
    ),
]
_Rejects = Annotated[
    Path | None,
    typer.Option(
        metavar="SORTIE.csv", rich_help_panel=_WRITE, help="Écrit la liste des erreurs, à ouvrir dans un tableur."
    ),
]
_Corrected = Annotated[
    Path | None,
    typer.Option(
        metavar="SORTIE.csv",
        rich_help_panel=_WRITE,
        help="Écrit le fichier corrigé et, à côté, la liste de ses changements (SORTIE.changements.csv).",
    ),
]
_Accepted = Annotated[
    Path | None,
    typer.Option(metavar="SORTIE.csv", rich_help_panel=_WRITE, help="Écrit les lignes acceptées, normalisées."),
]


def check(
    file: _File,
    table: _Table = None,
    lecture: _Lecture = None,
    schema: _Schema = None,
    strict: _Strict = False,
    checks: _Checks = None,
    trusted: _Trusted = False,
    delimiter: _Delimiter = None,
    encoding: _Encoding = None,
    output: _Format = "text",
    html: _Html = None,
    rejects: _Rejects = None,
    corrected: _Corrected = None,
    accepted: _Accepted = None,
) -> None:
    """Contrôle un fichier : 0 s'il est valide, 1 s'il ne l'est pas, 2 s'il est illisible ou mal désigné."""
    _refuse_misuse(output, checks, strict)
    _refuse_odd_file(file)
    outputs = Outputs(html, rejects, corrected, accepted)
    outputs.refuse_odd_paths([file] if schema is None else [file, schema])
    separator = _separator(delimiter)
    _refuse_unknown_encoding(encoding)
    if strict and (checks is not None or _described(file)):
        from greencloud.cli import descriptors

        if table is not None or any((html, rejects, corrected, accepted)):
            raise Misuse("Un descripteur ou des contrôles de Frictionless ne donnent qu'un rapport à l'écran.")
        status = descriptors.check(
            file, schema, checks, delimiter=separator, encoding=encoding, trusted=trusted, output=output
        )
        raise typer.Exit(status)
    target, plausibility = _target(file, table or (tables.READINGS if lecture else None), schema, separator, encoding)
    if schema is None and target.name == tables.READINGS:
        _refuse_file_options(strict, delimiter, encoding, corrected, accepted)
        raise typer.Exit(_check_readings(file, lecture, output, outputs))
    if lecture is not None:
        raise Misuse(f"L'option --lecture ne sert qu'à la table {tables.READINGS}.")
    how = partial(check_file, rules=plausibility, strict=strict, delimiter=separator, encoding=encoding)
    with _progress(file) as progress:
        checked = how(file, target, progress=progress)
    checked.report.notes.extend(_notes(file, checked, schema, separator, encoding))
    _print(checked.report, output)
    outputs.write(checked, sys.stderr if output == "json" else sys.stdout)
    raise typer.Exit(2 if not checked.report.readable else 0 if checked.report.valid else 1)


def _refuse_file_options(*given: object) -> None:
    if any(given):
        raise Misuse(
            "Un fichier de relevés est lu par compteur et par jour : retirez les options --strict, --delimiter, "
            "--encoding, --corrected et --accepted (--html et --rejects restent), ou donnez --schema pour un contrôle "
            "ligne à ligne."
        )


def _check_readings(file: Path, lecture: Path | None, output: str, outputs: Outputs) -> int:
    from greencloud.cli import readings

    checked = readings.checked(file, file.name, readings.document(lecture))
    report = checked.report
    _print(report, output)
    outputs.write(checked, sys.stderr if output == "json" else sys.stdout)
    return 2 if not report.readable else 0 if report.valid else 1


def _refuse_misuse(output: str, checks: Path | None, strict: bool) -> None:
    if output not in ("text", "json"):
        raise Misuse(f"Le format « {output} » n'existe pas. Choisissez text ou json, ou --html pour une page web.")
    if checks is not None and not strict:
        raise Misuse("L'option --checks demande --strict.")


def _refuse_odd_file(file: Path) -> None:
    if not file.exists():
        raise Misuse(f"Le fichier {file} est introuvable. Vérifiez son chemin.")
    if not file.is_file():
        raise Misuse(f"{file} n'est pas un fichier ordinaire. Donnez le chemin d'un fichier.")


def _notes(
    file: Path, checked: Checked, schema: Path | None, delimiter: str | None, encoding: str | None
) -> Iterator[Note]:
    """What is said besides of the schema, of the register, and of a strict check that went wrong."""
    if schema is not None:
        yield from _lost_constraints(checked.table)
    elif checked.table.name in _REGISTERED and checked.report.readable:
        yield foreign_key_note("centres")
    if checked.strict:
        from greencloud.cli.hints import strict_hints

        yield from strict_hints(file, checked, delimiter=delimiter, encoding=encoding)


def _described(file: Path) -> bool:
    """Whether the file is a descriptor; only a JSON file is worth the library that knows."""
    if file.suffix.lower() != ".json":
        return False
    from greencloud.checking.resource import is_descriptor

    return is_descriptor(file)


def _print(report: Report, output: str) -> None:
    if output == "json":
        from greencloud.checking.machine import write_json

        write_json(report, sys.stdout)
    else:
        from greencloud.checking.terminal import print_report

        print_report(report)


@contextmanager
def _progress(file: Path) -> Iterator[Callable[[int], None] | None]:
    """A progress bar on the error stream, for a long file and a person who looks at a terminal."""
    size = file.stat().st_size
    if size < _LONG or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (TextColumn("Contrôle"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=size)
        yield lambda done: bar.update(task, completed=done)


def _separator(text: str | None) -> str | None:
    """The separator as typed: one character, or the name of the one that a shell cannot type."""
    separator = "\t" if text in ("tab", "\\t") else text
    if separator is not None and (len(separator) != 1 or separator in '"\r\n'):
        raise Misuse(f"Le séparateur « {separator} » ne convient pas. Donnez un seul signe, par exemple ; ou tab.")
    return separator


def _refuse_unknown_encoding(name: str | None) -> None:
    try:
        "a".encode(name or "utf-8")
    except (LookupError, UnicodeError) as error:
        raise Misuse(f"L'encodage « {name} » n'existe pas. Essayez utf-8, cp1252 ou utf-16.") from error


def _lost_constraints(table: tables.Table) -> list[Note]:
    """What a schema from elsewhere asks for where no reader looks: said, for nobody else would."""
    from greencloud.schema_lint import lint

    lost = [finding for finding in lint(dict(table.descriptor)) if finding.code in _LOST]
    return [Note("schema", f"Le schéma a un défaut{_consequence(finding, table)}") for finding in lost]


def _consequence(finding: "LintFinding", table: tables.Table) -> str:
    """What a defect of the schema changes for this check: nothing, a constraint that is lost, or one applied here."""
    if finding.code != "contrainte_mal_placee":
        return f", sans effet sur ce contrôle. {finding.message}"
    if finding.key == "required" and finding.field in table.column_names and table.field(finding.field).required:
        return (
            f". Champ « {finding.field} » : l'obligation de le remplir (« required ») est écrite à côté du type. Elle "
            "est appliquée ici, mais d'autres lecteurs l'ignorent. Mettez-la dans « constraints »."
        )
    return f". {finding.message}"


def _target(
    file: Path, name: str | None, schema: Path | None, delimiter: str | None, encoding: str | None
) -> tuple[tables.Table, tuple[rules.Rule, ...]]:
    """The table to check against: a schema file, one of ours by name, or ours that fits the header."""
    if name is not None and schema is not None:
        raise Misuse("Choisissez --table ou --schema, pas les deux.")
    if schema is not None:
        return tables.from_file(schema), ()
    found = name or _detected(file, delimiter, encoding)
    return tables.table(found), rules.for_table(found)


def _detected(file: Path, delimiter: str | None, encoding: str | None) -> str:
    try:
        labels = deposits.read(file, delimiter=delimiter, encoding=encoding).header
    except Unreadable:
        return tables.INPUTS[0]  # whatever the table, the report says why the file cannot be read
    found = deposits.detect_table(labels)
    if found is None and _is_readings(file):
        return tables.READINGS
    if found is None:
        raise Misuse(
            f"Aucune table ne correspond aux colonnes de {file.name} ({', '.join(map(quoted, labels[:5]))}). "
            f"Précisez --schema, ou --table avec l'une de nos tables : {', '.join(tables.DEPOSITED)}. "
            f"Pour des relevés de compteurs : greencloud map {file.name}, puis --lecture avec ce qu'il écrit."
        )
    return found


def _is_readings(file: Path) -> bool:
    from greencloud.readings.trying import needs_no_mapping

    return needs_no_mapping(file)
