"""An earlier edition made again from the deposits that were known then, apart from those that are published."""

import datetime as dt
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from greencloud.deposits import Deposit, fingerprint
from greencloud.editions.chain import ASIDE, EDITIONS, newest, recorded, since
from greencloud.editions.drafting import Draft, aside, refuse_misfits, unlike, written
from greencloud.editions.errors import EditionError, listed
from greencloud.editions.ingredients import (
    BEFORE,
    DEPOSITS,
    VINTAGE,
    edition_id,
    ingredients,
    of_card,
    refuse_other_key,
)

_PROGRAM = {"schemas": "schéma", "code": "programme", "references": "référence", "versions": "version de"}


@dataclass(frozen=True)
class Past:
    """What an earlier edition is made of.

    `before`: the editions it comes after, newest first. `published`: its folder, None when no edition was made of
    exactly these deposits. `changes`: what of the program is no longer what it was then, in French.
    """

    deposits: Sequence[Deposit]
    before: Sequence[Path]
    vintage: dt.date | None
    published: Path | None
    changes: Sequence[str]


def past(published_dir: Path, wanted: str, found: Sequence[Deposit], vintage: dt.date | None = None) -> Past:
    """The edition of an id, or that of the deposits known at the end of a day (`AAAA-MM-JJ`, UTC).

    `found`: all the deposits there are. `vintage`: that of the emission factors where no edition tells it. Raises
    EditionError when the edition is unknown, when one of its deposits is gone, and when there was no deposit yet.
    """
    day = _day(wanted)
    if day is None:
        return _of_edition(published_dir, wanted, found)
    known = [deposit for deposit in found if deposit.recu_le[:10] <= day.isoformat()]
    if not known:
        raise EditionError(f"Aucun dépôt n'était connu le {day:%d/%m/%Y}. Donnez une date plus récente.")
    chain = since(published_dir, newest(published_dir))
    keyed, plain = {item.empreinte for item in known}, {item.sha256 for item in known}  # `plain`: before the key
    same = [folder for folder in chain if _fingerprints(published_dir, folder) in (keyed, plain)]
    if not same:
        first = next((folder.name for folder in chain if _fingerprints(published_dir, folder) <= keyed | plain), None)
        return Past(known, since(published_dir, first), vintage, None, ())
    faithful = [folder for folder in same if not _changes(recorded(published_dir, folder.name))]
    return _of_edition(published_dir, (faithful or same)[0].name, found)


def _of_edition(published_dir: Path, identifier: str, found: Sequence[Deposit]) -> Past:
    folder = published_dir / EDITIONS / identifier
    if not (folder / "edition.json").is_file():
        raise EditionError(
            f"« {identifier} » n'est ni une date (AAAA-MM-JJ) ni une édition de ce dossier. "
            f"Choisissez parmi les dossiers de « {EDITIONS} »."
        )
    made_of = recorded(published_dir, identifier)
    refuse_other_key(made_of, found)
    at_hand = {name: deposit for deposit in found for name in (deposit.sha256, deposit.empreinte)}
    missing = [card for card in made_of[DEPOSITS] if fingerprint(card) not in at_hand]
    gone = [card.get("nom_origine", fingerprint(card)) for card in missing]
    if gone:
        raise EditionError(
            f"L'édition {identifier} ne peut pas être refaite : {listed(gone)} manque parmi les dépôts. "
            "Restaurez les fichiers d'origine."
        )
    deposits = [of_card(card, at_hand[fingerprint(card)]) for card in made_of[DEPOSITS]]
    vintage = made_of.get(VINTAGE)
    return Past(
        deposits,
        since(published_dir, made_of[BEFORE]),
        dt.date.fromisoformat(vintage) if vintage else None,
        folder,
        _changes(made_of),
    )


@contextmanager
def again(con: duckdb.DuckDBPyConnection, published_dir: Path, old: Past, out: Path) -> Iterator[Draft]:
    """Write an earlier edition into the folder `out`, which must not exist or be empty; nothing published changes.

    Its block adds the pages, as with `draft`. Raises EditionError like `draft`, and when `out` holds something.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise EditionError(f"« {out} » existe déjà et n'est pas un dossier vide. Donnez un autre dossier à --out.")
    made_of = ingredients(old.deposits, old.before[0].name if old.before else None, old.vintage)
    refuse_misfits(con)
    identifier = edition_id(made_of)
    out.parent.mkdir(parents=True, exist_ok=True)
    with aside(out.with_name(f"{ASIDE}{secrets.token_hex(8)}")) as path:
        with written(con, path, identifier, made_of, old.deposits, published_dir):
            yield Draft(path, identifier, out)
        path.replace(out)


def verdict(out: Path, old: Past) -> list[str]:
    """What an edition made again turned out to be, in French: the published one, or which files differ and why."""
    if old.published is None:
        return ["Aucune édition n'a été publiée avec exactement ces dépôts : il n'y a rien à comparer."]
    name, different = old.published.name, unlike(out, old.published)
    told = [f"Identique à l'édition {name}, octet pour octet."]
    if different:
        told = [f"Différente de l'édition {name} : {listed(different)}."]
    if old.changes:
        told.append(
            f"Le programme n'est plus celui qui a fait cette édition, l'identité n'est donc pas promise : "
            f"{listed(old.changes, ' ; ')}."
        )
    elif different:
        told.append("Le programme est pourtant le même : ses fichiers publiés ont été modifiés, ou c'est une anomalie.")
    return told


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _fingerprints(published_dir: Path, folder: Path) -> set[str]:
    return {fingerprint(card) for card in recorded(published_dir, folder.name)[DEPOSITS]}


def _changes(made_of: Mapping[str, Any]) -> list[str]:
    """What of the program that made an edition has changed, one French item each."""
    now = ingredients([])
    return [told for part, noun in _PROGRAM.items() for told in _changed(noun, made_of.get(part, {}), now[part])]


def _changed(noun: str, then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(then.keys() | now.keys()):
        old, new = then.get(name), now.get(name)
        if old == new:
            continue
        if old is None or new is None:
            yield f"{noun} {name} ({'ajouté' if old is None else 'retiré'} depuis)"
        else:
            yield f"{noun} {name} ({old} alors, {new} aujourd'hui)" if len(old) < 64 else f"{noun} {name} (modifié)"
