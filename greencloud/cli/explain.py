"""`greencloud explain`: where a published number comes from, down to the line of the file that was received."""

import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greencloud.cli.deposit import RAW
from greencloud.cli.french import Misuse

if TYPE_CHECKING:
    from greencloud.deposits import Deposit

_EDITION = "current"
_PUBLISHED = Path("data/published")
_FIRST, _LAST = 2000, 2100


def explain(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="indicateurs_annuels ou agregats_annuels.")],
    annee: Annotated[int, typer.Option(metavar="ANNEE", min=_FIRST, max=_LAST, help="L'année de la ligne.")],
    id_centre: Annotated[str | None, typer.Option(metavar="ID", help="Le centre (indicateurs_annuels).")] = None,
    colonne: Annotated[
        list[str] | None, typer.Option(metavar="COLONNE", help="Une colonne à suivre jusqu'au fichier ; répétable.")
    ] = None,
    dimension: Annotated[
        str, typer.Option(metavar="DIMENSION", help="Ce qui forme les groupes (agregats_annuels).")
    ] = "ensemble",
    modalite: Annotated[
        str | None, typer.Option(metavar="CODE", help="Le groupe, dans sa dimension (agregats_annuels).")
    ] = None,
    synthetiques: Annotated[
        bool, typer.Option("--synthetiques", help="La ligne des données synthétiques (agregats_annuels).")
    ] = False,
    edition: Annotated[str, typer.Option(metavar="EDITION", help="L'édition : identifiant ou dossier.")] = _EDITION,
    published: Annotated[Path, typer.Option(metavar="DOSSIER", help="Le dossier des éditions.")] = _PUBLISHED,
    raw: Annotated[Path, typer.Option(metavar="DOSSIER", help="Le dossier des dépôts.")] = RAW,
    interne: Annotated[
        bool,
        typer.Option("--interne", help="Donne aussi ce qui n'est pas publié : lignes entières, centres protégés."),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Écrit l'explication en JSON.")] = False,
) -> None:
    """Remonte d'un chiffre publié à la ligne du fichier reçu : calcul, cellule, ligne, dépôt.

    Sans --interne, tout ce qui est écrit peut être publié. 0 : expliqué ; 2 : rien à expliquer.
    """
    from greencloud import differences
    from greencloud import explain as explanations
    from greencloud.explain import text

    found = differences.find(edition, published)
    holding = explanations.Holding(found, raw, _progress)
    columns = tuple(colonne or ())
    if table == "indicateurs_annuels":
        if id_centre is None:
            raise Misuse("Il manque « --id-centre ID » : quel centre expliquer ?")
        row = explanations.explain(holding, id_centre, annee, columns=columns, internal=interne)
        _write(asdict(row), text.of_row(row, columns), json)
    elif table == "agregats_annuels":
        if columns or id_centre is not None:
            raise Misuse("--colonne et --id-centre ne vont qu'avec la table indicateurs_annuels. Retirez-les.")
        if modalite is None and dimension != "ensemble":
            raise Misuse(f"Il manque « --modalite CODE » : quel groupe de la dimension {dimension} ?")
        key = {
            "annee": annee,
            "synthetique": synthetiques,
            "dimension": dimension,
            "modalite": modalite or "ensemble",
        }
        total = explanations.explain_total(found, key, holding if interne else None)
        _write(asdict(total), text.of_total(total), json)
    else:
        raise Misuse(
            f"La table « {table} » ne s'explique pas : donnez indicateurs_annuels (avec --id-centre) ou "
            "agregats_annuels (avec --dimension et --modalite)."
        )


def _write(content: dict[str, Any], lines: Iterable[str], as_json: bool) -> None:
    if as_json:
        from json import dumps

        print(dumps(content, ensure_ascii=False, indent=2, default=_told))
        return
    for line in lines:
        print(line)


def _told(value: object) -> str:
    """Dates, which JSON does not know."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"unexpected {type(value)}")


def _progress(found: "Iterable[Deposit]") -> "Iterable[Deposit]":
    from rich.console import Console
    from rich.progress import track

    deposits = list(found)
    return track(deposits, "Lecture des dépôts", console=Console(stderr=True), disable=not sys.stderr.isatty())
