"""What is wrong with a row as a whole: its shape, its text, or what it is instead of data."""

from collections.abc import Sequence

from greencloud.checking.messages.words import plural, quoted
from greencloud.checking.report import Note
from greencloud.reading import Record

_CHECK_AGAIN = "puis contrôlez à nouveau le fichier."
UNREADABLE = ("source-error", "encoding-error", "ligne_reparee")
"""The codes of a row whose record says itself, in French, what is wrong with it."""
# (code, detail) -> the end of the sentence, and what to do.
DIAGNOSES = {
    ("ligne_total", None): (
        "cette ligne est un total{shown}, et non une ligne de données.",
        "Supprimez-la : les totaux sont recalculés.",
    ),
    ("entete_repetee", None): (
        "les intitulés des colonnes sont répétés ici.",
        "Supprimez cette ligne ; si deux tableaux se suivent, faites-en deux fichiers.",
    ),
    ("ligne_note", None): (
        "cette ligne est une note{shown}, et non une ligne de données.",
        "Supprimez-la, ou mettez la remarque dans une colonne de commentaire.",
    ),
    ("ligne_note", "commentaire"): (
        "cette ligne est un commentaire{shown}, et non une ligne de données.",
        "Supprimez-la, ou mettez la remarque dans une colonne de commentaire.",
    ),
    ("ligne_note", "texte"): (
        "cette ligne est un texte{shown}, et non une ligne de données.",
        "Supprimez-la, ou mettez la remarque dans une colonne de commentaire.",
    ),
    ("ligne_note", "unites"): (
        "cette ligne donne des unités{shown}, et non des valeurs.",
        "Supprimez-la, après avoir vérifié que ces unités sont celles des colonnes.",
    ),
    ("ligne_note", "remplissage"): (
        "cette ligne ne contient que des valeurs de remplissage.",
        "Supprimez-la, ou complétez-la.",
    ),
}


def diagnosed(code: str, row: int, shown: str | None, detail: str | None = None) -> tuple[str, str]:
    """A row that is something else than data; `shown` is the text that tells it."""
    said, fix = DIAGNOSES.get((code, detail)) or DIAGNOSES[(code, None)]
    return f"Ligne {row} : {said.format(shown=f' ({quoted(shown)})' if shown else '')}", fix


def wide_header(row: int, count: int, labels: Sequence[str], rows: int) -> tuple[str, str]:
    """A header that has more labels than any row has cells."""
    return (
        f"Ligne {row} : l'en-tête a {plural(len(labels), 'intitulé')}, mais chacune des {plural(rows, 'ligne')} "
        f"n'a que {plural(count, 'cellule')} : on ne sait quels intitulés sont de trop.",
        "Retirez de l'en-tête les intitulés sans valeur, ou exportez à nouveau le fichier.",
    )


def second_table(first: int, last: int, row: int) -> tuple[str, str]:
    """A row of another table that stands under the first: the row of its labels tells how long it is."""
    fix = "Mettez ce second tableau dans un autre fichier."
    if row == first:
        count = plural(last - first + 1, "ligne")
        return (
            f"Ligne {row} : un second tableau commence ici ; rien n'en a été lu jusqu'à la ligne {last} ({count}).",
            fix,
        )
    return f"Ligne {row} : cette ligne est du second tableau, qui commence à la ligne {first}.", fix


def unreadable(record: Record) -> tuple[str, str]:
    """A record that cannot be read: its quotes are misplaced or never closed, or its fault says why."""
    if not record.fault:
        return broken_quotes(record)
    fault = record.fault.strip()
    said = fault if fault.startswith("Ligne") else f"{_record(record)} : {_lowered(fault)}"
    return _ended(said), f"Corrigez cette ligne, {_CHECK_AGAIN}"


def repaired(record: Record) -> tuple[str, str]:
    """A record whose cells were put back together, which its declarant has to confirm."""
    repair = (record.repair or "").strip()
    said = repair if repair.startswith("Ligne") else f"{_record(record)} : {_lowered(repair)}"
    return (
        _ended(said),
        "Vérifiez que chaque valeur est sous son intitulé, puis corrigez la ligne dans le fichier.",
    )


def broken_quotes(record: Record) -> tuple[str, str]:
    """A record whose quotes are misplaced or never closed; it may span several lines of the file."""
    return (
        f"{_record(record)} : des guillemets sont mal placés ou jamais refermés, elle est illisible.",
        f"Refermez ou supprimez le guillemet en trop, {_CHECK_AGAIN}",
    )


def extra_cells(row: int, count: int, width: int) -> tuple[str, str]:
    """A record with more filled cells than there are labels."""
    return (
        f"Ligne {row} : {plural(count, 'cellule')} pour {plural(width, 'colonne')}.",
        "Un séparateur s'est glissé dans une valeur : mettez cette valeur entre guillemets, ou retirez-le.",
    )


def missing_cells(row: int, count: int, labels: Sequence[str]) -> tuple[str, str]:
    """A record with fewer cells than there are labels."""
    first = labels[count]
    return (
        f"Ligne {row} : {plural(count, 'cellule')} seulement pour {plural(len(labels), 'colonne')} ; "
        f"il manque tout à partir de « {first} ».",
        "Complétez la ligne (une cellule vide par valeur inconnue), ou exportez à nouveau le fichier.",
    )


def row_fault(
    code: str, row: int, number: int | None, name: str | None, value: str | None, width: int
) -> tuple[str, str]:
    """The shape of a row when every cell counts (strict mode)."""
    if code == "blank-row":
        return f"Ligne {row} : la ligne est vide.", "Supprimez cette ligne."
    if code == "extra-cell":
        content = "vide" if not value else f"{quoted(value)}"
        return (
            f"Ligne {row} : la cellule {number} ({content}) est de trop pour {plural(width, 'colonne')}.",
            "Un séparateur s'est glissé dans une valeur ou en fin de ligne : mettez la valeur entre guillemets, "
            "ou retirez-le.",
        )
    return (
        f"Ligne {row}, colonne « {name} » : la cellule {number} manque, la ligne est trop courte.",
        "Complétez la ligne (une cellule vide par valeur inconnue), ou exportez à nouveau le fichier.",
    )


def shape_notes(blanks: int, trailing: int) -> list[Note]:
    """Empty lines left out, and empty cells beyond the last column."""
    notes = []
    if blanks:
        notes.append(Note("blank-row", f"{plural(blanks, 'ligne vide ignorée', 'lignes vides ignorées')}."))
    if trailing:
        lines = plural(trailing, "ligne")
        notes.append(Note("cellules-en-trop", f"{lines} avec des cellules vides au-delà de la dernière colonne."))
    return notes


def _record(record: Record) -> str:
    single = record.first_line == record.last_line
    spanned = "" if single else f" (lignes {record.first_line} à {record.last_line} du texte)"
    return f"Ligne {record.number}{spanned}"


def _lowered(sentence: str) -> str:
    """A sentence that follows a place; an acronym keeps its capitals."""
    return sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?", "…")) else f"{sentence}."
