"""What two editions are made of, compared: deposits, factors, references, schemas, code, libraries."""

from collections.abc import Mapping
from dataclasses import replace

import duckdb

from greencloud.differences.model import Ingredients
from greencloud.differences.snapshots import Card, Snapshot
from greencloud.tables import quote

_KEY = "cle_empreintes"


def compare_ingredients(before: Snapshot, after: Snapshot) -> Ingredients:
    """The ingredients that are not the same; an older edition may not tell all of them."""
    old, new = before.deposits, after.deposits
    libraries = _differing(before, after, "versions")
    return Ingredients(
        new_deposits=tuple(card for sha256, card in new.items() if sha256 not in old),
        gone_deposits=tuple(card for sha256, card in old.items() if sha256 not in new),
        vintages=(before.made_of.get("millesime_facteurs"), after.made_of.get("millesime_facteurs")),
        references=tuple(_differing(before, after, "references")),
        schemas=tuple(_differing(before, after, "schemas")),
        code=tuple(_differing(before, after, "code")),
        libraries=tuple((name, *versions) for name, versions in libraries.items()),
    )


def named_alike(before: Snapshot, after: Snapshot) -> tuple[Snapshot, dict[str, str]]:
    """`before` with the cards that its deposits have in `after`, and their fingerprint before -> after.

    Nothing changes unless one edition only was made with a key of the fingerprints: a deposit of that table received
    at that microsecond is then the same one, among those that neither edition names like the other.
    """
    if before.made_of.get(_KEY) == after.made_of.get(_KEY):
        return before, {}
    there = {_reception(card): name for name, card in after.deposits.items() if name not in before.deposits}
    gone = {name: card for name, card in before.deposits.items() if name not in after.deposits}
    names = {old: there[_reception(card)] for old, card in gone.items() if _reception(card) in there}
    cards = [after.deposits[names[old]] if old in names else card for old, card in before.deposits.items()]
    return replace(before, made_of={**before.made_of, "depots": cards}), names


def rename(con: duckdb.DuckDBPyConnection, names: Mapping[str, str]) -> None:
    """Give the deposits, in the tables of the edition before, the fingerprints that `named_alike` found."""
    columns = con.execute(
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = 'avant' AND column_name LIKE '%depot_sha256'"
    ).fetchall()
    for table, column in columns if names else ():
        con.execute(
            f"UPDATE avant.{quote(table)} SET {quote(column)} = noms.apres "
            f"FROM (SELECT unnest($old) AS avant, unnest($new) AS apres) AS noms WHERE {quote(column)} = noms.avant",
            {"old": list(names), "new": list(names.values())},
        )


def _reception(card: Card) -> tuple[object, object]:
    return card["recu_le"], card["table"]


def _differing(before: Snapshot, after: Snapshot, kind: str) -> dict[str, tuple[str | None, str | None]]:
    old: Mapping[str, str] = before.made_of.get(kind) or {}
    new: Mapping[str, str] = after.made_of.get(kind) or {}
    names = sorted(old.keys() | new.keys())
    return {name: (old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)}
