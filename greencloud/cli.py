"""The command line: thin verbs over the library, in French; each verb imports the heavy libraries it needs."""

import io
import json
import sys
import tempfile
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.progress import track
from typer.exceptions import TyperException

from greencloud import deposits, rules, tables
from greencloud.checking import Checked, Note, check_file
from greencloud.checking.messages import foreign_key_note
from greencloud.checking.terminal import print_report
from greencloud.descriptors import read_json
from greencloud.errors import GreencloudError
from greencloud.reading import Unreadable, read_table

app = typer.Typer(
    help="Déclarer, contrôler et publier la consommation d'énergie des centres de données publics.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_RAW = Path("data/raw")
_PUBLISHED = Path("data/published")
_REGISTERED = ("declarations", "consommations")
"""Their sites must stand in the register; a foreign key in the schema would make Frictionless refuse a lone file."""
_LOST = ("cle_inconnue", "contrainte_mal_placee")


def main() -> None:
    """Run the command line; an expected failure is one French sentence on stderr and exit status 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that knows no ✔ shows a question mark
    try:
        sys.exit(app(standalone_mode=False) or 0)
    except TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            sys.exit(0)  # the help has just been shown
        _refuse(f"{_misused(error)} Voir « greencloud --help ».")
    except typer.Abort:
        _refuse("Interrompu.")
    except GreencloudError as error:
        _refuse(str(error))
    except OSError as error:
        _refuse(
            f"{error.filename or 'Un fichier'} ne peut pas être lu ou écrit ({error.strerror}). Vérifiez le chemin."
        )


def _misused(error: TyperException) -> str:
    """A command that cannot be understood, in French: Typer says it in English."""
    option = getattr(error, "option_name", None)
    param = getattr(error, "param", None)
    name = option or (param and (param.metavar if param.param_type_name == "argument" else param.opts[0]))
    kind = type(error).__name__
    if name is None:
        return "La commande n'est pas comprise."
    if kind == "MissingParameter":
        return f"Il manque « {name} »."
    return (
        f"« {name} » n'existe pas." if kind == "NoSuchOption" else f"La valeur de « {name} » manque ou ne convient pas."
    )


def _refuse(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(2)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FICHIER", help="Le fichier à contrôler.")],
    table: Annotated[
        str | None, typer.Option(metavar="NOM", help="La table visée : centres, declarations, consommations.")
    ] = None,
    schema: Annotated[Path | None, typer.Option(metavar="CHEMIN", help="Un autre Table Schema (JSON).")] = None,
    output: Annotated[str, typer.Option("--format", metavar="text|json", help="La forme du rapport.")] = "text",
    accepted: Annotated[
        Path | None, typer.Option(metavar="SORTIE.csv", help="Écrit les lignes acceptées, normalisées.")
    ] = None,
) -> None:
    """Contrôle un fichier : 0 s'il est valide, 1 s'il ne l'est pas, 2 s'il est illisible ou mal désigné."""
    if output not in ("text", "json"):
        _refuse(f"Le format « {output} » n'existe pas. Choisissez text ou json.")
    if not file.is_file():
        _refuse(f"Le fichier {file} est introuvable. Vérifiez son chemin.")
    if accepted is not None and (accepted.suffix != ".csv" or (accepted.exists() and accepted.samefile(file))):
        _refuse(f"Les lignes acceptées s'écrivent dans un autre fichier, en .csv : {accepted} ne convient pas.")
    target, plausibility = _target(file, table, schema)
    checked = check_file(file, target, rules=plausibility)
    if accepted is not None:
        _write_accepted(checked, accepted)
    if schema is not None:
        checked.report.notes.extend(_lost_constraints(target))
    elif target.name in _REGISTERED:
        checked.report.notes.append(foreign_key_note("centres"))
    if output == "json":
        print(json.dumps(checked.report.to_dict(), ensure_ascii=False, indent=2))
    else:
        print_report(checked.report)
    raise typer.Exit(2 if not checked.report.readable else 0 if checked.report.valid else 1)


def _write_accepted(checked: Checked, path: Path) -> None:
    """Write aside, then rename: a failure leaves no half-written file."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        aside = Path(folder, "acceptees.csv")
        checked.write_accepted(aside)
        aside.replace(path)


def _lost_constraints(table: tables.Table) -> list[Note]:
    """What a schema from elsewhere asks for where no reader looks: said, for nobody else would."""
    from greencloud.schema_lint import lint

    lost = [finding for finding in lint(dict(table.descriptor)) if finding.code in _LOST]
    return [Note("schema", f"Le schéma a un défaut, sans effet sur ce contrôle. {finding.message}") for finding in lost]


def _target(file: Path, name: str | None, schema: Path | None) -> tuple[tables.Table, tuple[rules.Rule, ...]]:
    """The table to check against: a schema file, one of ours by name, or ours that fits the header."""
    if name is not None and schema is not None:
        _refuse("Choisissez --table ou --schema, pas les deux.")
    if schema is not None:
        return tables.from_file(schema), ()
    found = name or _detected(file)
    return tables.table(found), rules.for_table(found)


def _detected(file: Path) -> str:
    try:
        found = deposits.detect_table(read_table(file).header)
    except Unreadable:
        return tables.INPUTS[0]  # whatever the table, the report says why the file cannot be read
    return found or _refuse(f"Aucune table ne correspond aux colonnes de {file.name}. Précisez --table ou --schema.")


@app.command()
def deposit(
    file: Annotated[Path, typer.Argument(metavar="FICHIER", help="Le fichier à déposer, tel quel.")],
    table: Annotated[str, typer.Option(metavar="NOM", help="centres, declarations ou consommations.")],
    emetteur: Annotated[str, typer.Option(metavar="SIREN", help="Le SIREN de l'organisme qui dépose.")],
    raw: Annotated[Path, typer.Option(metavar="DOSSIER", help="Le dossier des dépôts.")] = _RAW,
) -> None:
    """Dépose un fichier : ses octets sont conservés, avec une carte. Le même fichier ne compte qu'une fois."""
    received = deposits.now()
    stored = deposits.store(file, table=table, emetteur=emetteur, raw_dir=raw, recu_le=received)
    if stored.recu_le == received:
        print(f"Dépôt {stored.sha256[:12]} conservé : {stored.path}")
        return
    sender = f"déposés par {stored.emetteur}" if stored.emetteur else "placés à la main"
    print(f"Rien de nouveau : ces octets ont déjà été reçus le {stored.recu_le[:10]}, {sender} : {stored.path}")
    print(
        "Un dépôt ultérieur a pu les remplacer. Pour que ces valeurs comptent à nouveau, déposez-les dans un fichier "
        "modifié, par exemple avec un commentaire."
    )


@app.command()
def sample(
    out: Annotated[Path, typer.Option(metavar="DOSSIER", help="Où écrire les fichiers.")] = _RAW
    / "exemples-synthetiques",
    sites: Annotated[int, typer.Option(min=1, max=100_000, help="Le nombre de sites.")] = 300,
    seed: Annotated[int, typer.Option(help="La graine : mêmes nombres, mêmes fichiers.")] = 2017,
) -> None:
    """Écrit des dépôts synthétiques, signalés comme tels, avec leurs cartes."""
    from greencloud import sample as generator

    paths = generator.generate(out, sites=sites, seed=seed)
    print(f"{len(paths)} fichiers synthétiques écrits dans {out}.")


@app.command()
def build(
    raw: Annotated[Path, typer.Option(metavar="DOSSIER", help="Le dossier des dépôts.")] = _RAW,
    published: Annotated[Path, typer.Option(metavar="DOSSIER", help="Le dossier des éditions.")] = _PUBLISHED,
    allow_shrink: Annotated[
        bool, typer.Option("--allow-shrink", help="Publie même si une table a perdu l'essentiel de ses lignes.")
    ] = False,
) -> None:
    """Construit une édition à partir des dépôts, sans ordonnanceur, et rend compte de chaque fichier."""
    import dashboards
    from greencloud import editions, warehouse

    found, unfiled = deposits.scan(raw)
    with tempfile.TemporaryDirectory() as work:
        verdicts = [warehouse.check_deposit(deposit, Path(work)) for deposit in track(found, "Contrôle")]
        connection = warehouse.load(verdicts)
    warehouse.aggregate(connection)
    with editions.draft(connection, published, found, allow_shrink=allow_shrink) as draft:
        dashboards.write_pages(draft.path)
    for file in unfiled:
        print(f"{file.path} : {file.message} {file.fix}", file=sys.stderr)
    print(f"Édition {draft.edition_id} : {published / 'current' / 'tableaux-de-bord' / 'index.html'}")


@app.command("lint-schema")
def lint_schema(file: Annotated[Path, typer.Argument(metavar="SCHEMA.json", help="Le Table Schema à relire.")]) -> None:
    """Relit un Table Schema : clés inconnues, contraintes mal placées, exemples impossibles."""
    from greencloud.schema_lint import lint

    findings = lint(read_json(file))
    for finding in findings:
        print(finding.message)
    if not findings:
        print(f"{file.name} : aucun défaut.")
    raise typer.Exit(1 if findings else 0)
