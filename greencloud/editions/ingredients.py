"""All that decides the bytes of an edition, and the id that it gives."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from greencloud.deposits import Deposit, Origin
from greencloud.editions.errors import EditionError
from greencloud.program import program, references

BEFORE, VINTAGE, DEPOSITS = "edition_precedente", "millesime_facteurs", "depots"


def ingredients(
    deposits: Sequence[Deposit], before: str | None = None, vintage: dt.date | None = None
) -> dict[str, Any]:
    """All that decides the bytes of an edition: cards, files of schemas, references and code, versions of libraries.

    `before` is the id of the edition published before, whose totals decide what this one may show; `vintage` the day
    on which the emission factors were known, None for the newest.
    """
    return {
        BEFORE: before,
        VINTAGE: vintage.isoformat() if vintage else None,
        DEPOSITS: [_card(item) for item in in_order(deposits)],
        "references": references(),
        **program(),
    }


def edition_id(made_of: Mapping[str, Any]) -> str:
    """`<day of the last deposit>-<8 hex digits of the ingredients' sha256>`. Raises EditionError without a deposit."""
    if not made_of[DEPOSITS]:
        raise EditionError("Aucun dépôt : il n'y a rien à publier. Déposez au moins un fichier.")
    text = json.dumps(made_of, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{made_of[DEPOSITS][-1]['recu_le'][:10]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def in_order(deposits: Iterable[Deposit]) -> list[Deposit]:
    """Deposits in the order of supersession."""
    return sorted(deposits, key=lambda deposit: (deposit.recu_le, deposit.sha256))


def _card(deposit: Deposit) -> dict[str, Any]:
    card = asdict(deposit)
    del card["path"]  # where the file lies changes nothing to what it says
    if deposit.origine is None:
        del card["origine"]
    return card


def of_card(card: Mapping[str, Any], path: Path) -> Deposit:
    """The deposit that an edition was made of, whose file now lies at `path`."""
    origin = card.get("origine")
    return Deposit(path, **{**card, "origine": Origin(**origin) if origin else None})
