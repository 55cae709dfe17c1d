"""All that decides the bytes of an edition, and the id that it gives."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import Any

from greencloud.deposits import Deposit, Origin
from greencloud.editions.errors import EditionError
from greencloud.program import program, references
from greencloud.seals import KEY_FILE

BEFORE, VINTAGE, DEPOSITS, KEY = "edition_precedente", "millesime_facteurs", "depots", "cle_empreintes"
# Where the file lies changes nothing to what it says; what the register says of meters is in other deposits.
_NOT_SAID = ("path", "seal", "origine", "lecture", "conventions")
_UNTOLD = ("sha256", "octets", "nom_origine")  # a guess of the bytes could be checked against them


def ingredients(
    deposits: Sequence[Deposit], before: str | None = None, vintage: dt.date | None = None
) -> dict[str, Any]:
    """All that decides the bytes of an edition: cards, files of schemas, references and code, versions of libraries.

    `before` is the id of the edition published before, whose totals decide what this one may show; `vintage` the day
    on which the emission factors were known, None for the newest. `cle_empreintes` tells the key of the fingerprints
    from another one; it stands there when there is one.
    """
    key = next((item.seal.cle for item in deposits if item.seal), None)
    return {
        BEFORE: before,
        VINTAGE: vintage.isoformat() if vintage else None,
        **({KEY: key} if key else {}),
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
    unsaid = (*_NOT_SAID, *(_UNTOLD if deposit.seal else ()))
    card = {item.name: getattr(deposit, item.name) for item in fields(deposit) if item.name not in unsaid}
    if deposit.seal is not None:
        card |= {"empreinte": deposit.seal.empreinte, "empreinte_nom": deposit.seal.nom}
    if deposit.origine is not None:
        card["origine"] = asdict(deposit.origine)
    if deposit.told_lecture is not None:  # never as it is: it may name a meter
        plain = hashlib.sha256(deposit.told_lecture.encode()).hexdigest()
        card["empreinte_lecture"] = deposit.seal.lecture if deposit.seal else plain
    return card


def of_card(card: Mapping[str, Any], deposit: Deposit) -> Deposit:
    """The deposit that an edition was made of, as its card tells it; `deposit`, the same today, tells the rest."""
    told = {name: value for name, value in card.items() if not name.startswith("empreinte")}
    origin = Origin(**card["origine"]) if card.get("origine") else None
    return replace(deposit, **{**told, "origine": origin}, seal=deposit.seal if "empreinte" in card else None)


def refuse_other_key(made_of: Mapping[str, Any], deposits: Iterable[Deposit]) -> None:
    """Raise EditionError when real deposits do not have the key of an edition: each would get another fingerprint."""
    keys = {item.seal.cle if item.seal else None for item in deposits if not item.synthetique}
    if made_of.get(KEY) is not None and keys - {made_of[KEY]}:
        raise EditionError(
            f"La clé des empreintes (« {KEY_FILE} », dans le dossier des dépôts) manque ou n'est pas celle de "
            "l'édition publiée : chaque dépôt changerait d'empreinte. Restaurez ce fichier depuis la sauvegarde des "
            "dépôts."
        )
