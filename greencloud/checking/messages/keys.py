"""Rows that repeat another, or refer to a row that does not exist."""

from collections.abc import Sequence

from greencloud.checking.messages.words import listed, place, quoted
from greencloud.checking.report import Note
from greencloud.tables import Table


def repeated(row: int, first: int, columns: Sequence[str], value: str) -> tuple[str, str]:
    """A row whose key stands in an earlier row."""
    return (
        f"Ligne {row} : {listed(columns)} = {quoted(value)} se trouve déjà à la ligne {first}.",
        "Gardez une seule des deux lignes, ou corrigez la clé de celle-ci.",
    )


def empty_key(row: int, columns: Sequence[str]) -> tuple[str, str]:
    """A row of which no cell of the primary key is filled (strict mode tells it of the whole row)."""
    verb = "est vide" if len(columns) == 1 else "sont vides"
    return f"Ligne {row} : {listed(columns)} {verb}, la ligne n'a pas de clé.", "Renseignez la clé de la ligne."


def foreign_key(row: int, columns: Sequence[str], value: str) -> tuple[str, str]:
    """A value that should stand in another column and does not."""
    return (
        f"{place(row, columns[0])} : {quoted(value)} ne correspond à aucune ligne de la table.",
        "Vérifiez cette valeur, ou ajoutez la ligne à laquelle elle renvoie.",
    )


def foreign_key_notes(table: Table) -> list[Note]:
    """Keys onto other tables, which one file alone cannot prove."""
    others = sorted({key.resource for key in table.foreign_keys} - {"", table.name})
    return [foreign_key_note(name) for name in others]


def foreign_key_note(name: str) -> Note:
    """The rows of this file refer to those of another table."""
    return Note("cle-etrangere", f"La correspondance avec la table « {name} » sera vérifiée à la publication.")
