"""The JSON form of a comparison, in French names, as `greencloud diff --json` writes it."""

from collections.abc import Mapping
from typing import Any

from greencloud.differences import words
from greencloud.differences.model import CHANGED, NEW, REMOVED, Comparison, RowChange, TableChange
from greencloud.differences.snapshots import Card


def to_dict(found: Comparison) -> dict[str, Any]:
    """All of a comparison: ingredients, then each table with its counts, its causes and its rows."""
    made_of = found.ingredients
    return {
        "avant": found.before,
        "apres": found.after,
        "ingredients": {
            "depots_nouveaux": list(made_of.new_deposits),
            "depots_retires": list(made_of.gone_deposits),
            "millesime_facteurs": list(made_of.vintages),
            "references": list(made_of.references),
            "schemas": list(made_of.schemas),
            "code": list(made_of.code),
            "versions": [{"nom": name, "avant": old, "apres": new} for name, old, new in made_of.libraries],
        },
        "tables": [_table(table, found.deposits) for table in found.tables],
    }


def _table(table: TableChange, cards: Mapping[str, Card]) -> dict[str, Any]:
    return {
        "nom": table.name,
        "lignes_avant": table.before,
        "lignes_apres": table.after,
        "nouvelles": table.count(NEW),
        "modifiees": table.count(CHANGED),
        "retirees": table.count(REMOVED),
        "retirees_non_nommees": table.unnamed,
        "colonnes_nouvelles": list(table.added_columns),
        "colonnes_retirees": list(table.removed_columns),
        "causes": [
            {
                "sens": cause.sens,
                "code": cause.code,
                "libelle": words.cause(cause.code, cause.depot, cards),
                "depot_sha256": cause.depot,
                "nb_lignes": cause.nb_lignes,
            }
            for cause in table.causes
        ],
        "lignes": [_row(row) for row in table.rows],
    }


def _row(row: RowChange) -> dict[str, Any]:
    return {
        "cle": dict(row.cle),
        "sens": row.sens,
        "cause": row.cause,
        "depot_sha256": row.depot,
        "depot_ligne": row.ligne,
        "code_refus": row.refus,
        "cellules": {name: {"avant": old, "apres": new} for name, (old, new) in row.cellules.items()},
    }
