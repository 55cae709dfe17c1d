"""`greencloud explain`: where a published number comes from, down to the line of the file that was received."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greencloud.cli.deposit import RAW
from greencloud.cli.french import Misuse

if TYPE_CHECKING:
    from greencloud.deposits import Deposit
    from greencloud.explain import Holding

_EDITION = "current"
_PUBLISHED = Path("data/published")
_FIRST, _LAST = 2000, 2100
_TABLE = "indicateurs_annuels, agregats_annuels, mesures_mensuelles ou rapprochements."
_ITEM = "total"
_METERED = ("mesures_mensuelles", "rapprochements")


def explain(
    table: Annotated[str, typer.Argument(metavar="TABLE", help=_TABLE)],
    annee: Annotated[int, typer.Option(metavar="ANNEE", min=_FIRST, max=_LAST, help="L'année de la ligne.")],
    id_centre: Annotated[str | None, typer.Option(metavar="ID", help="Le centre (sauf agregats_annuels).")] = None,
    colonne: Annotated[
        list[str] | None, typer.Option(metavar="COLONNE", help="Une colonne à suivre jusqu'au fichier ; répétable.")
    ] = None,
    dimension: Annotated[
        str, typer.Option(metavar="DIMENSION", help="Ce qui forme les groupes (agregats_annuels).")
    ] = "ensemble",
    modalite: Annotated[
        str | None, typer.Option(metavar="CODE", help="Le groupe, dans sa dimension (agregats_annuels).")
    ] = None,
    mois: Annotated[
        int | None, typer.Option(metavar="MOIS", min=1, max=12, help="Le mois, de 1 à 12 (mesures_mensuelles).")
    ] = None,
    poste: Annotated[
        str, typer.Option(metavar="POSTE", help="Le poste (mesures_mensuelles et rapprochements).")
    ] = _ITEM,
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
    from greencloud.explain import Holding

    holding = Holding(differences.find(edition, published), raw, _progress)
    if table not in _METERED:
        _refuse_given("mesures_mensuelles", {"--mois": mois, "--poste": poste != _ITEM})
    if table == "indicateurs_annuels":
        others = {"--dimension": dimension != "ensemble", "--modalite": modalite, "--synthetiques": synthetiques}
        _refuse_given("agregats_annuels", others)
        if id_centre is None:
            raise Misuse("Il manque « --id-centre ID » : quel centre expliquer ?")
        _row(holding, id_centre, annee, tuple(colonne or ()), interne, json)
    elif table == "agregats_annuels":
        _refuse_given("indicateurs_annuels", {"--colonne": colonne, "--id-centre": id_centre})
        if modalite is None and dimension != "ensemble":
            raise Misuse(f"Il manque « --modalite CODE » : quel groupe de la dimension {dimension} ?")
        group = {"dimension": dimension, "modalite": modalite or "ensemble"}
        _total(holding, {"annee": annee, "synthetique": synthetiques, **group}, interne, json)
    elif table in _METERED:
        others = {"--dimension": dimension != "ensemble", "--modalite": modalite, "--synthetiques": synthetiques}
        _refuse_given("agregats_annuels", others)
        _refuse_given("indicateurs_annuels", {"--colonne": colonne})
        if id_centre is None:
            raise Misuse("Il manque « --id-centre ID » : quel centre expliquer ?")
        if (mois is None) != (table == "rapprochements"):
            raise Misuse("La table mesures_mensuelles demande « --mois MOIS », rapprochements n'en a pas.")
        _metered(holding, table, id_centre, (annee, mois), poste, interne, json)
    else:
        raise Misuse(
            f"La table « {table} » ne s'explique pas : donnez indicateurs_annuels (avec --id-centre), "
            "agregats_annuels (avec --dimension et --modalite), mesures_mensuelles (avec --id-centre et --mois) ou "
            "rapprochements (avec --id-centre)."
        )


def _refuse_given(table: str, options: Mapping[str, object]) -> None:
    """Refuse options that only another table knows, rather than forget them."""
    for name, value in options.items():
        if value:
            raise Misuse(f"L'option {name} ne va qu'avec la table {table}. Retirez-la.")


def _row(
    holding: "Holding", id_centre: str, year: int, columns: tuple[str, ...], internal: bool, as_json: bool
) -> None:
    from greencloud.explain import explain, text

    found = explain(holding, id_centre, year, columns=columns, internal=internal)
    _write(asdict(found), text.of_row(found, columns), as_json)


def _total(holding: "Holding", key: dict[str, Any], internal: bool, as_json: bool) -> None:
    from greencloud.explain import explain_total, text

    found = explain_total(holding.edition, key, holding if internal else None)
    _write(asdict(found), text.of_total(found), as_json)


def _metered(
    holding: "Holding",
    table: str,
    id_centre: str,
    period: tuple[int, int | None],
    item: str,
    internal: bool,
    as_json: bool,
) -> None:
    from greencloud.explain import explain_metered, text

    found = explain_metered(holding, table, id_centre, *period, item, internal=internal)
    _write(asdict(found), text.of_metered(found), as_json)


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


def _progress(groups: "Sequence[Sequence[Deposit]]") -> "Iterable[Sequence[Deposit]]":
    from rich.console import Console
    from rich.progress import track

    return track(groups, "Lecture des dépôts", console=Console(stderr=True), disable=not sys.stderr.isatty())
