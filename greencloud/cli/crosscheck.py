"""`greencloud crosscheck`: declared energies beside what was delivered at the address, by open data of the grids."""

from pathlib import Path
from typing import Annotated

import typer

from greencloud.cli.french import Misuse

_PUBLISHED = Path("data/published")
_EDITION = "current"
_FILES = (
    "Les fichiers de l'énergie livrée par adresse (SDES, Enedis, GRDF). Colonnes, dans un ordre quelconque : "
    "OPERATEUR, ANNEE, FILIERE (E : électricité, G : gaz), CODE_IRIS, ADRESSE, CODE_GRAND_SECTEUR, CONSO (MWh), PDL "
    "(points de livraison) ; CODE_CATEGORIE_CONSOMMATION et CODE_SECTEUR_NAF2 s'ils y sont."
)


def crosscheck(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FICHIER", help=_FILES),
    ],
    adresses: Annotated[
        Path,
        typer.Option(
            metavar="ADRESSES.csv",
            help="Les adresses des centres : id_centre, adresse (numéro et voie), code_iris facultatif. Jamais publié.",
        ),
    ],
    published: Annotated[Path, typer.Option(metavar="DOSSIER", help="Le dossier des éditions.")] = _PUBLISHED,
    edition: Annotated[str, typer.Option(metavar="EDITION", help="L'édition : identifiant ou dossier.")] = _EDITION,
    out: Annotated[
        Path | None, typer.Option(metavar="SORTIE.csv", help="Écrit les comparaisons, adresses comprises, en CSV.")
    ] = None,
) -> None:
    """Rapproche l'énergie déclarée de celle livrée à l'adresse du centre, et signale ce qui la dépasse.

    Une adresse n'est comparée que si elle est la même qu'exactement une du fichier. 0 : rien ne dépasse ; 1 : au moins
    un centre dépasse ; 2 : impossible, ou rien n'a pu être comparé.
    """
    _refuse_paths([*files, adresses], out)
    from greencloud import differences
    from greencloud.crosscheck import comparing, deliveries, sites, wording
    from greencloud.exports.files import csv_text, write

    snapshot = differences.find(edition, published)
    places, declared = sites.places(adresses), sites.declared(snapshot)
    communes = {known.commune for known in declared.values() if known.site in places and known.commune}
    delivered = deliveries.read(files, communes)
    found = comparing.compare(places, declared, delivered)
    for line in wording.lines(found, delivered):
        print(line)
    if out is not None:
        write({out: csv_text(wording.COLUMNS, (wording.row(one, delivered) for one in found))})
        print(f"\nÉcrit : {out}. Il contient des adresses : ne le publiez pas.")
    if not wording.compared(found):
        raise typer.Exit(2)
    raise typer.Exit(1 if any(one.verdict == comparing.BEYOND for one in found) else 0)


def _refuse_paths(read: list[Path], out: Path | None) -> None:
    for path in read:
        if not path.is_file():
            raise Misuse(f"Le fichier {path} est introuvable. Vérifiez son chemin.")
    if out is None:
        return
    if out.suffix.lower() != ".csv":
        raise Misuse(f"{out} ne convient pas : le nom de ce fichier doit finir par .csv.")
    if out.exists() and any(out.samefile(path) for path in read):
        raise Misuse(f"{out} est un fichier à lire : rien n'y sera écrit. Donnez un autre nom.")
