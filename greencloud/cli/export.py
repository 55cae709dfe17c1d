"""`greencloud export` and `greencloud import`: declare once, and give or take what other tools read."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from greencloud.checking.messages import plural
from greencloud.cli.deposit import RAW
from greencloud.cli.french import Command, Group, Misuse

if TYPE_CHECKING:
    import duckdb

    from greencloud.deposits import Deposit

EDITION = Path("data/published/current")
_FIRST, _LAST = 2000, 2100
_PAGES = Path("pages-publiques")

export = typer.Typer(
    cls=Group, no_args_is_help=True, help="Écrit ce qui a été déclaré sous la forme qu'un autre demande."
)
imports = typer.Typer(cls=Group, no_args_is_help=True, help="Reprend le fichier d'un autre outil comme un dépôt.")

_Site = Annotated[str, typer.Argument(metavar="ID", help="L'identifiant du centre : SIRET, tiret, deux chiffres.")]
_Raw = Annotated[Path, typer.Option(metavar="DOSSIER", help="Le dossier des dépôts.")]


@export.command("eu-2024-1364", cls=Command)
def eu(
    site: _Site,
    annee: Annotated[int, typer.Argument(metavar="ANNEE", min=_FIRST, max=_LAST, help="L'année civile du rapport.")],
    raw: _Raw = RAW,
    csv: Annotated[Path | None, typer.Option(metavar="SORTIE.csv", help="Écrit les indicateurs en CSV.")] = None,
    json: Annotated[Path | None, typer.Option(metavar="SORTIE.json", help="Écrit les indicateurs en JSON.")] = None,
) -> None:
    """Remplit les annexes I et II du règlement délégué (UE) 2024/1364, et dit ce qu'il manque.

    0 : tout est rempli ; 1 : il manque des indicateurs ; 2 : rien à exporter.
    """
    _refuse_suffixes((csv, ".csv"), (json, ".json"))
    from greencloud.exports import dossier, eu_2024_1364

    dossier.refuse_malformed(site)
    report = eu_2024_1364.report(dossier.read(_opened(raw), site), annee)
    print(eu_2024_1364.to_text(report), end="")
    forms = ((csv, eu_2024_1364.to_csv), (json, eu_2024_1364.to_json))
    _write({path: form(report) for path, form in forms if path is not None})
    raise typer.Exit(0 if report.complete else 1)


@export.command("page", cls=Command)
def public_page(
    site: _Site,
    raw: _Raw = RAW,
    out: Annotated[Path, typer.Option(metavar="DOSSIER", help="Où écrire la page et ses données.")] = _PAGES,
) -> None:
    """Écrit la page publique que le décret 2025-1382 demande à un centre : HTML, CSV et JSON-LD.

    Toutes les années déclarées y sont, jamais les coordonnées (code de l'énergie, article D. 236-3). 0 : écrite ; 2 :
    rien n'a été écrit.
    """
    from greencloud.exports import dossier, page

    dossier.refuse_malformed(site)
    found = dossier.read(_opened(raw), site)
    made = page.page(found)
    _write({out / f"{site}{suffix}": text for suffix, text in ((".html", made.html), *made.data)})
    for sentence in dossier.thresholds(found):
        print(sentence)
    print(f"Ce qu'il manque : greencloud export eu-2024-1364 {site} {found.years[-1].year}")


@export.command("numecoeval", cls=Command)
def to_numecoeval(
    out: Annotated[Path, typer.Option(metavar="SORTIE.csv", help="Le fichier à écrire.")],
    edition: Annotated[Path, typer.Option(metavar="DOSSIER", help="L'édition à lire.")] = EDITION,
    annee: Annotated[
        int | None,
        typer.Option(metavar="ANNEE", min=_FIRST, max=_LAST, help="L'année voulue ; sinon, la dernière publiée."),
    ] = None,
    synthetiques: Annotated[
        bool, typer.Option("--synthetiques", help="Prend les centres synthétiques, pour essayer, et non les réels.")
    ] = False,
) -> None:
    """Écrit les PUE publiés d'une année au format des centres de données de NumEcoEval et de G4IT."""
    _refuse_suffixes((out, ".csv"))
    from greencloud.exports import numecoeval

    made = numecoeval.datacenters(edition, year=annee, synthetic=synthetiques)
    _write({out: made.text})
    print(f"Année {made.year} : {plural(made.sites, 'centre')}.")
    for reason, count in sorted(made.left_out.items()):
        print(f"  • {plural(count, 'centre laissé', 'centres laissés')} de côté : {reason}.")


@imports.command("numecoeval", cls=Command)
def from_numecoeval(
    file: Annotated[Path, typer.Argument(metavar="FICHIER", help="Le fichier des centres de NumEcoEval ou de G4IT.")],
    annee: Annotated[int, typer.Option(metavar="ANNEE", min=_FIRST, max=_LAST, help="L'année de ces PUE.")],
    siret: Annotated[str, typer.Option(metavar="SIRET", help="Le SIRET de l'établissement qui exploite ces centres.")],
    out: Annotated[Path, typer.Option(metavar="SORTIE.csv", help="Les déclarations à écrire.")],
    centres: Annotated[
        Path | None,
        typer.Option(metavar="REGISTRE.csv", help="Les centres déjà inscrits, dont les identifiants sont repris."),
    ] = None,
) -> None:
    """Reprend un fichier de NumEcoEval ou de G4IT en déclarations qui ne portent qu'un PUE.

    Les centres nouveaux vont dans SORTIE.centres.csv, à déposer d'abord. 0 : tout est repris ou mis à part ; 1 : des
    lignes sont refusées ; 2 : le fichier est illisible ou mal désigné.
    """
    _refuse_suffixes((out, ".csv"))
    sites = out.with_name(f"{out.stem}.centres.csv")
    read = [file] if centres is None else [file, centres]
    _refuse_inputs(read, [out, sites])
    from greencloud.checking.terminal import print_report
    from greencloud.exports.files import csv_of_texts
    from greencloud.imports import numecoeval

    found = numecoeval.read(file, year=annee, siret=siret, register=centres)
    print_report(found.report)
    print()
    files = {}
    if found.declarations:
        files[out] = csv_of_texts(numecoeval.DECLARED, found.declarations)
    if found.sites:
        files[sites] = csv_of_texts(numecoeval.REGISTERED, found.sites)
    _write(files)
    _advise(bool(found.declarations), sites if found.sites else None)
    raise typer.Exit(2 if not found.report.readable else 0 if found.report.valid else 1)


def _advise(declared: bool, sites: Path | None) -> None:
    from greencloud.imports.numecoeval import UNKNOWN

    if not declared:
        print("Aucune déclaration à écrire.")
    else:
        print(f"Laissé vide, car ce format ne le dit pas : {UNKNOWN}.")
    if sites is not None:
        print(
            f"Complétez {sites.name} (commune, type d'hébergement, puissance), puis déposez-le avant les déclarations. "
            "Les identifiants suivent l'ordre du fichier : l'an prochain, redonnez ce registre avec --centres."
        )


def _opened(raw: Path) -> "duckdb.DuckDBPyConnection":
    """The deposits of a folder, with a progress bar on a terminal; files that are no deposit are told."""
    from greencloud.exports import dossier

    con, unfiled = dossier.open_deposits(raw, _progress)
    for file in unfiled:
        print(f"{file.path} : {file.message} {file.fix}", file=sys.stderr)
    return con


def _progress(found: "Iterable[Deposit]") -> "Iterable[Deposit]":
    from rich.console import Console
    from rich.progress import track

    deposits = list(found)
    return track(deposits, "Lecture des dépôts", console=Console(stderr=True), disable=not sys.stderr.isatty())


def _write(texts: dict[Path, str]) -> None:
    from greencloud.exports import files

    files.write(texts)
    for path in texts:
        print(f"Écrit : {path}")


def _refuse_suffixes(*places: tuple[Path | None, str]) -> None:
    for path, suffix in places:
        if path is not None and path.suffix.lower() != suffix:
            raise Misuse(f"{path} ne convient pas : le nom de ce fichier doit finir par {suffix}.")


def _refuse_inputs(read: list[Path], written: list[Path]) -> None:
    for path in read:
        if not path.is_file():
            raise Misuse(f"Le fichier {path} est introuvable. Vérifiez son chemin.")
        if any(place.exists() and place.samefile(path) for place in written):
            raise Misuse(f"{path} est un fichier à lire : rien n'y sera écrit. Donnez un autre nom.")
