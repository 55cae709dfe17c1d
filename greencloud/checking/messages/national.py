"""The custom checks of the national catalogue, told to whoever fills the file."""

from collections.abc import Mapping, Sequence
from typing import Any

from greencloud.checking.messages.words import figure, listed, place, plural, quoted

_VERIFY = "Vérifiez les {count} chiffres sur annuaire-entreprises.data.gouv.fr ; un tableur a pu en perdre."
_INSEE = "Vérifiez-le sur insee.fr (code officiel géographique)"
# Check -> what the value is not, and what to do.
_VALUES: Mapping[str, tuple[str, str]] = {
    "siret": ("un SIRET valide", _VERIFY.format(count=14)),
    "siren": ("un SIREN valide", _VERIFY.format(count=9)),
    "code-commune-insee": (
        "un code commune INSEE valide",
        "Saisissez le code INSEE (5 caractères) et non le code postal ; vérifiez-le si la commune a fusionné.",
    ),
    "commune": ("un nom de commune connu", f"Écrivez le nom officiel, accents et traits d'union compris. {_INSEE}."),
    "canton": ("un nom de canton connu", f"Écrivez le nom officiel. {_INSEE}."),
    "departement": (
        "un nom de département connu",
        "Écrivez le nom officiel et non le numéro, par exemple Ille-et-Vilaine.",
    ),
    "code-departement": (
        "un numéro de département",
        "Écrivez-le sur deux ou trois caractères, par exemple 01, 2A ou 974.",
    ),
    "region": ("un nom de région connu", "Écrivez le nom officiel d'aujourd'hui, par exemple Grand Est."),
    "code-region": ("un code région de l'INSEE", "Écrivez-le sur deux chiffres, par exemple 53 pour la Bretagne."),
    "pays": ("un nom de pays connu", "Écrivez le nom français, par exemple Allemagne."),
    "code-pays-iso2": ("un code de pays à deux lettres", "Écrivez le code ISO en majuscules, par exemple BE."),
    "code-pays-iso3": ("un code de pays à trois lettres", "Écrivez le code ISO en majuscules, par exemple BEL."),
    "code-postal": (
        "un code postal connu",
        "Écrivez les 5 chiffres, zéro initial compris ; un tableur a pu le retirer.",
    ),
    "code-fantoir": ("un code FANTOIR", "Écrivez quatre caractères puis une lettre majuscule, par exemple 4500A."),
    "code-rna": ("un numéro RNA", "Écrivez W suivi de 9 chiffres, par exemple W751004076."),
    "id-rnb": (
        "un identifiant du référentiel national des bâtiments",
        "Écrivez ses 12 caractères sans tiret, par exemple PG46YY6YWCX8.",
    ),
    "longitude-l93": (
        "une abscisse Lambert 93 de France métropolitaine",
        "Donnez l'abscisse en mètres, par exemple 652000, et non une longitude en degrés.",
    ),
    "latitude-l93": (
        "une ordonnée Lambert 93 de France métropolitaine",
        "Donnez l'ordonnée en mètres, par exemple 6862000, et non une latitude en degrés.",
    ),
    "nomenclature-acte": (
        "une matière de la nomenclature Actes",
        "Commencez par l'une des neuf matières, puis une barre oblique, par exemple Urbanisme/Permis de construire.",
    ),
    "coordonnees-gps-francaises": (
        "un point situé en France",
        "Vérifiez la longitude et la latitude, en degrés, la longitude d'abord.",
    ),
    "year-interval-value": (
        "un intervalle d'années (AAAA/AAAA)",
        "Écrivez la première année, une barre oblique, la dernière, par exemple 2024/2025.",
    ),
    "phone-number-value": (
        "un numéro de téléphone valide",
        "Écrivez un numéro français de 10 chiffres (01 99 00 27 37) ou un numéro international (+33 1 99 00 27 37).",
    ),
    "opening-hours-value": (
        "un horaire d'ouverture au format d'OpenStreetMap",
        "Écrivez les jours en deux lettres (Mo, Tu, We, Th, Fr, Sa, Su) et les heures, par exemple Mo-Fr 08:30-17:00.",
    ),
}
# (check, cause) -> the whole end of the sentence, where more can be said than what the value is not.
_CAUSES: Mapping[tuple[str, str], tuple[str, str | None]] = {
    ("siret", "cle"): ("n'est pas un SIRET valide : la clé de contrôle des 14 chiffres est fausse.", None),
    ("siret", "cle-siren"): (
        "n'est pas un SIRET valide : la clé de contrôle des 9 premiers chiffres (SIREN) est fausse.",
        None,
    ),
    ("siren", "cle"): ("n'est pas un SIREN valide : la clé de contrôle des 9 chiffres est fausse.", None),
    ("nomenclature-acte", "oblique-absente"): (
        "n'est pas une matière de la nomenclature Actes : la barre oblique (/) manque.",
        None,
    ),
    ("nomenclature-acte", "espace-oblique"): (
        "a une espace avant ou après la barre oblique (/).",
        "Retirez les espaces autour de la barre oblique.",
    ),
    ("nomenclature-acte", "prefixe"): (
        "ne commence pas par une matière de la nomenclature Actes.",
        "Choisissez parmi : Commande publique, Urbanisme, Domaine et patrimoine, Fonction publique, "
        "Institutions et vie politique, Libertés publiques et pouvoirs de police, Finances locales, "
        "Domaines de compétences par thèmes, Autres domaines de compétences.",
    ),
    ("coordonnees-gps-francaises", "inversees"): (
        "n'est en France que si la longitude et la latitude sont échangées.",
        "Écrivez la longitude d'abord, puis la latitude.",
    ),
    ("year-interval-value", "forme-ou-annee"): (
        "n'est ni une année (AAAA) ni un intervalle d'années (AAAA/AAAA).",
        "Écrivez par exemple 2025, ou 2024/2025.",
    ),
    ("year-interval-value", "egales"): (
        "répète la même année : un intervalle va d'une année à une autre.",
        "Écrivez deux années différentes, par exemple 2024/2025.",
    ),
    ("year-interval-value", "inversees"): (
        "finit avant d'avoir commencé.",
        "Écrivez la première année d'abord, par exemple 2024/2025.",
    ),
}
_COMPARISONS = {
    ">": "être supérieure à",
    ">=": "être supérieure ou égale à",
    "==": "être égale à",
    "<=": "être inférieure ou égale à",
    "<": "être inférieure à",
}


def custom(name: str, row: int, value: str | None, params: Mapping[str, Any], detail: str = "") -> tuple[str, str]:
    """Message and fix of a failed custom check; `detail` is the cause that the check found."""
    if name in _VALUES:
        said, fix = _of_value(name, detail)
        return f"{place(row, params['column'])} : {quoted(value)} {said}", fix
    return _OF_COLUMNS[name](row, value, params, detail)


def custom_columns(columns: Sequence[str], absent: Sequence[str]) -> tuple[str, str]:
    """A check about filled cells, some columns of which are not in the file at all."""
    if len(absent) == len(columns):
        return (
            f"Le fichier n'a aucune des colonnes {listed(columns)} : il en faut au moins une.",
            "Ajoutez l'une de ces colonnes.",
        )
    lack = "la colonne {} manque" if len(absent) == 1 else "les colonnes {} manquent"
    return (
        f"Les colonnes {listed(columns)} vont ensemble, et {lack.format(listed(absent))}.",
        "Ajoutez ce qui manque, ou retirez ces colonnes.",
    )


def _of_value(name: str, detail: str) -> tuple[str, str]:
    noun, fix = _VALUES[name]
    if detail.startswith("chiffres:"):
        return f"n'est pas {noun} : il compte {plural(int(detail.removeprefix('chiffres:')), 'chiffre')}.", fix
    said, own_fix = _CAUSES.get((name, detail), (f"n'est pas {noun}.", None))
    return said, own_fix or fix


def _one_of(row: int, value: str | None, params: Mapping[str, Any], detail: str) -> tuple[str, str]:
    pair = listed([params["column1"], params["column2"]])
    said = f"Ligne {row} : les colonnes {pair} sont vides toutes les deux."
    return said, "Renseignez au moins l'une des deux colonnes."


def _compare(row: int, value: str | None, params: Mapping[str, Any], detail: str) -> tuple[str, str]:
    where, other = place(row, params["column"]), quoted(params["column2"])
    if detail == "incomparables":
        return f"{where} : la valeur {quoted(value)} ne se compare pas à celle de {other}.", "Écrivez deux nombres."
    wanted = f"doit {_COMPARISONS[params['op']]} {other}"
    return f"{where} : la valeur {quoted(value)} {wanted}.", "Corrigez l'une des deux valeurs."


def _cohesive(row: int, value: str | None, params: Mapping[str, Any], detail: str) -> tuple[str, str]:
    group = listed([params["column"], *params["othercolumns"]])
    empty = [name for name in detail.split("\x01") if name]
    told = f" ; {listed(empty)} {'est vide' if len(empty) == 1 else 'sont vides'}" if empty else ""
    return f"Ligne {row} : {group} se remplissent ensemble ou pas du tout{told}.", "Complétez ou videz ces cellules."


def _sum(row: int, value: str | None, params: Mapping[str, Any], detail: str) -> tuple[str, str]:
    parts = listed(params["columns"])
    found = f" ({figure(_trimmed(detail))})" if detail else ""
    return (
        f"{place(row, params['column'])} : {quoted(value)} n'est pas la somme de {parts}{found}.",
        "Corrigez le total ou une part.",
    )


def _trimmed(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


_OF_COLUMNS = {
    "one-of-required": _one_of,
    "compare-columns-value": _compare,
    "cohesive-columns-value": _cohesive,
    "sum-columns-value": _sum,
}
NAMES = (*_VALUES, *_OF_COLUMNS)
"""Every check that has a sentence."""
CAUSES = tuple(_CAUSES)
"""The causes that have a sentence of their own."""
