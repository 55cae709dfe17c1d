"""The French words of differences: causes, counts and values."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache

from greencloud import tables
from greencloud.checking.messages import figure, plural
from greencloud.checking.visible import visible
from greencloud.differences.model import CHANGED, NEW, REMOVED, Cause, Ingredients, RowChange
from greencloud.differences.snapshots import Card
from greencloud.rules.writing import french, sentence

_LONGEST = 80
_DIGITS = (None, *range(4, 18))  # 17 tell any two numbers apart
SHORT = 12  # hexadecimal digits of a sha256 that name a deposit
NOTHING = "(vide)"
_UNTOLD = "(non dite)"  # an edition does not say it: an older one named fewer libraries

CAUSES: Mapping[str, str] = {
    "depot_nouveau": "dépôt nouveau",
    "depot_retire": "dépôt retiré",
    "correction": "correction par le dépôt",
    "ligne_refusee": "ligne désormais refusée du dépôt",
    "ligne_acceptee": "ligne auparavant refusée, désormais retenue, du dépôt",
    "centre_nouveau": "centre qui n'était pas publié à son nom auparavant",
    "centre_non_publie": "centre qui n'est plus publié à son nom, ou plus au registre : il n'est pas nommé ici",
    "annee_nouvelle": "année nouvelle dans l'édition",
    "facteurs_emission": "facteurs d'émission d'un autre millésime",
    "pairs": "autres centres du groupe de pairs",
    "groupe": "centres du groupe, nouveaux, modifiés ou retirés",
    "secret": "secret statistique : cellule masquée, démasquée ou masquée pour une autre raison",
    "depots": "dépôts reçus ou retirés depuis l'édition précédente",
    "programme": "programme, schémas, références ou bibliothèques modifiés",
    "depots_ou_programme": "dépôts ou programme : les tables publiées ne permettent pas de trancher",
    "arrondi": "dernier chiffre du calcul : moins d'un milliardième de la valeur",
    "indeterminee": "cause inconnue, car les ingrédients sont les mêmes",
}
"""What each code of a cause means; those about a deposit are followed by its name."""

_OF_DEPOSITS = ("depot_nouveau", "depot_retire", "correction", "ligne_refusee", "ligne_acceptee")

_SENSES = {
    NEW: ("ligne nouvelle", "lignes nouvelles"),
    CHANGED: ("ligne modifiée", "lignes modifiées"),
    REMOVED: ("ligne retirée", "lignes retirées"),
}


def rows(count: int, sens: str) -> str:
    """« 3 lignes nouvelles »."""
    return plural(count, *_SENSES[sens])


def deposit(card: Card | None, sha256: str, line: int | None = None) -> str:
    """« declarations.csv » (0c4429d8152c), ligne 3."""
    name = f"« {visible(str(card['nom_origine']), _LONGEST)} » " if card else ""
    return sentence(f"{name}({sha256[:SHORT]})") + ("" if line is None else f", ligne {line}")


def cause(code: str, sha256: str | None, cards: Mapping[str, Card], line: int | None = None) -> str:
    """A cause as a phrase, with the deposit that did it."""
    told = sentence(CAUSES[code])
    if sha256 is None:
        return told
    return sentence(f"{told}{'' if code in _OF_DEPOSITS else ' ; dépôt'} {deposit(cards.get(sha256), sha256, line)}")


def others(causes: Sequence[Cause]) -> str:
    """Causes that are counted and not listed: « 7 lignes nouvelles, 2 lignes retirées : 9 autres causes ou dépôts »."""
    nb = {sens: sum(one.nb_lignes for one in causes if one.sens == sens) for sens in _SENSES}
    told = ", ".join(rows(count, sens) for sens, count in nb.items() if count)
    return sentence(f"{told} : {plural(len(causes), 'autre cause ou dépôt', 'autres causes ou dépôts')}")


def change(column: str, before: str | None, after: str | None) -> str:
    """Two published values of a column: numbers with as few digits as tell them apart, a sha256 cut as everywhere."""
    pair = (before, after)
    if column.endswith("sha256"):
        return " → ".join(NOTHING if value is None else value[:SHORT] for value in pair)
    written = (tuple(_number(value, digits) for value in pair) for digits in _DIGITS if column in _numbers())
    one, other = next((both for both in written if both[0] != both[1]), tuple(map(_text, pair)))
    return f"{one} → {other}"


def whole(row: RowChange) -> str:
    """What is said of a row that is told as a whole: « nouvelle, code total_en_mwh »."""
    told = {NEW: "nouvelle", REMOVED: "retirée"}.get(row.sens, "modifiée")
    return told if row.refus is None else f"{told}, code {row.refus}"


def key(values: Mapping[str, object]) -> str:
    """The key of a row as a reader knows it: « 2024, réelles, region, 84 »."""
    return ", ".join(_part(name, value) for name, value in values.items())


def _part(name: str, value: object) -> str:
    if name == "synthetique":
        return "synthétiques" if value else "réelles"
    return str(value)[:SHORT] if name.endswith("sha256") else visible(str(value), _LONGEST)


def program(made_of: Ingredients) -> list[str]:
    """What changed besides the deposits, one sentence each."""
    told = []
    if made_of.vintages[0] != made_of.vintages[1]:
        old, new = (vintage or "les plus récents" for vintage in made_of.vintages)
        told.append(f"Millésime des facteurs d'émission : {old} → {new}.")
    if made_of.references:
        told.append(f"Tables de référence modifiées : {', '.join(made_of.references)}.")
    if made_of.schemas:
        told.append(f"Schémas modifiés : {', '.join(dict.fromkeys(name.split('/')[0] for name in made_of.schemas))}.")
    if made_of.code:
        told.append(f"Programme : {plural(len(made_of.code), 'fichier modifié', 'fichiers modifiés')}.")
    if made_of.libraries:
        listed = (f"{name} {old or _UNTOLD} → {new or _UNTOLD}" for name, old, new in made_of.libraries)
        told.append(f"Bibliothèques : {', '.join(listed)}.")
    return [sentence(text) for text in told]


@cache
def _numbers() -> frozenset[str]:
    """The columns that hold numbers: a code made of digits is none."""
    fields = (field for name in (*tables.DEPOSITED, *tables.PUBLISHED) for field in tables.table(name).fields)
    return frozenset(field.name for field in fields if field.type in ("number", "integer"))


def _number(value: str | None, digits: int | None) -> str:
    """A number with so many significant digits, None: rounded as in a sentence; as it is when it is none."""
    try:
        number = float(value or "")
    except ValueError:
        return _text(value)
    return french(number) if digits is None else figure(f"{Decimal(f'{number:.{digits}g}'):f}")


def _text(value: str | None) -> str:
    return NOTHING if value is None else visible(value, _LONGEST)
