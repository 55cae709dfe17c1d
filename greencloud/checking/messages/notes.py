"""What was tolerated or is worth knowing: one note a column and tolerance, which rejects nothing."""

from collections.abc import Iterable, Mapping, Sequence

from greencloud.checking.messages.words import plural, quoted
from greencloud.checking.report import FileCard, Note
from greencloud.reading.records import Remark
from greencloud.rules import Hit
from greencloud.tables import Field

# Code -> what was done with one cell, and with several.
TOLERANCES: Mapping[str, tuple[str, str]] = {
    "espaces": ("lue sans les espaces qui l'entourent", "lues sans les espaces qui les entourent"),
    "virgule_decimale": ("écrite avec une virgule décimale", "écrites avec une virgule décimale"),
    "point_decimal": ("écrite avec un point décimal", "écrites avec un point décimal"),
    "milliers": ("écrite avec un séparateur de milliers", "écrites avec un séparateur de milliers"),
    "groupes_irreguliers": (
        "aux chiffres groupés de façon inhabituelle",
        "aux chiffres groupés de façon inhabituelle",
    ),
    "notation_scientifique": ("écrite en notation scientifique", "écrites en notation scientifique"),
    "chiffres_pleine_chasse": ("écrite en caractères de pleine chasse", "écrites en caractères de pleine chasse"),
    "signe_plus": ("écrite avec un signe plus", "écrites avec un signe plus"),
    "signe_moins": ("écrite avec un signe moins typographique", "écrites avec un signe moins typographique"),
    "apostrophe": (
        "lue sans la marque par laquelle un tableur note un texte",
        "lues sans la marque par laquelle un tableur note un texte",
    ),
    "unite_retiree": (
        "lue sans l'unité, qui est celle de la colonne",
        "lues sans l'unité, qui est celle de la colonne",
    ),
    "pourcentage": ("écrite avec le signe %", "écrites avec le signe %"),
    "decimales_nulles": ("écrite avec des décimales nulles", "écrites avec des décimales nulles"),
    "casse": ("lue sans tenir compte des majuscules", "lues sans tenir compte des majuscules"),
    "accents": ("lue sans tenir compte des accents", "lues sans tenir compte des accents"),
    "absent": ("lue comme une valeur absente", "lues comme des valeurs absentes"),
    "date_francaise": ("écrite avec le jour d'abord", "écrites avec le jour d'abord"),
    "date_iso": ("écrite avec l'année d'abord", "écrites avec l'année d'abord"),
    "date_en_lettres": ("écrite en toutes lettres", "écrites en toutes lettres"),
    "date_autre_ordre": ("à la date écrite d'une autre façon", "aux dates écrites d'une autre façon"),
    "date_avec_minuit": ("lue sans l'heure, qui est minuit", "lues sans l'heure, qui est minuit"),
    "date_tableur": (
        "lue comme un numéro de jour de tableur",
        "lues comme des numéros de jour de tableur",
    ),
    "annee_deux_chiffres": (
        "à l'année sur deux chiffres, confirmée par l'année de la ligne",
        "à l'année sur deux chiffres, confirmée par l'année de la ligne",
    ),
    "heure": ("à l'heure écrite d'une autre façon", "aux heures écrites d'une autre façon"),
    "identifiant_espaces": ("lue sans ses espaces, points ou tirets", "lues sans leurs espaces, points ou tirets"),
    "identifiant_decimal": (
        "lue sans le « .0 » ajouté par un tableur",
        "lues sans le « .0 » ajouté par un tableur",
    ),
    "caracteres_invisibles": ("lue sans ses caractères invisibles", "lues sans leurs caractères invisibles"),
    "accents_recomposes": ("aux accents recomposés", "aux accents recomposés"),
    "caractere_perdu": (
        "gardée bien qu'un caractère y soit perdu (�)",
        "gardées bien que des caractères y soient perdus (�)",
    ),
    "formule": (
        "gardée telle quelle bien qu'un tableur la prendrait pour une formule",
        "gardées telles quelles bien qu'un tableur les prendrait pour des formules",
    ),
}
_CELLS = ("cellule", "cellules")
_ANSWERS = {"true": "oui", "false": "non"}
_OTHER = ("lue malgré une autre écriture", "lues malgré une autre écriture")


def tolerance(field: Field, code: str, count: int, received: str, read: str | None) -> Note:
    """The cells of a column that were accepted in another spelling, with the first of them and what was read."""
    cells = plural(count, *(f"{noun} {done}" for noun, done in zip(_CELLS, TOLERANCES.get(code, _OTHER), strict=True)))
    meant = _ANSWERS.get(read or "") if field.type == "boolean" else quoted(read)
    reading = "" if read is None or read == received else f", lu {meant}"
    for_example = "" if count == 1 else "par exemple "
    shown = quoted(received) if received.strip() else "une cellule vide"
    return Note(code, f"Colonne « {field.name} » : {cells} ({for_example}{shown}{reading}).")


def reading_notes(card: FileCard) -> list[Note]:
    """An encoding that had to be deduced."""
    if card.encoding != "cp1252":
        return []
    return [Note("encodage", "Le fichier n'est pas en UTF-8 ; il a été lu en Windows-1252, l'encodage d'Excel.")]


def remark_notes(remarks: Sequence[Remark]) -> list[Note]:
    """What reading noticed, one note for remarks that say the same."""
    return [Note(code, message) for code, message in dict.fromkeys((item.code, item.message) for item in remarks)]


def rule(hit: Hit) -> str:
    """The message of a plausibility rule, with the line it speaks of."""
    first, rest = hit.message[:1], hit.message[1:]
    said = first.lower() + rest if rest[:1].islower() or rest[:1] == "'" else hit.message
    return f"Ligne {hit.row} : {said}"


def information_notes(told: Iterable[tuple[Hit, int]]) -> list[Note]:
    """Plausibility remarks of level `info`: one remark a rule, and how many rows it holds for."""
    return [Note(hit.code, _information(rule(hit), count - 1)) for hit, count in told]


def _information(first: str, others: int) -> str:
    return first if not others else f"{first} ({plural(others, 'autre ligne', 'autres lignes')} dans ce cas.)"
