"""Every sentence the checker says, in French: what is wrong, where, and what to do.

A message names the line, the column and the value; its fix says what to type instead. Line numbers count records, the
header being line 1.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from greencloud.checking.cells import Test
from greencloud.checking.report import FileCard, Note
from greencloud.reading import Record
from greencloud.rules import Hit
from greencloud.tables import Field, Table

_SHOWN = 80
_FORMULA_STARTS = ("=", "+", "@", "\t", "\r", "\n")
_KINDS = {
    "number": (
        "un nombre",
        "Saisissez un nombre seul, par exemple 314870 ou 314870.5, ou laissez la cellule vide.",
    ),
    "integer": (
        "un nombre entier",
        "Saisissez un nombre entier, par exemple 2025, ou laissez la cellule vide.",
    ),
    "year": ("une année", "Saisissez l'année sur quatre chiffres, par exemple 2025."),
    "boolean": ("une réponse oui ou non", "Saisissez l'une des valeurs attendues : {attendues}."),
    "date": ("une date", "Écrivez la date sous la forme AAAA-MM-JJ, par exemple 2025-12-31."),
    "datetime": ("une date avec heure", "Écrivez par exemple 2025-12-31T23:59:00Z."),
    "time": ("une heure", "Écrivez l'heure sous la forme HH:MM:SS, par exemple 08:30:00."),
}
_UNIT = re.compile(r"^[<>≤≥~]?\s*[+-]?[\d\s.,\u00a0\u202f]+\s*([A-Za-zµ²³%€°/]+)\.?$")
_RANGE = re.compile(r"^[<>≤≥~]|^\d[\d\s.,]*(?:-|à|–)\s*\d")
_IDENTIFIER_NAMES = {
    "siret": (
        "un SIRET",
        "Vérifiez les 14 chiffres sur annuaire-entreprises.data.gouv.fr ; un tableur a pu en perdre.",
    ),
    "siren": (
        "un SIREN",
        "Vérifiez les 9 chiffres sur annuaire-entreprises.data.gouv.fr ; un tableur a pu en perdre.",
    ),
    "code-commune-insee": (
        "un code commune INSEE",
        "Saisissez le code INSEE (5 caractères) et non le code postal ; vérifiez-le si la commune a fusionné.",
    ),
}
_COMPARISONS = {
    ">": "être supérieure à",
    ">=": "être supérieure ou égale à",
    "==": "être égale à",
    "<=": "être inférieure ou égale à",
    "<": "être inférieure à",
}


def place(row: int, column: str) -> str:
    """The beginning of a message about a cell."""
    return f"Ligne {row}, colonne « {column} »"


def quoted(value: str | None) -> str:
    """A received value between guillemets, control characters shown and long texts cut."""
    text = "".join(char if char.isprintable() or char in "\u00a0\u202f" else "�" for char in value or "")
    return f"« {text[:_SHOWN]}{'…' if len(text) > _SHOWN else ''} »"


def listed(names: Sequence[str]) -> str:
    """Names between guillemets, the last after « et »."""
    marked = [quoted(name) for name in names]
    return marked[0] if len(marked) == 1 else ", ".join(marked[:-1]) + " et " + marked[-1]


def plural(count: int, singular: str, plural_form: str | None = None) -> str:
    """A count with its noun; thousands separated by a narrow no-break space."""
    noun = singular if abs(count) < 2 else plural_form or singular + "s"
    return f"{count:,}".replace(",", "\u202f") + f" {noun}"


def cell(test: Test, row: int, value: str | None) -> tuple[str, str]:
    """Message and fix of one failed test of one cell."""
    where, field = place(row, test.field.name), test.field
    if test.constraint == "required":
        return f"{where} : la cellule est vide alors que la valeur est obligatoire.", _fill_in(field)
    if test.code == "separateur_ambigu":
        return _ambiguous(where, value or "")
    if test.code == "type-error":
        return _type_error(where, field, value or "")
    wrong = _violation(field, test.constraint or "")
    return f"{where} : {quoted(value)} {wrong}.", _constraint_fix(field, test.constraint, value or "")


def _fill_in(field: Field) -> str:
    example = "" if field.example is None else f", par exemple {field.example}"
    return f"Renseignez « {field.title} »{example}."


def _ambiguous(where: str, value: str) -> tuple[str, str]:
    whole, decimal = re.sub(r"[.,]", "", value), value.replace(",", ".")
    return (
        f"{where} : {quoted(value)} se lit {whole} ou {decimal}.",
        f"Écrivez {whole} sans séparateur de milliers, ou la valeur décimale avec une ou deux décimales.",
    )


def _type_error(where: str, field: Field, value: str) -> tuple[str, str]:
    kind, fix = _KINDS[field.type]
    if field.type in ("number", "integer"):
        if unit := _UNIT.match(value.strip()):
            return (
                f"{where} : {quoted(value)} contient une unité ou un texte ({unit[1]}).",
                "L'unité est déjà dans le nom de la colonne : convertissez si besoin, puis saisissez le nombre seul.",
            )
        if _RANGE.match(value.strip()):
            return (
                f"{where} : {quoted(value)} est une plage et non une valeur.",
                "Donnez la valeur relevée au compteur.",
            )
    expected = ", ".join(field.true_values + field.false_values)
    return f"{where} : {quoted(value)} n'est pas {kind}.", fix.format(attendues=expected)


def _violation(field: Field, constraint: str) -> str:
    limit = field.constraints[constraint]
    return {
        "enum": "n'est pas une des valeurs permises",
        "pattern": "n'a pas la forme attendue",
        "minimum": f"est inférieur au minimum permis ({limit})",
        "maximum": f"est supérieur au maximum permis ({limit})",
        "minLength": f"compte moins de {limit} caractères",
        "maxLength": f"compte plus de {limit} caractères",
    }[constraint]


def _constraint_fix(field: Field, constraint: str | None, value: str) -> str:
    if constraint == "enum":
        return f"Choisissez parmi : {', '.join(str(item) for item in field.constraints['enum'])}."
    if constraint == "pattern" and value[:1] in _FORMULA_STARTS:
        return f"Retirez le premier caractère ({quoted(value[:1])}) : un tableur prendrait ce texte pour une formule."
    if constraint == "pattern":
        return "Corrigez la cellule." if field.example is None else f"Suivez le modèle : {field.example}"
    if constraint == "minimum" and field.constraints["minimum"] == 0:
        return "Donnez une valeur positive : une énergie cédée ne se déduit pas ; si elle manque, laissez vide."
    return "Vérifiez la valeur et son unité, ou laissez la cellule vide."


def missing_label(name: str, labels: Sequence[str]) -> tuple[str, str]:
    """A required column that the header does not have."""
    found = ", ".join(quoted(label) if label else "(vide)" for label in labels[:8]) + ("…" if len(labels) > 8 else "")
    return (
        f"Ligne 1 : la colonne obligatoire « {name} » manque. Colonnes lues : {found}.",
        f"Ajoutez une colonne intitulée exactement « {name} » en première ligne.",
    )


def duplicate_label(name: str, labels: Sequence[str]) -> tuple[str, str]:
    """Several labels for one field."""
    return (
        f"Ligne 1 : plusieurs colonnes peuvent être « {name} » ({', '.join(quoted(label) for label in labels)}).",
        "Gardez une seule colonne de ce nom ; renommez ou supprimez les autres.",
    )


def misspelt_label(label: str, name: str) -> tuple[str, str]:
    """An unknown label that resembles a column of the schema which the file does not have."""
    return (
        f"Ligne 1 : la colonne {quoted(label)} n'est pas du schéma et n'a pas été lue.",
        f"S'il s'agit de « {name} », intitulez-la exactement ainsi.",
    )


def tolerated_label(label: str, name: str) -> str:
    """A label read as a field of the schema though spelt otherwise."""
    return f"L'intitulé {quoted(label)} a été lu comme « {name} »."


def header_notes(unknown: Sequence[str], absent: Sequence[str]) -> list[Note]:
    """Columns the schema does not know, and optional columns the file does not have."""
    notes = []
    named = [label for label in unknown if label]
    if named:
        are = (
            "n'est pas du schéma et n'a pas été lue"
            if len(named) == 1
            else "ne sont pas du schéma et n'ont pas été lues"
        )
        word = "La colonne" if len(named) == 1 else "Les colonnes"
        notes.append(Note("extra-label", f"{word} {listed(named)} {are}."))
    if len(named) < len(unknown):
        count = plural(
            len(unknown) - len(named),
            "colonne sans intitulé a été ignorée",
            "colonnes sans intitulé ont été ignorées",
        )
        notes.append(Note("blank-label", f"{count}."))
    if absent:
        notes.append(
            Note(
                "colonnes-absentes",
                f"{plural(len(absent), 'colonne facultative absente', 'colonnes facultatives absentes')}.",
            )
        )
    return notes


def broken_quotes(record: Record) -> tuple[str, str]:
    """A record whose quotes are misplaced or never closed; it may span several lines of the file."""
    single = record.first_line == record.last_line
    spanned = "" if single else f" (lignes {record.first_line} à {record.last_line} du texte)"
    return (
        f"Ligne {record.number}{spanned} : des guillemets sont mal placés ou jamais refermés, elle est illisible.",
        "Refermez ou supprimez le guillemet en trop, puis contrôlez à nouveau le fichier.",
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


def shape_notes(blanks: int, trailing: int) -> list[Note]:
    """Empty lines left out, and empty cells beyond the last column."""
    notes = []
    if blanks:
        notes.append(Note("blank-row", f"{plural(blanks, 'ligne vide ignorée', 'lignes vides ignorées')}."))
    if trailing:
        notes.append(
            Note(
                "cellules-en-trop",
                f"{plural(trailing, 'ligne')} avec des cellules vides au-delà de la dernière colonne.",
            )
        )
    return notes


def reading_notes(card: FileCard) -> list[Note]:
    """An encoding that had to be deduced."""
    if card.encoding != "cp1252":
        return []
    return [Note("encodage", "Le fichier n'est pas en UTF-8 ; il a été lu en Windows-1252, l'encodage d'Excel.")]


def tolerated_cells(field: Field, count: int) -> Note:
    """Cells accepted in another spelling than the standard's."""
    what = (
        "espaces de milliers, virgule décimale ou espaces autour"
        if field.type in ("number", "integer")
        else "espaces autour"
    )
    cells = plural(count, "cellule lue", "cellules lues")
    return Note("ecriture-toleree", f"Colonne « {field.name} » : {cells} malgré une autre écriture ({what}).")


def repeated(row: int, first: int, columns: Sequence[str], value: str) -> tuple[str, str]:
    """A row whose key stands in an earlier row."""
    return (
        f"Ligne {row} : {listed(columns)} = {quoted(value)} se trouve déjà à la ligne {first}.",
        "Gardez une seule des deux lignes, ou corrigez la clé de celle-ci.",
    )


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


def rule(hit: Hit) -> str:
    """The message of a plausibility rule, with the line it speaks of."""
    return f"Ligne {hit.row} : {hit.message}"


def information_notes(hits: Sequence[Hit]) -> list[Note]:
    """Plausibility remarks of level `info`, one note a rule."""
    by_code: dict[str, list[Hit]] = {}
    for hit in hits:
        if hit.niveau == "info":
            by_code.setdefault(hit.code, []).append(hit)
    return [Note(code, _information(found)) for code, found in sorted(by_code.items())]


def _information(hits: Sequence[Hit]) -> str:
    first = rule(hits[0])
    others = len(hits) - 1
    return first if not others else f"{first} ({plural(others, 'autre ligne', 'autres lignes')} dans ce cas.)"


def custom(name: str, row: int, value: str | None, params: Mapping[str, Any]) -> tuple[str, str]:
    """Message and fix of a failed custom check of the national catalogue."""
    if name in _IDENTIFIER_NAMES:
        kind, fix = _IDENTIFIER_NAMES[name]
        return f"{place(row, params['column'])} : {quoted(value)} n'est pas {kind} valide.", fix
    if name == "one-of-required":
        pair = listed([params["column1"], params["column2"]])
        return (
            f"Ligne {row} : {pair} sont vides toutes les deux.",
            "Renseignez au moins l'une des deux colonnes.",
        )
    if name == "compare-columns-value":
        wanted = f"doit {_COMPARISONS[params['op']]} « {params['column2']} »"
        return (
            f"{place(row, params['column'])} : la valeur {quoted(value)} {wanted}.",
            "Corrigez l'une des deux valeurs.",
        )
    if name == "cohesive-columns-value":
        group = listed([params["column"], *params["othercolumns"]])
        return (
            f"Ligne {row} : {group} se remplissent ensemble ou pas du tout.",
            "Complétez ou videz ces cellules.",
        )
    parts = listed(params["columns"])
    return (
        f"{place(row, params['column'])} : {quoted(value)} n'est pas la somme de {parts}.",
        "Corrigez le total ou une part.",
    )
