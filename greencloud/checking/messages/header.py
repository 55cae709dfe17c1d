"""What is wrong, or tolerated, in the labels of a file."""

from collections.abc import Sequence

from greencloud.checking.messages.words import listed, plural, quoted
from greencloud.checking.report import Note

_LISTED = 8


def missing_label(name: str, labels: Sequence[str], row: int = 1) -> tuple[str, str]:
    """A required column that the header does not have."""
    where = "en première ligne" if row == 1 else f"à la ligne {row}"
    return (
        f"Ligne {row} : la colonne obligatoire « {name} » manque. Colonnes lues : {_read(labels)}.",
        f"Ajoutez une colonne intitulée exactement « {name} » {where}.",
    )


def unmatched_header(labels: Sequence[str], names: Sequence[str], row: int = 1) -> tuple[str, str]:
    """A header of which not one label is of the schema."""
    return (
        f"Ligne {row} : aucun intitulé n'est du schéma. Colonnes lues : {_read(labels)}.",
        f"Vérifiez que le fichier est celui de cette table, dont les intitulés sont : {_read(names)}.",
    )


def duplicate_label(name: str, labels: Sequence[str], row: int = 1) -> tuple[str, str]:
    """Several labels for one field."""
    return (
        f"Ligne {row} : plusieurs colonnes peuvent être « {name} » ({', '.join(quoted(label) for label in labels)}).",
        "Gardez une seule colonne de ce nom ; renommez ou supprimez les autres.",
    )


def doubtful_label(label: str, names: Sequence[str], row: int = 1) -> tuple[str, str]:
    """One label that may stand for several fields."""
    return (
        f"Ligne {row} : l'intitulé {quoted(label)} peut désigner {listed(names, 'ou')}.",
        "Intitulez la colonne exactement comme celle du schéma qu'elle contient.",
    )


def contradicting_unit(label: str, name: str, read_unit: str, wanted_unit: str, row: int = 1) -> tuple[str, str]:
    """A label that states another unit than that of the field it names."""
    return (
        f"Ligne {row} : l'intitulé {quoted(label)} est en {read_unit} alors que « {name} » est en {wanted_unit}.",
        f"Convertissez les valeurs en {wanted_unit}, puis intitulez la colonne « {name} ».",
    )


def misspelt_label(label: str, name: str, row: int = 1) -> tuple[str, str]:
    """An unknown label that resembles a column of the schema which the file does not have."""
    return (
        f"Ligne {row} : la colonne {quoted(label)} n'est pas du schéma et n'a pas été lue.",
        f"S'il s'agit de « {name} », intitulez-la exactement ainsi.",
    )


def tolerated_label(label: str, name: str, unit: str | None = None) -> str:
    """A label read as a field of the schema though spelt otherwise; `unit` is its own when the schema says none."""
    said = f"L'intitulé {quoted(label)} a été lu comme « {name} »"
    if unit is None:
        return f"{said}."
    return f"{said} : ses valeurs sont gardées telles quelles, en {unit}, car le schéma ne dit pas leur unité."


def label_fault(code: str, number: int | None, name: str | None, label: str | None, row: int = 1) -> tuple[str, str]:
    """What is wrong with the header when columns are matched by their position (strict mode)."""
    said, fix = _STRICT[code]
    words = {
        "number": str(number or 1),
        "name": quoted(name) if name else "une colonne du schéma",
        "label": quoted(label) if label else "vide",
    }
    return f"Ligne {row} : {said.format_map(words)}", fix.format_map(words)


def header_notes(unknown: Sequence[str], absent: Sequence[str]) -> list[Note]:
    """Columns the schema does not know, and optional columns the file does not have."""
    notes = []
    named = [label for label in unknown if label]
    if named:
        said = ("La colonne", "n'est pas du schéma et n'a pas été lue")
        if len(named) > 1:
            said = ("Les colonnes", "ne sont pas du schéma et n'ont pas été lues")
        notes.append(Note("extra-label", f"{said[0]} {listed(named)} {said[1]}."))
    if len(named) < len(unknown):
        blank = plural(
            len(unknown) - len(named),
            "colonne sans intitulé a été ignorée",
            "colonnes sans intitulé ont été ignorées",
        )
        notes.append(Note("blank-label", f"{blank}."))
    if absent:
        lacking = plural(len(absent), "colonne facultative absente", "colonnes facultatives absentes")
        notes.append(Note("colonnes-absentes", f"{lacking}."))
    return notes


def _read(labels: Sequence[str]) -> str:
    shown = ", ".join(quoted(label) if label else "(vide)" for label in labels[:_LISTED])
    return shown + ("…" if len(labels) > _LISTED else "")


_STRICT = {
    "blank-header": (
        "l'en-tête est vide.",
        "Écrivez en première ligne les intitulés des colonnes, dans l'ordre du schéma.",
    ),
    "unmatched-header": (
        "aucun intitulé n'est du schéma.",
        "Écrivez en première ligne les intitulés des colonnes, dans l'ordre du schéma.",
    ),
    "incorrect-label": (
        "la colonne {number} s'intitule {label} au lieu de {name}.",
        "Intitulez-la exactement {name}, ou remettez les colonnes dans l'ordre du schéma.",
    ),
    "blank-label": (
        "la colonne {number} n'a pas d'intitulé.",
        "Donnez-lui l'intitulé du schéma, ou supprimez-la.",
    ),
    "extra-label": (
        "la colonne {number}, {label}, n'est pas du schéma.",
        "Supprimez cette colonne, ou remettez les colonnes dans l'ordre du schéma.",
    ),
    "missing-label": (
        "la colonne {number}, {name}, manque.",
        "Ajoutez une colonne intitulée exactement {name} à cette place.",
    ),
    "error": (
        "l'intitulé {label} se trouve plusieurs fois : on ne sait quelle colonne lire, et rien n'a été lu.",
        "Gardez une seule colonne de ce nom ; renommez ou supprimez les autres.",
    ),
    "resource-error": (
        "le schéma renvoie à une autre table, {label}, qui n'est pas jointe : rien n'a été lu.",
        "Contrôlez le fichier sans l'option --strict : les renvois vers une autre table y sont laissés de côté.",
    ),
    "duplicate-label": (
        "la colonne {number} répète l'intitulé {label}.",
        "Gardez une seule colonne de ce nom ; renommez ou supprimez les autres.",
    ),
}
STRICT = tuple(_STRICT)
"""The codes of a header read by position."""
